# Real texts against the judgement of a careful analyst, by the scorer that lies beside them. The thresholds are what is reached.
. "$SRCDIR/tests/tap.sh"
dev=$STIXPRESS_SHARED/eval/dev
[ -f "$STIXPRESS_SHARED/eval/score.py" ] || skip_all "the texts are not there: $STIXPRESS_SHARED/eval"

# score NAME MIN-INDICATOR MIN-ENTITY MIN-RELATION MIN-EVIDENCE
score() {
	runs 0 "$1: convert" "$STIXPRESS" convert "$dev/$1.txt" -o "$T/$1.json"
	runs 0 "$1: valid" "$STIXPRESS" validate --strict --disable uuid-check,based-on-observable,extref-hashes "$T/$1.json"
	runs 0 "$1: F1 at least $2 (indicators), $3 (entities), $4 (relationships); evidence $5; nothing extra" \
		python3 "$STIXPRESS_SHARED/eval/score.py" "$dev/$1.gold.json" "$T/$1.json" -v \
		--min-indicator-f1 "$2" --min-entity-f1 "$3" --min-relation-f1 "$4" --min-evidence "$5" --max-extra 0
}
score seed.ja 1 1 1 1
score secnews-a.ja 1 0.98 0.98 0.98
score lab52-2022-01-24.en 1 0.98 0.98 0.95

# The seed's own traps.
seed=$T/seed.ja.json
hasnt 'no residue of an icon anywhere' "$seed" popup_icon
hasnt 'none is no name' "$seed" '"なし"'
for wrong in 2562d1a0 2569b2eb 2569be21 256a024a 2560e226; do
	hasnt "the label's digits are not the hash's: $wrong" "$seed" "'$wrong"
done

# The lists that a vendor published: values found and values that it does not have.
runs 0 'indicator lists' python3 "$STIXPRESS_SHARED/eval/score_ioc.py" "$STIXPRESS_SHARED/eval/ioc" "$STIXPRESS convert -q {}"
cp "$T/out" "$T/ioc"
sed 's/^/# /' "$T/ioc"
ok 'every hash, and nothing else' grep -q 'hash .*(1.0000), not in the list 0' "$T/ioc"
ok 'every domain, and nothing else' grep -q 'domain .*(1.0000), not in the list 0' "$T/ioc"
done_testing
