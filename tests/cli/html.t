# HTML: the text of a page and nothing around it; places are octets of the page.
. "$SRCDIR/tests/tap.sh"
pages=$SRCDIR/tests/cli/html
runs 0 'a blog' "$STIXPRESS" extract --stop=doc "$pages/blog.html"
cp "$T/out" "$T/blog"
for head in 'title: Quiet Harbor returns with RustyNail' 'author: Jo Doe' 'url: https://lab.example/blog/quiet-harbor/' \
	'date: 2024-06-13' 'encoding UTF-8, language en'; do
	has "$head" "$T/blog" "$head"
done
sed -n 's/^  s[0-9]* [0-9-]* //p' "$T/blog" >"$T/text"
cat >"$T/want" <<'END'
Quiet Harbor returns with RustyNail
The group APT28 used the malware Emotet against banks inside Germany,
and it talked to evil[.]badhost[.]com.
Turla used the tool Mimikatz & nothing else.
Indicators of Compromise
Type | Value | Note
Domain | one[.]badhost[.]net two[.]badhost[.]net | first second
MD5 | 9e107d9d372bb6826bd81d3542a419d6 | loader
evil-one[.]badhost[.]org
evil-two[.]badhost[.]org
hxxps://three[.]badhost[.]org/gate.php
END
same 'the text: no navigation, share bar, banner, hidden text, tags, related posts, comments' "$T/text" "$T/want"
has 'the list of indicators is one' "$T/blog" 'heading 2 [ioc-list]'
runs 0 'facts' "$STIXPRESS" extract "$pages/blog.html"
cp "$T/out" "$T/facts.json"
is 'of the actors, those of the text' "$(jq -r '.entities[] | select(.type == "intrusion-set") | .name' "$T/facts.json" |
	tr '\n' ' ')" 'APT28 Turla '
is 'all indicators' "$(jq '[.observables[] | select(.indicator)] | length' "$T/facts.json")" 7
first=$(jq -r '.entities[] | select(.name == "APT28") | .evidence[0] | "\(.start) \(.end)"' "$T/facts.json")
tail -c +$((${first% *} + 1)) "$pages/blog.html" | head -c $((${first#* } - ${first% *})) >"$T/piece"
has 'a sentence is where it says' "$T/piece" \
	'The group APT28<sup><a href="#fn1">1</a></sup> used the malware <strong>Emotet</strong>&nbsp;against'
hasnt 'and goes no further' "$T/piece" '<br>'

iconv -f UTF-8 -t CP932 "$pages/old.html" >"$T/old.html"
runs 0 'tables that arrange a page, elements that are not closed, Shift_JIS' "$STIXPRESS" extract --stop=doc "$T/old.html"
has 'the encoding it names' "$T/out" 'encoding Shift_JIS, language ja'
has 'its date' "$T/out" 'date: 2024-06-26'
has 'a table of data inside' "$T/out" 'ドメイン | evil[.]badhost[.]com'
has 'below its heading' "$T/out" 'row [ioc-list]'
hasnt 'no menu' "$T/out" '一覧'

# ---- pages that say of everything that it is no text, or of nothing that it is
printf '<html><body class="sidebar"><div class="widget related"><p>APT28 used Emotet.</p></div></body></html>' >"$T/all.html"
runs 0 'a page of a widget' "$STIXPRESS" extract "$T/all.html"
has 'is its text' "$T/out" '"name": "APT28"'
printf '<p>APT28 used Emotet.<table><tr><td>a<td>b<tr><td><h2>c</h2><td>d</table>' >"$T/bare.html"
runs 0 'no head, no body, nothing closed' "$STIXPRESS" extract --stop=doc "$T/bare.html"
has 'a table with a heading arranges' "$T/out" 'heading 2 [-]'
printf '<html><body><main><article><p>%s</p></article><article><p>%s</p></article></main></body></html>' \
	'APT28 used Emotet against banks.' 'APT29 used WellMess against banks.' >"$T/two.html"
runs 0 'two articles of one size' "$STIXPRESS" extract "$T/two.html"
has 'are both the text' "$T/out" '"name": "APT28"'
has 'are both the text' "$T/out" '"name": "APT29"'
printf '<html><body><h1>A title</h1>%s<section id="related-malware"><h2>Related malware</h2><p>%s</p></section>%s</body></html>' \
	'<div class="elementor-widget elementor-widget-text-editor"><p>APT28 used Emotet against banks.</p></div>' \
	'APT29 used WellMess against banks.' '<div id="related-posts" class="grid"><p>APT33 used Shamoon.</p></div>' >"$T/ids.html"
runs 0 'names of classes that sound alike' "$STIXPRESS" extract "$T/ids.html"
has 'a page builder' "$T/out" '"name": "APT28"'
has 'an id made of a heading' "$T/out" '"name": "APT29"'
hasnt 'other posts' "$T/out" '"name": "APT33"'
done_testing
