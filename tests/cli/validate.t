#!/bin/sh
# validate: inputs, forms of output, choices, exit status.
. "$SRCDIR/tests/tap.sh"
samples=$SRCDIR/tests/stix

runs 0 'a valid file' "$STIXPRESS" validate "$samples/valid/time-order.json"
has 'the summary says so' "$T/err" 'valid: 1 object, 0 errors'
empty 'nothing on standard output' "$T/out"
runs 1 'an invalid file' "$STIXPRESS" validate "$samples/invalid/time-order.json"
id=2f1c5d1e-0b7a-4c3d-9e58-000000000001 time=2024-06-13T00:00:00.000Z
has 'place, rule, id, pointer and section in one line' "$T/out" ":16:18: error[time-order] indicator--$id /valid_until: \
valid_until $time is not after valid_from $time (STIX 2.1 section 4.7.1)"
runs 1 'with the line itself' "$STIXPRESS" validate -v "$samples/invalid/time-order.json"
has 'as it stands there' "$T/out" '    16 |   "valid_until": "2024-06-13T00:00:00.000Z"'
has 'and a mark below it' "$T/out" '       |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^'
runs 0 '-q: no summary' "$STIXPRESS" validate -q "$samples/valid/time-order.json"
empty 'nothing on standard error' "$T/err"

# ---- warnings, choices ----
runs 0 'warnings do not fail' "$STIXPRESS" validate "$samples/invalid/uuid-check.json"
has 'they are told' "$T/out" 'warning[uuid-check]'
runs 1 '--strict: they do' "$STIXPRESS" validate --strict "$samples/invalid/uuid-check.json"
runs 0 '--disable by number' "$STIXPRESS" validate --strict --disable 103 "$samples/invalid/uuid-check.json"
runs 0 '-d by name, repeated and with commas' "$STIXPRESS" validate --strict -d 202 -d sco-id,uuid-check "$samples/invalid/uuid-check.json"
runs 2 'an unknown rule' "$STIXPRESS" validate --disable no-such "$samples/valid/uuid-check.json"
has 'is named' "$T/err" "there is no rule 'no-such'"
runs 0 'references to elsewhere are right' "$STIXPRESS" validate "$samples/invalid/dangling-ref.json"
runs 1 '--enforce-refs: they are not' "$STIXPRESS" validate --enforce-refs "$samples/invalid/dangling-ref.json"
runs 1 '--strict-types' "$STIXPRESS" validate --strict-types "$samples/invalid/strict-types.json"
runs 1 '--strict-properties' "$STIXPRESS" validate --strict-properties "$samples/invalid/strict-properties.json"
runs 0 'no profile: what a platform would refuse is STIX all the same' "$STIXPRESS" validate "$samples/invalid/misp-bundle.json"
runs 1 '--profile' "$STIXPRESS" validate --profile misp "$samples/invalid/misp-bundle.json"
has 'says whose behaviour it is' "$T/out" 'taken for STIX 2.0 and refused (MISP issue 10541)'
runs 0 'one profile is not the other' "$STIXPRESS" validate -p opencti "$samples/invalid/misp-bundle.json"
runs 0 'what is lost is a warning' "$STIXPRESS" validate -p misp -p opencti "$samples/invalid/opencti-sighting.json"
has 'of each platform' "$T/out" 'warning[misp-sighting]'
has 'that was asked for' "$T/out" 'warning[opencti-sighting]'
runs 0 'a rule of a profile can be left out' "$STIXPRESS" validate -p misp -d misp-bundle "$samples/invalid/misp-bundle.json"
runs 2 'a profile that is not there' "$STIXPRESS" validate -p none "$samples/invalid/misp-bundle.json"
has 'the others are named' "$T/err" "there is no profile 'none'; there are interop, opencti and misp"
runs 1 '--interop' "$STIXPRESS" validate --interop "$samples/invalid/interop-required.json"
runs 1 '... is a profile' "$STIXPRESS" validate -p interop "$samples/invalid/interop-tlp.json"
runs 1 '--schemas' "$STIXPRESS" validate --schemas "$samples/schemas" "$samples/invalid/schema-costly.json"
runs 3 'a schema folder that is not there' "$STIXPRESS" validate --schemas "$T/none" "$samples/valid/uuid-check.json"
mkdir "$T/broken" && echo '{"type": 7}' >"$T/broken/x-example.json"
runs 2 'a schema that is none' "$STIXPRESS" validate --schemas "$T/broken" "$samples/valid/uuid-check.json"

# ---- inputs ----
runs 0 'standard input' "$STIXPRESS" validate <"$samples/valid/version.json"
has 'by its name' "$T/err" '(standard input): valid: 3 objects'
runs 0 'standard input as -' "$STIXPRESS" validate - <"$samples/valid/version.json"
runs 3 'a file that is not there' "$STIXPRESS" validate "$T/none.json" "$samples/valid/version.json"
has 'the others are judged all the same' "$T/err" 'version.json: valid'
mkdir -p "$T/d/e" && cp "$samples/valid/version.json" "$T/d/e/a.json"
cp "$samples/invalid/version.json" "$T/d/b.json" && echo no >"$T/d/c.txt"
runs 1 'a folder' "$STIXPRESS" validate "$T/d"
has 'its JSON files and those below' "$T/err" '2 files, 1 invalid'
printf '{"type":"bundle"\n' >"$T/cut.json"
runs 1 'a file that ends too early' "$STIXPRESS" validate "$T/cut.json"
has 'is malformed, at its place' "$T/out" "$T/cut.json:2:1: error[json-truncated]"
: >"$T/empty.json"
runs 1 'an empty file' "$STIXPRESS" validate "$T/empty.json"
{ tr -d '\n' <"$samples/valid/time-order.json"; echo; tr -d '\n' <"$samples/invalid/time-order.json"; echo; } >"$T/lines.jsonl"
runs 1 'JSON Lines' "$STIXPRESS" validate "$T/lines.jsonl"
has 'the second line' "$T/out" 'lines.jsonl:2:'

# ---- what is known from elsewhere ----
m='"type":"malware","spec_version":"2.1","id":"malware--2f1c5d1e-0b7a-4c3d-9e58-000000000001","name":"Kuro","is_family":true'
printf '{%s,"created":"%s","modified":"%s","revoked":true}\n' "$m" 2024-06-13T00:00:00.000Z 2024-06-13T00:00:00.000Z >"$T/old.jsonl"
printf '{%s,"created":"%s","modified":"%s"}\n' "$m" 2024-06-13T00:00:01.000Z 2024-06-14T00:00:00.000Z >"$T/new.json"
printf '{"type":"relationship","spec_version":"2.1","id":"relationship--2f1c5d1e-0b7a-4c3d-9e58-000000000002","relationship_type":"%s",
"source_ref":"%s","target_ref":"%s","created":"%s","modified":"%s"}' related-to malware--2f1c5d1e-0b7a-4c3d-9e58-000000000001 \
	malware--2f1c5d1e-0b7a-4c3d-9e58-000000000001 2024-06-13T00:00:00.000Z 2024-06-13T00:00:00.000Z >"$T/rel.json"
runs 0 'a version by itself' "$STIXPRESS" validate "$T/new.json"
runs 1 '--known: after a revocation' "$STIXPRESS" validate --known "$T/old.jsonl" "$T/rel.json" "$T/new.json"
has 'is told' "$T/out" '/modified: an earlier object has revoked this object; no version may follow'
has 'created too' "$T/out" '/created: created differs from that of an earlier object'
runs 1 'a reference to elsewhere' "$STIXPRESS" validate --enforce-refs "$T/rel.json"
runs 0 '... that is known' "$STIXPRESS" validate --enforce-refs --known "$T/old.jsonl" "$T/rel.json"
runs 0 'by every thread' "$STIXPRESS" validate -j3 --enforce-refs --known "$T/old.jsonl" "$T/rel.json"
runs 3 'a known file that is not there' "$STIXPRESS" validate --known "$T/none" "$T/rel.json"
printf '{"type":"x-a-b","spec_version":"2.1","id":"x-a-b--2f1c5d1e-0b7a-4c3d-9e58-000000000002","created":"%s","modified":"%s"}' \
	2024-06-13T00:00:00.000Z 2024-06-13T00:00:00.000Z >"$T/x-a-b.of.json"
echo '{"required":["depth"]}' >"$T/x-a-b.json"
runs 1 'a schema file of its own' "$STIXPRESS" validate -s "$T/x-a-b.json" "$T/x-a-b.of.json"
has '... is heard' "$T/out" 'depth is required'

# ---- repairs ----
runs 0 'what is certain is in the record' "$STIXPRESS" validate -q --format jsonl "$samples/invalid/sco-id.json"
has '... as a JSON Patch' "$T/out" '"fix":[{"op":"replace","path":"/id","value":"'
runs 0 'but with --mask' "$STIXPRESS" validate -q --mask --format jsonl "$samples/invalid/sco-id.json"
hasnt '... not' "$T/out" '"fix"'
ip=ipv4-addr--2f1c5d1e-0b7a-5c3d-9e58-000000000001 who=2F1C5D1E-0B7A-4C3D-9E58-000000000009 t=2024-06-13T00:00:00
v='"spec_version":"2.1"'
cat >"$T/fix.json" <<X
{"type":"bundle","id":"bundle--2F1C5D1E-0B7A-4C3D-9E58-000000000001","objects":[
{"type":"identity",$v,"id":"identity--$who","created":"${t}Z","modified":"$t.5Z","name":"A"},
{"type":"ipv4-addr",$v,"id":"$ip","value":"192.0.2.1"},
{"type":"mutex",$v,"id":"mutex--2f1c5d1e-0b7a-5c3d-9e58-000000000005","name":"one"},
{"type":"mutex",$v,"id":"mutex--2f1c5d1e-0b7a-5c3d-9e58-000000000005","name":"two"},
{"type":"network-traffic",$v,"id":"network-traffic--2f1c5d1e-0b7a-5c3d-9e58-000000000002","src_ref":"$ip","src_port":1,"dst_port":2,
"protocols":["tcp"]},
{"type":"observed-data",$v,"id":"observed-data--2f1c5d1e-0b7a-4c3d-9e58-000000000003","created_by_ref":"identity--$who",
"created":"$t.000Z","modified":"$t.000001Z","first_observed":"${t}Z","last_observed":"${t}Z","number_observed":1,
"object_refs":["network-traffic--2f1c5d1e-0b7a-5c3d-9e58-000000000002","$ip"]}]}
X
runs 0 '--fix' "$STIXPRESS" validate --enforce-refs --fix "$T/fixed.json" "$T/fix.json"
has 'the time' "$T/err" "/objects/0/modified: fixed: $t.5Z is now $t.500Z"
has 'the UUID, where it is referred to' "$T/err" "/objects/5/created_by_ref: fixed: identity--$who in lower case"
has 'the deterministic id' "$T/err" "fixed: $ip is now ipv4-addr--8dded90c-40c0-545a-8027-5b212bb37e8e, and 2 references to it"
has 'how many' "$T/err" 'fix.json: 8 repairs, written to '
has 'what is not certain is left: an id of two objects' "$T/out" 'fixed.json:22:13: warning[sco-id] mutex--'
hasnt 'no other finding of ids or times' "$T/out" '/created'
is 'the time that needed nothing' "$(grep -c "$t.000001Z" "$T/fixed.json")" 1
runs 0 'once more' "$STIXPRESS" validate --fix "$T/again.json" "$T/fixed.json"
same 'nothing is left to do' "$T/again.json" "$T/fixed.json"
runs 2 'a file is not overwritten' "$STIXPRESS" validate --fix "$T/fix.json" "$T/fix.json"
runs 2 'one file' "$STIXPRESS" validate --fix "$T/none.json" "$T/fix.json" "$T/fixed.json"
absent=$(ls "$T/none.json" 2>/dev/null)
is 'and nothing is written then' "$absent" ''
runs 1 'malformed text cannot be repaired' "$STIXPRESS" validate --fix "$T/none.json" "$T/cut.json"

# ---- secrets ----
runs 1 'values are shown' "$STIXPRESS" validate -v "$samples/invalid/hash-value.json" "$samples/invalid/time-order.json"
has '... of course' "$T/out" 2024-06-13
runs 1 '--mask' "$STIXPRESS" validate --mask -v "$samples/invalid/hash-value.json" "$samples/invalid/time-order.json"
hasnt 'times are hidden' "$T/out" 2024-06-13
hasnt 'lines too' "$T/out" ' | '
has 'rules are told' "$T/out" 'times that belong together are in order'

# ---- compressed ----
if "$STIXPRESS" validate -q "$samples/valid/version.json" && command -v gzip >/dev/null 2>&1 &&
	gzip -c "$samples/valid/version.json" | "$STIXPRESS" validate -q -; then
	mkdir "$T/gz"
	gzip -c "$samples/valid/version.json" >"$T/gz/a.json.gz"
	{ gzip -c "$T/lines.jsonl"; gzip -c "$T/lines.jsonl"; } >"$T/gz/b.jsonl.gz"
	runs 1 'a folder of compressed files' "$STIXPRESS" validate "$T/gz"
	has 'both' "$T/err" '2 files, 1 invalid, 7 objects'
	has 'joined ones are one' "$T/out" 'b.jsonl.gz:4:'
	runs 1 'with the lines themselves' "$STIXPRESS" validate -v "$T/gz/b.jsonl.gz"
	has 'as they stand there' "$T/out" '     4 | '
	runs 1 'whatever its name' "$STIXPRESS" validate - <"$T/gz/b.jsonl.gz"
	head -c 200 "$T/gz/a.json.gz" >"$T/cut.json.gz"
	runs 3 'cut off' "$STIXPRESS" validate "$T/cut.json.gz"
	{ head -c 40 "$T/gz/a.json.gz"; echo 'no such thing as this, which is not compressed'; } >"$T/bad.json.gz"
	runs 3 'damaged' "$STIXPRESS" validate "$T/bad.json.gz"
	has 'is told' "$T/err" 'bad.json.gz: cannot read: '
else
	skip 'compressed files' 'gzip is not installed, or the program is built without zlib'
fi

# ---- threads: the same, whatever their number ----
{
	for i in 1 2 3 4 5 6; do
		for file in "$samples"/*/*.json; do
			tr -d '\n' <"$file"
			echo
		done
	done
} >"$T/all.jsonl"
sed '$!s/$/,/; 1s/^/[/; $s/$/]/' "$T/all.jsonl" >"$T/all.list.json"
{ cat "$T/all.jsonl"; echo '{"type":"bundle", broken'; } >"$T/broken.jsonl"
# a fault in one of the objects: those in front of it are judged, nothing behind it
sed '300s/"type"/type/' "$T/all.list.json" >"$T/broken.json"
sed '200s/,$/]/' "$T/all.list.json" >"$T/short.json"
for file in all.jsonl all.list.json broken.jsonl broken.json short.json; do
	set -- validate --strict -v --schemas "$samples/schemas" -p misp -p opencti -d 103 --max 9 "$T/$file"
	"$STIXPRESS" "$@" >"$T/one" 2>&1
	for n in 2 3 0; do
		"$STIXPRESS" "$@" -j $n >"$T/many" 2>&1
		same "$file: -j$n prints what one thread does" "$T/many" "$T/one"
	done
done
ok 'which is something' test "$(wc -l <"$T/one")" -gt 300
# many files: with what cannot be read among them, and what has no size
mkdir -p "$T/files/none" "$T/files/some"
cp "$samples"/*/*.json "$T/files/some"
cp "$T/broken.json" "$T/files/some"
mkfifo "$T/files/pipe.json"
for form in text jsonl sarif junit github; do
	for n in 1 2 5; do
		timeout 60 sh -c 'printf { >"$1"' sh "$T/files/pipe.json" &
		timeout 60 "$STIXPRESS" validate -v --strict -p misp --format $form -j $n "$T/files" "$T/nowhere.json" \
			"$T/files/some" "$T/files/none" >"$T/many$n" 2>&1
		wait
	done
	same "many files as $form: -j2 prints what one thread does" "$T/many2" "$T/many1"
	same "... and -j5" "$T/many5" "$T/many1"
done
ok 'all of it' test "$(wc -l <"$T/many1")" -gt 300
has 'with what is not there' "$T/many1" 'nowhere.json'
runs 2 'no number' "$STIXPRESS" validate -j x "$T/all.jsonl"

# ---- machine forms ----
runs 1 'JSON Lines as output' "$STIXPRESS" validate -q --format jsonl "$T/d"
is 'a line a file' "$(wc -l <"$T/out")" 2
has 'verdict and counts first' "$T/out" 'b.json","valid":false,"objects":3,"errors":1,"warnings":0,"findings":['
has 'then the findings' "$T/out" \
	'{"code":"version","severity":"error","id":"malware--'$id'","pointer":"/objects/1/modified","line":'
runs 1 'one JSON text as output' "$STIXPRESS" validate -q --format json "$T/d"
is 'which is one' "$(tr -d '\n' <"$T/out" | cut -c 1-9)" '[{"file":'
runs 2 'no such format' "$STIXPRESS" validate --format xml "$T/d"
awk 'BEGIN { printf "["; for (i = 0; i < 30; i++) printf "%s{\"type\":7}", i ? "," : ""; print "]" }' >"$T/many.json"
runs 1 'many findings of one rule' "$STIXPRESS" validate "$T/many.json"
is 'twenty are shown' "$(grep -c 'schema-type' "$T/out")" 21
has 'the rest is counted' "$T/out" 'and 10 more of schema-type'
has 'all count' "$T/err" '30 errors'
runs 1 '--max 0: all' "$STIXPRESS" validate --max 0 "$T/many.json"
is 'thirty' "$(grep -c 'error\[schema-type' "$T/out")" 30
printf '{"type":"x-\342\200\256evil","x\\u001b[31m":1}' >"$T/evil.json"
runs 1 'text that would forge a line' "$STIXPRESS" validate "$T/evil.json"
hasnt 'is escaped' "$T/out" "$(printf '\342\200\256')"
hasnt 'control characters too' "$T/out" "$(printf '\033')"

# ---- sizes ----
awk 'BEGIN { printf "{\"type\":"; for (i = 0; i < 100000; i++) printf "["; print "" }' >"$T/deep.json"
runs 1 'a hundred thousand brackets' "$STIXPRESS" validate "$T/deep.json"
has '... are too many' "$T/out" 'error[json-too-deep]'
long() {
	printf '{"type":"'
	head -c 150000000 /dev/zero | tr '\0' a
	printf '"}'
}
long | "$STIXPRESS" validate - >"$T/out" 2>"$T/err"
is 'one string of 150 MB' "$?" 1
has '... is too long' "$T/out" 'error[json-too-long]'
mkdir "$T/twice"
for name in x-a-one x-a-two; do
	printf '{"$id":"https://example.com/same","properties":{"type":{"const":"%s"}},"required":["%s"]}' $name ${name#x-a-} \
		>"$T/twice/$name.json"
	printf '{"type":"%s","spec_version":"2.1","id":"%s--2f1c5d1e-0b7a-4c3d-9e58-000000000001","created":"2024-06-13T00:00:00.000Z",
"modified":"2024-06-13T00:00:00.000Z"}' $name $name >"$T/$name.json"
done
runs 1 'two schemas of one $id' "$STIXPRESS" validate -s "$T/twice" "$T/x-a-one.json" "$T/x-a-two.json"
has 'the one has its word' "$T/out" 'one is required'
has 'and the other' "$T/out" 'two is required'

# ---- an object of every type, in which stix2-validator and python-stix2 find nothing either (tests/peers) ----
runs 0 'every type of the standard' "$STIXPRESS" validate --strict "$SRCDIR/tests/stix/every-type.json"
is '... is there' "$(grep -oE '"type": "[a-z0-9-]+"' "$SRCDIR/tests/stix/every-type.json" | sort -u | wc -l)" 43

# ---- what this project makes itself ----
for bundle in "$SRCDIR"/tests/golden/*/bundle.json; do
	runs 0 "the bundle of golden case $(basename "$(dirname "$bundle")")" \
		"$STIXPRESS" validate --strict --disable uuid-check,based-on-observable,extref-hashes,network-traffic-ports "$bundle"
done
"$STIXPRESS" validate --list-rules | awk '{ print $2 }' | while read -r rule; do
	grep -qE "^\.It Cm $rule( |$)" "$SRCDIR/src/cli/stixpress.1" || echo "$rule"
done >"$T/found"
empty 'the manual lists every rule' "$T/found"
done_testing
