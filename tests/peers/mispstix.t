# misp-stix, MISP's importer, makes an event of each of our bundles.
peer=mispstix
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/bundles.sh"
exec "$python" "$SRCDIR/tests/peers/mispstix_check.py" "$@"
