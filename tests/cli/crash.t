#!/bin/sh
# A push that is killed at random moments, with its server; `make crash-test` does it at size.
exec python3 "$SRCDIR/tests/tools/crash.py" "$STIXPRESS" 3000 10 "${CRASH_SEED:-20261123}"
