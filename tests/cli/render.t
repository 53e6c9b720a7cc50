# render: what a target gets, and what is lost.
. "$SRCDIR/tests/tap.sh"
cd "$T" || exit 1
bundle=$SRCDIR/feeds/talos/2024-06-13.en.bundle.json

for kind in taxii directory; do
	runs 0 "$kind" "$STIXPRESS" render "$bundle" --to $kind
	same "$kind: the bundle as it is" "$T/out" "$bundle"
	empty "$kind: nothing is lost" "$T/err"
done
runs 0 'opencti' "$STIXPRESS" render "$bundle" --to opencti
has 'what is lost is told' "$T/err" '1 extension-definition dropped'
has 'the evidence too' "$T/err" 'evidence extension dropped'
hasnt 'nothing has an extension' "$T/out" '"extensions"'
is 'the sentence of a relationship stays in its description' \
	"$(jq '[.objects[] | select(.type == "relationship" and (.description // "") == "")] | length' "$T/out")" 0
hasnt 'no TLP 2 marking' "$T/out" 94868c89-83c2-464b-929b-a1a8aa3c8487
is 'TLP 1 instead, one object' "$(jq -c '[.objects[] | select(.type == "marking-definition") | [.id, .name, .definition.tlp]]' "$T/out")" \
	'[["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9","TLP:WHITE","white"]]'
is 'everything that refers to something refers to something there' "$(jq -c '(.objects | map(.id)) as $ids |
	[.objects[] | (.object_marking_refs // [])[], (.object_refs // [])[], (.source_ref // empty), (.target_ref // empty),
	(.created_by_ref // empty)] - $ids' "$T/out")" '[]'
is 'a score for every indicator' "$(jq '[.objects[] | select(.type == "indicator" and .x_opencti_score != .confidence)] | length' \
	"$T/out")" 0
is 'main types' "$(jq -r '[.objects[] | select(.type == "indicator") | .x_opencti_main_observable_type] | unique | join(" ")' "$T/out")" \
	StixFile
is 'all else is there' "$(jq '.objects | length' "$T/out")" "$(($(jq '.objects | length' "$bundle") - 1))"

# o TYPE NUMBER MEMBERS: an object.
o() {
	printf '{"type":"%s","spec_version":"2.1","id":"%s--00000000-0000-4000-8000-00000000000%s"%s}' "$1" "$1" "$2" "$3"
}
id() {
	printf '%s--00000000-0000-4000-8000-00000000000%s' "$1" "$2"
}
r() {
	o relationship "$1" ",\"relationship_type\":\"$3\",\"source_ref\":\"$2\",\"target_ref\":\"$4\""
}
strict=marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003
printf '{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[%s,%s,%s,%s,%s,%s,%s,%s]}' \
	"$(o intrusion-set 1 ",\"object_marking_refs\":[\"$strict\"],\"granular_markings\":[]")" \
	"$(o vulnerability 2 '')" "$(o x-thing 3 '')" "$(r 4 "$(id intrusion-set 1)" exploits "$(id vulnerability 2)")" \
	"$(r 5 "$(id intrusion-set 1)" targets "$(id vulnerability 2)")" "$(r 6 "$(id intrusion-set 1)" uses "$(id x-thing 3)")" \
	"$(o indicator 7 ",\"pattern_type\":\"stix\",\"pattern\":\"([url:value = 'http://a.example/'])\",\"confidence\":30")" \
	"$(o report 8 ",\"object_refs\":[\"$(id x-thing 3)\",\"$(id indicator 7)\"]")" >some.json
runs 0 'relationships' "$STIXPRESS" render some.json --to opencti
is 'one that OpenCTI does not have is related-to, one to nothing is dropped' \
	"$(jq -r '[.objects[] | select(.type == "relationship") | .relationship_type] | join(" ")' "$T/out")" 'related-to targets'
has '... and both are told' "$T/err" '1 intrusion-set exploits vulnerability sent as related-to'
has '... the second too' "$T/err" '1 relationship dropped'
has 'custom objects' "$T/err" '1 x-thing dropped'
has 'granular markings' "$T/err" '1 granular markings dropped'
is 'TLP:AMBER+STRICT is the one that OpenCTI has' "$(jq -r '.objects[0].object_marking_refs[0]' "$T/out")" \
	marking-definition--826578e1-40ad-459f-bc73-ede076f81f37
is 'score and main type of an indicator' "$(jq -c '.objects[] | select(.type == "indicator") |
	[.x_opencti_score, .x_opencti_main_observable_type]' "$T/out")" '[30,"Url"]'
is 'a report lists what is left' "$(jq -c '.objects[] | select(.type == "report") | .object_refs' "$T/out")" "[\"$(id indicator 7)\"]"

printf '{"cti": {"url": "https://cti.example/", "kind": "opencti"}}' >targets.json
runs 0 'a target by name' "$STIXPRESS" render some.json --to cti --targets targets.json
has 'is rendered by its kind' "$T/err" 'x-thing dropped'
runs 2 'no such target' "$STIXPRESS" render some.json --to nobody --targets targets.json
runs 2 'no target' "$STIXPRESS" render some.json
runs 1 'no bundle' "$STIXPRESS" render targets.json --to opencti
runs 3 'no file' "$STIXPRESS" render nowhere.json --to opencti
done_testing
