"""checkjsonschema_check.py SRCDIR STIXPRESS BUNDLE...: what check-jsonschema says with our schemas, beside what we say."""
import json
import pathlib
import subprocess
import sys
import tempfile

src, ours, *bundles = sys.argv[1:]
src = pathlib.Path(src)
program = pathlib.Path(sys.executable).with_name("check-jsonschema")
n = bad = 0


def ok(good, what):
    global n, bad
    n += 1
    bad += not good
    print("ok" if good else "not ok", n, "-", what, flush=True)


def peer(*args):
    done = subprocess.run([program, "-o", "JSON", *args], stdout=subprocess.PIPE, text=True)
    said = json.loads(done.stdout)
    return {e["filename"] for e in said.get("errors", [])} | {e["filename"] for e in said.get("parse_errors", [])}


def schema(name):
    path = (src / "schemas/stix/common" / name).resolve()
    return ["--base-uri", path.as_uri(), "--schemafile", str(path)]


def refused_by_schema(files):
    """Those files in which our own engine finds what a schema says."""
    out = subprocess.run([ours, "validate", "-q", "--format", "jsonl", "--max", "0", *files], stdout=subprocess.PIPE, text=True).stdout
    refused = set()
    for line in out.splitlines():
        one = json.loads(line)
        if any(f["code"].startswith("schema-") for f in one["findings"]):
            refused.add(one["file"])
    return refused


def spoilt(path, folder):
    """Copies of a bundle, in each of which another object has a property of a wrong form."""
    whole = json.loads(pathlib.Path(path).read_text())
    for i, one in enumerate(whole["objects"]):
        name = sorted(one)[i % len(one)]
        kept, one[name] = one[name], {"no": [None]}
        copy = pathlib.Path(folder) / ("spoilt-%d.json" % i)
        copy.write_text(json.dumps(whole))
        one[name] = kept
        yield str(copy)


made = tempfile.TemporaryDirectory()
schemas = sorted(map(str, (src / "schemas").rglob("*.json")))
ok(not peer("--check-metaschema", *schemas), "%d schemas are schemas" % len(schemas))
files = [str(p) for kind in ("valid", "invalid") for p in sorted((src / "tests/stix" / kind).glob("*.json"))] + bundles
files += spoilt(bundles[-1], made.name)
kinds = {"whole-bundle.json": [], "object.json": []}
for f in files:
    value = json.loads(pathlib.Path(f).read_text())
    if isinstance(value, dict):
        kinds["whole-bundle.json" if value.get("type") == "bundle" else "object.json"].append(f)
for name, some in kinds.items():
    theirs, own = peer(*schema(name), *some), refused_by_schema(some)
    ok(len(some) > 20, "%s: %d files" % (name, len(some)))
    ok(len(own) > 3 and len(own) < len(some) - 3, "%s: %d of them are refused" % (name, len(own)))
    for f in sorted(theirs ^ own):
        ok(False, "%s: %s" % (f, "refused by check-jsonschema alone" if f in theirs else "refused by us alone"))
    ok(theirs == own, "%s: the same verdicts" % name)
print("1..%d" % n)
sys.exit(bad > 0)
