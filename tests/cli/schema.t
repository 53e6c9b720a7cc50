#!/bin/sh
# schema: what is built in, and schemas of others.
. "$SRCDIR/tests/tap.sh"
runs 0 '--list' "$STIXPRESS" schema --list
has 'an object type' "$T/out" 'stix/indicator.json '
has 'a resource of TAXII' "$T/out" 'taxii/envelope.json '
is 'every file' "$(wc -l <"$T/out")" "$(find "$SRCDIR/schemas" -name '*.json' | wc -l)"
for type in indicator file envelope feed stix/common/vocab.json; do
	runs 0 "--show $type" "$STIXPRESS" schema --show $type
done
same 'as it stands there' "$T/out" "$SRCDIR/schemas/stix/common/vocab.json"
runs 2 'no such type' "$STIXPRESS" schema --show nothing
runs 2 'nothing to do' "$STIXPRESS" schema
for file in $(cd "$SRCDIR/schemas" && find . -name '*.json' | sort); do
	"$STIXPRESS" schema -q --check "$SRCDIR/schemas/$file" || echo "$file"
done >"$T/found" 2>&1
empty 'all built-in schemas are schemas' "$T/found"

# ---- schemas that are none ----
mkdir "$T/s"
cd "$T/s" || exit 1
refused() {
	printf '%s' "$2" >bad.json
	runs 1 "$1" "$STIXPRESS" schema --check bad.json
	has '... is told' "$T/err" "$3"
}
refused 'a keyword with a wrong value' '{"properties":{"a":{"minLength":-1}}}' '#/properties/a/minLength: want a non-negative integer'
refused 'another draft' '{"$schema":"http://json-schema.org/draft-07/schema#"}' 'draft'
refused 'a reference that leads nowhere' '{"$ref":"none.json"}' 'none.json'
refused 'a reference to itself' '{"$ref":"#"}' '#'
refused 'a circle' '{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}' '"$ref" runs in a circle'
refused 'no regular expression' '{"pattern":"("}' 'pattern'
refused 'a regular expression of PCRE only' '{"pattern":"(?i)a"}' 'pattern'
refused 'a name twice' '{"type":"string","type":"number"}' 'bad.json'
refused 'no JSON' '{' 'bad.json'
cat >a.json <<'X'
{"$id":"https://example.com/s/a.json",
 "properties":{"b":{"$ref":"b.json"},"n":{"$ref":"#/properties/properties"},"properties":{"type":"null"}}}
X
printf '{"$id":"https://example.com/s/b.json","type":"string","pattern":"^x"}' >b.json
runs 0 'a reference to a file beside it, by its id; properties named like keywords' "$STIXPRESS" schema --check a.json

# ---- data ----
printf '{"b":"x"}' >good.data
printf '{\n "b": "y", "n": 1}' >bad.data
runs 0 'valid data' "$STIXPRESS" schema --check a.json good.data
runs 1 'invalid data' "$STIXPRESS" schema --check a.json good.data bad.data
has 'where and why' "$T/out" "bad.data:2:7: error[pattern] /b: "
has '... by which keyword' "$T/out" '(https://example.com/s/b.json#/pattern)'
runs 1 'flag' "$STIXPRESS" schema --check a.json --format flag good.data bad.data
is 'a line a file' "$(tr -d '\n' <"$T/out")" '{"valid":true}{"valid":false}'
runs 1 'basic' "$STIXPRESS" schema --check a.json --format basic bad.data
has 'an error a keyword' "$T/out" \
	'"absoluteKeywordLocation":"https://example.com/s/a.json#/properties/properties/type","instanceLocation":"/n"'
runs 2 'another format' "$STIXPRESS" schema --check a.json --format xml bad.data
runs 3 'data that are not there' "$STIXPRESS" schema --check a.json none.data
runs 1 'flag of validate' "$STIXPRESS" validate --format flag "$SRCDIR/tests/stix/invalid/time-order.json"
is 'says no more' "$(cat "$T/out")" '{"valid":false}'
runs 1 'basic of validate' "$STIXPRESS" validate -q --format basic "$SRCDIR/tests/stix/invalid/time-order.json" \
	"$SRCDIR/tests/stix/invalid/schema-value.json"
has 'a rule' "$T/out" '"keywordLocation":"/stix:rules/time-order"'
has 'a schema' "$T/out" '"absoluteKeywordLocation":"https://stixpress.example/schemas/2.1/stix/'

# ---- the official suite's output tests, those for data that are not valid: annotations are not collected ----
suite=/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/output-tests/draft2020-12
if [ -d "$suite" ] && command -v python3 >/dev/null 2>&1; then
	python3 - "$suite" >"$T/tests" <<'X'
import json, pathlib, sys
suite = pathlib.Path(sys.argv[1])
n = 0
(pathlib.Path("output.json")).write_text((suite / "output-schema.json").read_text())
for path in sorted((suite / "content").glob("*.json")):
    for group in json.loads(path.read_text()):
        for test in group["tests"]:
            for form, want in test["output"].items():
                if form == "basic" and "errors" not in want.get("required", []):
                    continue
                n += 1
                want = dict(want)
                want.pop("$id", None)
                want["$ref"] = "output.json"
                for name, value in (("schema", group["schema"]), ("data", test["data"]), ("want", want)):
                    pathlib.Path(f"{n}.{name}.json").write_text(json.dumps(value))
                print(n, form, path.stem, test["description"])
X
	while read -r n form what; do
		"$STIXPRESS" schema --check "$n.schema.json" --format "$form" "$n.data.json" >"$n.got.json"
		ok "output test $form $what" "$STIXPRESS" schema -q --check "$n.want.json" "$n.got.json"
	done <"$T/tests"
	ok 'there are output tests' test "$(wc -l <"$T/tests")" -ge 3
else
	skip 'the official output tests' 'libtest-json-schema-acceptance-perl is not installed'
fi
done_testing
