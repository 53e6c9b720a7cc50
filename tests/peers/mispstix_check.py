"""misp-stix, MISP's importer, over our bundles: mispstix_check.py BUNDLE...   What MISP would do with an upload."""
import json
import os
import subprocess

import misp_stix_converter
from stix2.parsing import parse

from bundles import end, named_bundles, ok

# MISP has nothing that an infrastructure could become; it leaves the object out and goes on.
KNOWN = ("Unable to load STIX object type: infrastructure", "Unknown STIX object type: infrastructure")
# ... and no attribute or object for a pattern on a custom type.
KNOWN_WARNING = "containing the following types: x-"


def messages(found):
    return [m for many in found.values() for m in many]


def imported(text):
    parser = misp_stix_converter.ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(parse(text, allow_custom=True, interoperability=True))
    parser.parse_stix_bundle(distribution=0, galaxies_as_tags=True, single_event=True)
    return parser


def values_of(event):
    return [a.value for a in event.attributes] + [a.value for o in event.objects for a in o.attributes]


def judge_rendering(name, path):
    """What the target misp-stix sends: nothing is missing, and it is all of this report."""
    text = subprocess.run([os.environ["STIXPRESS"], "render", "-q", path, "--to", "misp-stix"], check=True,
                          stdout=subprocess.PIPE).stdout.decode("utf-8")
    bundle = json.loads(text)
    parser = imported(text)
    event, said = parser.misp_event, messages(parser.errors) + messages(parser.warnings)
    said = [m for m in said if KNOWN_WARNING not in m]
    ok(not said and "spec_version" not in bundle, name + ": rendered, no error and no warning", *said)
    indicators = [o for o in bundle["objects"] if o["type"] == "indicator"]
    observed = [o for o in bundle["objects"] if o["type"] in ("file", "domain-name", "url", "ipv4-addr", "ipv6-addr", "email-addr", "mutex")]
    uuids = {a.uuid for a in event.attributes} | {o.uuid for o in event.objects} | {a.uuid for o in event.objects for a in o.attributes}
    missing = [o["id"] for o in indicators + observed if o["id"][-36:] not in uuids]
    ok(not missing, name + ": rendered, every indicator and observable has a record of its own", *missing)
    tags = {t.name for t in event.tags} | {t.name for a in event.attributes for t in a.tags} | \
        {t.name for o in event.objects for a in o.attributes for t in a.tags}
    galaxies = {"intrusion-set", "threat-actor", "campaign", "tool", "attack-pattern", "course-of-action", "vulnerability"}
    named = [o["name"] for o in bundle["objects"] if o["type"] in galaxies or (o["type"] == "malware" and o["is_family"])]
    lost = [n for n in named if not any(n in t for t in tags)]
    ok(not lost, name + ": rendered, every name of a galaxy is a tag", *lost)
    report = [o for o in bundle["objects"] if o["type"] == "report"][0]
    ok(not [l for l in report.get("labels", []) if l not in tags and l != "threat-report"] and not event.published,
       name + ": rendered, labels are tags, and the event waits to be published")


for name, path, bundle in named_bundles():
    judge_rendering(name, path)
    with open(path, encoding="utf-8") as f:
        parser = imported(f.read())  # an exception: MISP answers 403
    errors = [m for m in messages(parser.errors) if m not in KNOWN]
    ok(not errors, name + ": no error", *errors)
    warnings = [m for m in messages(parser.warnings) if KNOWN_WARNING not in m]
    ok(not warnings, name + ": no warning", *warnings)
    event = parser.misp_event
    reports = [o for o in bundle["objects"] if o["type"] == "report"]
    ok(len(reports) == 1 and event.uuid == reports[0]["id"][8:] and event.info == reports[0]["name"],
       name + ": the report is the event", event.uuid, event.info)
    values = values_of(event)
    hashes = {h for o in bundle["objects"] if o["type"] == "file" for h in o.get("hashes", {}).values()}
    ok(hashes <= set(values), name + ": every hash of a file has arrived", *sorted(hashes - set(values)))
end()
