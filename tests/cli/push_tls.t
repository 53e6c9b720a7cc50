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
	appears "$T/$1.url"
	url=$(cat "$T/$1.url")
}
serve right
right_url=$url
runs 3 'an authority nobody trusts' "$STIXPRESS" discover "$url"
has '... is said' "$T/err" "the server's certificate is not trusted"
runs 3 'another authority' "$STIXPRESS" discover "$url" --cacert "$T/other.pem"
runs 0 'the right authority' "$STIXPRESS" discover "$url" --cacert "$T/right.pem"
runs 0 'push over TLS' "$STIXPRESS" push "$SRCDIR/tests/taxii/three.json" --to "$url" --collection news \
	--cacert "$T/right.pem" --ledger none
has '... arrives' "$T/out" '3 objects: 3 accepted'
runs 0 'what --check finds' "$STIXPRESS" push --check --to "$url" --collection news --cacert "$T/right.pem"
has '... how long the certificate is good for' "$T/out" 'certificate  trusted, until'
runs 3 'plain http to a TLS port' "$STIXPRESS" discover "http${url#https}" --timeout 2

# A domain's server by its SRV records.
port=${url##*:}
port=${port%%/*}
python3 "$SRCDIR/tests/tools/nameserver.py" "news.example=10,0,$port,localhost" "two.example=20,5,$port,localhost" \
	two.example=10,0,1,localhost none.example=0,0,0,. >"$T/dns" 2>"$T/dns.log" &
at_end_kill $!
appears "$T/dns"
dns=127.0.0.1:$(cat "$T/dns")
# TAXII C6
runs 0 'a domain whose SRV record names the server' "$STIXPRESS" discover -v news.example --dns-server "$dns" --cacert "$T/right.pem"
has '... which is said' "$T/err" "news.example has its TAXII server at https://localhost:$port/taxii2/"
has '... and asked' "$T/out" "API root  https://localhost:$port/"
runs 0 'the second server where the first is down' "$STIXPRESS" discover two.example --dns-server "$dns" --cacert "$T/right.pem"
has '... is asked' "$T/out" "API root  https://localhost:$port/"
runs 3 'a domain that has no TAXII server' "$STIXPRESS" discover none.example --dns-server "$dns"
has '... and says so' "$T/err" 'none.example says that it has no TAXII server'
echo secret >"$T/token"
runs 2 'credentials and a server in another domain' "$STIXPRESS" discover news.example --dns-server "$dns" --cacert "$T/right.pem" \
	--token-file "$T/token"
has '... which the URL would allow' "$T/err" "credentials go there only when that is given as the URL"
runs 3 'a domain without records' "$STIXPRESS" discover nowhere.invalid --dns-server "$dns" --timeout 5
has '... is asked itself' "$T/err" 'https://nowhere.invalid/taxii2/'
runs 2 'a name server that is no address' "$STIXPRESS" discover news.example --dns-server ns.example
has '... is refused' "$T/err" "'ns.example' is no IPv4 address of a name server"
serve other
# TAXII C3
runs 3 'a certificate for another host' "$STIXPRESS" discover "$url" --cacert "$T/other.pem"
has '... is said' "$T/err" "the server's certificate is not trusted"
url=$right_url
pin=sha256//$(openssl pkey -in "$T/right.key" -pubout -outform DER | openssl dgst -sha256 -binary | openssl base64)
runs 0 'the pinned key' "$STIXPRESS" discover "$url" --cacert "$T/right.pem" --pinnedpubkey "$pin"
openssl pkey -in "$T/other.key" -pubout -out "$T/other.pub"
runs 3 'a trusted certificate with another key' "$STIXPRESS" discover "$url" --cacert "$T/right.pem" --pinnedpubkey "$T/other.pub"
has '... is said' "$T/err" "public key"
runs 2 'a key that is not there' "$STIXPRESS" discover "$url" --pinnedpubkey "$T/none.pub"

# peer NAME OPTION...: openssl's own server, for what ours would not do.
peer() {
	name=$1
	shift
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	openssl s_server -accept "127.0.0.1:$port" -cert "$T/$name.pem" -key "$T/$name.key" -www "$@" >"$T/peer.log" 2>&1 &
	at_end_kill $!
	i=0
	while ! grep -q ACCEPT "$T/peer.log" && [ $i -lt 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	url=https://localhost:$port/taxii2/
}
cat >"$T/ca.conf" <<END
[ca]
default_ca = here
[here]
database = $T/ca.index
new_certs_dir = $T
default_md = sha256
policy = any
rand_serial = yes
[any]
commonName = supplied
[names]
subjectAltName = DNS:localhost
END
: >"$T/ca.index"
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "$T/expired.key" -out "$T/expired.csr" >"$T/log" 2>&1
openssl ca -batch -config "$T/ca.conf" -selfsign -keyfile "$T/expired.key" -in "$T/expired.csr" -out "$T/expired.pem" -notext \
	-extensions names -startdate 20200101000000Z -enddate 20200201000000Z >>"$T/log" 2>&1
peer expired
runs 3 'an expired certificate' "$STIXPRESS" discover "$url" --cacert "$T/expired.pem"
has '... is said' "$T/err" 'expired'
# TAXII C2
peer right -tls1_1 -cipher ALL:@SECLEVEL=0
runs 3 'a server that speaks no newer TLS than 1.1' "$STIXPRESS" discover "$url" --cacert "$T/right.pem"
has '... is said' "$T/err" 'TLS'

# ~/.netrc, when asked for.
printf 'analyst-password\n' >"$T/password"
mkdir "$T/home"
printf 'machine 127.0.0.1 login analyst password analyst-password\n' >"$T/home/.netrc"
"$STIXPRESS" serve --user analyst --password-file "$T/password" >"$T/netrc.url" 2>"$T/netrc.log" &
at_end_kill $!
appears "$T/netrc.url"
runs 3 'no credentials' env HOME="$T/home" "$STIXPRESS" collections "$(cat "$T/netrc.url")"
runs 0 'credentials of ~/.netrc' env HOME="$T/home" "$STIXPRESS" collections "$(cat "$T/netrc.url")" --netrc
done_testing
