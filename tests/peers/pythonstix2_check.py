"""python-stix2 over our bundles: pythonstix2_check.py BUNDLE...   Parses each strictly and writes it again."""
import json

import stix2

from bundles import end, named_bundles, ok


def plain(o):
    """Timestamps without their fraction of zeros: the library writes them its own way."""
    if isinstance(o, dict):
        return {k: plain(v) for k, v in o.items()}
    if isinstance(o, list):
        return [plain(v) for v in o]
    if isinstance(o, str) and o.endswith("Z") and "." in o:
        return o[:-1].rstrip("0").rstrip(".") + "Z"
    return o


for name, path, bundle in named_bundles():
    try:
        parsed = stix2.parse(bundle, allow_custom=False, version="2.1")
    except Exception as e:  # any exception is the verdict
        ok(False, name + ": parses without custom content", repr(e))
        continue
    ok(True, name + ": parses without custom content")
    again = json.loads(parsed.serialize())
    ours = {o["id"]: plain(o) for o in bundle["objects"]}
    theirs = {o["id"]: plain(o) for o in again["objects"]}
    changed = [i for i in ours if ours[i] != theirs.get(i)]
    ok(not changed and len(ours) == len(theirs), name + ": nothing is lost or changed", *changed)
end()
