#!/bin/sh
# usage: tests/demo.sh STIXPRESS FEED OUT
# The main job, as `make demo` runs it: converts every newsletter of a feed, validates the bundles, pushes them to a TAXII 2.1
# collection (our own, on a free port of this machine), reads them back and compares. The bundles stay in OUT.
set -eu
stixpress=$1 feed=$2 out=$3
server=
stop() {
	status=$?
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	exit "$status"
}
trap stop EXIT
trap 'exit 130' HUP INT TERM
# The proxy of this machine, if it has one, does not know our port; the user's own ledger is not for a demo.
no_proxy=127.0.0.1 XDG_STATE_HOME=$out/state XDG_CONFIG_HOME=$out/config
export no_proxy XDG_STATE_HOME XDG_CONFIG_HOME

step() {
	printf '\n== %s\n' "$*"
}
# The objects of a bundle in an order that does not depend on the server.
objects() {
	jq -S '.objects | sort_by(.id)' "$1"
}

command -v jq >/dev/null || {
	echo "demo: jq is missing: apt-get install jq" >&2
	exit 1
}
rm -rf "$out"
mkdir -p "$out"
# A collection for each newsletter: the editions share objects, and a collection gives out the newest version of each.
set --
for text in "$feed"/newsletters/*.txt; do
	name=$(basename "$text" .txt)
	set -- "$@" --collection "$(printf '5d1f3c6e-0000-4000-8000-%012d' $#)=$name"
done
"$stixpress" serve "$@" >"$out/url" 2>"$out/server.log" &
server=$!

for text in "$feed"/newsletters/*.txt; do
	name=$(basename "$text" .txt)
	bundle=$out/$name.bundle.json
	step "convert $text"
	"$stixpress" convert -v --feed "$feed" "$text" -o "$bundle"
	step "validate $bundle"
	"$stixpress" validate --max 1 "$bundle"
	while [ ! -s "$out/url" ]; do
		kill -0 "$server" 2>/dev/null || { cat "$out/server.log" >&2; exit 1; }
		sleep 0.1
	done
	step "push $bundle to $(cat "$out/url"), collection $name"
	"$stixpress" push "$bundle" --to "$(cat "$out/url")" --collection "$name"
	step "get the collection and compare"
	"$stixpress" get "$(cat "$out/url")" --collection "$name" -o "$out/$name.back.json"
	objects "$bundle" >"$out/$name.sent"
	objects "$out/$name.back.json" >"$out/$name.got"
	cmp "$out/$name.sent" "$out/$name.got"
	echo "$(jq '.objects | length' "$out/$name.back.json") objects came back as they were sent"
	rm "$out/$name.sent" "$out/$name.got"
done

step "done"
for text in "$feed"/newsletters/*.txt; do
	echo "$out/$(basename "$text" .txt).bundle.json"
done
