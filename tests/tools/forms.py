"""forms.py FORM FILE SOURCE...: is FILE what a reader of this form can take? Complaints on standard output, a line each.

Written from the specifications: SARIF 2.1.0 (OASIS) sections 3.13 to 3.59, the JUnit schema that Jenkins and GitLab read, GitHub's
workflow commands, GitLab's code quality format. SOURCE are the files that were validated, in order.
"""
import json
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def complain(*words):
    print(*words)


def want(value, where, **types):
    """Each named member is there and of its type."""
    for name, kind in types.items():
        if not isinstance(value.get(name), kind) or isinstance(value.get(name), bool) and kind is int:
            complain(where, name, "is", repr(value.get(name)))
    return all(isinstance(value.get(name), kind) for name, kind in types.items())


def strings(value):
    if isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from strings(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, str):
        yield value


def sarif_result(r, known, sources):
    want(r, "result", ruleId=str, level=str, message=dict, locations=list, partialFingerprints=dict)
    if r["level"] not in ("none", "note", "warning", "error"):
        complain("level", r["level"])
    if not r["message"].get("text"):
        complain("message without text")
    physical = r["locations"][0]["physicalLocation"]
    uri = physical["artifactLocation"]["uri"]
    if not re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2}|^file://)*", uri):
        complain("not a URI reference:", uri)
    path = urllib.parse.unquote(uri[7:] if uri.startswith("file://") else uri)
    if path not in sources:
        complain("no such source:", path)
    region = physical.get("region", {"startLine": 1, "startColumn": 1})
    if region["startLine"] < 1 or region["startColumn"] < 1:
        complain("region", region)
    if r["ruleId"] not in known and not re.fullmatch(r"(json|schema|unreadable)[a-z0-9-]*", r["ruleId"]):
        complain("unknown rule", r["ruleId"])


def sarif(text, sources):
    log = json.loads(text)
    if log.get("version") != "2.1.0" or len(log["runs"]) != 1:
        complain("version or runs")
    run = log["runs"][0]
    want(run, "run", tool=dict, results=list, columnKind=str)
    driver = run["tool"]["driver"]
    want(driver, "driver", name=str, version=str, rules=list)
    ids = [rule["id"] for rule in driver["rules"]]
    if len(ids) != len(set(ids)):
        complain("a rule is there twice")
    for rule in driver["rules"]:
        want(rule["shortDescription"], "rule", text=str)
    for r in run["results"]:
        sarif_result(r, set(ids), sources)
    for i in run["invocations"]:
        if not isinstance(i.get("executionSuccessful"), bool):
            complain("invocation without executionSuccessful")
        for n in i["toolExecutionNotifications"]:
            want(n["message"], "notification", text=str)
    return strings(log)


def junit(text, sources):
    root = ElementTree.fromstring(text)
    if root.tag != "testsuites":
        complain("root", root.tag)
    names = []
    for suite in root:
        cases = suite.findall("testcase")
        failed = [c for c in cases if c.find("failure") is not None]
        if suite.tag != "testsuite" or int(suite.get("tests")) != len(cases) or int(suite.get("failures")) != len(failed):
            complain("counts of suite", suite.get("name"))
        if suite.get("errors") != "0" or any(c.get("classname") is None for c in cases):
            complain("suite", suite.get("name"))
        names += [c.get("name") for c in cases]
        for failure in suite.iter("failure"):
            if not failure.get("message") or not failure.text.strip():
                complain("a failure that says nothing")
    if len(names) != len(sources):
        complain(len(names), "cases for", len(sources), "files")
    return (s for e in root.iter() for s in [e.text or "", *e.attrib.values()])


def github(text, sources):
    levels = []
    said = []
    for line in text.split("\n")[:-1]:
        m = re.fullmatch(r"::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*,?)+)::(.+)", line)
        if not m:
            complain("no workflow command:", line)
            continue
        levels.append(["error", "warning", "notice"].index(m[1]))
        properties = dict(p.split("=", 1) for p in m[2].split(","))
        if set(properties) - {"file", "line", "col", "title"}:
            complain("properties", sorted(properties))
        if re.search("%(?!0A|0D|25|3A|2C)", line):
            complain("a bare percent sign:", line)
        if urllib.parse.unquote(properties["file"]) not in sources:
            complain("no such source:", properties["file"])
        said.append(urllib.parse.unquote(m[3]))
    if levels != sorted(levels):
        complain("errors come first")
    return said


def gitlab(text, sources):
    rows = json.loads(text)
    prints = [r["fingerprint"] for r in rows]
    if len(prints) != len(set(prints)):
        complain("a fingerprint is there twice")
    for r in rows:
        want(r, "row", description=str, check_name=str, fingerprint=str, severity=str, location=dict)
        want(r["location"]["lines"], "lines", begin=int)
        if r["severity"] not in ("info", "minor", "major", "critical", "blocker"):
            complain("severity", r["severity"])
        if r["location"]["path"].startswith("./"):
            complain("path", r["location"]["path"])
    return strings(rows)


with open(sys.argv[2], encoding="utf-8", newline="") as f:
    whole = f.read()
for s in {"sarif": sarif, "junit": junit, "github": github, "gitlab": gitlab}[sys.argv[1]](whole, sys.argv[3:]):
    if UNSAFE.search(s):
        complain("unsafe text:", ascii(s))
