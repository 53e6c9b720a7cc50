# Sourced after venv.sh: the bundles that the peers judge, in "$@": those that are committed below feeds/, those that the program
# makes now from the newsletters there, and those of the golden cases, which have every type that convert writes.
peer_made=$BUILDDIR/peers/made-$peer
rm -rf "$peer_made"
mkdir -p "$peer_made"
for newsletter in "$SRCDIR"/feeds/*/newsletters/*.txt; do
	feed=${newsletter%/newsletters/*}
	name=${newsletter##*/}
	"$STIXPRESS" convert --quiet --feed "$feed" "$newsletter" -o "$peer_made/${name%.txt}.bundle.json" || {
		echo "Bail out! $newsletter does not convert"
		exit 1
	}
done
set -- "$SRCDIR"/feeds/*/*.bundle.json "$peer_made"/*.bundle.json "$SRCDIR"/tests/golden/*/bundle.json
for bundle in "$@"; do
	[ -f "$bundle" ] || {
		echo "Bail out! there is no $bundle"
		exit 1
	}
done
