# pymisp loads our native events, and agrees with the feed that we write on every hash and every line of the manifest.
peer=pymisp
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/bundles.sh"
feed=$peer_made/feed
mkdir -p "$feed"
for bundle; do
	"$STIXPRESS" push --quiet "$bundle" --kind misp-feed --to "file://$feed" --ledger none --no-validate || {
		echo "Bail out! $bundle does not go into the feed"
		exit 1
	}
done
exec "$python" "$SRCDIR/tests/peers/pymisp_check.py" "$feed" "$@"
