#!/bin/sh
# medallion, OASIS's own TAXII 2.1 server: what is pushed comes back, every object and nothing else.
peer=medallion
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/server.sh"
port=$(free_port)
url=http://127.0.0.1:$port
w=91a7b528-80eb-42ed-a74d-c6fbd5a26116
small=52892447-4d7e-4f70-b94d-d7f22742ff63
ro=472c94ae-3113-4e3e-a4dd-a9f4ac7471d4
cut=7c1f1f0e-0b52-4b0c-9d0f-5c3a6a2f8e11
collection() {
	printf '{"id":"%s","title":"%s","can_read":true,"can_write":%s,' "$1" "$2" "$3"
	printf '"media_types":["application/stix+json;version=2.1"],"objects":[],"manifest":[]}'
}
root() {
	printf '{"information":{"title":"%s","versions":["application/taxii+json;version=2.1"],' "$1"
	printf '"max_content_length":%s},"status":[],"collections":[%s]}' "$2" "$3"
}
{
	printf '{"/discovery":{"title":"A server","default":"%s/one/","api_roots":["%s/one/","%s/two/"]},' "$url" "$url" "$url"
	printf '"one":%s,' "$(root One 9765625 "$(collection $w Writable true),$(collection $ro Closed false),$(collection $cut Cut true)")"
	printf '"two":%s}' "$(root Two 4000 "$(collection $small Small true)")"
} >"$T/data.json"
cat >"$T/medallion.conf" <<END
{"users": {"ali": "open sesame"}, "taxii": {"max_page_size": 100},
 "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": "$T/data.json"}}
END
"$python" -m medallion.scripts.run --host 127.0.0.1 --port "$port" "$T/medallion.conf" >"$T/log" 2>&1 &
at_end_kill $!
wait_for "$port" "$T/log"
echo 'open sesame' >"$T/password"
echo 'wrong' >"$T/wrong"
auth="--user ali --password-file $T/password"
"$python" "$objects" make 90 >"$T/bundle.json"
"$python" "$objects" make 20 >"$T/little.json"

runs 0 'discover' "$STIXPRESS" discover "$url" $auth
has '... names both roots' "$T/out" "$url/two/"
has '... and their limits' "$T/out" 'takes envelopes below 4000 octets'
runs 0 'collections' "$STIXPRESS" collections "$url" $auth
has '... with their rights' "$T/out" "$ro  read  -      Closed"
runs 0 'push' "$STIXPRESS" push "$T/bundle.json" --to "$url" --collection $w $auth --ledger "$T/ledger" --batch 100 -v
has '... every object accepted' "$T/out" '272 objects: 272 accepted; 3 envelopes'
id=$(sed -n 's/^status *//p' "$T/out" | head -n 1)
runs 0 'status of its first envelope' "$STIXPRESS" status "$url" "$id" $auth
has '... complete' "$T/out" "$id: complete; 100 objects, 100 accepted, 0 failed, 0 pending"
runs 0 'get' "$STIXPRESS" get "$url/one/collections/$w/" $auth -o "$T/back.json"
same_objects '... the same objects' "$T/bundle.json" "$T/back.json"
runs 0 'get in pages of 7' "$STIXPRESS" get "$url" --collection $w $auth --limit 7 -o "$T/pages.json"
has '... 39 of them' "$T/err" '272 objects in 39 pages'
same_objects '... the same objects' "$T/bundle.json" "$T/pages.json"
runs 0 'get by type' "$STIXPRESS" get "$url" --collection $w $auth --match type=report,identity --format jsonl
is '... two of them' "$(wc -l <"$T/out" | tr -d ' ')" 2
runs 0 'get after all of it' "$STIXPRESS" get "$url" --collection $w $auth --added-after 2999-01-01T00:00:00Z
has '... nothing' "$T/err" '0 objects'
runs 0 'get the manifest' "$STIXPRESS" get "$url" --collection $w $auth --manifest
is '... a record each' "$(wc -l <"$T/out" | tr -d ' ')" 272
runs 0 'push again' "$STIXPRESS" push "$T/bundle.json" --to "$url" --collection $w $auth --ledger "$T/ledger"
has '... sends nothing' "$T/out" '272 accepted (272 by an earlier push); 0 envelopes, 0 octets'
runs 0 'push without the ledger' "$STIXPRESS" push "$T/little.json" --to "$url" --collection $w $auth --ledger none
has '... what is there is there; the report is another one' "$T/out" '62 objects: 1 accepted, 61 already there'
runs 0 'push below a small max_content_length' "$STIXPRESS" push "$T/little.json" --to "$url/two" $auth --ledger "$T/ledger"
has '... every object accepted' "$T/out" '62 objects: 62 accepted'
runs 0 'get them' "$STIXPRESS" get "$url/two/" $auth -o "$T/little-back.json"
same_objects '... the same objects' "$T/little.json" "$T/little-back.json"

cut_off 28 --to "$url" --collection $cut $auth
runs 0 'get what came of both' "$STIXPRESS" get "$url/one/collections/$cut/" $auth -o "$T/cut.json"
same_objects '... the same objects' "$T/bundle.json" "$T/cut.json"

runs 3 'a read-only collection' "$STIXPRESS" push "$T/little.json" --to "$url" --collection $ro $auth --ledger none
has '... is named' "$T/err" 'may not write'
runs 3 'a wrong password' "$STIXPRESS" push "$T/little.json" --to "$url" --collection $w --user ali --password-file "$T/wrong" --ledger none
has '... is said' "$T/err" 'HTTP 401: the server does not accept the credentials'
gone=$(sed -n 's/.*"id": "\(indicator--[^"]*\)".*/\1/p' "$T/back.json" | head -n 1)
runs 0 'delete' "$STIXPRESS" delete "$url" --collection $w $auth "$gone"
runs 0 '... it is gone' "$STIXPRESS" get "$url" --collection $w $auth --match "id=$gone" --format jsonl
is '... and nothing is left of it' "$(wc -l <"$T/out")" 0
runs 1 '... so it cannot be deleted again' "$STIXPRESS" delete "$url" --collection $w $auth "$gone"
runs 3 'no password' "$STIXPRESS" get "$url" --collection $w -o "$T/none.json"
has '... is said' "$T/err" 'no credentials were sent'
ok '... and leaves no file' test ! -e "$T/none.json"
runs 2 'an unknown collection' "$STIXPRESS" get "$url" --collection nowhere $auth -o "$T/none.json"
has '... and those that are there' "$T/err" "$w (Writable)"
runs 3 'an unknown status' "$STIXPRESS" status "$url" 00000000-0000-4000-8000-000000000000 $auth
sed 's/"confidence": 7$/"confidence": 8/' "$T/bundle.json" >"$T/changed.json"
runs 1 'other content under an old "modified"' "$STIXPRESS" push "$T/changed.json" --to "$url" --collection $w $auth \
	--ledger "$T/ledger"
has '... is refused' "$T/err" 'was published before with other content'
done_testing
