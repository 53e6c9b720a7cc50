# Sections are recognised by their headings, in both languages, whatever the text is written in.
. "$SRCDIR/tests/tap.sh"
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
# a line each: "h HEADING" or "p PARAGRAPH" or "v VALUE"
cat >"$T/en" <<'END'
t The week in threats
h The one big thing
p APT28 used the malware Emotet against banks in Germany, and the campaign went on for months.
h Why do I care?
p Banks hold money, and Turla used the tool Mimikatz to get at it.
h So now what?
p Patch the servers that can be reached from outside and look for what is listed below.
h Top security headlines of the week
p APT29 used the malware WellMess against a ministry.
h Upcoming events
p APT32 used the malware Denis, as we will show at a conference in Vienna this summer.
h Indicators of compromise
v evil[.]badhost[.]com
v 9e107d9d372bb6826bd81d3542a419d6
END
cat >"$T/ja" <<'END'
t 今週の脅威
h 重要な情報
p 攻撃グループ「APT28」は、マルウェア「Emotet」を使用して銀行を攻撃した。
h 注意すべき理由
p 攻撃グループ「Turla」は、ツール「Mimikatz」を使用した。
h 必要な対策
p 外部から到達できるサーバーを更新し、以下の一覧にあるものを探してください。
h 今週のセキュリティ関連のトップニュース
p 攻撃グループ「APT29」は、マルウェア「WellMess」を使用した。
h 参加予定のイベント
p 攻撃グループ「APT32」は、マルウェア「Denis」を使用した。これについて発表する。
h 侵害の痕跡
v evil[.]badhost[.]com
v 9e107d9d372bb6826bd81d3542a419d6
END
as_txt() {
	sed 's/^t //; s/^h \(.*\)/\n\1\n/; s/^[pv] //; 1s/$/\n/' "$1"
}
as_md() {
	sed 's/^t \(.*\)/# \1\n/; s/^h \(.*\)/\n## \1\n/; s/^p //; s/^v /- /' "$1"
}
as_html() {
	echo '<!DOCTYPE html><html><body>'
	sed 's|^t \(.*\)|<h1>\1</h1>|; s|^h \(.*\)|<h2>\1</h2>|; s|^p \(.*\)|<p>\1</p>|; s|^v \(.*\)|<ul><li>\1</li></ul>|' "$1"
	echo '</body></html>'
}
as_rss() {
	echo '<rss version="2.0"><channel><item>'
	sed -n 's|^t \(.*\)|<title>\1</title>|p' "$1"
	echo '<description><![CDATA['
	sed '/^t /d; s|^h \(.*\)|<h2>\1</h2>|; s|^p \(.*\)|<p>\1</p>|; s|^v \(.*\)|\1<br>|' "$1"
	echo ']]></description></item></channel></rss>'
}
as_pdf() {
	{ echo page; awk '{ kind = $1; sub(/^. /, ""); y += kind == "h" ? 34 : kind == "p" ? 22 : 16
		print (kind == "t" ? "20b" : kind == "h" ? "14b" : kind == "p" ? 10 : 9), 60, 40 + y, $0 }' "$1"; } |
		python3 "$SRCDIR/tests/tools/mkpdf.py"
}
# The heading of each section and what it is taken for; then what was found.
found() {
	awk '/^heading/ { role = $NF; getline; sub(/^ *s[0-9]* [0-9-]* /, ""); print role, $0 }'
}
formats='txt md html rss'
[ -x "$BUILDDIR/stixpress-pdf" ] && formats="$formats pdf"
for lang in en ja; do
	for format in $formats; do
		"as_$format" "$T/$lang" >"$T/$lang.$format"
		runs 0 "$lang, $format" "$STIXPRESS" extract "$T/$lang.$format"
		jq -r '.document.title, (.entities[] | "\(.type) \(.name)"), (.observables[] | "\(.type) \(.indicator)")' "$T/out" |
			sort >"$T/$lang.$format.facts"
		if [ "$format" != pdf ]; then
			"$STIXPRESS" extract --stop=doc "$T/$lang.$format" | found >"$T/$lang.$format.roles"
			same '... has the sections it has in plain text' "$T/$lang.$format.roles" "$T/$lang.txt.roles"
		fi
		same '... states what it states in plain text' "$T/$lang.$format.facts" "$T/$lang.txt.facts"
	done
	is "$lang: each section is known" "$(sed 's/ .*//' "$T/$lang.txt.roles" | tr '\n' ' ')" \
		'[lead] [why] [advice] [headlines] [events] [ioc-list] '
	has 'what is listed is an indicator' "$T/$lang.txt.facts" 'domain-name true'
	hasnt 'what is said of events states nothing' "$T/$lang.txt.facts" 'APT32'
done
done_testing
