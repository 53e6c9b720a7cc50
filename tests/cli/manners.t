# How the command line behaves: wrong options, standard input, odd file names, closed pipes; and that what comes out depends on
# nothing but what goes in.
. "$SRCDIR/tests/tap.sh"
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
feed=$SRCDIR/feeds/talos
en=$feed/newsletters/2024-06-13.en.txt
ja=$feed/newsletters/2024-06-26.ja.txt
bundle=$feed/2024-06-13.en.bundle.json
mkdir "$T/w"
cd "$T/w" || exit 1

# ---- help, and what is none
runs 2 'no command' "$STIXPRESS"
has '... shows the usage' "$T/err" 'usage: stixpress COMMAND'
empty '... on standard error' "$T/out"
runs 0 '--help' "$STIXPRESS" --help
has '... on standard output' "$T/out" 'usage: stixpress COMMAND'
empty '... alone' "$T/err"
runs 2 'a command that does not exist' "$STIXPRESS" covnert
has '... is named' "$T/err" "stixpress: there is no command 'covnert'"
for command in $("$STIXPRESS" __complete); do
	runs 0 "$command --help" "$STIXPRESS" "$command" --help
	has '... shows the usage' "$T/out" "usage: stixpress $command [OPTION...]"
	empty '... and nothing else' "$T/err"
	runs 2 "$command: an unknown option" "$STIXPRESS" "$command" --no-such-option
	has '... is named' "$T/err" 'stixpress: unknown option --no-such-option'
	has '... and the usage told' "$T/err" "usage: stixpress $command [OPTION...]"
	empty '... on standard error' "$T/out"
done
for try in 'convert:convert needs FILE...' 'convert -o:-o needs a value: -o OUT' 'convert --date:--date needs a value: --date YYYY-MM-DD' \
	'convert --lenient=yes x:--lenient takes no value' 'convert -x:unknown option -x' "publish a b:too many arguments: 'b'" \
	'push:push needs FILE' 'push x:--to TARGET|URL is missing' 'get:get needs' 'convert --min-confidence 101 x:--min-confidence: '; do
	# shellcheck disable=SC2086
	runs 2 "${try%%:*}" "$STIXPRESS" ${try%%:*}
	has "... says: ${try#*:}" "$T/err" "stixpress: ${try#*:}"
	empty '... on standard error' "$T/out"
done

# ---- what stands for a file
runs 0 'convert' "$STIXPRESS" convert -q "$en"
cp "$T/out" "$T/en.json"
runs 0 'an option behind the file' "$STIXPRESS" convert "$en" -q
same '... is one' "$T/out" "$T/en.json"
runs 0 'standard input' sh -c '"$1" convert -q - <"$2"' sh "$STIXPRESS" "$en"
same '... is the same' "$T/out" "$T/en.json"
runs 0 'a pipe' sh -c 'cat "$2" | "$1" convert -q -- -' sh "$STIXPRESS" "$en"
same '... is the same' "$T/out" "$T/en.json"
runs 0 '-o - is standard output' "$STIXPRESS" convert -q -o - "$en"
same '... is the same' "$T/out" "$T/en.json"
runs 0 'the facts through a pipe' sh -c '"$1" extract -q "$2" | "$1" convert -q --as facts -' sh "$STIXPRESS" "$en"
same '... give the same' "$T/out" "$T/en.json"
cp "$en" ./-q
runs 0 'a file called -q' "$STIXPRESS" convert -q -- -q
same '... is the same' "$T/out" "$T/en.json"
rm ./-q
for name in 'with blanks.txt' "$(printf 'not-utf8-\377.txt')" 'ニュース.txt' "it's \"quoted\".txt"; do
	cp "$en" "$name"
	runs 0 'a file with an odd name' "$STIXPRESS" convert -o "$name.json" "$name"
	same '... is the same' "$name.json" "$T/en.json"
	runs 0 '... and it is valid' "$STIXPRESS" validate "$name.json"
	rm "$name" "$name.json"
done
printf 'x' >"$(printf 'evil\033[2J.txt')"
printf '\377' >>"$(printf 'evil\033[2J.txt')"
runs 1 'a file name that commands the terminal' "$STIXPRESS" convert "$(printf 'evil\033[2J.txt')"
has '... is told harmlessly' "$T/err" 'evil\u001b[2J.txt: not valid UTF-8'
rm evil*
runs 3 'no standard input' sh -c '"$1" convert - <&-' sh "$STIXPRESS"
has '... is told' "$T/err" 'standard input: Bad file descriptor'
runs 3 'among several inputs, one that is not there' "$STIXPRESS" convert -q "$en" no.txt "$ja"
is '... does not keep the others back' "$(wc -l <"$T/out" | tr -d ' ')" 2
has '... and is named' "$T/err" 'no.txt: No such file or directory'

# ---- whoever reads our output goes away: as with any filter, without a word
for command in 'convert -q' 'extract -q' '--help'; do
	# shellcheck disable=SC2086
	{
		sleep 0.3
		"$STIXPRESS" $command "$en" 2>"$T/err"
		echo $? >"$T/status"
	} | true
	is "$command into a pipe that nobody reads ends by SIGPIPE" "$(cat "$T/status")" 141
	empty '... without a word' "$T/err"
done

# ---- the same octets wherever and whenever
for zone in UTC Asia/Tokyo America/New_York; do
	runs 0 "TZ=$zone" env TZ=$zone "$STIXPRESS" convert -q "$en"
	same '... changes nothing' "$T/out" "$T/en.json"
done
for lang in C C.UTF-8 ja_JP.UTF-8 tr_TR.UTF-8 de_DE; do
	runs 0 "LANG=$lang" env LANG=$lang LC_ALL=$lang "$STIXPRESS" convert -q "$en"
	same '... changes nothing' "$T/out" "$T/en.json"
done
runs 0 'nothing in the environment' env -i SOURCE_DATE_EPOCH=1 "$STIXPRESS" convert -q "$en"
same '... changes nothing' "$T/out" "$T/en.json"
mkdir -p deep/er
cp "$en" deep/er/other-name.txt
runs 0 'another path' sh -c 'cd deep/er && "$1" convert -q other-name.txt' sh "$STIXPRESS"
same '... changes nothing' "$T/out" "$T/en.json"
ln -s "$STIXPRESS" deep/program
runs 0 'another name of the program' deep/program convert -q "$en"
same '... changes nothing' "$T/out" "$T/en.json"

# ---- convert(extract(x)) is convert(x), with and without a feed, and of texts that we did not write
round() {
	runs 0 "$1: convert" "$STIXPRESS" convert -q $3 "$2" -o "$T/direct"
	runs 0 '... of its facts' sh -c '"$1" extract -q $3 "$2" | "$1" convert -q $3 --as facts - -o "$4"' sh \
		"$STIXPRESS" "$2" "$3" "$T/round"
	same '... gives the same octets' "$T/round" "$T/direct"
	rm -f "$T/direct" "$T/round"
}
for text in "$en" "$ja"; do
	round "${text##*/}" "$text" ''
	round "${text##*/} in its feed" "$text" "--feed $feed"
done
if [ -d "$STIXPRESS_SHARED/eval/dev" ]; then
	for text in "$STIXPRESS_SHARED"/eval/dev/*.txt "$STIXPRESS_SHARED"/eval/dev/*.md; do
		[ -f "$text" ] && round "${text##*/}" "$text" ''
	done
else
	skip 'round trips of the development texts' '../shared is not there'
fi
is 'nothing is left in the folder' "$(ls -A)" deep
done_testing
