# Sourced by the peer tests, with $peer set: finds or makes the virtual environment of a peer from its pinned requirements
# (tests/peers/$peer.txt), below the build folder, and sets $python. A peer that cannot be installed is one skip line, with
# CI=true a failure.
peer_absent() {
	if [ "${CI:-}" = true ]; then
		echo "Bail out! peer $peer: $1"
		exit 1
	fi
	echo "1..0 # SKIP peer $peer: $1"
	exit 0
}
# Runs in a subshell under a lock: two tests may want the same peer.
peer_install() (
	rm -rf "$peer_dir"
	python3 -m venv "$peer_dir" &&
	"$peer_dir/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --requirement "$peer_list" &&
	cp "$peer_list" "$peer_dir/installed.txt"
) >"$peer_log" 2>&1

peer_list=$SRCDIR/tests/peers/$peer.txt
peer_dir=$BUILDDIR/peers/$peer
peer_log=$BUILDDIR/peers/$peer.log
mkdir -p "$BUILDDIR/peers"
exec 9>"$BUILDDIR/peers/$peer.lock"
if command -v flock >/dev/null 2>&1; then
	flock 9
fi
command -v python3 >/dev/null 2>&1 || peer_absent "python3 is not installed"
cmp -s "$peer_list" "$peer_dir/installed.txt" || peer_install || peer_absent "could not be installed: $(tail -n 1 "$peer_log")"
exec 9>&-
python=$peer_dir/bin/python
