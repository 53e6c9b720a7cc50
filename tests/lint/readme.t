# What the README shows is what there is: its two commands, its examples with their output, its recipes for CI.
. "$SRCDIR/tests/tap.sh"
readme=$SRCDIR/README.md
mkdir "$T/bin" "$T/here"
ln -s "$STIXPRESS" "$T/bin/stixpress"
PATH=$T/bin:$PATH
cd "$T/here" || exit 1

# The commands for a newcomer: one line each, from nothing but the checkout, the same but for the end.
sed -n 's/^    \(\$(command -v sudo) apt-get update .*\)$/\1/p' "$readme" >"$T/commands"
is 'there are two commands' "$(wc -l <"$T/commands")" 2
is 'one ends in make demo' "$(grep -c ' demo$' "$T/commands")" 1
is 'one ends in make check' "$(grep -c ' check$' "$T/commands")" 1
is 'they are the same otherwise' "$(sed 's/ [a-z]*$//' "$T/commands" | sort -u | wc -l)" 1
sed -n 's/.*\[\{0,1\}apt-get install \([a-z0-9.+ -]*[a-z0-9]\).*/\1/p' "$SRCDIR/configure.ac" "$SRCDIR/autogen.sh" |
	tr ' ' '\n' | grep -v '^$' | sort -u >"$T/asked"
LC_ALL=C sort -u "$SRCDIR/tests/debian-packages" >"$T/listed"
LC_ALL=C sort -u "$T/asked" | comm -23 - "$T/listed" >"$T/missing"
empty 'every package that configure asks for is in the list' "$T/missing"

# Examples ("    $ command") print what is shown; make readme writes it anew.
is 'there are examples' "$(grep -c '^    \$ ' "$readme")" 3
sh "$SRCDIR/tests/readme.sh" "$STIXPRESS" "$SRCDIR" >"$T/readme" 2>"$T/err"
same 'its examples print what it shows' "$T/readme" "$readme"

# Recipes: the command lines with `stixpress validate` in the fenced blocks, run as they stand where bundles/ has a valid bundle,
# and where it has an invalid one.
awk '/^```/ { fence = !fence; next } fence && /stixpress validate/' "$readme" |
	sed 's/^[ -]*\(run\|entry\): *//; s/^ *- *//; s/ *$//' >"$T/recipes"
is 'there are three recipes' "$(wc -l <"$T/recipes")" 3
mkdir bundles
while read -r line; do
	cp "$SRCDIR/tests/golden/newsletter/bundle.json" bundles/a.json
	case $line in *bundles*) ;; *) line="$line bundles/a.json" ;; esac	# pre-commit adds the names of the files
	runs 0 "a valid bundle passes: $line" sh -c "$line"
	sed 's/"pattern_type": "stix"/"pattern_type": 7/' "$SRCDIR/tests/golden/newsletter/bundle.json" >bundles/a.json
	runs 1 "an invalid one does not: $line" sh -c "$line"
done <"$T/recipes"

# Files and folders that it names are there.
grep -oE '`(src|feeds|schemas|tests|\.ci)/[A-Za-z0-9_./-]*`' "$readme" "$SRCDIR"/*/README.md | sed 's/^[^`]*`//; s/`$//' | sort -u |
	while read -r path; do
		[ -e "$SRCDIR/$path" ] || echo "$path"
	done >"$T/missing"
empty 'what the READMEs name is there' "$T/missing"
done_testing
