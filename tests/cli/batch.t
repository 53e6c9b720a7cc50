# Many inputs: the same result in the same order, however many are read at a time.
. "$SRCDIR/tests/tap.sh"
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
feed=$SRCDIR/feeds/talos
mkdir "$T/in"
for i in 1 2 3 4 5 6 7 8 9; do
	for text in "$feed"/newsletters/*.txt; do
		name=${text##*/}
		sed "s/^/$i /;1s/^$i //" "$text" >"$T/in/$i-$name"
	done
done
: >"$T/in/5-empty.txt"
printf 'APT28 used \377Emotet.\n' >"$T/in/7-wrong.txt"
cd "$T/in" || exit 1
for command in 'convert' 'convert -v' 'extract' 'extract --stop=mentions' 'extract --explain'; do
	# shellcheck disable=SC2086
	runs 1 "$command: one at a time" "$STIXPRESS" $command *.txt
	cp "$T/out" "$T/one.out"
	cp "$T/err" "$T/one.err"
	ok '... gives something' test -s "$T/one.out"
	for jobs in 2 7 0; do
		# shellcheck disable=SC2086
		runs 1 "$command: -j $jobs" "$STIXPRESS" $command -j $jobs *.txt
		same '... writes the same' "$T/out" "$T/one.out"
		same '... says the same' "$T/err" "$T/one.err"
	done
done
has 'each that cannot be read is told' "$T/one.err" '5-empty.txt: the document is empty'
has '... with the others' "$T/one.err" '7-wrong.txt: not valid UTF-8 at byte offset 11'
runs 1 'into a folder' "$STIXPRESS" extract -q -j 3 -o "$T/facts" *.txt
is 'a file each' "$(ls "$T/facts" | wc -l | tr -d ' ')" "$(($(ls "$T/in" | wc -l) - 2))"
mkdir sub
cp "5-${text##*/}" sub/
runs 1 'two results of one name' "$STIXPRESS" extract -q -o "$T/twice" "5-${text##*/}" "sub/5-${text##*/}"
has 'are told' "$T/err" 'would both be'
runs 2 'standard input twice' "$STIXPRESS" convert - -
has 'is a mistake' "$T/err" 'standard input (-) can be read once'
runs 2 'a number that is none' "$STIXPRESS" convert -j many "5-${text##*/}"
runs 3 'a file that is not there' "$STIXPRESS" convert -q -j 4 "1-${text##*/}" nothing.txt "2-${text##*/}"
is 'keeps nothing from the others' "$(wc -l <"$T/out" | tr -d ' ')" 2
cp "$T/out" "$T/two.out"
"$STIXPRESS" convert -q "1-${text##*/}" >"$T/old.json"
runs 0 '--previous' "$STIXPRESS" convert -q -j 4 --previous "$T/old.json" "1-${text##*/}" "2-${text##*/}"
cp "$T/out" "$T/four"
runs 0 '... one at a time' "$STIXPRESS" convert -q --previous "$T/old.json" "1-${text##*/}" "2-${text##*/}"
same '... whatever is asked for' "$T/out" "$T/four"
done_testing
