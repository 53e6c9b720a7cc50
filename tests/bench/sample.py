"""Which rule lies? Converts a folder of texts and shows, for each rule, how often it spoke and some sentences it spoke of.

sample.py FOLDER [SEED [SENTENCES]] (make sample TEXTS=FOLDER SEED=1 SENTENCES=3): the sentences are drawn at random, the same ones for the
same seed, so that a person can read fifty of them and say which rule is wrong how often. Texts that are refused are named on standard
error and passed over.
"""
import collections
import json
import os
import pathlib
import random
import subprocess
import sys

SUFFIXES = {".txt", ".md", ".html", ".htm", ".xml", ".rss", ".pdf"}


def facts(path):
    took = subprocess.run([os.environ["STIXPRESS"], "extract", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if took.returncode != 0:
        print("%s: %s" % (path, took.stderr.decode(errors="replace").strip()), file=sys.stderr)
        return None
    return json.loads(took.stdout)


def stated(found):
    """(rule, what it says, the sentence) of everything that the facts state."""
    names = {e["id"]: "%s %s" % (e["type"], e["name"]) for e in found["entities"]}
    names.update((o["id"], o["type"]) for o in found["observables"])
    for kind in ("relationships", "entities", "observables"):
        for fact in found[kind]:
            if kind == "relationships":
                says = "%s %s %s" % (names.get(fact["source"]), fact["type"], names.get(fact["target"]))
            elif kind == "entities":
                says = names[fact["id"]]
            else:
                says = " ".join([fact["type"], json.dumps(fact.get("properties"), ensure_ascii=False)][: 2 if "properties" in fact else 1])
            for evidence in fact["evidence"]:
                yield kind, evidence.get("rule", "-"), says, evidence.get("text", "")


def main():
    folder, seed, each = pathlib.Path(sys.argv[1]), int((sys.argv[2:] or [1])[0]), int((sys.argv[3:] or [3])[0])
    rules, texts = collections.defaultdict(list), 0
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        found = facts(path)
        texts += found is not None
        for kind, rule, says, text in stated(found) if found else ():
            rules[kind, rule].append((path.name, says, text))
    draw = random.Random(seed)
    print("%d texts, %d rules spoke" % (texts, len(rules)))
    for (kind, rule), spoken in sorted(rules.items(), key=lambda item: (item[0][0] != "relationships", item[0][0], -len(item[1]), item[0][1])):
        print("\n%s: %s, %d times" % (kind, rule, len(spoken)))
        for name, says, text in draw.sample(spoken, min(each, len(spoken))):
            print("  %s: %s\n      %s" % (name, says, text))


main()
