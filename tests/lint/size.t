# Functions fit a screen: under 60 lines from brace to brace, main under 40, lines of at most 140 columns. No exceptions.
. "$SRCDIR/tests/tap.sh"

# FILE:LINE: NAME has N lines, for each function over its limit. A function's braces stand alone in the first column.
long_functions() {
	(cd "$1" && find src tests -path src/gen -prune -o -name '*.c' -print | sort | xargs env LC_ALL=C awk '
		FNR == 1 { start = 0 }
		/^[A-Za-z_][A-Za-z0-9_]*\(/ { name = $0; sub(/\(.*/, "", name) }
		/^{/ { start = FNR }
		/^}[ \t]*$/ && start {
			n = FNR - start + 1
			if (n >= (name == "main" && FILENAME ~ /^src/ ? 40 : 60) && !(name == "main" && FILENAME ~ /^tests/))
				printf "%s:%d: %s has %d lines\n", FILENAME, start, name, n
			start = 0
		}')
}
wide_lines() {
	(cd "$1" && find src tests .ci \( -path src/gen -o -path tests/unit \) -prune -o \
		\( -name '*.[cht]' -o -name '*.sh' -o -name run \) -print | sort | xargs env LC_ALL=C awk '
		{ line = $0; gsub(/[\200-\277]/, "", line); n = 0
		  while ((i = index(line, "\t")) > 0) { n += i - 1; n += 8 - n % 8; line = substr(line, i + 1) }
		  n += length(line) }
		n > 140 { printf "%s:%d: %d columns\n", FILENAME, FNR, n }')
}

long_functions "$SRCDIR" >"$T/found"
empty 'no function is longer than a screen' "$T/found"
wide_lines "$SRCDIR" >"$T/found"
empty 'no line is wider than 140 columns' "$T/found"

mkdir -p "$T/bad/src" "$T/bad/tests" "$T/bad/.ci"
{
	printf 'static int\nlong_one(void)\n{\n'
	i=0
	while [ $i -lt 58 ]; do printf '\tx();\n'; i=$((i + 1)); done
	printf '}\nint\nshort_one(void)\n{\n\tx();\n}\n'
} >"$T/bad/src/bad.c"
long_functions "$T/bad" >"$T/found"
has 'a function of 60 lines is found' "$T/found" 'src/bad.c:3: long_one has 60 lines'
hasnt 'a short one is not' "$T/found" short_one
printf '\t%0133d\n\t%0132d\n' 0 0 >"$T/bad/src/wide.c"
wide_lines "$T/bad" >"$T/found"
has 'a line of 141 columns is found' "$T/found" 'src/wide.c:1: 141 columns'
hasnt 'one of 140 is not' "$T/found" 'wide.c:2'
done_testing
