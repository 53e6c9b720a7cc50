"""misp-stix, MISP's importer, over our bundles: mispstix_check.py BUNDLE...   What MISP would do with an upload."""
import misp_stix_converter
from stix2.parsing import parse

from bundles import end, named_bundles, ok

# MISP has nothing that an infrastructure could become; it leaves the object out and goes on.
KNOWN = ("Unable to load STIX object type: infrastructure", "Unknown STIX object type: infrastructure")
# ... and no attribute or object for a pattern on a custom type.
KNOWN_WARNING = "containing the following types: x-"


def messages(found):
    return [m for many in found.values() for m in many]


for name, path, bundle in named_bundles():
    with open(path, encoding="utf-8") as f:
        parsed = parse(f.read(), allow_custom=True, interoperability=True)  # an exception: MISP answers 403
    parser = misp_stix_converter.ExternalSTIX2toMISPParser()
    parser.load_stix_bundle(parsed)
    parser.parse_stix_bundle(distribution=0, galaxies_as_tags=True, single_event=True)
    errors = [m for m in messages(parser.errors) if m not in KNOWN]
    ok(not errors, name + ": no error", *errors)
    warnings = [m for m in messages(parser.warnings) if KNOWN_WARNING not in m]
    ok(not warnings, name + ": no warning", *warnings)
    event = parser.misp_event
    reports = [o for o in bundle["objects"] if o["type"] == "report"]
    ok(len(reports) == 1 and event.uuid == reports[0]["id"][8:] and event.info == reports[0]["name"],
       name + ": the report is the event", event.uuid, event.info)
    values = [a.value for a in event.attributes] + [a.value for o in event.objects for a in o.attributes]
    hashes = {h for o in bundle["objects"] if o["type"] == "file" for h in o.get("hashes", {}).values()}
    ok(hashes <= set(values), name + ": every hash of a file has arrived", *sorted(hashes - set(values)))
end()
