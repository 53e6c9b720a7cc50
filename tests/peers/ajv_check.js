// ajv's verdicts: ajv_check.js SCHEMAS CASES   Each case of the file is printed with "valid" added.
"use strict";
const fs = require("fs"), path = require("path"), readline = require("readline");
const Ajv = require("ajv/dist/2020").default;

// Our annotation keywords are unknown to ajv; formats are annotations in 2020-12, and are left so.
const ajv = new Ajv({ strict: false, validateFormats: false, logger: false });
const ids = {};

function addAll(folder, below) {
	for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
		const file = path.join(folder, entry.name), name = below + entry.name;
		if (entry.isDirectory())
			addAll(file, name + "/");
		else if (entry.name.endsWith(".json")) {
			const schema = JSON.parse(fs.readFileSync(file, "utf8"));
			ajv.addSchema(schema);
			ids[name] = schema.$id;
		}
	}
}

addAll(process.argv[2], "");
readline.createInterface({ input: fs.createReadStream(process.argv[3]), crlfDelay: Infinity }).on("line", (line) => {
	const one = JSON.parse(line);
	one.valid = ajv.getSchema(ids[one.schema])(one.instance);
	// The instance as it was written: JavaScript prints some numbers in another way.
	process.stdout.write(line.slice(0, -1) + ', "valid": ' + one.valid + "}\n");
});
