# Texts that nobody writes: each converts in a time that grows with its length, or is refused by the name of its limit.
. "$SRCDIR/tests/tap.sh"
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH
cd "$T" || exit 1
patience=60	# seconds; each takes well under one, and under sanitizers a few
# many OCTETS WORDS: the words over and over; %d is a number that grows, %h an MD5 that changes
many() {
	python3 - "$1" "$2" >in.txt <<'END'
import sys
room, words, i = int(sys.argv[1]), sys.argv[2], 0
while room > 0:
    i += 1
    text = words.replace("%d", str(i)).replace("%h", "%032x" % (i * 7919)).encode()
    sys.stdout.buffer.write(text)
    room -= len(text)
END
}
# one line each; \n is a line end
while read -r words; do
	words=$(printf '%b_' "$words") words=${words%_}
	many 262144 "$words"
	runs 0 "256 KiB of '$(printf '%s' "$words" | tr '\n' '/')'" timeout $patience "$STIXPRESS" convert -q --as text -o out.json in.txt
done <<'END'
.
0123456789abcdef
hxxp[
「
A\0040
Operation A\0040
、
1.2.3.4 at\0040
[.](
a@
..\\\\
HKLM\\\\a
http://a.b/
::a
**
|a|b|\n
# h\n
- x\n
APT28 used Emotet.\0040
APT28 used Emotet.\n\n
tracked as Zorbo%d,\0040
The malware tracked as Zorb%d was used by a group tracked as Mirb%d.\0040
The malware tracked as Zorb%d was used by a group tracked as Mirb%d.\n\n
攻撃グループ「Zorb%d」はマルウェア「Mirb%d」を使用した。
It used it. It did not.\0040
MD5: %h\nFilename: a%d.exe\nDetection Name: W32.a%d\n\n
%h\n
%h\0040
hxxps://z%d.example[.]com/%d\0040
CVE-2024-1%d exploited by UNC%d.\0040
T1059.001 and T1566 and\0040
END

# ---- what is past a limit
many 2300000 'CVE-2024-1%d '
runs 1 'too many things' timeout $patience "$STIXPRESS" convert -o none.json --as text in.txt
has '... names the limit' "$T/err" 'things; the limit is 100000 of one document (LIMIT_STATED)'
{
	many 3900 'UNC1%d and '
	i=0
	while [ $((i += 1)) -le 115 ]; do
		cat in.txt
		printf 'UNC1 used Emotet, IcedID, TrickBot, LockBit. \n\n'
	done
} >long.txt
runs 1 'too much evidence' timeout $patience "$STIXPRESS" convert -o none.json --as text long.txt
has '... names the limit' "$T/err" 'MiB (LIMIT_QUOTED)'
is '... and leaves nothing' "$(ls | grep -c none)" 0

# ---- what is longer than a sentence is quoted around what it is evidence of, and states no relationship
{
	many 10000 'the fox went home '
	cat in.txt
	printf '%s' 'APT28 used Emotet with d41d8cd98f00b204e9800998ecf8427f '
	cat in.txt
} >long.txt
runs 0 'a long line' "$STIXPRESS" extract --as text long.txt
is '... is quoted in part' "$(jq -r '[.. | .evidence? // empty | .[] | select(.end - .start > 500 or .text == "")] | length' "$T/out")" 0
is '... around the place' "$(jq -r '.observables[].evidence[].text | test("d41d8cd98f00b204e9800998ecf8427f")' "$T/out")" true
is '... with the octets of the place' "$(jq -r '.observables[].evidence[] | "\(.start) \(.end)"' "$T/out" | while read -r from to; do
	tail -c +$((from + 1)) long.txt | head -c $((to - from)); done)" "$(jq -r '.observables[].evidence[].text' "$T/out")"
is '... and relates nothing' "$(jq '.relationships | length' "$T/out")" 0

# ---- one line of 60 MiB
many 1048576 'the fox had d41d8cd98f00b204e9800998ecf8427f and the dog did not like it at all so they went home and slept for many hours '
i=0
while [ $i -lt 60 ]; do
	cat in.txt
	i=$((i + 1))
done >long.txt
is 'a line of 60 MiB' "$(wc -l <long.txt | tr -d ' ')" 0
runs 0 '... converts' timeout 300 "$STIXPRESS" convert -q --as text -o out.json long.txt
has '... to what stands in it' out.json '"MD5": "d41d8cd98f00b204e9800998ecf8427f"'
done_testing
