# check-jsonschema takes our schemas as they are: all of them are schemas to it, and of bundles and of the samples of every rule it
# says what our own engine does.
peer=checkjsonschema
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/bundles.sh"
exec "$python" "$SRCDIR/tests/peers/checkjsonschema_check.py" "$SRCDIR" "$STIXPRESS" "$@" "$SRCDIR/tests/stix/every-type.json"
