# Our JSON Schema engine against ajv, both on our own schemas: 20,000 objects made at random from them, most of them spoilt, get
# the same verdict. AJV_SEED is what they depend on.
peer=ajv
. "$SRCDIR/tests/peers/venv.sh"
made=$BUILDDIR/peers/made-ajv
rm -rf "$made"
mkdir -p "$made"
cp "$SRCDIR/tests/peers/ajv.package.json" "$made/package.json"
PATH=$peer_dir/bin:$PATH
(cd "$made" && npm install --no-audit --no-fund --no-package-lock) >"$peer_log" 2>&1 ||
	peer_absent "could not be installed: $(tail -n 1 "$peer_log")"
seed=${AJV_SEED:-20261123}
echo "# seed $seed"
"$python" "$SRCDIR/tests/peers/ajv_made.py" "$SRCDIR/schemas" 20000 "$seed" >"$made/objects.jsonl" &&
	NODE_PATH=$made/node_modules \
	node "$SRCDIR/tests/peers/ajv_check.js" "$SRCDIR/schemas" "$made/objects.jsonl" >"$made/judged.jsonl" || {
	echo "Bail out! the objects could not be made and judged"
	exit 1
}
# Neither all valid nor all spoilt: else agreeing would say nothing.
valid=$(grep -c '"valid": true}$' "$made/judged.jsonl")
[ "$valid" -gt 4000 ] && [ "$valid" -lt 16000 ] || {
	echo "Bail out! $valid of 20000 objects are valid"
	exit 1
}
base=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["$id"].rpartition("/")[0] + "/")' \
	"$SRCDIR/schemas/feed.schema.json")
exec "$BUILDDIR/tests/tools/verdicts" "$base" "$SRCDIR/schemas" "$made/judged.jsonl"
