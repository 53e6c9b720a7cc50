# The rules of validate: the manual has each, with its number, severity, section and words, and no other; each has a sample that it
# finds and one that it lets pass (tests/unit/test_validate runs them).
. "$SRCDIR/tests/tap.sh"

# NAME [NUMBER] SEVERITY, SECTION: TEXT, one a line
"$STIXPRESS" validate --list-rules | awk '{
	number = $1; name = $2; severity = $3; clause = $4
	at = index($0, clause " ")
	if (clause !~ /^[0-9][0-9.]*$/) { text = $0; sub(/^.*(error|warning) +/, "", text); clause = "" }
	else { text = substr($0, index($0, severity) + length(severity)); sub(/^ +[0-9.]+ +/, "", text) }
	off = sub(/ \(off unless enabled\)$/, "", text) ? ", off unless enabled" : ""
	printf "%s%s %s%s%s: %s\n", name, number == "-" ? "" : " " number, severity, clause == "" ? "" : ", section " clause, off, text
}' >"$T/rules"
awk '
	function flush_rule() { if (rule != "") { sub(/\.$/, "", text); print rule " " text } rule = text = "" }
	/^\.Sh / { inside = $0 == ".Sh VALIDATION RULES" }
	!inside { next }
	/^\.It Cm / { flush_rule(); rule = $3 ($4 == "Pq" ? " " $5 : ""); next }
	/^\.El/ { flush_rule(); next }
	rule != "" { sub(/^\.[A-Z][a-z] /, ""); gsub(/\\-/, "-")
		text = text (text == "" ? tolower(substr($0, 1, 1)) substr($0, 2) : " " $0) }
' "$SRCDIR/src/cli/stixpress.1" >"$T/told"
ok 'there are rules' test "$(wc -l <"$T/rules")" -gt 50
same 'the manual says what the rules are' "$T/told" "$T/rules"
awk '{ print $1 ".json" }' "$T/rules" | LC_ALL=C sort >"$T/names"
for kind in valid invalid; do
	(cd "$SRCDIR/tests/stix/$kind" && find . -name '*.json' | sed 's|^\./||' | LC_ALL=C sort) >"$T/samples"
	LC_ALL=C comm -23 "$T/names" "$T/samples" >"$T/found"
	empty "every rule has a sample that is $kind" "$T/found"
done
done_testing
