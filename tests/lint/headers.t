# The header is the contract: a function that other files may call is declared in a header of its folder, in a block (lines
# up to an empty one) that has a comment.
. "$SRCDIR/tests/tap.sh"

check() {
	(cd "$1" && for floor in src/*/; do
		floor=${floor%/}
		case $floor in src/gen | src/tools) continue ;; esac
		ls "$floor"/*.h >/dev/null 2>&1 && ls "$floor"/*.c >/dev/null 2>&1 || continue
		cat "$floor"/*.h | awk '
			function flush_block() {
				if (block ~ /\/\*/)
					told = told block
				block = ""
			}
			/^[ \t]*$/ { flush_block(); next }
			{ block = block "\n" $0 }
			END { flush_block(); print told }' >"$T/told"
		awk '
			/^[A-Za-z_]/ && !/[({;=]/ { type = $0 }
			/^[a-z_][a-z0-9_]*\(/ {
				name = $0; sub(/\(.*/, "", name)
				if (type !~ /(^|[ \t])static([ \t]|$)/ && name != "main")
					print FILENAME ": " name
				type = ""
			}' "$floor"/*.c | while read -r file name; do
			grep -qE "(^|[^a-zA-Z0-9_])$name[();]" "$T/told" || echo "$file $name has no comment in a header of $floor"
		done
	done)
}

check "$SRCDIR" >"$T/found"
empty 'every function that other files may call has its contract in a header' "$T/found"

mkdir -p "$T/bad/src/json"
printf '/* Says it. */\nint told(void);\n\nint untold(void);\n' >"$T/bad/src/json/json.h"
printf 'int\ntold(void)\n{\n}\n\nint\nuntold(void)\n{\n}\n\nstatic int\nmine(void)\n{\n}\n' >"$T/bad/src/json/bad.c"
check "$T/bad" >"$T/found"
has 'a function without a contract is found' "$T/found" 'bad.c: untold'
hasnt 'one with a contract is not' "$T/found" ' told'
hasnt 'a static one is not' "$T/found" mine
done_testing
