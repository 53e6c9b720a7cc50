# Our JSON Schema engine on the schemas that stix2-validator ships, OASIS's own: on cases made from their examples by one
# change each, it gives the verdict that two other engines agree on.
cases=$STIXPRESS_SHARED/eval/cases
ls "$cases"/oasis-schema-mutants*.jsonl >/dev/null 2>&1 || {
	echo "1..0 # SKIP there are no cases in $cases"
	exit 0
}
peer=stix2validator
. "$SRCDIR/tests/peers/venv.sh"
schemas=$("$python" -c 'import os, stix2validator; print(os.path.dirname(stix2validator.__file__))')/schemas-2.1/schemas
exec "$BUILDDIR/tests/tools/verdicts" file:///oasis/ "$schemas" "$cases"/oasis-schema-mutants*.jsonl
