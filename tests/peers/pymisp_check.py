"""pymisp over our native events and our feed: pymisp_check.py FEED_DIR BUNDLE...   MISP's own model, templates and types."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import uuid

import pymisp
from pymisp.mispevent import MISPObject

from bundles import end, named_bundles, ok

feed = pathlib.Path(sys.argv.pop(1))
data = pathlib.Path(pymisp.__file__).parent / "data"
types = json.loads((data / "describeTypes.json").read_text())["result"]["category_type_mappings"]


def load(path):
    event = pymisp.MISPEvent()
    event.load_file(str(path))
    return event


def judge_object(o):
    """What MISP's own template says about an object."""
    path = data / "misp-objects" / "objects" / o["name"] / "definition.json"
    if not path.exists():
        return ["no template " + o["name"]]
    t = json.loads(path.read_text())
    bad = []
    if o["template_uuid"] != t["uuid"] or int(o["template_version"]) > t["version"] or o["meta-category"] != t["meta-category"]:
        bad.append("another template than " + o["name"])
    relations = [a["object_relation"] for a in o["Attribute"]]
    for a in o["Attribute"]:
        known = t["attributes"].get(a["object_relation"])
        if known is None or known["misp-attribute"] != a["type"]:
            bad.append("%s has no %s of type %s" % (o["name"], a["object_relation"], a["type"]))
        elif not known.get("multiple") and relations.count(a["object_relation"]) > 1:
            bad.append("%s has %s several times" % (o["name"], a["object_relation"]))
    if t.get("requiredOneOf") and not set(t["requiredOneOf"]) & set(relations):
        bad.append(o["name"] + " lacks all of what it needs one of")
    bad += [o["name"] + " lacks " + r for r in t.get("required", []) if r not in relations]
    return bad


def judge_attribute(a):
    return [] if a["type"] in types.get(a["category"], []) else ["no %s in %s" % (a["type"], a["category"])]


for name, path, bundle in named_bundles():
    rendered = subprocess.run([os.environ["STIXPRESS"], "render", "-q", path, "--to", "misp"], check=True,
                              stdout=subprocess.PIPE).stdout.decode("utf-8")
    file = feed / "native.tmp"
    file.write_text(rendered)
    event, plain = load(file), json.loads(rendered)["Event"]
    file.unlink()
    ok(len(event.attributes) == len(plain["Attribute"]) and len(event.objects) == len(plain["Object"]) and
       len(event.event_reports) == 1, name + ": every attribute, object and text is loaded")
    attributes = plain["Attribute"] + [a for o in plain["Object"] for a in o["Attribute"]]
    wrong = [m for a in attributes for m in judge_attribute(a)]
    ok(not wrong, name + ": every type is in its category", *wrong)
    wrong = [m for o in plain["Object"] for m in judge_object(o)]
    ok(not wrong, name + ": every object is as its template says", *wrong)
    uuids = [r["uuid"] for r in attributes + plain["Object"]]
    ok(len(uuids) == len(set(uuids)) and all(uuid.UUID(u).version in (1, 3, 4, 5) for u in uuids), name + ": uuids are such, and unique")
    values = {a["value"] for a in attributes}
    missing = [v for o in bundle["objects"] if o["type"] in ("file", "domain-name", "ipv4-addr", "ipv6-addr", "url", "email-addr")
               for v in [o.get("value"), *o.get("hashes", {}).values()] if v and v not in values]
    ok(not missing, name + ": every value of an observable is in it", *missing)
    names = [o["name"] for o in bundle["objects"] if o["type"] in ("malware", "intrusion-set", "threat-actor", "campaign", "tool",
             "attack-pattern", "infrastructure", "vulnerability", "course-of-action") and o["name"] not in values]
    ok(not names, name + ": every name is in it", *names)

manifest = json.loads((feed / "manifest.json").read_text())
hashes = sorted(tuple(row) for row in csv.reader((feed / "hashes.csv").open()))
expected, theirs = [], {}
for path in sorted(feed.glob("*-*.json")):
    event = load(path)
    as_feed = event.to_feed(with_meta=True)["Event"]
    expected += [(h, event.uuid) for h in as_feed["_hashes"]]
    theirs.update(as_feed["_manifest"])
    ok(path.stem == event.uuid, "the feed's file is named after its event", str(path))
ok(hashes == sorted(expected), "hashes.csv is what pymisp makes of the events", *sorted(set(hashes) ^ set(expected))[:5])


def comparable(row):
    return [row["Orgc"]["name"], row["Orgc"]["uuid"], [t["name"] for t in row["Tag"]], row["info"], row["date"], int(row["analysis"]),
            int(row["threat_level_id"]), row["timestamp"]]


ok(manifest.keys() == theirs.keys() and all(comparable(manifest[u]) == comparable(theirs[u]) for u in theirs),
   "the manifest is what pymisp makes of the events")
end()
