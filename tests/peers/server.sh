# Sourced by the tests of peers that are servers: waits for one to answer, asks our client, compares.
. "$SRCDIR/tests/tap.sh"
unset STIXPRESS_USER STIXPRESS_PASSWORD STIXPRESS_TOKEN
objects=$SRCDIR/tests/peers/objects.py

# A port that nobody has at the moment.
free_port() {
	"$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
# wait_for PORT LOG: until something listens there, a quarter of a minute at most.
wait_for() {
	i=0
	while ! "$python" -c "import socket; socket.create_connection(('127.0.0.1', $1), 1)" 2>/dev/null; do
		i=$((i + 1))
		if [ $i -gt 60 ]; then
			sed 's/^/# /' "$2"
			echo "Bail out! peer $peer does not start"
			exit 1
		fi
		sleep 0.25
	done
}
# same_objects WHAT FILE FILE: two bundles hold the same objects.
same_objects() {
	if "$python" "$objects" same "$2" "$3" >"$T/same"; then pass "$1"; else fail "$1" "$T/same"; fi
}
# cut_off N PUSH_ARGUMENT...: a push of $T/bundle.json, N envelopes of 10, is killed after some of them, then gone on with: what was
# taken is not sent again. The last of them may have been taken without being written down yet.
cut_off() {
	whole=$1
	shift
	"$STIXPRESS" push "$T/bundle.json" "$@" --ledger "$T/cut" --batch 10 --format jsonl >"$T/events" 2>&1 &
	push=$!
	i=0
	while [ "$(grep -c '"request"' "$T/events")" -lt 3 ] && [ $i -lt 400 ]; do
		sleep 0.02
		i=$((i + 1))
	done
	kill -9 $push
	wait $push 2>/dev/null
	before=$(grep -c '"taken"' "$T/events")
	ok 'a push that is killed in the middle' test "$before" -ge 3 -a "$before" -lt "$whole"
	runs 0 'the push that goes on' "$STIXPRESS" push "$T/bundle.json" "$@" --ledger "$T/cut" --batch 10 --jobs 3
	sent=$(sed -n 's/.*(\([0-9]*\) by an earlier push).*/\1/p' "$T/out")
	ok '... does not send what was accepted' test "${sent:-0}" -ge $((10 * (before - 1)))
}
