"""What is measured on: made the same way every time, none of it anybody's but the texts, which are those of feeds/ and ../shared.

indicators(path, n): a bundle of n indicators, eight forms of pattern in turn, indented, about 600 octets each.
text(path, size, folders): the texts of the folders, over and over, up to size octets.
values(path, n): a report that lists n values, each another one, four kinds in turn.
HOSTILE, hostile(path, what, size): what no one writes, over and over, in one line unless it has line ends.
"""
import hashlib
import pathlib
import uuid

PATTERNS = [
    "[ipv4-addr:value = '%(ip)s']",
    "[domain-name:value = 'host-%(i)d.example.com']",
    "[url:value = 'http://host-%(i)d.example.org/%(md5)s/index.php?id=%(i)d']",
    "[file:hashes.'SHA-256' = '%(sha256)s']",
    "[file:hashes.MD5 = '%(md5)s' OR file:name = 'update-%(i)d.exe']",
    "[ipv4-addr:value ISSUBSET '%(net)s'] AND [network-traffic:dst_port IN (80, 443, 8080)]",
    "[email-message:from_ref.value LIKE 'billing-%%%(i)d@example.net'] REPEATS 3 TIMES WITHIN 600 SECONDS",
    "([process:command_line MATCHES '^powershell.*-enc [A-Za-z0-9+/]+$'] FOLLOWEDBY [file:size > %(i)d]) WITHIN 60 SECONDS",
]
INDICATOR = """    {
      "type": "indicator",
      "spec_version": "2.1",
      "id": "indicator--%s",
      "created": "%s",
      "modified": "%s",
      "name": "Sample %d of a measurement",
      "description": "Seen in traffic of a made network; %s.",
      "indicator_types": [
        "malicious-activity"
      ],
      "pattern": "%s",
      "pattern_type": "stix",
      "valid_from": "%s",
      "confidence": %d
    }"""


def indicator(i):
    md5 = hashlib.md5(b"%d" % i, usedforsecurity=False).hexdigest()
    values = {
        "i": i,
        "ip": "198.51.%d.%d" % (i >> 8 & 255, i & 255),
        "net": "203.%d.%d.0/24" % (i >> 8 & 127, i & 255),
        "md5": md5,
        "sha256": hashlib.sha256(b"%d" % i).hexdigest(),
    }
    made = uuid.UUID(md5[:12] + "4" + md5[13:16] + "a" + md5[17:])
    time = "2024-%02d-%02dT%02d:%02d:%02d.%03dZ" % (i % 12 + 1, i % 28 + 1, i % 24, i % 60, i * 7 % 60, i % 1000)
    return INDICATOR % (made, time, time, i, md5[::-1], PATTERNS[i % len(PATTERNS)] % values, time, i % 101)


def indicators(path, n):
    with open(path, "w", encoding="utf-8") as f:
        f.write('{\n  "type": "bundle",\n  "id": "bundle--7d9f2c35-51ae-4b0f-8f4e-3a0f9b1d2c10",\n  "objects": [\n')
        for i in range(n):
            f.write((",\n" if i else "") + indicator(i))
        f.write("\n  ]\n}\n")


def text(path, size, folders):
    texts = [f.read_bytes() for folder in folders for f in sorted(pathlib.Path(folder).glob("*.txt"))]
    whole = b"\n\n".join(texts) + b"\n\n"
    part = (whole * (size // len(whole) + 1))[:size]
    with open(path, "wb") as f:
        f.write(part[: part.rindex(b"\n") + 1])


def values(path, n):
    with open(path, "w", encoding="utf-8") as f:
        f.write("# A report\n\n2024-06-13\n\n## Indicators of compromise\n\n")
        for i in range(n):
            digest = hashlib.sha256(b"%d" % i).hexdigest()
            f.write("- " + (
                digest,
                "host-%d[.]measured%d[.]com" % (i, i % 97),
                "hxxps://cdn%d[.]measured[.]net/%s/load.php" % (i, digest[:8]),
                "%d[.]%d[.]%d[.]%d" % (45 + i % 50, i >> 8 & 255, i & 255, 7 + i % 200),
            )[i % 4] + "\n")


HOSTILE = {
    "dots": ".",
    "hexadecimal digits": "0123456789abcdef",
    "hxxp[": "hxxp[",
    "「": "「",
    "@": "@",
    "blanks": " ",
    "one long word": "abcdefghij",
    "、": "、",
    "nested brackets": "[(",
    "label words": "MD5: SHA256 URL: ",
    "addresses": "1.2.3.4 ",
    "a.": "a.",
    "user@": "user@",
    "a:": "a:",
    "backslashes": "\\",
    "marks": "\u0301",
    "list lines": "- a\n",
    "table rows": "|a|b|\n",
    "headings": "IOC\n\n",
    "known names": "Lazarus Emotet ",
    "sentences": "The actor uses malware. ",
    "links": "[a](http://a.example/)",
    "tags": "<a href=x>",
}


def hostile(path, what, size):
    unit = HOSTILE[what].encode()
    with open(path, "wb") as f:
        f.write(unit * (size // len(unit)) + b"\n")
