# Includes go only downwards, and into another folder only through its door (DESIGN: the house).
. "$SRCDIR/tests/tap.sh"

# folder: the folders it may include. src/tools makes files for the build and may see what unit tests see.
cat >"$T/floors" <<'EOF'
base:
json: base
http: base
doc: base http
stix: base json
convert: base json doc stix
validate: base json stix
publish: base json http stix
collection: base json stix validate
feed: base json http doc stix convert validate publish collection
cli: base json http doc stix convert validate publish collection feed
EOF

# One line for each include that breaks the rules: FILE includes HEADER, why.
check() {
	(cd "$1" && find src \( -path src/gen -o -path src/tools \) -prune -o -name '*.[ch]' -print | sort) | while read -r file; do
		floor=${file#src/} floor=${floor%%/*}
		grep -q "^$floor:" "$T/floors" || echo "$file: no floor of this name"
		allowed=" $(sed -n "s/^$floor://p" "$T/floors") "
		sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$1/$file" | while read -r header; do
			to=${header%%/*}
			case $header in
			config.h) ;;
			"$floor"/*) ;;
			base/base.h | base/limits.h) ;;
			*/*)
				case $allowed in
				*" $to "*) [ "$header" = "$to/$to.h" ] || echo "$file includes $header, which is not the door $to/$to.h" ;;
				*) echo "$file includes $header: $floor may not include $to" ;;
				esac ;;
			*) echo "$file includes $header without its folder" ;;
			esac
		done
	done
}

check "$SRCDIR" >"$T/found"
empty 'includes go downwards, through doors' "$T/found"

# The check itself: each of these must be found.
mkdir -p "$T/bad/src/json" "$T/bad/src/validate" "$T/bad/src/attic"
echo '#include "stix/stix.h"' >"$T/bad/src/json/up.c"
echo '#include "json/reader.h"' >"$T/bad/src/validate/window.c"
echo '#include "reader.h"' >"$T/bad/src/validate/bare.c"
: >"$T/bad/src/attic/a.c"
check "$T/bad" >"$T/found"
has 'upwards is found' "$T/found" 'src/json/up.c includes stix/stix.h: json may not'
has 'a header that is no door is found' "$T/found" 'which is not the door json/json.h'
has 'a header without its folder is found' "$T/found" 'includes reader.h without its folder'
has 'a folder that is no floor is found' "$T/found" 'src/attic/a.c: no floor'
done_testing
