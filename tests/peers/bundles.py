"""What the checks of bundles share: TAP on standard output, and the files that were named on the command line."""
import json
import os
import sys

done = 0


def ok(good, what, *notes):
    """One check; the notes explain a failure."""
    global done
    done += 1
    print("%sok %d - %s" % ("" if good else "not ", done, what))
    if not good:
        for note in notes[:20]:
            print("#   %s" % str(note).replace("\n", " "))
    sys.stdout.flush()


def named_bundles():
    """(short name, path, parsed JSON) of each file on the command line."""
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as f:
            yield "/".join(path.split("/")[-2:]), os.path.abspath(path), json.load(f)


def end():
    print("1..%d" % done)
