# A server of our own that refuses, and bundles that it must never see. What other servers do wrong is in tests/taxii: silence,
# closed, half-body, html, html-error, wrong-password, read-only, not-found, unavailable, pending-for-ever ...
. "$SRCDIR/tests/tap.sh"
unset STIXPRESS_USER STIXPRESS_PASSWORD STIXPRESS_TOKEN http_proxy https_proxy all_proxy
bundle=$SRCDIR/feeds/talos/2024-06-13.en.bundle.json
mkdir "$T/w"
cd "$T/w" || exit 1
# serve OPTION...: $url is the server's
serve() {
	: >"$T/url"
	"$STIXPRESS" serve "$@" >"$T/url" 2>"$T/log" &
	at_end_kill $!
	appears "$T/url"
	url=$(cat "$T/url")
}
# one WHAT TEXT: the last line of the complaint has the text.
one() {
	tail -n 1 "$T/err" >"$T/last"
	has "$1" "$T/last" "$2"
}

# ---- bundles that are refused before anything is sent
serve
: >"$T/empty.json"
head -c 5000 "$bundle" >"$T/half.json"
sed '0,/"type": "bundle"/s//"type": "bundle", "type": "bundle"/' "$bundle" >"$T/twice.json"
awk 'BEGIN { printf "{\"type\":\"bundle\",\"objects\":"; while (n++ < 1000) printf "["; print "" }' >"$T/deep.json"
printf '\177ELF\001\000' >"$T/elf.json"
sed 's/"spec_version": "2.1"/"spec_version": "2.2"/' "$bundle" >"$T/invalid.json"
for try in 'empty.json:the text is empty' 'half.json:the text ends' 'twice.json:line 2, column 21: the member name "type" occurs twice' \
	'deep.json:nested deeper than' 'elf.json:line 1, column 1' 'invalid.json:spec_version'; do
	runs 1 "push ${try%%:*}" "$STIXPRESS" push "$T/${try%%:*}" --to "$url" --collection default --ledger none
	has '... names the file' "$T/err" "${try%%:*}"
	has '... and what is wrong with it' "$T/err" "${try#*:}"
done
runs 3 'push a folder' "$STIXPRESS" push "$T" --to "$url" --collection default --ledger none
has '... is told' "$T/err" "$T: cannot read: Is a directory"
runs 3 'push a file that is not there' "$STIXPRESS" push no.json --to "$url" --collection default --ledger none
one '... is told' 'no.json: No such file or directory'
runs 0 'nothing of it' "$STIXPRESS" get "$url" --collection default
hasnt '... is in the collection' "$T/out" '"objects"'
runs 2 'a collection that is not there' "$STIXPRESS" push "$bundle" --to "$url" --collection nowhere --ledger none
has '... is named' "$T/err" 'nowhere'
runs 0 'push' "$STIXPRESS" push "$bundle" --to "$url" --collection default --ledger none

# ---- get: where the output goes
runs 3 'get: a folder that is not there' "$STIXPRESS" get "$url" --collection default -o no/out.json
one '... is told' 'no/out.json: No such file or directory'
mkdir taken
runs 3 'get: a folder in the place of the output' "$STIXPRESS" get "$url" --collection default -o taken
one '... is told' 'taken: Is a directory'
rmdir taken
if [ -c /dev/full ]; then
	runs 3 'get: a full device' "$STIXPRESS" get "$url" --collection default -o /dev/full
	one '... is told' '/dev/full: No space left on device'
else
	skip 'get: a full device' 'there is no /dev/full'
	skip '... is told' 'there is no /dev/full'
fi
runs 3 'push: the ledger cannot be written' "$STIXPRESS" push "$bundle" --to "$url" --collection default --ledger no/ledger.db
one '... is told' 'no/ledger.db'
is 'nothing is left behind' "$(ls -A)" ''

# ---- who may
printf 'open sesame\n' >"$T/password"
printf 'let me in\n' >"$T/guess"
serve --user ali --password-file "$T/password" --read-only
for command in discover collections; do
	runs 3 "$command: no password" "$STIXPRESS" "$command" "$url"
	one '... is told' 'HTTP 401: the server does not accept'
	runs 3 "$command: a wrong one" "$STIXPRESS" "$command" "$url" --user ali --password-file "$T/guess"
	one '... is told' 'HTTP 401: the server does not accept the credentials'
	runs 0 "$command: the right one" "$STIXPRESS" "$command" "$url" --user ali --password-file "$T/password"
done
runs 2 'a password file that is not there' "$STIXPRESS" discover "$url" --user ali --password-file "$T/none"
one '... is told' 'none: No such file or directory'
ali="--collection default --user ali --ledger none"
# shellcheck disable=SC2086
runs 3 "push: a wrong password" "$STIXPRESS" push "$bundle" --to "$url" $ali --password-file "$T/guess"
one '... is told' 'HTTP 401'
hasnt '... and not repeated' "$T/err" 'let me in'
# shellcheck disable=SC2086
runs 3 "push: a collection to read" "$STIXPRESS" push "$bundle" --to "$url" $ali --password-file "$T/password"
one '... is told' 'you may not write to this collection'

# ---- no server
runs 3 'nobody listens' "$STIXPRESS" push "$bundle" --to https://127.0.0.1:1/api/ --collection default --ledger none --timeout 3
one '... is told' 'no connection: Connection refused'
runs 2 'no URL' "$STIXPRESS" push "$bundle" --to 'the server' --ledger none
# TAXII C1
runs 2 'plain http to elsewhere' "$STIXPRESS" collections http://192.0.2.1/api/
one '... is refused' '--allow-http'
runs 3 'a name that does not exist' "$STIXPRESS" collections https://stixpress.invalid/api/ --timeout 3
has '... is told with the name' "$T/err" 'stixpress.invalid'
done_testing
