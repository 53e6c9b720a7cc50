"""pycti's bundle splitter, which OpenCTI's workers use, over our bundles, as they are and as rendered for it: pycti_check.py BUNDLE..."""
import json
import os
import subprocess

from pycti import OpenCTIStix2Splitter

from bundles import end, named_bundles, ok



def as_stored(o):
    """An object without the references that OpenCTI does not keep: those with neither a URL nor an external id."""
    o = dict(o)
    if "external_references" in o:
        o["external_references"] = [r for r in o["external_references"] if "url" in r or "external_id" in r]
    return o


for name, path, bundle in named_bundles():
    with open(path, encoding="utf-8") as f:
        count, refused, parts = OpenCTIStix2Splitter().split_bundle_with_expectations(f.read())
    # OpenCTI has no extension-definition; what says so is the only thing it leaves out.
    refused = [o["id"] for o in refused if o["type"] != "extension-definition"]
    ok(not refused, name + ": nothing is incompatible", *refused)
    objects = [o for part in parts for o in json.loads(part)["objects"]]
    ours = {o["id"]: as_stored(o) for o in bundle["objects"] if o["type"] != "extension-definition"}
    theirs = {o["id"]: o for o in objects}
    ok(count == len(objects) == len(theirs) and theirs.keys() == ours.keys(), name + ": every object comes out, once",
       *(theirs.keys() ^ ours.keys()))
    # An unknown or circular reference would have been dropped or replaced on the way.
    changed = [i for i in ours if {k: v for k, v in theirs.get(i, {}).items() if k in ours[i]} != ours[i]]
    ok(not changed, name + ": with all its properties", *changed)
    seen = set()
    late = [o["id"] for o in objects if [r for k, r in o.items() if k.endswith("_ref") and r in theirs and r not in seen]
            or seen.add(o["id"])]
    ok(not late, name + ": what an object refers to comes before it", *late)
    # The rendering for OpenCTI has nothing that it would leave out.
    rendered = subprocess.run([os.environ["STIXPRESS"], "render", "-q", path, "--to", "opencti"], check=True,
                              stdout=subprocess.PIPE).stdout.decode("utf-8")
    count, refused, parts = OpenCTIStix2Splitter().split_bundle_with_expectations(rendered)
    ok(not refused, name + ": rendered, nothing is incompatible", *[o["id"] for o in refused])
    ours = {o["id"]: o for o in json.loads(rendered)["objects"]}
    theirs = {o["id"]: o for part in parts for o in json.loads(part)["objects"]}
    ok(count == len(ours) and theirs.keys() == ours.keys(), name + ": rendered, every object comes out",
       *(theirs.keys() ^ ours.keys()))
    changed = [i for i in ours if {k: v for k, v in theirs.get(i, {}).items() if k in ours[i]} != ours[i]]
    ok(not changed, name + ": rendered, with all its properties", *changed)
end()
