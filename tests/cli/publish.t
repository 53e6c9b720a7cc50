# publish: a feed folder to its targets, as often as one likes.
. "$SRCDIR/tests/tap.sh"
no_proxy='*'
export no_proxy
mkdir -p "$T/feed/newsletters"
cat >"$T/feed/feed.json" <<'END'
{ "name": "weekly", "identity": { "name": "A weekly feed", "class": "system", "created": "2031-01-01" }, "targets": ["here"] }
END
edition() {
	cat >"$T/feed/newsletters/2031-03-03.txt"
}
edition <<'END'
A quiet week

March 3, 2031

A group called Amber Heron uses the MossGate backdoor and the ReedPipe loader.
END
"$STIXPRESS" serve >"$T/url" 2>"$T/log" &
server=$!
at_end_kill "$server"
for i in 1 2 3 4 5 6 7 8 9 10; do [ -s "$T/url" ] || sleep 0.2; done
url=$(cat "$T/url")
printf '{ "here": { "url": "%s", "collection": "default" } }\n' "$url" >"$T/targets.json"

# publish NOW OPTION...
publish() {
	when=$1
	shift
	"$STIXPRESS" publish --targets "$T/targets.json" --ledger "$T/ledger.db" --now "$when" "$T/feed" "$@"
}
back() {
	"$STIXPRESS" get -q "$url" --collection default --match version=all >"$T/back.json"
}

runs 0 'a dry run' publish 2031-03-03T10:00:00Z --dry-run
runs 0 'the first time' publish 2031-03-03T10:00:00Z
has '... everything is accepted' "$T/out" ' accepted'
back
is 'and is there' "$(jq -r '[.objects[] | select(.type == "malware") | .name] | sort | join(" ")' "$T/back.json")" 'MossGate ReedPipe'
is 'first versions are of the edition' \
	"$(jq -r '[.objects[] | select(.type == "report") | .modified] | unique | join(" ")' "$T/back.json")" 2031-03-03T00:00:00.000Z
runs 0 'the second time' publish 2031-03-03T11:00:00Z
has '... nothing is sent' "$T/out" ' 0 envelopes'

edition <<'END'
A quiet week

March 3, 2031

A group called Amber Heron uses the MossGate backdoor. It is also in Peru.
END
runs 0 'the edition has changed' publish 2031-03-04T10:00:00Z
back
is 'the report has a new version' "$(jq -r '[.objects[] | select(.type == "report") | .modified] | max' "$T/back.json")" \
	2031-03-04T10:00:00.000Z
is 'what nobody states any more is revoked' \
	"$(jq '[.objects[] | select(.type == "relationship" and .revoked == true)] | length' "$T/back.json")" 1
is 'a malware never is' "$(jq '[.objects[] | select(.type == "malware" and .revoked == true)] | length' "$T/back.json")" 0
runs 0 'once more' publish 2031-03-04T11:00:00Z
has '... nothing is sent' "$T/out" ' 0 envelopes'

# ---- what is on its way when the process dies goes out in the next run, as it was made; the server stands still meanwhile
edition <<'END'
A quiet week

March 3, 2031

A quiet week indeed; the domain evil.example was in use.
END
kill -STOP "$server"
"$STIXPRESS" publish --targets "$T/targets.json" --ledger "$T/ledger.db" --now 2031-03-05T10:00:00Z "$T/feed" >"$T/killed" 2>&1 &
killed=$!
sleep 2
runs 3 'another run meanwhile' publish 2031-03-05T11:00:00Z
has '... is sent away' "$T/err" 'another publish is at work on this feed'
kill -KILL "$killed"
wait "$killed" 2>"$T/wait"
kill -CONT "$server"
runs 0 'the run after the kill' publish 2031-03-06T10:00:00Z
back
is 'the report comes with the time when it was made' \
	"$(jq -r '[.objects[] | select(.type == "report") | .modified] | max' "$T/back.json")" 2031-03-05T10:00:00.000Z
is 'and the revocation with it' \
	"$(jq -r '[.objects[] | select(.type == "relationship" and .revoked == true) | .modified] | max' "$T/back.json")" \
	2031-03-05T10:00:00.000Z
cp "$T/back.json" "$T/before.json"
runs 0 'once more' publish 2031-03-07T10:00:00Z
has '... nothing is sent' "$T/out" ' 0 envelopes'
back
same 'nothing is there twice' "$T/back.json" "$T/before.json"

# ---- a target that is down gets it later; the others get it now
mkdir "$T/folder"
printf '{ "here": { "url": "%s", "collection": "default" }, "there": { "kind": "directory", "url": "%s" } }\n' "$url" \
	"$T/folder" >"$T/targets.json"
edition <<'END'
A quiet week

March 3, 2031

A group called Amber Heron uses the ReedPipe loader.
END
runs 3 'a target is down' publish 2031-03-08T10:00:00Z --to http://127.0.0.1:1/taxii2/ --to here
has '... the other one gets it' "$T/out" ' accepted'
edition <<'END'
A quiet week

March 3, 2031

The domain evil.example was in use.
END
runs 3 'still down, and all is new again' publish 2031-03-09T10:00:00Z --to http://127.0.0.1:1/taxii2/ --to here
is 'it is asked once in a run' "$(grep -c '127.0.0.1:1' "$T/err")" 1
runs 0 'another target in its place' publish 2031-03-10T10:00:00Z --to there --to here
is '... gets the version that was made meanwhile' \
	"$(jq '[.bundles[] | select(.reports[0].modified == "2031-03-08T10:00:00.000Z")] | length' "$T/folder/index.json")" 1
has '... nothing new was made for it' "$T/err" '0 with something new'

# ---- --watch: what comes into the folder goes out, until it is told to end
mkdir "$T/watched" "$T/weekly" "$T/weekly/newsletters"
cp "$T/feed/feed.json" "$T/weekly/feed.json"
cp "$T/feed/newsletters"/* "$T/weekly/newsletters"
printf '{ "here": { "kind": "directory", "url": "%s" } }\n' "$T/watched" >"$T/watched.json"
# bundles N: waits until there are so many.
bundles() {
	i=0
	until [ "$(jq '.bundles | length' "$T/watched/index.json" 2>/dev/null)" = "$1" ]; do
		i=$((i + 1))
		[ $i -lt 150 ] || return 1
		sleep 0.2
	done
}
"$STIXPRESS" publish --targets "$T/watched.json" --ledger "$T/watched.db" --watch "$T/weekly" >"$T/watch.out" 2>"$T/watch.err" &
watch=$!
at_end_kill "$watch"
ok '--watch: what is there goes out' bundles 1
sed 's/March 3, 2031/March 10, 2031/; s/evil/bad/' "$T/feed/newsletters/2031-03-03.txt" >"$T/weekly/newsletters/2031-03-10.txt"
ok '... what comes, too' bundles 2
kill -TERM "$watch"
wait "$watch"
is '... until it is told to end' $? 0
is '... and nothing twice' "$(grep -c ' 0 envelopes' "$T/watch.out")" 1
runs 2 '--watch with a fixed time' publish 2031-03-11T11:00:00Z --watch

# ---- what a target refuses is in the summary and the exit status
printf '{ "misp": { "kind": "misp-feed", "url": "%s" } }\n' "$T/nowhere" >"$T/refused.json"
runs 3 'a folder that is not there' "$STIXPRESS" publish --targets "$T/refused.json" --ledger "$T/refused.db" "$T/weekly" --to misp
mkdir "$T/nowhere"
printf '[]' >"$T/nowhere/manifest.json"
runs 2 'a feed of MISP that is none' "$STIXPRESS" publish --targets "$T/refused.json" --ledger "$T/refused.db" "$T/weekly" --to misp
has '... what is left open is told' "$T/err" 'to 1 target; 0 refused, 16 with an open outcome'
rm "$T/nowhere/manifest.json"
runs 0 'the feed is put in order' "$STIXPRESS" publish --targets "$T/refused.json" --ledger "$T/refused.db" "$T/weekly" --to misp
hasnt '... nothing is open' "$T/err" 'open outcome'
is '... and an event for each newsletter is there' "$(jq 'length' "$T/nowhere/manifest.json")" 2

# ---- bad input
cp "$T/feed/feed.json" "$T/feed.json"
sed 's/"here"/"here", 2/' "$T/feed.json" >"$T/feed/feed.json"
runs 2 'a target that is no name' publish 2031-03-11T11:00:00Z
has '... is told by line and column' "$T/err" 'feed.json: line 1, column 126: /targets/1: '
cp "$T/feed.json" "$T/feed/feed.json"
runs 2 'no ledger' publish 2031-03-11T11:00:00Z --ledger none
runs 2 'a target that is not in the file' publish 2031-03-04T11:00:00Z --to nowhere
has 'is named' "$T/err" nowhere
runs 3 'a server that is not there' publish 2031-03-04T11:00:00Z --to http://127.0.0.1:1/taxii2/ --collection x --ledger "$T/other.db"
runs 3 'a folder that is no feed' "$STIXPRESS" publish "$T/nothing"
sed -i 's/, "targets": \["here"\]//' "$T/feed/feed.json"
runs 2 'a feed without targets' publish 2031-03-04T11:00:00Z
has 'says how to give one' "$T/err" '--to'
printf '\001\002\000' >"$T/feed/newsletters/2031-03-10.bin"
runs 1 'a file that is no text' publish 2031-03-04T11:00:00Z --to here
has 'is named; the others are published' "$T/err" 2031-03-10.bin
done_testing
