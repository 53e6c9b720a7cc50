# What the newsletters in feeds/ state, as a careful analyst wrote it down beside them (NAME.expected.json).
. "$SRCDIR/tests/tap.sh"
n=0
for expected in "$SRCDIR"/feeds/*/newsletters/*.expected.json; do
	text=${expected%.expected.json}.txt
	feed=$(dirname "$(dirname "$expected")")
	runs 0 "convert ${text##*/}" "$STIXPRESS" convert --feed "$feed" "$text" -o "$T/bundle.json"
	python3 "$SRCDIR/tests/tools/expected.py" "$expected" "$T/bundle.json" >"$T/tap" 2>&1
	while IFS= read -r line; do
		case $line in
		ok*) pass "${text##*/}: ${line#* - }" ;;
		not\ ok*) fail "${text##*/}: ${line#* - }" ;;
		1..*) n=$((n + 1)) ;;
		*) printf '# %s\n' "$line" ;;
		esac
	done <"$T/tap"
done
is 'every file was judged to its end' "$n" "$(ls "$SRCDIR"/feeds/*/newsletters/*.expected.json | wc -l)"
done_testing
