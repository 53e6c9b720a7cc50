"""Objects for the peer tests, and their comparison.

objects.py make N        prints a bundle of N indicators and what belongs to them, in no useful order
objects.py same A B      exit status 0 when two bundles hold the same objects, in any order; says what differs
"""
import json
import sys

TIME = "2024-06-13T00:00:00.000Z"


def sdo(kind, i, **members):
    return dict({
        "type": kind, "spec_version": "2.1", "id": "%s--00000000-0000-4000-8000-%012d" % (kind, i),
        "created_by_ref": "identity--00000000-0000-4000-8000-000000000000",
        "created": TIME, "modified": TIME}, **members)


def make(n):
    objects = []
    for i in range(n):
        address = {"type": "ipv4-addr", "spec_version": "2.1", "id": "ipv4-addr--00000000-0000-5000-8000-%012d" % i,
                   "value": "198.51.100.%d" % (i % 250)}
        indicator = sdo("indicator", i, name="\u6307\u6a19 \U0001f980 %d" % i, pattern="[ipv4-addr:value = '%s']" % address["value"],
                        pattern_type="stix", valid_from=TIME, confidence=i % 100)
        objects += [sdo("relationship", i, relationship_type="based-on", source_ref=indicator["id"], target_ref=address["id"]),
                    indicator, address]
    report = sdo("report", n, name="A \"report\" \\ with\ttabs", published=TIME, object_refs=[o["id"] for o in objects])
    identity = sdo("identity", 0, name="Us", identity_class="organization", x_ratio=0.1, x_large=9007199254740991, x_one=1.0)
    return {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": [report] + objects + [identity]}


def load(path):
    with open(path, encoding="utf-8") as f:
        objects = json.load(f).get("objects", [])
    return sorted(json.dumps(o, sort_keys=True) for o in objects)


def main():
    if sys.argv[1] == "make":
        json.dump(make(int(sys.argv[2])), sys.stdout, indent=2, ensure_ascii=False)
        return 0
    a, b = load(sys.argv[2]), load(sys.argv[3])
    for name, only in ((sys.argv[2], set(a) - set(b)), (sys.argv[3], set(b) - set(a))):
        for o in sorted(only)[:3]:
            print("only in %s: %s" % (name, o))
    if len(a) != len(b):
        print("%d objects against %d" % (len(a), len(b)))
    return a != b


sys.stdout.reconfigure(encoding="utf-8")
sys.exit(main())
