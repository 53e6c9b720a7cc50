"""taxii2-client 2.3.0 against `stixpress serve`: python3 taxii2client_check.py DISCOVERY-URL CLOSED-URL READ-ONLY-URL

CLOSED-URL asks for the user "ali" with the password "open sesame"; READ-ONLY-URL is that of a collection. Prints TAP.
"""
import datetime
import sys

import requests
from taxii2client.exceptions import AccessError
from taxii2client.v21 import Collection, Server, as_pages

COUNT = 250
PAGE = 100
done = 0


def ok(good, what):
    global done
    done += 1
    print("%sok %d - %s" % ("" if good else "not ", done, what), flush=True)


def is_(got, want, what):
    ok(got == want, what)
    if got != want:
        print("#  got: %r\n# want: %r" % (got, want))


def status_of(call):
    """The HTTP status of the error that a call raises; None when it raises none."""
    try:
        call()
    except requests.exceptions.HTTPError as error:
        return error.response.status_code
    return None


def indicator(i, modified="2024-06-13T00:00:00.000Z"):
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": "indicator--00000000-0000-4000-8000-%012d" % i,
        "created": "2024-06-13T00:00:00.000Z",
        "modified": modified,
        "pattern": "[ipv4-addr:value = '198.51.100.%d']" % (i % 250),
        "pattern_type": "stix",
        "valid_from": "2024-06-13T00:00:00Z",
        "name": "\u6307\u6a19 %d" % i,
    }


def check_information(server):
    is_(server.title, "A feed", "discovery: title")
    is_(len(server.api_roots), 1, "discovery: one API root")
    is_(server.default.url, server.api_roots[0].url, "discovery: the default root is among them")
    root = server.default
    ok(root.max_content_length > 0, "API root: max_content_length")
    is_(root.versions, ["application/taxii+json;version=2.1"], "API root: versions")
    is_([c.alias for c in root.collections], ["news", "other"], "collections: both, in order")
    collection = root.collections[0]
    ok(collection.can_read and collection.can_write, "collection: rights")
    is_(collection.media_types, ["application/stix+json;version=2.1"], "collection: media types")
    return collection


def check_posting(collection):
    objects = [indicator(i) for i in range(COUNT)]
    status = collection.add_objects({"objects": objects})
    is_(status.status, "complete", "adding: complete")
    is_((status.total_count, status.success_count, status.failure_count, status.pending_count), (COUNT, COUNT, 0, 0), "adding: counts")
    is_({s["id"] for s in status.successes}, {o["id"] for o in objects}, "adding: every id")
    before = status.success_count
    status.refresh()
    is_(status.success_count, before, "status: read again")
    status = collection.add_objects({"objects": objects[:3]})
    is_([s.get("message") for s in status.successes], ["already there"] * 3, "adding again: already there")
    status = collection.add_objects({"objects": [{"type": "indicator", "id": "indicator--x"}, indicator(COUNT)]})
    is_((status.success_count, status.failure_count), (1, 1), "adding a bad one and a good one")
    is_(status.failures[0]["id"], "indicator--x", "... the bad one is named")
    return objects + [indicator(COUNT)]


def check_reading(collection, objects):
    pages = list(as_pages(collection.get_objects, per_request=PAGE))
    is_([len(p["objects"]) for p in pages], [PAGE, PAGE, COUNT + 1 - 2 * PAGE], "objects: pages")
    is_([o for p in pages for o in p["objects"]], objects, "objects: come back in order as they were sent")
    pages = list(as_pages(collection.get_manifest, per_request=PAGE))
    records = [r for p in pages for r in p["objects"]]
    is_([r["id"] for r in records], [o["id"] for o in objects], "manifest: pages")
    dates = [r["date_added"] for r in records]
    is_(dates, sorted(set(dates)), "manifest: date_added is unique and increases")
    middle = datetime.datetime.strptime(dates[99], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    after = collection.get_objects(added_after=middle)
    is_(len(after["objects"]), COUNT + 1 - 100, "objects: added_after")
    is_(collection.get_objects(type="malware"), {}, "objects: another type")
    is_(len(collection.get_objects(id=[objects[0]["id"], objects[7]["id"]])["objects"]), 2, "objects: by id")
    is_(status_of(lambda: collection.get_objects(type="No Type")), 400, "objects: a malformed filter")


def check_versions(collection):
    newer = indicator(5, "2024-07-01T00:00:00.000Z")
    collection.add_objects({"objects": [newer]})
    is_(collection.get_object(newer["id"])["objects"], [newer], "an object: its latest version")
    is_(len(collection.get_object(newer["id"], version="all")["objects"]), 2, "an object: all versions")
    is_(collection.object_versions(newer["id"])["versions"], ["2024-06-13T00:00:00.000Z", "2024-07-01T00:00:00.000Z"], "versions")
    collection.delete_object(newer["id"], version=newer["modified"])
    is_(collection.object_versions(newer["id"])["versions"], ["2024-06-13T00:00:00.000Z"], "delete: a version")
    collection.delete_object(newer["id"])
    is_(status_of(lambda: collection.get_object(newer["id"])), 404, "delete: an object")


def check_access(closed, read_only):
    is_(status_of(lambda: Server(closed).title), 401, "credentials: asked for")
    is_(status_of(lambda: Server(closed, user="ali", password="wrong").title), 401, "credentials: wrong")
    is_(Server(closed, user="ali", password="open sesame").title, "Closed", "credentials: right")
    collection = Collection(read_only)
    ok(collection.can_write is False, "read-only: announced")
    try:
        collection.add_objects({"objects": [indicator(1)]})
        ok(False, "read-only: the client refuses")
    except AccessError:
        ok(True, "read-only: the client refuses")


def main():
    collection = check_information(Server(sys.argv[1]))
    objects = check_posting(collection)
    check_reading(collection, objects)
    check_versions(collection)
    check_access(sys.argv[2], sys.argv[3])
    print("1..%d" % done)


main()
