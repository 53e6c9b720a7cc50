# PDFs: their text, by stixpress-pdf; places count in what --stop=doc prints.
. "$SRCDIR/tests/tap.sh"
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
made=$SRCDIR/tests/cli/pdf
printf '%%PDF-1.7\nnothing more\n' >"$T/broken.pdf"
runs 3 'without the program that reads them' env STIXPRESS_PDF="$T/no-such-program" "$STIXPRESS" convert "$T/broken.pdf"
has 'which is told' "$T/err" 'broken.pdf: this is a PDF, and the program that reads them, stixpress-pdf, is not here'
if [ ! -x "$BUILDDIR/stixpress-pdf" ]; then
	skip 'all about PDFs' 'built without poppler-glib'
	done_testing
fi
# made_pdf NAME: $T/NAME.pdf of its lines.
made_pdf() {
	python3 "$SRCDIR/tests/tools/mkpdf.py" <"$made/$1.spec" >"$T/$1.pdf"
}
made_pdf report
made_pdf table

# ---- text
runs 0 'a report' "$STIXPRESS" extract --stop=doc "$T/report.pdf"
cp "$T/out" "$T/report.txt"
cat >"$T/want" <<'END'
# Quiet Harbor uses RustyNail against several banks

APT28 used the malware Emotet against banks in Germany, and the campaign went on for months before anybody saw what
the group was doing there. The group is well known, and its spear-phishing is well-known too.

A second paragraph begins here and tells of a server at hxxps://evil[.]badhost[.]com/path-to/file and of nothing else
that would be of any interest to any of the people who read APT29 reports.

### Indicators of Compromise

#### Hashes

e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
9e107d9d372bb6826bd81d3542a419d6
e4d909c290d0fb1ca068ffaddf22cbd0

evil[.]badhost[.]com
bad[.]badhost[.]net

END
head -n 17 "$T/report.txt" | sed 's/ saw what the/ saw what\nthe/; s/ nothing else that/ nothing else\nthat/' \
	>"$T/got"
same 'rows are paragraphs, hyphens and halves of values joined, heads and page numbers gone' "$T/got" "$T/want"
is 'two form feeds divide three pages' "$(tr -dc '\f' <"$T/report.txt" | wc -c | tr -d ' ')" 2
has 'wide characters are joined without a blank' "$T/report.txt" '攻撃グループ「APT28」は、マルウェア「Emotet」を使用した。'
runs 0 'a table' "$STIXPRESS" extract --stop=doc "$T/table.pdf"
has 'is rows of cells' "$T/out" '| Domain | evil[.]badhost[.]com | C2 of Emotet |'
has 'a cell with two halves of one hash' "$T/out" '| SHA256 | e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b866 | Payload |'
has 'columns of text are none' "$T/out" 'Right column text that is here and it goes on in its second line too, until it ends.'

printf '%s\n' page '20b 72 60 A title of it' '14b 72 90 2' '14b 110 90 What was seen' '11 72 120 They conﬁrm the ﬂow of e‑mail.' |
	python3 "$SRCDIR/tests/tools/mkpdf.py" >"$T/plain.pdf"
runs 0 'ligatures and hyphens' "$STIXPRESS" extract --stop=doc "$T/plain.pdf"
has 'are what people type' "$T/out" 'They confirm the flow of e-mail.'
has 'a number stands before its heading' "$T/out" '## 2 What was seen'

# ---- facts
runs 0 'facts' "$STIXPRESS" extract "$T/report.pdf"
cp "$T/out" "$T/facts.json"
is 'digest and size are those of the PDF' "$(jq -r '.document | "\(.sha256) \(.bytes)"' "$T/facts.json")" \
	"$(sha256sum <"$T/report.pdf" | cut -d ' ' -f 1) $(wc -c <"$T/report.pdf" | tr -d ' ')"
is 'title of the text, date of the PDF' "$(jq -r '.document | "\(.date) \(.title)"' "$T/facts.json")" \
	'2024-06-13 Quiet Harbor uses RustyNail against several banks'
jq -r '.. | objects | select(has("start")) | "\(.start) \(.end) \(.page) \(.text)"' "$T/facts.json" | while read -r from to page text; do
	piece=$(tail -c +$((from + 1)) "$T/report.txt" | head -c $((to - from)))
	[ "$piece" = "$text" ] || echo "$piece"
	[ "$(head -c "$from" "$T/report.txt" | tr -dc '\f' | wc -c)" -eq $((page - 1)) ] || echo "$text: not on page $page"
done >"$T/wrong"
empty 'places count in the text, with their pages' "$T/wrong"
is 'of all pages' "$(jq -r '.. | .page? // empty' "$T/facts.json" | sort -u | tr '\n' ' ')" '1 2 3 '
runs 0 'convert' "$STIXPRESS" convert -q "$T/report.pdf"
cp "$T/out" "$T/direct.json"
has 'the bundle has pages' "$T/direct.json" '"page": 3'
runs 0 'it is valid' "$STIXPRESS" validate "$T/direct.json"
runs 0 'convert of the facts' "$STIXPRESS" convert -q "$T/facts.json"
same 'gives the same' "$T/out" "$T/direct.json"
runs 0 'from standard input' sh -c '"$1" convert -q --as pdf - <"$2"' sh "$STIXPRESS" "$T/report.pdf"
same 'gives the same' "$T/out" "$T/direct.json"
runs 0 'several at a time' "$STIXPRESS" convert -q -j 2 "$T/report.pdf" "$T/table.pdf"
is 'a line each' "$(wc -l <"$T/out" | tr -d ' ')" 2

# ---- what cannot be read
runs 1 'a broken PDF' "$STIXPRESS" convert "$T/broken.pdf"
has 'is told' "$T/err" 'broken.pdf: this is no PDF that can be read'
printf 'page\nimage\n' | python3 "$SRCDIR/tests/tools/mkpdf.py" >"$T/image.pdf"
runs 1 'pages that are images' "$STIXPRESS" convert "$T/image.pdf"
has 'have no text' "$T/err" 'image.pdf: there is no text in the PDF: its pages are images, or empty'
key=28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a
sed "s|/Info|/Encrypt << /Filter /Standard /V 1 /R 2 /O <$key> /U <$key> /P -4 >> /Info|" \
	"$T/report.pdf" >"$T/locked.pdf"
runs 1 'a PDF with a password' "$STIXPRESS" convert "$T/locked.pdf"
has 'is told' "$T/err" 'locked.pdf: the PDF is encrypted: it needs a password'
runs 1 'a text that is said to be a PDF' "$STIXPRESS" convert --as pdf "$SRCDIR/README.md"
has 'is none' "$T/err" 'README.md: this is no PDF that can be read'
printf '#!/bin/sh\nexit 7\n' >"$T/dies"
chmod +x "$T/dies"
runs 1 'a program that dies' env STIXPRESS_PDF="$T/dies" "$STIXPRESS" convert "$T/report.pdf"
has 'is told of' "$T/err" 'could not read this PDF (it ended with status 7)'
done_testing
