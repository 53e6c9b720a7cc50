"""What a peer is asked to do, each run by the Python of its own virtual environment: python peers.py NAME ARGUMENT..."""
import json
import sys


def iocfinder(path):
    from ioc_finder import find_iocs

    with open(path, encoding="utf-8") as f:
        find_iocs(f.read())


def pythonstix2(path):
    import stix2

    with open(path, encoding="utf-8") as f:
        stix2.parse(json.load(f), allow_custom=False, version="2.1")


def stix2validator(path):
    from stix2validator import ValidationOptions, validate_file

    if not validate_file(path, ValidationOptions(version="2.1")).is_valid:
        sys.exit("the bundle is not valid")


def taxii2client(path, url):
    from taxii2client.v21 import Collection

    with open(path, encoding="utf-8") as f:
        objects = json.load(f)["objects"]
    status = Collection(url).add_objects({"objects": objects})
    if status.success_count != len(objects):
        sys.exit("not everything was taken")


globals()[sys.argv[1]](*sys.argv[2:])
