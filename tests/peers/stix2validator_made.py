"""stix2validator_made.py STIXPRESS FOLDER   Of the objects in FOLDER/objects.jsonl (tests/peers/ajv_made.py) those of STIX's own
types that our `validate` has no error for: stix2-validator has none either, but for what is explained here."""
import json
import os
import re
import subprocess
import sys

from stix2validator import ValidationOptions, validate_instance

from bundles import end, ok

# Where it refuses what the standard allows; the clause or the reason.
EXPLAINED = [re.compile(e) for e in (
    r"second must be in 0\.\.59",                       # 2.16: RFC 3339, which has a leap second
    r"--[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[678]\S+ does not match the id format",    # 2.9: UUID versions of RFC 9562
    r"'is_family' is a required property",                # 4.11.1 calls it required, its table optional: a warning of ours
    r"external_references\[\d+\]\.url: .* is not a 'uri'",    # 2.5.1 asks for no form
    r"RFC 5646|languages\[\d+\]: |lang: |contents: ",      # 3.2: the grammar of RFC 5646, not a list of languages
    r"'id' in .* of the 'contents' property",             # 3.1: id is the one shorter name
    r"value: '[0-9A-Fa-f:.]+(/\d+)?' does not match",     # 6.9: its pattern has lost its backslashes
    r"hashes\.TLSH: ",                                    # 10.7: T1 stands before a newer TLSH
    r"must contain a valid statement, TLP, or custom",    # 7.2.1: other types than the two are not excluded
    r"object_refs\[\d+\]: .* is not valid under any|---[0-9A-Fa-f]{8}-\S+ does not match the id format",
                                                          # 3.1: a type may end in a hyphen
    r"extensions: '",                                     # 11.3.1: the names of custom extensions are less narrow
    r"hashes: '.* does not match '\^MD5",                 # 10.7: an open vocabulary
    r"extensions\.[a-z0-9-]+-ext: ",                      # 11.3.1: its properties have no least length
    r"additional_header_fields",                          # 6.6.1: always a list, of one value too
    r"payload_bin: '' must be",                           # RFC 4648: no octets are no characters
    r"socket-ext\.options: ",                             # 6.12.5: the names of options are a SHOULD
    r"CPE|cpe: ",                                         # CPE 2.3: other escapes than its pattern knows
    r"IANA registered MIME|mime_type: ",                  # 6.1.1: a SHOULD
    r"is not a 'idn-hostname'",                           # RFC 1034: the root's dot; RFC 2782: underscores
    r"is not a 'email'",                                  # RFC 5322: a quoted local part
    r"'(modified|created)_time': .*is not valid under any",     # 6.13, 6.17: they are properties enough
    r"'body_multipart' must contain valid",               # 6.6.2: content_type beside body is a SHOULD
    r"year 0 is out of range",                            # 2.16: RFC 3339 has the year 0000
    r"If the external reference is a CVE",                # 4.1.1, 4.19.1: such ids are tied to the source's name there alone
    r"extensions\.[a-z0-9-]+-ext\.exif_tags: ",          # 6.7.3: a dictionary, whose keys 2.3 gives both cases
    r"is valid under each of",                            # what follows from is_family
)]


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
    try:
        result = validate_instance(one, ValidationOptions(version="2.1"))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as e:    # it falls over some of its own messages
        print("# no verdict on a %s: %s" % (one["type"], e))
        continue
    errors = [str(e) for e in result.errors]
    if one.get("defanged") is True:    # 3.2: such a value is not in its form
        errors = [e for e in errors if ": value: " not in e]
    left = [e for e in errors if not any(x.search(e) for x in EXPLAINED)]
    if left:
        refused.append("; ".join(left)[:400])
ok(not refused, "stix2-validator has no error for %d of them either" % (len(good) - len(refused)), *refused)
end()
