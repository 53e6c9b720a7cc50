# corrections.json: an analyst's decisions survive a further conversion, and wrong ones are named.
. "$SRCDIR/tests/tap.sh"
mkdir "$T/feed"
cat >"$T/feed/feed.json" <<'END'
{ "name": "corrected", "identity": { "name": "A feed that is corrected", "class": "system", "created": "2031-01-01" } }
END
cat >"$T/text.txt" <<'END'
A quiet week

March 3, 2031

A group called Amber Heron uses the MossGate backdoor and the ReedPipe loader. Amber Heron may target Peru.
END

decide() {
	cat >"$T/feed/corrections.json"
	"$STIXPRESS" convert -q --feed "$T/feed" "$T/text.txt" >"$T/bundle.json" 2>"$T/err"
}
names() {
	jq -r '.objects[] | select(.type | IN("malware", "tool", "intrusion-set")) | .type + " " + .name' "$T/bundle.json"
}
links() {
	jq -r '(.objects | map({(.id): .name}) | add) as $n | .objects[] | select(.type == "relationship") |
		$n[.source_ref] + " " + .relationship_type + " " + $n[.target_ref] + " " + (.confidence | tostring)' "$T/bundle.json"
}

decide <<'END'
{ "corrections": [] }
END
is 'without a decision: what the text states' "$(names)" 'intrusion-set Amber Heron
malware MossGate
malware ReedPipe'
is '... and how it relates' "$(links | sort)" 'Amber Heron targets Peru 50
Amber Heron uses MossGate 90
Amber Heron uses ReedPipe 90'

decide <<'END'
{ "corrections": [
  { "by": "A. Nalyst", "at": "2031-03-04", "why": "a training sample", "reject": { "type": "malware", "name": "ReedPipe" } },
  { "by": "A. Nalyst", "at": "2031-03-04", "rename": { "name": "moss gate" }, "to": "MOSSGATE" },
  { "by": "A. Nalyst", "at": "2031-03-04", "retype": { "name": "MOSSGATE" }, "to": "tool" },
  { "by": "A. Nalyst", "at": "2031-03-04", "add": { "type": "malware", "name": "SandPiper" } },
  { "by": "A. Nalyst", "at": "2031-03-04", "add": {
    "source": { "name": "Amber Heron" }, "relationship": "uses", "target": { "name": "SandPiper" } } },
  { "by": "A. Nalyst", "at": "2031-03-04", "accept": {
    "source": { "name": "Amber Heron" }, "relationship": "targets", "target": { "name": "Peru" } } },
  { "by": "A. Nalyst", "at": "2031-03-04", "date": "2031-03-10", "reject": { "name": "Amber Heron" } },
  { "by": "A. Nalyst", "at": "2031-03-04", "reject": { "name": "Nothing of that name" } }
] }
END
is 'rejected, renamed, retyped, added' "$(names | sort)" 'intrusion-set Amber Heron
malware SandPiper
tool MOSSGATE'
is 'relationships follow; what was doubtful is sure' "$(links | sort)" 'Amber Heron targets Peru 100
Amber Heron uses MOSSGATE 90
Amber Heron uses SandPiper 100'
is 'who decided is the evidence' "$(jq -r '.objects[] | select(.name == "SandPiper") | .extensions[].evidence[0] | .by + " " + .at' \
	"$T/bundle.json")" 'A. Nalyst 2031-03-04'
runs 0 'the bundle is valid' "$STIXPRESS" validate "$T/bundle.json"
runs 0 'extract shows the facts as decided' "$STIXPRESS" extract --feed "$T/feed" "$T/text.txt"
has '... with the new name' "$T/out" MOSSGATE
cp "$T/out" "$T/facts.json"
runs 0 'and they convert' "$STIXPRESS" convert -q --feed "$T/feed" "$T/facts.json"
same '... to the same octets' "$T/out" "$T/bundle.json"

decide <<'END'
{ "corrections": [ { "by": "A. Nalyst", "reject": { "name": "ReedPipe" } } ] }
END
has 'a decision without a date is named with its place' "$T/err" 'corrections.json: line 1, column 20: /corrections/0: at is required'
decide <<'END'
{ "corrections": [ { "by": "A. Nalyst", "at": "2031-03-04" } ] }
END
has 'one that decides nothing too' "$T/err" 'corrections.json: line 1, column 20: /corrections/0'
runs 2 'that is a wrong feed' "$STIXPRESS" convert --feed "$T/feed" "$T/text.txt"
done_testing
