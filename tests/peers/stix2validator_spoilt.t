# Our samples, each property of each spoilt in the same ways: stix2-validator and we agree on every verdict, but for what is explained.
peer=stix2validator
. "$SRCDIR/tests/peers/venv.sh"
exec "$python" "$SRCDIR/tests/peers/stix2validator_spoilt.py" "$STIXPRESS" "$SRCDIR/tests/stix"
