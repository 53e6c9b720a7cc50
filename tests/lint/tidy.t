# What must not be in the tree: unfinished business, names of machines and folders of whoever wrote it, stray blanks.
. "$SRCDIR/tests/tap.sh"

files() {
	(cd "$SRCDIR" && find README.md Makefile.am configure.ac autogen.sh .ci src tests schemas feeds \
		\( -path src/gen -o -name .deps -o -name __pycache__ -o -name Makefile.in \) -prune -o -type f "$@" -print | sort)
}
search() {
	(cd "$SRCDIR" && xargs grep -nE "$1" /dev/null)
}

files \( -name '*.[cht]' -o -name '*.sh' -o -name '*.md' -o -name '*.am' -o -name '*.ac' -o -name run -o -name '*.1' \
	-o -name '*.def' -o -name '*.py' \) ! -path tests/lint/tidy.t >"$T/code"
files >"$T/all"

search '(TODO|FIXME|HACK)([^A-Za-z]|$)|(^|[^X])XXX([^X]|$)|not (yet )?implemented' <"$T/code" >"$T/found" || :
empty 'nothing is left for later' "$T/found"
search '(^|[^A-Za-z0-9_.])/(home|mnt|Users)/[A-Za-z]|/root/\.' <"$T/code" >"$T/found" || :
empty 'no folder of a person or machine' "$T/found"
hosts='[a-z0-9-]\.(internal|corp|lan)([^A-Za-z.]|$)|(index|registry|mirror)[-_]url'
search "$hosts" <"$T/code" >"$T/found" || :
empty 'no host of a registry or mirror' "$T/found"
search '[ 	]+$' <"$T/code" >"$T/found" || :
empty 'no blanks at the end of a line' "$T/found"
(cd "$SRCDIR" && xargs grep -nE '^ {8,}' /dev/null) >"$T/found" <<EOF || :
$(grep '\.[ch]$' "$T/code")
EOF
empty 'C is indented with tabs' "$T/found"
(cd "$SRCDIR" && while read -r f; do
	if [ -s "$f" ] && [ "$(tail -c 1 "$f" | od -An -c | tr -d ' ')" != '\n' ]; then echo "$f"; fi
done) <"$T/code" >"$T/found"
empty 'every file ends with a newline' "$T/found"
grep -E '(~|\.orig|\.rej|\.swp|\.bak|\.pyc|\.DS_Store)$' "$T/all" >"$T/found" || :
empty 'no left-over files' "$T/found"
done_testing
