#!/bin/sh
# TLS: only a certificate of a trusted authority for the right host will do.
. "$SRCDIR/tests/tap.sh"
unset STIXPRESS_USER STIXPRESS_PASSWORD STIXPRESS_TOKEN http_proxy https_proxy all_proxy
command -v openssl >/dev/null 2>&1 || skip_all 'openssl (the command) is not installed'
# certificate NAME HOSTS
certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -addext "subjectAltName=$2" \
		-keyout "$T/$1.key" -out "$T/$1.pem" >"$T/$1.log" 2>&1
}
certificate right DNS:localhost,IP:127.0.0.1
certificate other DNS:other.example
# serve NAME
serve() {
	"$STIXPRESS" serve --cert "$T/$1.pem" --key "$T/$1.key" --collection 91a7b528-80eb-42ed-a74d-c6fbd5a26116=news \
		>"$T/$1.url" 2>"$T/$1.log" &
	at_end_kill $!
	i=0
	while [ ! -s "$T/$1.url" ] && [ $i -lt 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	url=$(cat "$T/$1.url")
}
serve right
runs 3 'an authority nobody trusts' "$STIXPRESS" discover "$url"
has '... is said' "$T/err" "the server's certificate is not trusted"
runs 3 'another authority' "$STIXPRESS" discover "$url" --cacert "$T/other.pem"
runs 0 'the right authority' "$STIXPRESS" discover "$url" --cacert "$T/right.pem"
runs 0 'push over TLS' "$STIXPRESS" push "$SRCDIR/tests/taxii/three.json" --to "$url" --collection news \
	--cacert "$T/right.pem" --ledger none
has '... arrives' "$T/out" '3 objects: 3 accepted'
runs 3 'plain http to a TLS port' "$STIXPRESS" discover "http${url#https}" --timeout 2
serve other
runs 3 'a certificate for another host' "$STIXPRESS" discover "$url" --cacert "$T/other.pem"
has '... is said' "$T/err" "the server's certificate is not trusted"
done_testing
