#!/bin/sh
# usage: tests/summary.sh LOG...
# Adds up what test runs counted, from the "# PASS: 12" lines below "Testsuite summary" at the end of every `make check` in the
# logs, and prints "N passed, N failed, N skipped". An error of a test counts as failed, and so does a check that passed
# against expectation.
exec awk '
	/^Testsuite summary/ { counts = 1 }
	counts && /^# (PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): +[0-9]+$/ { n[$2] += $3 }
	/^# ERROR:/ { counts = 0 }
	END {
		printf "%d passed, %d failed, %d skipped\n", n["PASS:"] + n["XFAIL:"], n["FAIL:"] + n["ERROR:"] + n["XPASS:"],
		    n["SKIP:"]
	}
' "$@" /dev/null
