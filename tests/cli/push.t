#!/bin/sh
# push and its neighbours beyond what one conversation shows (tests/taxii): targets, folders, TLS, being killed.
. "$SRCDIR/tests/tap.sh"
unset STIXPRESS_USER STIXPRESS_PASSWORD STIXPRESS_TOKEN http_proxy https_proxy all_proxy
cases=$SRCDIR/tests/taxii
cp "$cases"/*.inc "$T"
type='< Content-Type: application/taxii+json;version=2.1'
# stub SCRIPT: starts the scripted server with a script in $T; $url is its collection, $stub its process.
stub() {
	rm -f "$T/port"
	"$BUILDDIR/tests/taxii/stub" "$T/port" "$T/$1" 2>"$T/stub" &
	stub=$!
	at_end_kill $stub
	appears "$T/port"
	url=http://127.0.0.1:$(cat "$T/port")/api/collections/c1/
}
# played WHAT: the script was played to its end.
played() {
	if wait "$stub"; then pass "$1"; else fail "$1" "$T/stub"; fi
}

# ---- killed while a status is pending: the next push asks for it and sends nothing ----
cat >"$T/pending" <<END
@collection.inc
@root.inc
> POST /api/collections/c1/objects/
< 202
$type
|{"id":"s7","status":"pending","total_count":3,"success_count":0,"failure_count":0,"pending_count":3}
> GET /api/status/s7/
< silence
@collection.inc
@root.inc
> GET /api/status/s7/
< 200
$type
|{"id":"s7","status":"complete","total_count":3,"success_count":3,"failure_count":0,"pending_count":0}
END
stub pending
"$STIXPRESS" push "$cases/three.json" --to "$url" --ledger "$T/killed" >/dev/null 2>&1 &
push=$!
i=0
until "$STIXPRESS" ledger --ledger "$T/killed" 2>/dev/null | grep -q '3 pending' || [ $i -gt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
kill -9 $push
wait $push 2>/dev/null
runs 0 'the ledger after a kill' "$STIXPRESS" ledger --ledger "$T/killed"
has '... knows the push was cut off' "$T/out" 'three.json: was cut off'
runs 0 'the next push' "$STIXPRESS" push "$cases/three.json" --to "$url" --ledger "$T/killed"
has '... sends nothing' "$T/out" '3 objects: 3 accepted (3 by an earlier push); 0 envelopes'
played '... but asks for the open status'

# ---- killed before the answer: what was in the request is sent again ----
cat >"$T/cut" <<END
@collection.inc
@root.inc
> POST /api/collections/c1/objects/
< silence
@collection.inc
@root.inc
> POST /api/collections/c1/objects/
< 202
$type
|{"id":"s8","status":"complete","total_count":3,"success_count":3,"failure_count":0,"pending_count":0}
END
stub cut
"$STIXPRESS" push "$cases/three.json" --to "$url" --ledger "$T/cut.db" >/dev/null 2>&1 &
push=$!
i=0
until "$STIXPRESS" ledger --ledger "$T/cut.db" 2>/dev/null | grep -q '3 sending' || [ $i -gt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
kill -9 $push
wait $push 2>/dev/null
runs 0 'the next push' "$STIXPRESS" push "$cases/three.json" --to "$url" --ledger "$T/cut.db"
has '... sends what had no answer' "$T/out" '3 objects: 3 accepted; 1 envelope'
played '... once'

# ---- a MISP: killed before the event is published; the next push finds it as it is, and publishes it ----
event=3f6f4ec4-7d3c-5c66-8a0a-000000000009
json='< Content-Type: application/json'
stored=$("$STIXPRESS" render -q "$cases/misp.json" --to misp | jq -c '.Event.id = "7"')
cat >"$T/misp" <<END
> POST /events/add
< 200
$json
|$stored
> POST /events/publish/$event
< silence
> POST /events/add
< 404
$json
< Location: /events/7
|{"name":"Event already exists","message":"Event already exists","url":"/events/add"}
> GET /events/view/$event
< 200
$json
|$stored
> POST /events/publish/$event
< 200
$json
|{"saved":true,"success":true,"name":"Job queued","message":"Job queued"}
END
stub misp
misp=${url%/api/*}
"$STIXPRESS" push "$cases/misp.json" --kind misp --to "$misp" --token-file "$cases/misp-key" --ledger "$T/misp.db" >/dev/null 2>&1 &
push=$!
i=0
until "$STIXPRESS" ledger --ledger "$T/misp.db" 2>/dev/null | grep -q '9 sending' || [ $i -gt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
sleep 0.5
kill -9 $push
wait $push 2>/dev/null
runs 0 'the next push to a MISP' "$STIXPRESS" push "$cases/misp.json" --kind misp --to "$misp" --token-file "$cases/misp-key" \
	--ledger "$T/misp.db"
has '... has everything there' "$T/out" '9 objects: 9 accepted; 1 envelope'
played '... by publishing what was stored'
runs 0 'the push after that' "$STIXPRESS" push "$cases/misp.json" --kind misp --to "$misp" --token-file "$cases/misp-key" \
	--ledger "$T/misp.db"
has '... asks for nothing' "$T/out" '(9 by an earlier push); 0 envelopes'

# ---- one content for a version ----
cat >"$T/once" <<END
@collection.inc
@root.inc
> POST /api/collections/c1/objects/
< 202
$type
|{"id":"s9","status":"complete","total_count":6,"success_count":6,"failure_count":0,"pending_count":0}
@collection.inc
@root.inc
END
stub once
runs 0 'a first push' "$STIXPRESS" push "$cases/four.json" --to "$url" --ledger "$T/once.db"
sed 's/xxx"/xxy"/' "$cases/four.json" >"$T/other.json"
runs 1 'other content with the same "modified"' "$STIXPRESS" push "$T/other.json" --to "$url" --ledger "$T/once.db"
has '... is refused' "$T/err" 'was published before with other content; what changes needs a new "modified" (STIX 2.1 section 3.6)'
played '... before anything is sent'
mkdir "$T/twice"
{
	printf '{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":['
	sed -n 2p "$cases/four.json"
	sed -n '2s/xxx"/xxy"/; 2s/,$//p' "$cases/four.json"
	echo ']}'
} >"$T/twice.json"
runs 1 'two contents in one bundle' "$STIXPRESS" push "$T/twice.json" --to "file://$T/twice" --ledger none --no-validate
has '... are refused' "$T/err" 'is there twice with different content'

# ---- a folder as target, and targets by name ----
mkdir "$T/folder" "$T/config" "$T/config/stixpress"
cat >"$T/config/stixpress/targets.json" <<END
{"drop": {"kind": "directory", "url": "$T/folder"},
 "odd": {"url": "https://127.0.0.1:9/", "speed": 3},
 "sesame": {"url": "https://127.0.0.1:9/", "user": "ali", "password_file": "absent"}}
END
runs 0 'push to a folder' "$STIXPRESS" push "$cases/three.json" --to drop --ledger "$T/folder.db"
set -- "$T/folder"/bundle--*.json
is '... makes one file' $# 1
is '... which the index names, with what it has in it' "$(jq -c '.bundles[] | [.file, .sha256, .objects]' "$T/folder/index.json")" \
	"[\"${1##*/}\",\"$(sha256sum <"$1" | cut -d ' ' -f 1)\",3]"
runs 0 '... that is a valid bundle' "$STIXPRESS" validate "$1"
has '... of all objects' "$T/err" '4 objects, 0 errors'
runs 0 'again' "$STIXPRESS" push "$cases/three.json" --to drop --ledger "$T/folder.db"
has '... nothing is written' "$T/out" '(3 by an earlier push); 0 envelopes'
if "$STIXPRESS" push - --to "file://$T/folder" --ledger none <"$cases/four.json" >"$T/out" 2>"$T/err"; then
	pass 'push of standard input'
else
	fail 'push of standard input' "$T/err"
fi
has '... six objects' "$T/out" '6 objects: 6 accepted; 1 envelope'
is '... and the index has both' "$(jq '.bundles | length' "$T/folder/index.json")" 2
report=$SRCDIR/feeds/talos/2024-06-13.en.bundle.json
mkdir "$T/reports"
runs 0 'a bundle of ours' "$STIXPRESS" push "$report" --to "file://$T/reports" --ledger "$T/reports.db"
same '... is there octet for octet' "$T/reports/$(jq -r .id "$report").json" "$report"
sed 's/"modified": "2024-06-13T00:00:00.000Z"/"modified": "2024-06-14T00:00:00.000Z"/' "$report" >"$T/later.json"
runs 0 'its next version' "$STIXPRESS" push "$T/later.json" --to "file://$T/reports" --ledger "$T/reports.db"
is '... stands before it in the index' "$(jq -r '[.bundles[].reports[0].modified[:10]] | join(" ")' "$T/reports/index.json")" \
	'2024-06-14 2024-06-13'
chmod 644 "$T/reports/index.json"
printf '[]' >"$T/reports/index.json"
runs 2 'an index that is none of ours' "$STIXPRESS" push "$report" --to "file://$T/reports" --ledger none
has '... is left alone' "$T/err" 'this is no JSON object'
runs 2 'an unknown target' "$STIXPRESS" push "$cases/three.json" --to nowhere
has '... and the known ones' "$T/err" "there is no target 'nowhere'; there is: drop, odd, sesame"
runs 2 'a target with an unknown member' "$STIXPRESS" push "$cases/three.json" --to odd
has '... is named with its place' "$T/err" 'targets.json: line 2, column 41: /odd/speed: '
cat >"$T/wrong.json" <<END
{
  "kind": { "kind": "mips", "url": "x" },
  "type": { "url": 7 },
  "none": { "kind": "misp" }
}
END
for wrong in 'kind:line 2, column 21: /kind/kind: ' 'type:line 3, column 20: /type/url: ' \
	'none:line 4, column 11: /none: url is required'; do
	runs 2 "a wrong target: ${wrong%%:*}" "$STIXPRESS" push "$cases/three.json" --to "${wrong%%:*}" --targets "$T/wrong.json"
	has '... is told by line and column' "$T/err" "wrong.json: ${wrong#*:}"
done
is 'the schema has the kinds that --help has' \
	"$(jq -r '."$defs".target.properties.kind.enum | join(" ")' "$SRCDIR/schemas/targets.schema.json")" \
	"$("$STIXPRESS" help push | sed -n 's/.*what a URL leads to: \(.*\); taxii unless given/\1/p' | tr -d ,)"
runs 2 'a password file that is not there' "$STIXPRESS" push "$cases/three.json" --to sesame
has '... relative to the targets file' "$T/err" "$T/config/stixpress/absent"
runs 2 'another targets file' "$STIXPRESS" push "$cases/three.json" --to drop --targets "$cases/one.json"
has '... that is none' "$T/err" "target 'drop'"
runs 3 'a folder that is not there' "$STIXPRESS" push "$cases/three.json" --to "file://$T/absent" --ledger none

# ---- what is refused before any connection ----
runs 2 'no --to' "$STIXPRESS" push "$cases/three.json"
runs 2 'plain http to the world' "$STIXPRESS" discover http://192.0.2.1/
has '... needs to be allowed' "$T/err" 'plain http is only for loopback'
runs 2 'a password in a URL' "$STIXPRESS" discover https://ali:sesame@127.0.0.1/
hasnt '... is not repeated' "$T/err" sesame
runs 2 'a query in a URL' "$STIXPRESS" discover 'https://127.0.0.1/taxii2/?a=b'
runs 2 'a user without a password' "$STIXPRESS" discover https://127.0.0.1:9/ --user ali
printf 'a\tb\n' >"$T/tab"
runs 2 'a token with a control character' "$STIXPRESS" discover https://127.0.0.1:9/ --token-file "$T/tab"
: >"$T/nothing"
runs 2 'an empty token file' "$STIXPRESS" discover https://127.0.0.1:9/ --token-file "$T/nothing"
runs 2 'a file of authorities that is not there' "$STIXPRESS" discover https://127.0.0.1:9/ --cacert "$T/absent"
runs 2 'a match that is none' "$STIXPRESS" get https://127.0.0.1:9/ --match type
runs 2 'a match given twice' "$STIXPRESS" get https://127.0.0.1:9/ --match type=a --match type=b
runs 2 '"all" beside another version' "$STIXPRESS" get https://127.0.0.1:9/ --match version=all,last
runs 2 'a time that is none' "$STIXPRESS" get https://127.0.0.1:9/ --added-after yesterday
runs 3 'a file that is not there' "$STIXPRESS" push "$T/absent.json" --to drop
echo 'no ledger' >"$T/text.db"
runs 3 'a ledger that is none' "$STIXPRESS" push "$cases/three.json" --to drop --ledger "$T/text.db"
runs 3 'nobody there' "$STIXPRESS" discover https://127.0.0.1:9/ --timeout 1
has '... is said' "$T/err" 'no connection: Connection refused'
runs 3 'a host that does not exist' "$STIXPRESS" discover host.invalid --timeout 1
has '... is said, and https is meant' "$T/err" 'https://host.invalid/taxii2/: '
done_testing
