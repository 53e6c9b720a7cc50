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
