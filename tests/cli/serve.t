#!/bin/sh
# serve: starts, says where it listens, answers, stops on a signal.
tmp=$(mktemp -d) || exit 1
pid=
trap 'test -n "$pid" && kill "$pid" 2>/dev/null; rm -rf "$tmp"' EXIT
n=0
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
# serve ARGUMENT...: starts in the background and waits for its first line.
serve() {
	rm -f "$tmp/out"
	"$STIXPRESS" serve "$@" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	i=0
	while [ ! -s "$tmp/out" ] && kill -0 "$pid" 2>/dev/null && [ $i -lt 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	url=$(head -n 1 "$tmp/out")
}
# stop SIGNAL: ends it; its exit status in $rc.
stop() {
	kill "-$1" "$pid"
	wait "$pid"
	rc=$?
	pid=
}
# status URL [ARGUMENT...]: the HTTP status; the body in $tmp/body.
status() {
	curl --silent --noproxy '*' --max-time 20 --output "$tmp/body" --write-out '%{http_code}' "$@"
}
# fails WANTED-STATUS TEXT WHAT ARGUMENT...
fails() {
	want=$1 text=$2 what=$3
	shift 3
	"$STIXPRESS" serve "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	rc=$?
	[ "$rc" -eq "$want" ] && [ ! -s "$tmp/out" ] && grep -q -e "$text" "$tmp/err"
	ok $? "$what: status $want"
}

if ! command -v curl >/dev/null 2>&1; then
	echo "1..0 # SKIP curl (the command) is not installed"
	exit 0
fi

serve --port-file "$tmp/port" --title "Our feed" --collection 91a7b528-80eb-42ed-a74d-c6fbd5a26116=news --db "$tmp/db" -v
case $url in
http://127.0.0.1:*/taxii2/) ok 0 "the first line is the URL" ;;
*) ok 1 "the first line is the URL: $url" ;;
esac
[ "$url" = "http://127.0.0.1:$(cat "$tmp/port")/taxii2/" ]; ok $? "the port file holds its port"
[ "$(status "$url")" = 200 ] && grep -q '"title":"Our feed"' "$tmp/body"; ok $? "discovery"
base=${url%/taxii2/}
objects=$base/api/collections/news/objects/
printf '{"objects":[{"type":"ipv4-addr","id":"ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd","value":"198.51.100.3"}]}' >"$tmp/envelope"
[ "$(status "$objects" -H 'Content-Type: application/taxii+json;version=2.1' --data-binary "@$tmp/envelope")" = 202 ]
ok $? "an envelope is accepted"
stop TERM
ok $rc "SIGTERM ends it with status 0"
grep -q "^POST /api/collections/news/objects/ 202 " "$tmp/err"; ok $? "-v logs requests"

printf 'open sesame\n' >"$tmp/password"
serve --db "$tmp/db" --read-only --user ali --password-file "$tmp/password" --root feed --page-size 5
base=${url%/taxii2/}
objects=$base/feed/collections/news/objects/
[ "$(status "$objects")" = 401 ]; ok $? "credentials are asked for"
[ "$(status "$objects" -u 'ali:open sesame')" = 200 ] && grep -q 198.51.100.3 "$tmp/body"
ok $? "the database keeps objects and collections"
[ "$(status "$objects" -u 'ali:open sesame' -H 'Content-Type: application/taxii+json;version=2.1' --data-binary "@$tmp/envelope")" = 403 ]
ok $? "--read-only"
stop INT
ok $rc "SIGINT ends it with status 0"
[ ! -s "$tmp/err" ]; ok $? "without -v nothing is logged"

printf 't0ken\nsecond line\n' >"$tmp/token"
serve --token-file "$tmp/token" --max-content-length 100
[ "$(status "${url%/taxii2/}/api/" -H 'Authorization: Bearer t0ken')" = 200 ] && grep -q '"max_content_length":100}' "$tmp/body"
ok $? "--token-file, --max-content-length"
"$STIXPRESS" serve --listen "${url#http://}" >"$tmp/out2" 2>"$tmp/err2"
[ $? -eq 2 ]; ok $? "a URL is no address to listen on: status 2"
port=${url%/taxii2/}
"$STIXPRESS" serve --listen "127.0.0.1:${port##*:}" >"$tmp/out2" 2>"$tmp/err2"
[ $? -eq 3 ] && grep -q "cannot be listened on" "$tmp/err2"; ok $? "an address in use: status 3"
stop TERM
ok $rc "ends"

serve --listen '[::1]:0'
case $url in
http://\[::1\]:*/taxii2/) ok 0 "IPv6"; stop TERM ;;
*) pid=; ok 0 "IPv6 # SKIP there is no IPv6 loopback" ;;
esac

if openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tmp/key" -out "$tmp/cert" -days 1 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 >/dev/null 2>&1; then
	serve --cert "$tmp/cert" --key "$tmp/key"
	case $url in
	https://127.0.0.1:*) ok 0 "TLS: the URL says so" ;;
	*) ok 1 "TLS: the URL says so" ;;
	esac
	for version in 1.2 1.3; do
		[ "$(status "$url" --cacert "$tmp/cert" --tlsv$version --tls-max $version)" = 200 ]; ok $? "TLS $version"
	done
	[ "$(status "$url" --cacert "$tmp/cert" --tlsv1.2 --tls-max 1.2 --ciphers AES128-SHA)" = 000 ]; ok $? "TLS: no old cipher suites"
	[ "$(status "http://${url#https://}")" != 200 ]; ok $? "TLS: no plain HTTP on the same port"
	head -c 30000 /dev/zero | tr '\0' ' ' >>"$tmp/envelope"
	[ "$(status "${url%/taxii2/}/api/collections/default/objects/" --cacert "$tmp/cert" \
	    -H 'Content-Type: application/taxii+json' --data-binary "@$tmp/envelope")" = 202 ]
	ok $? "TLS: an envelope"
	stop TERM
	ok $rc "TLS: ends"
	serve --cert "$tmp/cert" --key "$tmp/key" --listen 0.0.0.0:0
	[ -n "$url" ]; ok $? "TLS: beyond loopback"
	stop TERM
	fails 2 "cannot be used" "TLS: a key that is none" --cert "$tmp/cert" --key "$tmp/cert"
	fails 2 "needs its key" "TLS: a certificate without a key" --cert "$tmp/cert"
else
	ok 0 "TLS # SKIP openssl (the command) cannot make a certificate"
fi

fails 2 "loopback only" "plain HTTP beyond loopback" --listen 0.0.0.0:0
fails 2 "HOST:PORT" "an address without a port" --listen 127.0.0.1
fails 2 "no numeric address" "a name" --listen example.org:80
fails 2 "UUID" "a collection that is no UUID" --collection news
fails 2 "go together" "a user without a password" --user ali
fails 2 "first line is empty" "an empty password file" --user ali --password-file /dev/null
fails 3 "nowhere" "a database that cannot be opened" --db /nowhere/db
fails 2 "API root" "an API root with a slash" --root a/b
fails 3 "nowhere" "a port file that cannot be written" --port-file /nowhere/port
fails 2 "max-content-length" "a size that is none" --max-content-length x
echo "1..$n"
