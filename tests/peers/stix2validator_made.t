# Objects made at random from our schemas that `validate` finds no error in: stix2-validator finds none either.
peer=ajv
. "$SRCDIR/tests/peers/venv.sh"
made=$BUILDDIR/peers/made-stix2validator-objects
rm -rf "$made"
mkdir -p "$made"
seed=${AJV_SEED:-20261123}
echo "# seed $seed"
"$python" "$SRCDIR/tests/peers/ajv_made.py" "$SRCDIR/schemas" 20000 "$seed" >"$made/objects.jsonl" || {
	echo "Bail out! the objects could not be made"
	exit 1
}
peer=stix2validator
. "$SRCDIR/tests/peers/venv.sh"
exec "$python" "$SRCDIR/tests/peers/stix2validator_made.py" "$STIXPRESS" "$made"
