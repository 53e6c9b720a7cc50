# extract and convert: what they write, where, and how they end.
. "$SRCDIR/tests/tap.sh"
feed=$SRCDIR/feeds/talos
en=$feed/newsletters/2024-06-13.en.txt
ja=$feed/newsletters/2024-06-26.ja.txt
facts=$SRCDIR/tests/golden/translated/facts.json
SOURCE_DATE_EPOCH=1700000000
export SOURCE_DATE_EPOCH

# ---- convert(extract(x)) is convert(x)
for text in "$en" "$ja"; do
	name=${text##*/}
	runs 0 "$name: extract" "$STIXPRESS" extract --feed "$feed" "$text"
	cp "$T/out" "$T/facts.json"
	runs 0 "$name: convert the text" "$STIXPRESS" convert --feed "$feed" "$text"
	cp "$T/out" "$T/direct.json"
	runs 0 "$name: convert the facts" "$STIXPRESS" convert --feed "$feed" "$T/facts.json"
	same "$name: both give the same octets" "$T/out" "$T/direct.json"
	runs 0 "$name: extract of the facts" "$STIXPRESS" extract "$T/facts.json"
	same "$name: gives the facts again" "$T/out" "$T/facts.json"
	runs 0 "$name: the bundle is valid" "$STIXPRESS" validate "$T/direct.json"
	has "$name: its date is the edition's" "$T/direct.json" "\"published\": \"${name%%.*}T00:00:00.000Z\""
done
runs 0 'twice the same' "$STIXPRESS" convert --feed "$feed" "$ja"
same 'octet for octet' "$T/out" "$T/direct.json"

# ---- stages
runs 0 'the text as it was read' "$STIXPRESS" extract --stop=doc "$en"
has 'says its language' "$T/out" 'language en'
runs 0 'the mentions' "$STIXPRESS" extract --stop=mentions "$en"
has 'with octets, type, value and rule' "$T/out" '377-394	campaign	Operation Endgame	'
runs 0 'the candidates' "$STIXPRESS" extract --explain "$en"
has 'are on standard error' "$T/err" 'campaign Operation Celestial Force'
cp "$T/out" "$T/explained"
runs 0 'without them' "$STIXPRESS" extract "$en"
same 'the facts are the same' "$T/out" "$T/explained"
runs 2 'no such stage' "$STIXPRESS" extract --stop=bundle "$en"

# ---- where the output goes
runs 0 'a file' "$STIXPRESS" convert -o "$T/one.json" "$facts"
empty 'nothing is on standard output' "$T/out"
cp "$T/err" "$T/said"
runs 0 'it is a bundle' "$STIXPRESS" validate "$T/one.json"
cp "$T/said" "$T/err"
has 'a summary on standard error' "$T/err" 'Campaigns         1  Operation Endgame'
runs 0 'quietly' "$STIXPRESS" convert -q "$facts"
same 'standard output is the same bundle' "$T/out" "$T/one.json"
empty 'and nothing is on standard error' "$T/err"
runs 0 'several inputs' "$STIXPRESS" convert "$en" "$ja"
is 'are a line each' "$(wc -l <"$T/out" | tr -d ' ')" 2
runs 0 'several inputs and a folder' "$STIXPRESS" convert -o "$T/many" "$en" "$ja"
is 'are a file each' "$(ls "$T/many" | grep -c '^report--.*\.json$')" 2
runs 2 'several inputs and a file' "$STIXPRESS" convert -o "$T/one.json" "$en" "$ja"
runs 1 'two inputs with the same report' "$STIXPRESS" convert -o "$T/twice" "$en" "$en"
has 'says which' "$T/err" 'give the same report'
runs 3 'a folder that is not there' "$STIXPRESS" convert -o "$T/no/such/file.json" "$facts"
runs 0 'standard input' sh -c '"$1" convert -q - <"$2"' sh "$STIXPRESS" "$facts"
same 'the same bundle' "$T/out" "$T/one.json"

# ---- what is said
runs 0 'verbosely' "$STIXPRESS" convert -v "$facts"
has 'each relationship with its sentence' "$T/err" 'Operation Endgame mitigates IcedID: "Operation Endgame は IcedID を停止させた。"'
has 'notices' "$T/err" 'octet 700: 63 hexadecimal digits: one is missing (near-hash)'
has 'and what was left out' "$T/err" 'left out: location Nowhere'
sed '/"date": "2024-06-26"/d' "$facts" >"$T/undated.json"
runs 0 'no date' "$STIXPRESS" convert "$T/undated.json"
has 'SOURCE_DATE_EPOCH gives it' "$T/out" '"published": "2023-11-14T22:13:20.000Z"'
hasnt 'without a warning' "$T/err" 'warning'
runs 0 'no date but --now' "$STIXPRESS" convert --now 2024-07-01T12:00:00Z "$T/undated.json"
has 'it is taken' "$T/out" '"published": "2024-07-01T12:00:00.000Z"'
runs 0 'the clock' env -u SOURCE_DATE_EPOCH "$STIXPRESS" convert "$T/undated.json"
has 'is taken with a warning' "$T/err" 'warning: '
runs 0 'the date that is asked for' "$STIXPRESS" convert --date 2024-05-01 "$facts"
has 'is taken' "$T/out" '"published": "2024-05-01T00:00:00.000Z"'
runs 2 'a day that does not exist' "$STIXPRESS" convert --date 2024-02-30 "$facts"

# ---- switches
runs 0 'no course-of-action' "$STIXPRESS" convert --no-course-of-action "$facts"
hasnt 'there is none' "$T/out" '"type": "course-of-action"'
runs 0 'no campaign' "$STIXPRESS" convert --no-campaign "$facts"
hasnt 'there is none' "$T/out" '"type": "campaign"'
runs 2 'neither' "$STIXPRESS" convert --no-campaign --no-course-of-action "$facts"
runs 0 'a least confidence' "$STIXPRESS" convert --min-confidence 50 "$facts"
hasnt 'what is below is left out' "$T/out" '"name": "Unsure"'

# ---- versions (STIX 3.6)
old=$T/versions
mkdir "$old"
runs 0 'a first publication' "$STIXPRESS" convert -q -o "$old/1.json" "$facts"
runs 0 'the same again, later' "$STIXPRESS" convert -q --previous "$old/1.json" --now 2024-08-01T00:00:00Z "$facts"
same 'is the same bundle' "$T/out" "$old/1.json"
sed 's/IcedID を停止/IcedID を解体/' "$facts" >"$T/corrected.json"
runs 0 'a correction' "$STIXPRESS" convert -q --previous "$old/1.json" --now 2024-08-01T00:00:00Z "$T/corrected.json"
cp "$T/out" "$T/second.json"
# type, created, modified of what the pattern names
versions() {
	awk -v want="$2" '/^      "type":/{t=$2} /^      "created":/{c=$2} /^      "modified":/{m=$2} index($0, want){print t c m}' "$1" |
	    tr -d '",' | sort -u
}
is 'what it changes gets the present' "$(versions "$T/second.json" '      "name": "IcedID"')" \
	'malware2024-06-26T00:00:00.000Z2024-08-01T00:00:00.000Z'
is 'what it leaves keeps its version' "$(versions "$T/second.json" '      "name": "W32.Example::1201"')" \
	"$(versions "$old/1.json" '      "name": "W32.Example::1201"')"
runs 0 'the clock behind the version' "$STIXPRESS" convert -q --previous "$old/1.json" --now 2020-01-01T00:00:00Z "$T/corrected.json"
has 'a version is later than the one before' "$T/out" '"modified": "2024-06-26T00:00:00.001Z"'
sed 's/"indicator": true/"indicator": false/' "$facts" >"$T/fewer.json"
runs 0 'indicators are gone' "$STIXPRESS" convert -q --previous "$old/1.json" --now 2024-08-01T00:00:00Z "$T/fewer.json"
cp "$T/out" "$T/third.json"
is 'they and their relationships are revoked, nothing else' "$(grep -B6 '"revoked": true' "$T/third.json" | grep '"type"' |
	sort | uniq -c | tr -s ' ' | tr -d '",')" "$(printf ' 2 type: indicator\n 4 type: relationship')"
runs 0 'the bundle is valid' "$STIXPRESS" validate "$T/third.json"
cp "$T/third.json" "$old/1.json"
runs 0 'they come back' "$STIXPRESS" convert -q --previous "$old" --now 2024-09-01T00:00:00Z "$facts"
hasnt 'nothing revoked returns' "$T/out" '"revoked": true'
revoked=$(grep -B6 '"revoked": true' "$T/third.json" | sed -n 's/^      "id": "\(indicator.*\)",/\1/p' | head -n 1)
hasnt 'they have other ids' "$T/out" "$revoked"
runs 1 'a previous bundle that is none' "$STIXPRESS" convert --previous "$facts" "$facts"

# ---- wrong input
runs 3 'a file that is not there' "$STIXPRESS" convert "$T/nothing.txt"
: >"$T/empty.txt"
runs 1 'an empty file' "$STIXPRESS" convert "$T/empty.txt"
sed 's/"type": "campaign"/"type": "campain"/' "$facts" >"$T/wrong.json"
runs 1 'facts with a wrong type' "$STIXPRESS" convert "$T/wrong.json"
has 'name the place' "$T/err" "/entities/1/type: 'campain' is no type of domain object"
runs 1 'facts that are no JSON' "$STIXPRESS" convert --as facts "$en"
has 'name line and column' "$T/err" 'line 1, column 1'
runs 3 'a feed that is not there' "$STIXPRESS" convert --feed "$T" "$facts"
runs 1 'one wrong input among others' "$STIXPRESS" convert "$en" "$T/wrong.json" "$ja"
is 'does not keep the others back' "$(wc -l <"$T/out" | tr -d ' ')" 2
echo kept >"$T/old.json"
runs 1 'a failure' "$STIXPRESS" convert -o "$T/old.json" "$T/wrong.json"
is 'leaves the old file' "$(cat "$T/old.json")" kept
done_testing
