#!/bin/sh
# push and get against serve: what goes in comes out.
tmp=$(mktemp -d) || exit 1
pid=
trap 'test -n "$pid" && kill "$pid" 2>/dev/null; rm -rf "$tmp"' EXIT
n=0
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
XDG_STATE_HOME=$tmp/state XDG_CONFIG_HOME=$tmp/config no_proxy='*'
export XDG_STATE_HOME XDG_CONFIG_HOME no_proxy
cat >"$tmp/bundle.json" <<'END'
{
  "type": "bundle",
  "id": "bundle--6a2ee8a2-0b4c-4f1e-9d0e-0d4a4a1f5c11",
  "objects": [
    {
      "type": "indicator",
      "spec_version": "2.1",
      "id": "indicator--a932fcc6-e032-476c-826f-cb970a5a1ade",
      "created": "2024-06-13T00:00:00.000Z",
      "modified": "2024-06-13T00:00:00.000Z",
      "name": "見本",
      "indicator_types": [
        "malicious-activity"
      ],
      "pattern": "[ipv4-addr:value = '198.51.100.3']",
      "pattern_type": "stix",
      "valid_from": "2024-06-13T00:00:00.000Z",
      "confidence": 50
    },
    {
      "type": "ipv4-addr",
      "spec_version": "2.1",
      "id": "ipv4-addr--cb7eebae-f22f-5e90-87d9-39819f0fd6eb",
      "value": "198.51.100.3"
    }
  ]
}
END
"$STIXPRESS" serve >"$tmp/url" 2>"$tmp/log" &
pid=$!
i=0
while [ ! -s "$tmp/url" ] && [ $i -lt 100 ]; do
	sleep 0.1
	i=$((i + 1))
done
url=$(cat "$tmp/url")
# objects FILE: a bundle without its own lines, so that only the objects are compared.
objects() {
	sed -e 1,3d "$1"
}

"$STIXPRESS" push "$tmp/bundle.json" --to "$url" --collection default >"$tmp/out" 2>"$tmp/err"
ok $? "push"
"$STIXPRESS" push "$tmp/bundle.json" --to "$url" --collection default --ledger none >"$tmp/out" 2>"$tmp/err"
ok $? "push again without a ledger: what is already there is no failure"
"$STIXPRESS" get "$url" --collection default >"$tmp/back.json" 2>"$tmp/err"
ok $? "get"
objects "$tmp/bundle.json" >"$tmp/want"
objects "$tmp/back.json" >"$tmp/got"
cmp -s "$tmp/want" "$tmp/got"
ok $? "the objects come back as they were"
gone=$(sed -n 's/.*"id": "\(indicator--[^"]*\)".*/\1/p' "$tmp/back.json" | head -n 1)
"$STIXPRESS" delete "$url" --collection default "$gone" -n >"$tmp/out" 2>"$tmp/err" && grep -q "^would be deleted  $gone\$" "$tmp/out" &&
	"$STIXPRESS" get "$url" --collection default | grep -q "$gone"
ok $? "delete --dry-run deletes nothing"
"$STIXPRESS" delete "$url" --collection default "$gone" >"$tmp/out" 2>"$tmp/err" &&
	! "$STIXPRESS" get "$url" --collection default --match "id=$gone" | grep -q '"objects"'
ok $? "delete"
! "$STIXPRESS" delete "$url" --collection default "$gone" >"$tmp/out" 2>"$tmp/err" && grep -q "$gone: not in " "$tmp/err"
ok $? "what is gone cannot be deleted"
echo "1..$n"
