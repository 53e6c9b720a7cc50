# RSS and Atom: a document an item, with the feed's octets as its places.
. "$SRCDIR/tests/tap.sh"
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
feeds=$SRCDIR/tests/cli/rss
# pieces FILE FACTS: the octets that each piece of evidence names.
pieces() {
	jq -r '.. | objects | select(has("start")) | "\(.start) \(.end)"' "$2" | while read -r from to; do
		tail -c +$((from + 1)) "$1" | head -c $((to - from))
		echo
	done
}

# ---- RSS 2.0: CDATA, escaped markup, plain text
runs 0 'RSS 2.0' "$STIXPRESS" extract "$feeds/rss2.xml"
cp "$T/out" "$T/rss2.jsonl"
is 'a line an item' "$(wc -l <"$T/out" | tr -d ' ')" 4
jq -r '.document | "\(.date) \(.url) \(.title)"' "$T/rss2.jsonl" >"$T/heads"
cat >"$T/want" <<'END'
2024-06-11 https://lab.example/posts/1 Quiet Harbor & RustyNail ’again’
2024-05-06 https://lab.example/posts/0 Older
2024-06-01 https://lab.example/posts/p Plain
2024-06-02 https://lab.example/posts/last The title comes last
END
same 'date as written, address and title of each' "$T/heads" "$T/want"
pieces "$feeds/rss2.xml" "$T/rss2.jsonl" | sort -u >"$T/pieces"
cat >"$T/want" <<'END'
APT28 used the malware <b>Emotet</b> &mdash; see <a href="https://x.example/?a=1&amp;b=2">this</a>.
APT29 used &lt;em&gt;WellMess&lt;/em&gt; &amp;amp; hit AT&amp;amp;T&amp;#8230;
APT29 used a malware called WellMess.
Turla used the malware Kazuar.
END
same 'evidence is what stands in the file' "$T/pieces" "$T/want"
runs 0 'as it was read' "$STIXPRESS" extract --stop=doc "$feeds/rss2.xml"
has 'text of the third' "$T/out" "==> $feeds/rss2.xml, item 3 <=="
has 'a list in plain text keeps its lines' "$T/out" 'heading 2 [ioc-list]'
has 'the author' "$T/out" 'author: Jo Doe'
has 'the one in brackets' "$T/out" 'author: Ann Other'
hasnt 'the teaser stands back for the text' "$T/out" 'Teaser'
hasnt 'no element of another namespace counts' "$T/out" 'Wrong'
hasnt 'what the program that makes the feed adds states nothing' "$T/rss2.jsonl" 'APT31'
runs 0 'convert' "$STIXPRESS" convert -q "$feeds/rss2.xml"
cp "$T/out" "$T/direct"
while read -r line; do
	printf '%s\n' "$line" >"$T/one.json"
	"$STIXPRESS" validate "$T/one.json" >>"$T/said" 2>&1 || echo bad >>"$T/bad"
done <"$T/direct"
ok 'each line is a valid bundle' test ! -e "$T/bad"
runs 0 'convert of the facts' "$STIXPRESS" convert -q "$T/rss2.jsonl"
same 'gives the same' "$T/out" "$T/direct"
runs 0 'into a folder' "$STIXPRESS" convert -q -o "$T/folder" "$feeds/rss2.xml"
is 'a file each' "$(ls "$T/folder" | grep -c '^report--.*\.json$')" 4
runs 0 'facts into a folder' "$STIXPRESS" extract -o "$T/facts" "$feeds/rss2.xml"
is 'with numbers' "$(ls "$T/facts" | tr '\n' ' ')" 'rss2-1.facts.json rss2-2.facts.json rss2-3.facts.json rss2-4.facts.json '
: >"$T/file"
runs 2 'not into a file' "$STIXPRESS" convert -q -o "$T/file" "$feeds/rss2.xml"
empty 'which stays as it was' "$T/file"
runs 0 'from standard input' sh -c '"$1" convert -q - <"$2"' sh "$STIXPRESS" "$feeds/rss2.xml"
same 'the same' "$T/out" "$T/direct"

# ---- --since
runs 0 'since' "$STIXPRESS" extract --since 2024-06-02 "$feeds/rss2.xml"
is 'what is older is left out' "$(jq -r .document.date "$T/out" | tr '\n' ' ')" '2024-06-11 2024-06-02 '
has 'and counted' "$T/err" '2 items older than --since left out'
runs 2 'a day that does not exist' "$STIXPRESS" extract --since 2024-02-30 "$feeds/rss2.xml"
has 'is told' "$T/err" "--since: '2024-02-30' is not a day"

# ---- an item is the same however the feed grows
sed 's|<item>|<item><title>New</title><link>https://lab.example/new</link></item><item>|' "$feeds/rss2.xml" >"$T/grown.xml"
runs 0 'a feed that grew' "$STIXPRESS" extract "$T/grown.xml"
sed -n 2p "$T/out" | jq .document.sha256 >"$T/two"
sed -n 1p "$T/rss2.jsonl" | jq .document.sha256 >"$T/one"
same 'the item has the digest it had' "$T/one" "$T/two"

# ---- Atom and RSS 1.0
runs 0 'Atom' "$STIXPRESS" extract "$feeds/atom.xml"
jq -r '.document | "\(.date) \(.lang) \(.url) \(.title)"' "$T/out" >"$T/heads"
cat >"$T/want" <<'END'
2024-06-20 ja https://lab.example/atom/1 静かな港が <RustyNail> を使用
2024-06-19 en https://lab.example/atom/2 Text & nothing else
2024-06-18 en https://lab.example/atom/3 Markup as it stands
END
same 'date, language, address, title' "$T/heads" "$T/want"
pieces "$feeds/atom.xml" "$T/out" | sort -u >"$T/pieces"
cat >"$T/want" <<'END'
APT28 used the malware <b>Emotet</b> against <i>banks</i>.
APT29 used the tool Mimikatz &amp; WellMess &lt;again&gt;.
攻撃グループ「APT28」は、マルウェア「Emotet」を使用した。
END
same 'evidence' "$T/pieces" "$T/want"
runs 0 'RSS 1.0, in Shift_JIS' sh -c 'sed s/UTF-8/Shift_JIS/ "$1" | iconv -f UTF-8 -t CP932 >"$2" && "$3" extract "$2"' sh \
	"$feeds/rdf.xml" "$T/rdf.xml" "$STIXPRESS"
is 'date, language, address' "$(jq -r '.document | "\(.date) \(.lang) \(.url)"' "$T/out")" '2024-06-26 ja https://lab.example/rdf/1'
is 'evidence' "$(pieces "$T/rdf.xml" "$T/out" | iconv -f CP932 -t UTF-8 | sort -u)" '攻撃グループ「APT28」は、マルウェア「Emotet」を使用した。'

# ---- what is wrong
head -c 1000 "$feeds/rss2.xml" >"$T/cut.xml"
runs 1 'a feed that was cut off' "$STIXPRESS" convert "$T/cut.xml"
has 'is told with its line' "$T/err" "$T/cut.xml: malformed XML in line "
runs 0 'leniently' "$STIXPRESS" convert -q --lenient "$T/cut.xml"
is 'what is whole is read' "$(wc -l <"$T/out" | tr -d ' ')" 1
cat >"$T/laughs.xml" <<'END'
<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss version="2.0"><channel><item><title>&b;</title></item></channel></rss>
END
runs 1 'entities of its own' "$STIXPRESS" convert "$T/laughs.xml"
has 'are refused' "$T/err" 'the feed declares an entity (a)'
printf '<rss version="2.0"><channel><title>x</title></channel></rss>' >"$T/none.xml"
runs 0 'no items' "$STIXPRESS" convert "$T/none.xml"
empty 'give no bundle' "$T/out"
has 'which is said' "$T/err" 'none.xml: the feed has no items'
printf '<rss version="2.0"><channel><item/><item><title> </title></item></channel></rss>' >"$T/blank.xml"
runs 0 'items without anything' "$STIXPRESS" extract "$T/blank.xml"
is 'are documents that say nothing' "$(jq -c '[.entities, .observables]' "$T/out" | sort -u)" '[[],[]]'
runs 0 'a page is no feed' sh -c 'echo "<html><p>APT28 used Emotet.</p></html>" | "$1" extract -' sh "$STIXPRESS"
runs 1 'a text that is said to be one' "$STIXPRESS" extract --as rss "$SRCDIR/README.md"
done_testing
