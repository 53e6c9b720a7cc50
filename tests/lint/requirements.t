# Every row of tests/taxii/requirements has a test that names it, and no test names another.
. "$SRCDIR/tests/tap.sh"
cd "$SRCDIR/tests" || exit 1
{
	sed -n 's/^! names //p' taxii/*.x
	sed -n 's/^# TAXII \(C[0-9]*\)$/\1/p' cli/*.t
} | tr ' ' '\n' | sort -u >"$T/named"
sed -n 's/^\(C[0-9]*\) .*/\1/p' taxii/requirements | sort >"$T/wanted"
same 'what is to be done and what is tested are the same' "$T/named" "$T/wanted"
is 'there are 33 rows' "$(grep -c '^-\{0,1\}C[0-9]* ' taxii/requirements)" 33
done_testing
