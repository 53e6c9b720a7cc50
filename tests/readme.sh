#!/bin/sh
# usage: tests/readme.sh STIXPRESS SRCDIR
# Prints the README with the output that its examples ("    $ command") have now, standard error included; `make readme` puts it
# into the README, and a test compares. The commands run in a folder where feeds/ is that of this tree.
set -eu
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
mkdir "$here/bin" "$here/folder"
ln -s "$1" "$here/bin/stixpress"
ln -s "$2/feeds" "$here/folder/feeds"
PATH=$here/bin:$PATH LC_ALL=C.UTF-8
export PATH LC_ALL
cd "$here/folder"
awk '
	/^    \$ / {
		print
		command = "{ " substr($0, 7) "\n} 2>&1 </dev/null"
		while ((command | getline line) > 0)
			print "    " line
		close(command)
		output = 1
		next
	}
	output && /^    / { next }
	{ output = 0; print }
' "$2/README.md"
