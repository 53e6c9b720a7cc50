#!/bin/sh
# taxii2-client, OASIS's own client, reads and fills our collection.
peer=taxii2client
. "$SRCDIR/tests/peers/venv.sh"
tmp=$(mktemp -d) || exit 1
pids=
trap 'for p in $pids; do kill "$p"; done; rm -rf "$tmp"' EXIT
# serve NAME ARGUMENT...: starts a server; its URL is the first line of $tmp/NAME.
serve() {
	name=$1
	shift
	"$STIXPRESS" serve "$@" >"$tmp/$name" &
	pids="$pids $!"
	i=0
	while [ ! -s "$tmp/$name" ] && [ $i -lt 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
}
a=91a7b528-80eb-42ed-a74d-c6fbd5a26116
b=52892447-4d7e-4f70-b94d-d7f22742ff63
printf 'open sesame\n' >"$tmp/password"
serve open --title "A feed" --collection $a=news --collection $b=other
serve closed --title Closed --user ali --password-file "$tmp/password"
serve fixed --read-only --collection $a
fixed=$(cat "$tmp/fixed")
no_proxy='*' "$python" "$SRCDIR/tests/peers/taxii2client_check.py" "$(cat "$tmp/open")" "$(cat "$tmp/closed")" \
	"${fixed%taxii2/}api/collections/$a/"
