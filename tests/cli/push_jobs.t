#!/bin/sh
# push -j: envelopes side by side; what refers to others still comes after them, nothing is lost or doubled.
. "$SRCDIR/tests/tap.sh"
unset STIXPRESS_USER STIXPRESS_PASSWORD STIXPRESS_TOKEN http_proxy https_proxy all_proxy
command -v python3 >/dev/null 2>&1 || skip_all 'python3 is not installed'
# 60 indicators, 60 malware, 60 relationships between them: 18 envelopes of 10.
python3 - >"$T/bundle.json" <<'END'
import json
t = "2031-01-01T00:00:00.000Z"
made = []
for n in range(60):
    i, m = ("%s--%08d-0000-4000-8000-000000000000" % (kind, n) for kind in ("indicator", "malware"))
    common = {"spec_version": "2.1", "created": t, "modified": t}
    made.append({"type": "relationship", "id": "relationship--%08d-0000-4000-8000-000000000000" % n, "relationship_type": "indicates",
        "source_ref": i, "target_ref": m, **common})
    made.append({"type": "indicator", "id": i, "pattern": "[ipv4-addr:value = '198.51.100.%d']" % n, "pattern_type": "stix",
        "indicator_types": ["malicious-activity"], "valid_from": t, **common})
    made.append({"type": "malware", "id": m, "name": "MossGate %d" % n, "is_family": True, "malware_types": ["backdoor"], **common})
print(json.dumps({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": made}))
END
# plays NAME STATUS REPORT REFUSED PUSH_OPTION...
plays() {
	name=$1 status=$2 report=$3 refused=$4
	shift 4
	rm -f "$T/port" "$T/report"
	python3 "$SRCDIR/tests/tools/slowserver.py" "$T/port" "$T/report" "$refused" 2>"$T/server.log" &
	at_end_kill $!
	appears "$T/port"
	url=http://127.0.0.1:$(cat "$T/port")/api/collections/c1/
	runs "$status" "$name" "$STIXPRESS" push "$T/bundle.json" --to "$url" --batch 10 --ledger "$T/$name.db" "$@"
	python3 -c 'import sys, urllib.request as u; u.urlopen(u.Request(sys.argv[1], method="DELETE")).read()' "$url"
	is '... at one time at most, doubled, too early, stored' "$(cat "$T/report")" "$report"
}
plays 'one at a time' 0 '1 0 0 180' ''
plays 'four at a time' 0 '4 0 0 180' '' -j 4
has '... all of them' "$T/out" '180 objects: 180 accepted'
plays 'an object refused' 1 '4 0 1 179' malware--00000033-0000-4000-8000-000000000000 -j 4
has '... and it alone' "$T/out" '180 objects: 179 accepted, 1 failed'
runs 2 'no requests at all' "$STIXPRESS" push "$T/bundle.json" --to http://127.0.0.1:1/ -j 0
done_testing
