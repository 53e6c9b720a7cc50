# stix2-validator, OASIS's validator, has no error and only explained warnings for our bundles.
peer=stix2validator
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/bundles.sh"
set -- "$@" "$SRCDIR/tests/stix/every-type.json"
exec "$python" "$SRCDIR/tests/peers/stix2validator_check.py" "$@"
