#!/bin/sh
# OpenTAXII, EclecticIQ's server: relative roots, aliases, its own idea of errors.
peer=opentaxii
. "$SRCDIR/tests/peers/venv.sh"
. "$SRCDIR/tests/peers/server.sh"
port=$(free_port)
url=http://127.0.0.1:$port
cat >"$T/opentaxii.yml" <<END
domain: "127.0.0.1:$port"
auth_api:
  class: opentaxii.auth.sqldb.SQLDatabaseAPI
  parameters:
    db_connection: sqlite:///$T/auth.db
    create_tables: yes
    secret: not-a-secret-of-anyone
    token_ttl_secs: 3600
taxii1:
taxii2:
  persistence_api:
    class: opentaxii.persistence.sqldb.Taxii2SQLDatabaseAPI
    parameters:
      db_connection: sqlite:///$T/data.db
      create_tables: yes
  title: "Another server"
  public_discovery: true
  max_content_length: 50000
END
export OPENTAXII_CONFIG="$T/opentaxii.yml"
bin=${python%/*}
root=11111111-1111-4111-8111-111111111111
{
	"$bin/opentaxii-add-api-root" --title Root --default --id $root &&
	"$bin/opentaxii-add-collection" --rootid $root --title Ours --alias ours --public --public-write &&
	"$bin/opentaxii-add-collection" --rootid $root --title Cut --alias cut --public --public-write &&
	"$bin/opentaxii-create-account" --username ali --password 'open sesame' --admin
} >"$T/log" 2>&1 || sed 's/^/# /' "$T/log"
"$python" -m waitress --host=127.0.0.1 --port="$port" opentaxii.http:app >>"$T/log" 2>&1 &
at_end_kill $!
wait_for "$port" "$T/log"
echo 'open sesame' >"$T/password"
auth="--user ali --password-file $T/password"
"$python" "$objects" make 60 >"$T/bundle.json"

runs 0 'discover' "$STIXPRESS" discover "$url" $auth
has '... resolves the relative root' "$T/out" "$url/taxii2/$root/"
runs 0 'push by alias' "$STIXPRESS" push "$T/bundle.json" --to "$url" --collection ours $auth --ledger "$T/ledger" --no-validate -v
has '... every object accepted' "$T/out" '182 objects: 182 accepted'
id=$(sed -n 's/^status *//p' "$T/out" | head -n 1)
runs 0 'status' "$STIXPRESS" status "$url" "$id" $auth
runs 0 'get' "$STIXPRESS" get "$url" --collection ours $auth -o "$T/back.json"
same_objects '... the same objects' "$T/bundle.json" "$T/back.json"
runs 0 'get in pages of 7' "$STIXPRESS" get "$url" --collection ours $auth --limit 7 -o "$T/pages.json"
has '... 26 of them' "$T/err" '182 objects in 26 pages'
same_objects '... the same objects' "$T/bundle.json" "$T/pages.json"
runs 0 'push again' "$STIXPRESS" push "$T/bundle.json" --to "$url" --collection ours $auth --ledger "$T/ledger" --no-validate
has '... sends nothing' "$T/out" '0 envelopes, 0 octets'
runs 3 'a wrong password' "$STIXPRESS" collections "$url" --user nobody --password-file "$T/password"
has '... is said' "$T/err" 'HTTP 401'
cut_off 19 --to "$url" --collection cut $auth --no-validate
runs 0 'get what came of both' "$STIXPRESS" get "$url" --collection cut $auth -o "$T/cut.json"
same_objects '... the same objects' "$T/bundle.json" "$T/cut.json"
# One object that this server cannot take makes it refuse the whole envelope.
cat >"$T/mixed.json" <<'END'
{"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000009", "objects": [
  {"type": "domain-name", "spec_version": "2.1", "id": "domain-name--00000000-0000-5000-8000-000000000001", "value": "a.example"},
  {"type": "indicator", "spec_version": "2.1", "id": "indicator--x", "created": "2024-06-13T00:00:00.000Z",
   "modified": "2024-06-13T00:00:00.000Z", "pattern": "[domain-name:value = 'a.example']", "pattern_type": "stix",
   "valid_from": "2024-06-13T00:00:00Z"},
  {"type": "domain-name", "spec_version": "2.1", "id": "domain-name--00000000-0000-5000-8000-000000000002", "value": "b.example"}]}
END
runs 1 'a bad object among good ones' "$STIXPRESS" push "$T/mixed.json" --to "$url" --collection ours $auth --ledger "$T/ledger" \
	--no-validate
has '... is found' "$T/out" 'failed         indicator--x'
has '... and the others get through' "$T/out" '2 accepted, 1 failed'
done_testing
