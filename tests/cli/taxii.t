#!/bin/sh
# Plays every conversation of tests/taxii with a scripted server (see the README there).
stub=$BUILDDIR/tests/taxii/stub
cases=$SRCDIR/tests/taxii
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset STIXPRESS_USER STIXPRESS_PASSWORD STIXPRESS_TOKEN http_proxy https_proxy all_proxy
export XDG_CONFIG_HOME="$tmp/config" XDG_STATE_HOME="$tmp/state"
n=0

# lines KIND FILE: what stands behind "! KIND ".
lines() {
	sed -n "s/^! $1 //p" "$2" | sed "s|@PORT@|$port|g; s|@URL@|http://127.0.0.1:$port|g; s|@TMP@|$dir|g"
}
# has FILE TEXTS WANTED: every line of TEXTS occurs in FILE (WANTED 0), or none does (1).
has() {
	bad=
	while IFS= read -r text; do
		grep -q -e "$text" "$1"
		if [ $? -ne "$3" ]; then
			bad=1
			echo "# $text"
		fi
	done <"$2"
	[ -z "$bad" ]
}

play() {
	dir=$tmp/$1
	mkdir "$dir"
	"$stub" "$dir/port" "$2" 2>"$dir/stub" &
	peer=$!
	i=0
	while [ ! -s "$dir/port" ] && [ $i -lt 100 ]; do
		sleep 0.05
		i=$((i + 1))
	done
	port=$(cat "$dir/port")
	: >"$dir/out"
	: >"$dir/err"
	lines run "$2" >"$dir/run"
	lines big "$2" >"$dir/big"
	while read -r file octets; do
		printf '{"type":"note","id":"note--00000000-0000-4000-8000-000000000001","content":"%0*d"}\n' "$octets" 0 >"$dir/$file"
	done <"$dir/big"
	lines env "$2" | sed "s/=\(.*\)/='\1'/; s/^/export /" >"$dir/env"
	while IFS= read -r command; do
		# The words of the line are the arguments: no case needs quoting.
		(cd "$cases" && . "$dir/env" && exec "$STIXPRESS" $command) >>"$dir/out" 2>>"$dir/err" </dev/null
		rc=$?
	done <"$dir/run"
	# It ends by itself once its script is played.
	i=0
	while kill -0 "$peer" 2>/dev/null && [ $i -lt 400 ]; do
		sleep 0.05
		i=$((i + 1))
	done
	kill "$peer" 2>/dev/null
	wait "$peer"
	played=$?
	lines out "$2" >"$dir/want.out"
	lines err "$2" >"$dir/want.err"
	lines noerr "$2" >"$dir/not.err"
	good=0
	[ "$rc" = "$(lines status "$2")" ] || { good=1; echo "# exit status $rc"; }
	[ $played -eq 0 ] || { good=1; cat "$dir/stub"; }
	has "$dir/out" "$dir/want.out" 0 || { good=1; sed 's/^/# out: /' "$dir/out"; }
	has "$dir/err" "$dir/want.err" 0 || good=1
	has "$dir/err" "$dir/not.err" 1 || good=1
	for file in $(lines nofile "$2"); do
		[ ! -e "$dir/$file" ] || { good=1; echo "# $file is there"; }
	done
	lines file "$2" >"$dir/want.files"
	while read -r file text; do
		grep -q -e "$text" "$dir/$file" || { good=1; echo "# $file: $text"; }
	done <"$dir/want.files"
	[ $good -eq 0 ] || sed 's/^/# err: /' "$dir/err"
	n=$((n + 1))
	if [ $good -eq 0 ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; fi
}

# TAXII_CASES: only these.
[ -n "$TAXII_CASES" ] || TAXII_CASES=$(cd "$cases" && ls ./*.x | sed 's|^./||; s|\.x$||')
for name in $TAXII_CASES; do
	play "$name" "$cases/$name.x"
done
echo "1..$n"
