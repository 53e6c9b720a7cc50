# pycti's splitter, which OpenCTI's workers use, keeps every object of our bundles.
peer=pycti
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/bundles.sh"
exec "$python" "$SRCDIR/tests/peers/pycti_check.py" "$@"
