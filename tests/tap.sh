# Test Anything Protocol for our shell tests:
#
#	. "$SRCDIR/tests/tap.sh"
#	runs 0 'an empty bundle is valid' "$STIXPRESS" validate empty.json
#	has 'and says so' "$T/err" '0 findings'
#	done_testing
#
# $T is a folder of this test alone, removed at the end. $STIXPRESS, $SRCDIR, $BUILDDIR and $STIXPRESS_SHARED come from
# make check; by hand, run `make check TESTS=tests/cli/NAME.t`.
: "${SRCDIR:?run me by make check}" "${BUILDDIR:?run me by make check}" "${STIXPRESS:=$BUILDDIR/stixpress}"
STIXPRESS_SHARED=${STIXPRESS_SHARED:-$SRCDIR/../shared}
T=$(mktemp -d "${TMPDIR:-/tmp}/stixpress-test.XXXXXX")
TAP_N=0 TAP_BAD=0 TAP_KILL=
# The user's own files have no say in a test.
XDG_CONFIG_HOME=$T/config XDG_STATE_HOME=$T/state
export XDG_CONFIG_HOME XDG_STATE_HOME

tap_end() {
	status=$?
	for pid in $TAP_KILL; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	chmod -R u+w "$T" 2>/dev/null
	rm -rf "$T"
	exit "$status"
}
trap tap_end EXIT
trap 'exit 1' HUP INT TERM

# Waits, ten seconds at most, until a file has something in it.
appears() {
	tap_wait=0
	while [ ! -s "$1" ] && [ $tap_wait -lt 100 ]; do
		sleep 0.1
		tap_wait=$((tap_wait + 1))
	done
}

# Ends a background process that the test started when the test ends: serve & at_end_kill $!
at_end_kill() {
	TAP_KILL="$TAP_KILL $1"
}

pass() {
	TAP_N=$((TAP_N + 1))
	printf 'ok %d - %s\n' "$TAP_N" "$1"
}

# fail WHAT [FILE...]: the files' first lines are shown as comments.
fail() {
	TAP_N=$((TAP_N + 1)) TAP_BAD=$((TAP_BAD + 1))
	printf 'not ok %d - %s\n' "$TAP_N" "$1"
	shift
	for file in "$@"; do
		[ -s "$file" ] || continue
		printf '# %s:\n' "${file##*/}"
		head -n 40 "$file" | sed 's/^/#   /'
	done
}

# skip WHAT WHY: one check that cannot be made here.
skip() {
	TAP_N=$((TAP_N + 1))
	printf 'ok %d - %s # SKIP %s\n' "$TAP_N" "$1" "$2"
}

# skip_all WHY: the whole test cannot be made here.
skip_all() {
	printf '1..0 # SKIP %s\n' "$1"
	exit 0
}

# ok WHAT COMMAND...: the command must end with 0.
ok() {
	what=$1
	shift
	if "$@" >"$T/out" 2>"$T/err"; then pass "$what"; else fail "$what" "$T/out" "$T/err"; fi
}

# runs STATUS WHAT COMMAND...: the command must end with this status; what it printed is in $T/out and $T/err.
runs() {
	want=$1 what=$2
	shift 2
	got=0
	"$@" >"$T/out" 2>"$T/err" || got=$?
	if [ "$got" = "$want" ]; then
		pass "$what"
	else
		fail "$what" "$T/out" "$T/err"
		printf '# exit status %s, not %s: %s\n' "$got" "$want" "$*"
	fi
}

# is WHAT GOT WANT
is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1"
		printf '%s\n' "got: $2" "want: $3" | sed 's/^/#  /'
	fi
}

# has WHAT FILE TEXT: some line of the file has the text (fixed, not a pattern).
has() {
	if grep -qF -e "$3" "$2"; then
		pass "$1"
	else
		fail "$1" "$2"
		printf '# without: %s\n' "$3"
	fi
}

# hasnt WHAT FILE TEXT
hasnt() {
	if grep -qF -e "$3" "$2"; then fail "$1" "$2"; else pass "$1"; fi
}

# same WHAT FILE FILE: byte for byte; the difference is shown.
same() {
	if cmp -s "$2" "$3"; then
		pass "$1"
	else
		diff -u "$2" "$3" >"$T/diff" 2>&1 || :
		fail "$1" "$T/diff"
	fi
}

# empty WHAT FILE: the file is there and has nothing in it; else its lines are the complaint.
empty() {
	if [ -e "$2" ] && [ ! -s "$2" ]; then pass "$1"; else fail "$1" "$2"; fi
}

done_testing() {
	printf '1..%d\n' "$TAP_N"
	exit $((TAP_BAD > 0))
}
