# Input that is wrong, and output that cannot be written: the message, the exit status, and nothing left behind. What a TAXII
# server can do wrong is in bad_server.t and tests/taxii.
. "$SRCDIR/tests/tap.sh"
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
feed=$SRCDIR/feeds/talos
en=$feed/newsletters/2024-06-13.en.txt
bundle=$feed/2024-06-13.en.bundle.json
mkdir "$T/w"
cd "$T/w" || exit 1
# nothing WHAT: nothing was left in the folder that the command worked in.
nothing() {
	is "$1: nothing is left behind" "$(ls -A "$T/w")" ''
}
# one WHAT TEXT: the complaint is one line and has the text.
one() {
	has "$1" "$T/err" "$2"
	is '... in one line' "$(wc -l <"$T/err" | tr -d ' ')" 1
}

# ---- texts
: >"$T/empty.txt"
printf ' \n\t\n' >"$T/blank.txt"
printf '\177ELF\002\001\001\000\000rest' >"$T/elf"
printf 'APT28 used \001\002\003\004\005\006\007\010\016\017 it.\n' >"$T/control.txt"
for stage in 'extract' 'extract --stop=doc' 'extract --stop=mentions' 'convert'; do
	# shellcheck disable=SC2086
	runs 1 "$stage: an empty file" "$STIXPRESS" $stage -o out.json "$T/empty.txt"
	one '... is named' "$T/empty.txt: the document is empty"
	# shellcheck disable=SC2086
	runs 1 "$stage: a program" "$STIXPRESS" $stage -o out.json "$T/elf"
	one '... is told from a text' "$T/elf: this is binary, not text (a NUL octet)"
done
runs 1 'control characters' "$STIXPRESS" convert -o out.json "$T/control.txt"
one '... are no text' 'this is binary, not text (control characters)'
runs 0 'a text that says nothing' "$STIXPRESS" convert -o out.json "$T/blank.txt"
runs 0 '... is a report on nothing' "$STIXPRESS" validate out.json
rm -f out.json
printf 'Emotet was seen.\nAPT28 used \377Emotet.\n' >"$T/wrong.txt"
runs 1 'wrong UTF-8' "$STIXPRESS" convert -o out.json "$T/wrong.txt"
one '... is told with its place' 'wrong.txt: not valid UTF-8 at byte offset 28 (0xff)'
printf 'APT28 used Emotet \343\201' >"$T/cut.txt"
runs 1 'a character cut in two at the end' "$STIXPRESS" extract -o out.json "$T/cut.txt"
one '... is told with its place' 'cut.txt: not valid UTF-8 at byte offset 18 (0xe3)'
runs 2 'an encoding that does not exist' "$STIXPRESS" convert --encoding klingon -o out.json "$en"
one '... gives those that do' 'no encoding is called "klingon" (UTF-8, '
runs 2 '... stops before any work' "$STIXPRESS" extract --encoding klingon "$T/no such file"
one '... is told first' 'no encoding is called "klingon" (UTF-8, '
printf 'APT28 \033$B967b\033(B used \033$B9\033(B it.\n' >"$T/jis.txt"
runs 1 'half a character of ISO-2022-JP' "$STIXPRESS" extract -o out.json "$T/jis.txt"
one '... is told with its place' 'jis.txt: not valid ISO-2022-JP at byte offset 25 (0x39)'
runs 2 'a language that does not exist' "$STIXPRESS" convert --language tlh -o out.json "$en"
has '... gives those that do' "$T/err" 'no language is called "tlh" (en, ja)'
runs 2 'a format that does not exist' "$STIXPRESS" convert --as docx -o out.json "$en"
has '... gives those that do' "$T/err" 'no reader for the format "docx" (rss, html, md, pdf, text)'
nothing 'texts'
runs 0 'leniently' "$STIXPRESS" extract --lenient "$T/wrong.txt"
has '... the octet becomes U+FFFD' "$T/out" '"text": "APT28 used �Emotet."'
has '... and the places stay those of the file' "$T/out" '"start": 17'

# ---- encodings: the same facts, places in the octets of the file
cat >"$T/utf8.txt" <<'END'
脅威情報レター

2024年7月2日

■ 今週の話題

攻撃グループ「APT28」は、マルウェア「Emotet」を使って政府機関を標的にした。ソニーと東芝は①号と㈱の対応を発表した。
通信先は 203[.]0[.]113[.]7 と hxxps://evil.example[.]com/ポスト である。
MD5: d41d8cd98f00b204e9800998ecf8427f
END
runs 0 'UTF-8' "$STIXPRESS" extract "$T/utf8.txt"
cp "$T/out" "$T/utf8.json"
# places FACTS TEXT ENCODING: each piece of evidence as it stands in the text's octets, in UTF-8
places() {
	jq -r '.. | objects | select(has("start")) | "\(.start) \(.end)"' "$1" | while read -r from to; do
		tail -c +$((from + 1)) "$2" | head -c $((to - from)) | iconv -f "$3" -t UTF-8
		echo
	done
}
places "$T/utf8.json" "$T/utf8.txt" UTF-8 >"$T/utf8.places"
ok 'there is evidence' grep -q '攻撃グループ「APT28」' "$T/utf8.places"
# as UTF-8 but for places, length and digest
same_facts() {
	for f in "$T/utf8.json" "$2"; do
		jq 'del(.. | .start?, .end?, .at?) | del(.document.bytes, .document.sha256)' "$f" >"$f.bare"
	done
	same "$1: the same facts" "$2.bare" "$T/utf8.json.bare"
	places "$2" "$3" "$4" >"$2.places"
	same "$1: from the same places" "$2.places" "$T/utf8.places"
}
for try in 'CP932 Shift_JIS' 'EUC-JP-MS EUC-JP' 'UTF-16LE UTF-16LE' 'UTF-16BE UTF-16BE'; do
	iconv=${try% *} name=${try#* }
	case $name in
	UTF-16LE) printf '\377\376' >"$T/other.txt" ;;
	UTF-16BE) printf '\376\377' >"$T/other.txt" ;;
	*) : >"$T/other.txt" ;;
	esac
	iconv -f UTF-8 -t "$iconv" "$T/utf8.txt" >>"$T/other.txt" || fail "iconv -t $iconv"
	runs 0 "$name is recognised" "$STIXPRESS" extract --stop=doc "$T/other.txt"
	has '... by name' "$T/out" "encoding $name,"
	runs 0 "$name" "$STIXPRESS" extract "$T/other.txt"
	cp "$T/out" "$T/other.json"
	same_facts "$name" "$T/other.json" "$T/other.txt" "$iconv"
	runs 0 "$name as told" "$STIXPRESS" extract --encoding "$name" "$T/other.txt"
	same '... gives the same' "$T/out" "$T/other.json"
done
{ printf '\357\273\277'; sed 's/$/\r/' "$T/utf8.txt"; } >"$T/mixed.txt"
runs 0 'a byte order mark and other line ends' "$STIXPRESS" extract "$T/mixed.txt"
cp "$T/out" "$T/mixed.json"
same_facts 'a byte order mark and other line ends' "$T/mixed.json" "$T/mixed.txt" UTF-8
sed -i 's/①号と㈱の//' "$T/utf8.txt"
iconv -f UTF-8 -t ISO-2022-JP "$T/utf8.txt" >"$T/jis7.txt"
runs 0 'UTF-8 again' "$STIXPRESS" extract "$T/utf8.txt"
cp "$T/out" "$T/utf8.json"
runs 0 'ISO-2022-JP is told by its escapes' "$STIXPRESS" extract "$T/jis7.txt"
cp "$T/out" "$T/jis7.json"
# a piece begins behind the escape that says how to read it: octets that are JIS, unless they are plain
places "$T/utf8.json" "$T/utf8.txt" UTF-8 >"$T/utf8.places"
for f in "$T/utf8.json" "$T/jis7.json"; do
	jq 'del(.. | .start?, .end?, .at?) | del(.document.bytes, .document.sha256)' "$f" >"$f.bare"
done
same 'ISO-2022-JP: the same facts' "$T/jis7.json.bare" "$T/utf8.json.bare"
jq -r '.. | objects | select(has("start")) | "\(.start) \(.end)"' "$T/jis7.json" | while read -r from to; do
	{ [ "$(tail -c +$((from + 1)) "$T/jis7.txt" | head -c 2)" = '96' ] && printf '\033$B'
		tail -c +$((from + 1)) "$T/jis7.txt" | head -c $((to - from)); } | iconv -f ISO-2022-JP -t UTF-8 2>/dev/null
	echo
done >"$T/jis7.places"
ok 'ISO-2022-JP: places in its octets' grep -q 'APT28' "$T/jis7.places"
# the page says its encoding beyond the first line, and the text is 7 bits of it
{ printf '<!DOCTYPE html>\n<html lang="ja"><head>\n'
	printf '<meta http-equiv="Content-Type" content="text/html; charset=iso-2022-jp">\n</head><body>\n'
	sed 's|.*|<p>&</p>|' "$T/utf8.txt"; echo '</body></html>'; } | iconv -f UTF-8 -t ISO-2022-JP >"$T/jis.html"
if "$STIXPRESS" extract "$T/jis.html" >"$T/jis.json" 2>"$T/err"; then
	places "$T/jis.json" "$T/jis.html" ISO-2022-JP >"$T/jis.places" 2>/dev/null
	ok 'a page in ISO-2022-JP' grep -q '"APT28"' "$T/jis.json"
else
	has 'a page in ISO-2022-JP needs the reader of HTML' "$T/err" 'without the reader of HTML'
fi
iconv -f UTF-8 -t EUC-JP-MS "$T/utf8.txt" >"$T/euc.txt"
runs 1 'EUC-JP taken for UTF-8' "$STIXPRESS" extract --encoding UTF-8 "$T/euc.txt"
one '... is told with its place' 'not valid UTF-8 at byte offset 0 (0xb6)'

# ---- sizes
dd if=/dev/zero bs=1048576 count=64 2>/dev/null | tr '\0' 'a' >"$T/large.txt"
printf 'aa\n' >>"$T/large.txt"
runs 1 'a document over 64 MiB' "$STIXPRESS" convert -o out.json "$T/large.txt"
one '... names the limit' 'large.txt: the document has 67108867 octets; the limit is 64 MiB (LIMIT_DOCUMENT)'
rm -f "$T/large.txt"

# ---- JSON
"$STIXPRESS" extract "$en" >"$T/facts.json"
head -c 3000 "$T/facts.json" >"$T/cut.json"
runs 1 'facts that end early' "$STIXPRESS" convert -o out.json "$T/cut.json"
one '... are told with their place' 'cut.json: line 112, column 14: the text ends inside a string'
sed 's/"lang": "en"/"lang": "en", "lang": "ja"/' "$T/facts.json" >"$T/double.json"
runs 1 'facts with a name twice' "$STIXPRESS" convert -o out.json "$T/double.json"
one '... are told with their place' 'line 6, column 19: the member name "lang" occurs twice'
deep() {
	awk -v n=100000 -v s="$1" 'BEGIN { while (n-- > 0) printf "%s", s; print "" }'
}
deep '{"stixpress_facts":' >"$T/deep.json"
runs 1 'facts nested deeply' "$STIXPRESS" convert -o out.json "$T/deep.json"
one '... are told with their limit' 'line 1, column 4865: arrays and objects are nested deeper than 256 levels'
runs 1 'a bundle is no newsletter' "$STIXPRESS" convert -o out.json "$bundle"
one '... and no facts' 'this is JSON but no facts: there is no "stixpress_facts"'
runs 0 'unless it is asked for' "$STIXPRESS" convert -q --as text "$bundle"
head -c 5000 "$bundle" >"$T/half.json"
sed '0,/"type": "bundle"/s//"type": "bundle", "type": "bundle"/' "$bundle" >"$T/twice.json"
deep '{"type":"bundle","x":' >"$T/deep.json"
deep '[' >"$T/list.json"
for try in 'half.json:json-truncated:the text ends' 'twice.json:json-duplicate-name:the member name "type" occurs twice' \
	'deep.json:json-too-deep:nested deeper than 256 levels' 'list.json:json-too-deep:nested deeper than 256 levels' \
	'empty.txt:json-empty:' 'elf:json-:'; do
	file=${try%%:*} rest=${try#*:}
	runs 1 "validate $file" "$STIXPRESS" validate "$T/$file"
	has '... gives the rule' "$T/out" "error[${rest%%:*}"
	has '... and the fault' "$T/out" "${rest#*:}"
	is '... with line and column' "$(grep -cE "^$T/$file:[0-9]+:[0-9]+: error" "$T/out")" 1
done
nothing 'JSON'

# ---- files
runs 3 'a file that is not there' "$STIXPRESS" convert -o out.json "$T/no.txt"
one '... is named' "$T/no.txt: No such file or directory"
runs 3 'a folder as newsletter' "$STIXPRESS" convert -o out.json "$T"
one '... is told' "$T: Is a directory"
runs 3 'a folder as bundle' "$STIXPRESS" push "$T" --to http://127.0.0.1:1/api/collections/c/ --ledger none
if [ "$(id -u)" = 0 ]; then
	skip 'a file that may not be read' 'root may read everything'
	skip '... is told' 'root may read everything'
	skip 'a folder that may not be written' 'root may write everything'
	skip '... is told' 'root may write everything'
else
	cp "$en" "$T/secret.txt"
	chmod 0 "$T/secret.txt"
	runs 3 'a file that may not be read' "$STIXPRESS" convert -o out.json "$T/secret.txt"
	one '... is told' 'secret.txt: Permission denied'
	mkdir "$T/locked"
	chmod 500 "$T/locked"
	runs 3 'a folder that may not be written' "$STIXPRESS" convert -o "$T/locked/out.json" "$en"
	one '... is told' 'locked/out.json: Permission denied'
	rmdir "$T/locked"
fi
mkdir taken
runs 0 'extract: a folder in the place of the output' "$STIXPRESS" extract -o taken "$en"
is '... gets a file' "$(ls -A taken)" "$(basename "$en" .txt).facts.json"
rm -r taken
runs 3 'a folder that is not there' "$STIXPRESS" extract -o no/out.json "$en"
one '... is told' 'no/out.json: No such file or directory'
nothing 'files'

# ---- a full disk
for command in extract convert; do
	if [ -c /dev/full ]; then
		runs 3 "$command: a full device" "$STIXPRESS" $command -o /dev/full "$en"
		one '... is told' '/dev/full: No space left on device'
		runs 3 "$command: standard output on one" sh -c "\"\$1\" $command \"\$2\" >/dev/full" sh "$STIXPRESS" "$en"
		one '... is told' 'standard output: No space left on device'
	else
		for i in 1 2 3 4; do skip "$command: a full device ($i)" 'there is no /dev/full'; done
	fi
	runs 3 "$command: standard output is closed" sh -c "\"\$1\" $command \"\$2\" >&-" sh "$STIXPRESS" "$en"
	one '... is told' 'standard output: Bad file descriptor'
done
if [ -c /dev/full ]; then
	runs 3 'validate: standard output on a full device' sh -c '"$1" validate -q "$2" >/dev/full' sh "$STIXPRESS" "$bundle"
	one '... is told' 'standard output could not be written'
else
	skip 'validate: standard output on a full device' 'there is no /dev/full'
	skip '... is told' 'there is no /dev/full'
fi
mkdir "$T/small"
if mount -t tmpfs -o size=16k none "$T/small" 2>/dev/null; then
	echo kept >"$T/small/out.json"
	runs 3 'a full disk' "$STIXPRESS" convert -o "$T/small/out.json" "$en"
	one '... is told' 'small/out.json: No space left on device'
	is '... the old file stays, and nothing else' "$(ls -A "$T/small"; cat "$T/small/out.json")" "$(printf 'out.json\nkept')"
	umount "$T/small"
else
	for i in 1 2 3 4; do skip "a full disk ($i)" 'no tmpfs can be mounted here'; done
fi

done_testing
