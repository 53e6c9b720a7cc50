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

# ---- misp: an event in its own form
runs 0 'misp' "$STIXPRESS" render "$bundle" --to misp
cp "$T/out" event.json
has 'what is lost is told' "$T/err" 'attributed-to from an attribute sent as related-to'
is 'the event is the report' "$(jq -c '.Event | [.uuid, .date, .info]' event.json)" \
	"$(jq -c '.objects[] | select(.type == "report") | [.id[8:], .published[:10], .name]' "$bundle")"
is 'every hash of a file is there, for detection' \
	"$(jq -c '[.Event.Object[] | select(.name == "file").Attribute[] | select(.to_ids).value] | sort' event.json)" \
	"$(jq -c '[.objects[] | select(.type == "file").hashes[]] | sort' "$bundle")"
is 'tags' "$(jq -r '[.Event.Tag[].name | select(test("tlp|G1017"))] | join(" ")' event.json)" \
	'tlp:clear misp-galaxy:mitre-intrusion-set="Volt Typhoon - G1017"'
is 'every relationship but those inside of a record is a reference with its sentence' \
	"$(jq -r '[.Event.Object[].ObjectReference[].comment] | sort' event.json)" \
	"$(jq -r '[.objects[] | select(.type == "relationship" and .relationship_type != "based-on").description] | sort' "$bundle")"
is 'references lead to what is there' "$(jq -c '.Event | ([.Object[].uuid, .Attribute[].uuid]) as $u |
	[.Object[].ObjectReference[] | .object_uuid, .referenced_uuid] - $u' event.json)" '[]'
is 'no uuid is there twice' \
	"$(jq -r '.Event | [.. | objects | .uuid // empty] | group_by(.) | map(select(length > 1)) | length' event.json)" 0
is 'times are those of the objects' \
	"$(jq -r '[.Event.Object[] | select(.name == "file").timestamp] | unique | join(" ")' event.json)" 1718236800
has 'the text has the sentences' event.json '> The larger of the two is Operation Endgame.'
runs 0 'again' "$STIXPRESS" render "$bundle" --to misp
same '... it is the same' "$T/out" event.json
jq '(.objects[] | select(.type == "report").id) = "report--8d3f2b1c-5d2e-4f3a-9b1c-2d3e4f5a6b7c"' "$bundle" >other.json
runs 0 'another report with the same values' "$STIXPRESS" render other.json --to misp
is '... shares no record with it' "$(jq -n --slurpfile a event.json --slurpfile b "$T/out" '
	def u: [.[0].Event | .Attribute[].uuid, .Object[].uuid, .Object[].Attribute[].uuid]; ($a | u) - (($a | u) - ($b | u)) | length')" 0

mkdir clusters
cat >clusters/threat-actor.json <<'END'
{"type": "threat-actor", "name": "Threat Actor", "values": [
 {"value": "VANGUARD PANDA", "meta": {"synonyms": ["Volt Typhoon", "Shared"]}},
 {"value": "Cosmic Leopard"}, {"value": "Other", "meta": {"synonyms": ["Shared"]}}]}
END
cat >clusters/mitre-intrusion-set.json <<'END'
{"type": "mitre-intrusion-set", "name": "Intrusion Set", "values": [{"value": "VT - G1017", "meta": {"external_id": "G1017"}}]}
END
runs 0 'galaxies' "$STIXPRESS" render "$bundle" --to misp --galaxies clusters
is 'a name, an alias and an id are resolved to the cluster' \
	"$(jq -r '[.Event.Tag[].name | select(test("threat-actor|intrusion"))] | sort | join(" ")' "$T/out")" \
	'misp-galaxy:mitre-intrusion-set="VT - G1017" misp-galaxy:threat-actor="Cosmic Leopard" misp-galaxy:threat-actor="VANGUARD PANDA"'
has 'what is in none is told' "$T/err" 'malware in no galaxy: without a tag'
sed 's/"Volt Typhoon"/"Shared"/; s/"G1017"/"G0000"/' "$bundle" >shared.json
runs 0 'an alias of two' "$STIXPRESS" render shared.json --to misp --galaxies clusters/threat-actor.json
is '... is no tag' \
	"$(jq -r '[.Event.Tag[].name | select(test("threat-actor"))] | join(" ")' "$T/out")" 'misp-galaxy:threat-actor="Cosmic Leopard"'
runs 2 'no cluster file' "$STIXPRESS" render "$bundle" --to misp --galaxies targets.json
has '... is told' "$T/err" 'this is no cluster file of misp-galaxy'
printf '{"m": {"kind": "misp", "url": "https://misp.example/", "distribution": "connected", "galaxies": "clusters"}}' >misp.json
runs 0 'a target that says who may see it' "$STIXPRESS" render "$bundle" --to m --targets misp.json
is '... and where its galaxies are' \
	"$(jq -c '.Event | [.distribution, ([.Tag[].name | select(test("VANGUARD"))] | length)]' "$T/out")" '["2",1]'
mkdir none
runs 2 'a folder without any' "$STIXPRESS" render "$bundle" --to misp --galaxies none

# m OBJECT...: a report about them, for misp.
m() {
	refs=$(printf '%s\n' "$@" | jq -sc 'map(.id)')
	list=$(printf '%s\n' "$@" | jq -sc '.[]' | paste -sd , -)
	about=",\"name\":\"A *week*\",\"labels\":[\"a\\\"b\"],\"modified\":\"2031-01-01T00:00:00Z\",\"object_refs\":$refs"
	printf '{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[%s,%s]}' "$list" \
		"$(o report 9 "$about")" >m.json
}
i() {
	o indicator "$1" ",\"modified\":\"2031-01-01T00:00:00Z\",\"name\":\"x\",\"pattern_type\":\"$2\",\"pattern\":\"$3\"${4:-}"
}
m "$(i 1 stix "[domain-name:value = 'a.example' OR domain-name:value = 'b.example']")" \
	"$(i 2 stix "[file:name = 'x' AND file:size > 7]")" "$(i 3 yara 'rule x { condition: true }')" "$(i 4 pcre '^x')" \
	"$(i 5 stix "[file:hashes.MD5 = 'd3ee270a07df8e87246305187d471f68' AND file:name = 'it\\\\'s']")" \
	"$(i 6 stix "[url:value = 'http://gone.example/']" ',"revoked":true')" \
	"$(i 7 stix "[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]")"
runs 0 'indicators without observables' "$STIXPRESS" render m.json --to misp
is 'values of plain patterns are attributes, others are kept as they are' \
	"$(jq -r '[.Event.Attribute[] | .type + " " + .value] | sort | join("; ")' "$T/out")" \
	"domain a.example; domain b.example; ip-dst 192.0.2.1; ip-dst 192.0.2.2; $(
	)stix2-pattern [file:name = 'x' AND file:size > 7]; yara rule x { condition: true }"
is 'a file by its hash and name' \
	"$(jq -r '[.Event.Object[].Attribute[].value] | join(" ")' "$T/out")" "d3ee270a07df8e87246305187d471f68 it's"
has 'what has no place is told' "$T/err" '1 indicator of a kind of pattern that MISP does not have dropped'
is 'a tag has no quotation mark inside' "$(jq -r '.Event.Tag[0].name' "$T/out")" ab
is 'Markdown is escaped' "$(jq -r '.Event.EventReport[0].content' "$T/out" | head -n 1)" '# A \*week\*'
m "$(o location 1 ',"modified":"2031-01-01T00:00:00Z","name":"Paris","city":"Paris","latitude":48.85')"
jq '(.objects[] | select(.type == "report").revoked) = true' m.json >revoked.json
runs 0 'a revoked report' "$STIXPRESS" render revoked.json --to misp
is '... is an event without anything' "$(jq -c '.Event | [.Object, .Attribute]' "$T/out")" '[[],[]]'
has '... that says so' "$T/out" 'has been revoked'
jq '.objects += [(.objects[] | select(.type == "report") | .id = "report--00000000-0000-4000-8000-00000000000a")]' m.json >two.json
runs 0 'two reports' "$STIXPRESS" render two.json --to misp
is '... are two events' "$(jq '.response | length' "$T/out")" 2
jq '(.objects[] | select(.type == "report")) |= (.published = "2031-03-0三" | .created = "tomorrow")' m.json >undated.json
runs 0 'a report whose day is none' "$STIXPRESS" render undated.json --to misp
is '... has the first of all days, and no day in its text' \
	"$(jq -r '.Event | .date, (.EventReport[0].content | test("[0-9]{4}-[0-9]{2}"))' "$T/out" | tr '\n' ' ')" '1970-01-01 false '
jq '.objects |= map(select(.type != "report"))' m.json >none.json
runs 1 'no report' "$STIXPRESS" render none.json --to misp
has '... is told' "$T/err" 'there is no report in it'
done_testing
