"""stix2validator_spoilt.py STIXPRESS SAMPLES   Objects of the folder SAMPLES, each property of each taken away or replaced by values of
every kind, once per type and path: verdicts of stix2-validator and of our `validate`, but for what is explained here."""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile

from stix2validator import ValidationError, ValidationOptions, validate_instance

from bundles import end, ok

VALUES = [None, True, -1, 1.5, "", "x", "X Y", [], {}, [None], ["x"], {"abc": 1}]
# What we refuse and it does not; the clause.
STRICTER = [re.compile(e) for e in (
    r"^schema-name: ",                                    # 3.1, 2.3: names of members at any depth, dictionary keys
    r"has 0 (members|elements)",                          # 2.3, 2.12: nothing is empty
    r"got null",                                          # 2: no data type has null
    r"is no identifier|refers to|^id-type: |\^[a-z0-9()|?:-]+--",   # 2.9, 3.2 and each type: what a reference leads to
    r"^(selector|language-content|extension-type|container-ref|hash-value|encoded-word): ",    # see validation rules in the manual
    r"^schema-value: /(src|dst)_(byte_count|packets): ",  # 6.12: not negative
    r"/tlp_2_0: |tlp_2_0 is required|: tlp is required",  # 7.2.1.4, and the TLP 2.0 extension
    r"want 'cve'|want 'capec'",                           # 4.1.1, 4.19.1: the name of the source
    r"_hex '",                                            # 2.8: lower case
    r"^schema-type: /additional_header_fields/",          # 6.6.1: always a list
    r"(name|created_by_ref) is required",                 # 4.4.1 grouping, 7.3.1
    r"alternate_data_streams/0: ",                        # 6.7.3: a list of objects
    r"gid: got a number",                                 # 6.16.3: an integer
    r"extension_properties/0: ",                          # 7.3.1: names of properties
    r"line feed|\n",                                      # its patterns let a line feed follow
    r"^schema-absent: /granular_markings",                # 7.2.3.1: lang or marking_ref
    r"^schema-value: .*hashes/SHA-",                      # 2.7: in external references too
    r"^schema-value: /type: ",
)]
# What it refuses and we do not.
LAXER = [re.compile(e) for e in (
    r"'is_family' is a required",                         # 4.11.1: its table calls it optional
    r"payload_bin: '' must be",                           # RFC 4648: no octets are no characters
    r"additional_header_fields\.",                        # 6.6.1: a list of one value
    r"marking_ref' is a required",                        # 7.2.3.1: lang instead
    r"hashes: '.* does not match '\^MD5",                 # 10.7: an open vocabulary
    r"extensions\.[a-z0-9-]+: '",                         # 11.3.1: properties of custom extensions have no least length
    r"^extensions\.x|extensions: '",
    r"socket-ext\.options|exif_tags|optional_header",     # 6.12.5, 6.7.5: a SHOULD, or custom
    r"must contain a valid statement",                    # 7.2.1: other types are not excluded
    r"languages\[|RFC 5646|of the 'contents' property",   # RFC 5646: the grammar, not a list; 3.1: id
    r"mime_type: ",                                       # 6.1.1: a SHOULD
    r"is valid under each of",
)]


def members(v, where=()):
    if isinstance(v, (dict, list)):
        for k in (list(v) if isinstance(v, dict) else range(min(len(v), 1))):
            yield where + (k,)
            yield from members(v[k], where + (k,))


def changed(o, where, *value):
    o = here = copy.deepcopy(o)
    for k in where[:-1]:
        here = here[k]
    if value:
        here[where[-1]] = value[0]
    else:
        del here[where[-1]]
    return o


def spoilt(objects):
    done = set()
    for o in objects:
        for where in members(o):
            path = (o["type"],) + tuple("*" if isinstance(k, int) else k for k in where)
            if path in done or where == ("type",):
                continue
            done.add(path)
            yield "%s without %s" % (o["type"], path[1:]), changed(o, where)
            for v in VALUES:
                yield "%s %s = %s" % (o["type"], path[1:], json.dumps(v)), changed(o, where, v)


def samples(folder):
    paths = sorted(folder + "/valid/" + n for n in os.listdir(folder + "/valid") if n.endswith(".json")) + [folder + "/every-type.json"]
    for path in paths:
        with open(path, encoding="utf-8") as f:
            top = json.load(f)
        yield from top["objects"] if isinstance(top, dict) and top.get("type") == "bundle" else top if isinstance(top, list) else [top]


def ours(program, objects):
    """The errors that our validate has for each, given alone, as a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for n, one in enumerate(objects):
            with open("%s/%06d.json" % (folder, n), "w", encoding="utf-8") as f:
                json.dump(one, f)
        out = subprocess.run([program, "validate", "-q", "-j0", "--format", "jsonl", folder], stdout=subprocess.PIPE, check=False).stdout
    return [["%s: %s: %s" % (f["code"], f["pointer"], f["message"]) for f in json.loads(line)["findings"] if f["severity"] == "error"]
            for line in out.decode().strip("\n").split("\n")]


made = list(spoilt(o for o in samples(sys.argv[2]) if isinstance(o.get("type"), str)))
verdicts = ours(sys.argv[1], [o for _, o in made])
ok(len(made) > 3000 and len(made) == len(verdicts), "%d objects" % len(made))
left, fallen = [], 0
for (what, one), mine in zip(made, verdicts):
    try:
        if not (isinstance(one.get("id"), str) and isinstance(one.get("type"), str)):
            continue    # that is an exception of its own there
        theirs = [str(e) for e in validate_instance(one, ValidationOptions(version="2.1")).errors]
    except (AttributeError, IndexError, KeyError, NameError, TypeError, ValueError, ValidationError):    # it falls over some of these
        fallen += 1
        continue
    if mine and not theirs and not any(x.search(e) for x in STRICTER for e in mine):
        left.append("only we refuse %s: %s" % (what, mine[0][:200]))
    if theirs and not mine and not any(x.search(e) for x in LAXER for e in theirs):
        left.append("only it refuses %s: %s" % (what, theirs[0][:200]))
print("# it fell over %d" % fallen)
ok(not left, "the verdicts agree", *left[:40])
end()
