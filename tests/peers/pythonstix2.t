# python-stix2 parses our bundles strictly and writes the same objects again.
peer=pythonstix2
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/bundles.sh"
set -- "$@" "$SRCDIR/tests/stix/every-type.json"
exec "$python" "$SRCDIR/tests/peers/pythonstix2_check.py" "$@"
