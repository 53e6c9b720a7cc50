"""stix2validator_made.py STIXPRESS FOLDER   Of the objects in FOLDER/objects.jsonl (tests/peers/ajv_made.py) those of STIX's own
types that our `validate` has no error for: stix2-validator has none either, but for what is explained here."""
import json
import os
import re
import subprocess
import sys

from stix2validator import ValidationOptions, validate_instance

from bundles import end, ok

EXPLAINED = []


def stix_objects(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            made = json.loads(line)
            if re.match(r"stix/(observables/)?[a-z0-9-]+\.json$", made["schema"]) and not made["schema"].endswith("/bundle.json"):
                if isinstance(made["instance"], dict):
                    yield made["instance"]


def ours(program, folder, objects):
    """The objects that our validate finds no error in, each given alone, as a file of its own."""
    for n, one in enumerate(objects):
        with open("%s/%05d.json" % (folder, n), "w", encoding="utf-8") as f:
            json.dump(one, f)
    out = subprocess.run([program, "validate", "--format", "jsonl", folder], stdout=subprocess.PIPE, check=False).stdout
    good = {os.path.basename(line["file"]) for line in map(json.loads, out.decode().strip("\n").split("\n")) if line["errors"] == 0}
    return [one for n, one in enumerate(objects) if "%05d.json" % n in good]


program, folder = sys.argv[1], sys.argv[2]
os.mkdir(folder + "/each")
objects = list(stix_objects(folder + "/objects.jsonl"))
good = ours(program, folder + "/each", objects)
ok(len(good) >= 1000, "%d of %d objects have no error for us" % (len(good), len(objects)))
refused = []
for one in good:
    result = validate_instance(one, ValidationOptions(version="2.1"))
    errors = [str(e) for e in result.errors]
    left = [e for e in errors if not any(x.search(e) for x in EXPLAINED)]
    if left:
        refused.append("%s %s: %s" % (one["type"], json.dumps(one)[:1500], left))
ok(not refused, "stix2-validator has no error for %d of them either" % (len(good) - len(refused)), *refused)
end()
