# A folder that a MISP subscribes to.
. "$SRCDIR/tests/tap.sh"
cases=$SRCDIR/tests/taxii
event=3f6f4ec4-7d3c-5c66-8a0a-000000000009
mkdir "$T/feed"
send() {
	"$STIXPRESS" push "$1" --kind misp-feed --to "file://$T/feed" --ledger "${2:-$T/ledger.db}"
}
# md5 VALUE
md5() {
	printf '%s' "$1" | md5sum | cut -d ' ' -f 1
}

runs 0 'a first push' send "$cases/misp.json"
has '... is taken' "$T/out" '9 objects: 9 accepted; 1 envelope'
is 'an event, the hashes, the manifest' "$(ls "$T/feed" | paste -sd ' ' -)" "$event.json hashes.csv manifest.json"
is 'the manifest says what is there and how new it is' \
	"$(jq -c --arg u "$event" '.[$u] | [.Orgc.name, .Tag, .info, .date, .analysis, .threat_level_id, .timestamp]' \
		"$T/feed/manifest.json")" \
	'["A weekly feed",[{"name":"tlp:clear","colour":"#FFFFFF"}],"A quiet week","2031-03-03","2","4",1930262400]'
is 'the event is published, and says nothing of who may see it' \
	"$(jq -c '[.Event.published, ([.. | objects | .distribution? // empty] | length)]' "$T/feed/$event.json")" '[true,0]'
is 'a hash for every value' "$(sort "$T/feed/hashes.csv")" "$(for value in https://weekly.example/2031-03-03 moss.example \
	aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa moss.exe MossGate 1; do
	echo "$(md5 "$value"),$event"
done | sort)"
cp -r "$T/feed" "$T/before"
runs 0 'the same again' send "$cases/misp.json" none
ok '... changes no octet' diff -r "$T/feed" "$T/before"

echo 'd41d8cd98f00b204e9800998ecf8427e,00000000-0000-4000-8000-000000000001' >>"$T/feed/hashes.csv"
jq '. + {"00000000-0000-4000-8000-000000000001": {"info": "another"}}' "$T/feed/manifest.json" >"$T/manifest"
cp "$T/manifest" "$T/feed/manifest.json"
runs 0 'a later version' send "$cases/misp-later.json"
domain='.Event.Attribute[] | select(.value == "moss.example")'
is '... keeps what has vanished as deleted' "$(jq -c "$domain | [.deleted, .timestamp]" "$T/feed/$event.json")" '[true,"1930435200"]'
is '... without a hash' "$(grep -c "$(md5 moss.example)" "$T/feed/hashes.csv")" 0
is '... and is newer' "$(jq --arg u "$event" '.[$u].timestamp' "$T/feed/manifest.json")" 1930435200
is 'other events stay' "$(jq -r '.["00000000-0000-4000-8000-000000000001"].info' "$T/feed/manifest.json") $(
	grep -c 00000000-0000-4000-8000-000000000001 "$T/feed/hashes.csv")" 'another 1'
sed 's/"2031-03-05T/"2031-03-06T/g' "$cases/misp-later.json" >"$T/third.json"
runs 0 'a third version' send "$T/third.json"
is '... keeps it still, with the time of its deletion' \
	"$(jq -c "$domain | [.deleted, .timestamp]" "$T/feed/$event.json")" '[true,"1930435200"]'
sed 's/"2031-03-03T/"2031-03-07T/g' "$cases/misp.json" >"$T/back.json"
runs 0 'it comes back' send "$T/back.json"
is '... and is not deleted any more' "$(jq -c "$domain | [.deleted, .timestamp]" "$T/feed/$event.json")" '[false,"1930608000"]'
sed 's/"2031-03-03T/"2031-03-08T/g; s/"name":"A quiet week"/"revoked":true,&/' "$cases/misp.json" >"$T/revoked.json"
runs 0 'the report is revoked' send "$T/revoked.json"
is '... so nothing of it is left' "$(jq -c '[.Event | .Attribute[], .Object[] | .deleted] | unique' "$T/feed/$event.json")" '[true]'
is '... and nothing is found by it' "$(grep -c "$event" "$T/feed/hashes.csv")" 0

printf '{"weekly": {"kind": "misp-feed", "url": "file://%s/feed", "review": true}}' "$T" >"$T/targets.json"
runs 0 'by a name, for review' "$STIXPRESS" push "$cases/misp.json" --to weekly --targets "$T/targets.json" --ledger none
is '... is not published' "$(jq '.Event.published' "$T/feed/$event.json")" false
runs 0 'render' "$STIXPRESS" render "$cases/misp.json" --to misp-feed
is '... shows the event of the feed' "$(jq '.Event.published' "$T/out")" true
runs 1 'no report' send "$cases/three.json"
runs 3 'no folder' "$STIXPRESS" push "$cases/misp.json" --kind misp-feed --to "file://$T/none" --ledger none
done_testing
