# never_publish in feed.json: what it lists is in no bundle of the feed, nor is what says nothing without it.
. "$SRCDIR/tests/tap.sh"
mkdir "$T/feed"
cat >"$T/text.txt" <<'END'
A quiet week

March 3, 2031

Indicators of compromise

drop.heron[.]net
herons[.]net
hxxps://files.heron[.]net/a.php
hxxps://moss[.]org/b.php
hxxps://45.77[.]12.9/c.php
45.77[.]12.8:8080
45.78[.]12.8
boss@heron[.]net
9b3c2f6ad6f3c5a5b8f0f9a0a8de2f7d
1b3c2f6ad6f3c5a5b8f0f9a0a8de2f7d
END

feed() {
	# $1: members of feed.json; $2: what is converted
	cat >"$T/feed/feed.json" <<END
{ "name": "n", $1 "identity": { "name": "A feed", "class": "system", "created": "2031-01-01" } }
END
	"$STIXPRESS" convert -q --feed "$T/feed" ${2:-"$T/text.txt"} >"$T/bundle.json" 2>"$T/err"
	"$STIXPRESS" validate -q "$T/bundle.json" >"$T/findings" 2>&1 || echo invalid
	jq -r '.objects[] | (select(.value) | .value), (select(.hashes) | .hashes | .[]), (select(.type == "indicator") | .pattern),
		(select(.type == "network-traffic") | "port \(.dst_port)")' "$T/bundle.json" | sort >"$T/values"
}

feed ''
is 'without a list: all of them, and traffic' "$(grep -cE '^[^[]' "$T/values") $(grep -cE '^\[' "$T/values") $(grep port "$T/values")" \
    '12 10 port 8080'
"$STIXPRESS" extract -q --feed "$T/feed" "$T/text.txt" >"$T/facts.json"

feed '"never_publish": ["HERON.net", "45.77.0.0/16", "9B3C2F6ad6f3c5a5b8f0f9a0a8de2f7d", "https://moss.org/b.php"],'
is 'a domain with its hosts, URLs and mailboxes; a network; a hash; a URL' "$(cat "$T/values")" \
"1b3c2f6ad6f3c5a5b8f0f9a0a8de2f7d
45.78.12.8
[domain-name:value = 'herons.net']
[file:hashes.MD5 = '1b3c2f6ad6f3c5a5b8f0f9a0a8de2f7d']
[ipv4-addr:value = '45.78.12.8']
herons.net"
cp "$T/values" "$T/once"
feed '"never_publish": ["HERON.net", "45.77.0.0/16", "9B3C2F6ad6f3c5a5b8f0f9a0a8de2f7d", "https://moss.org/b.php"],' "$T/facts.json"
is 'facts that were made without it lose them too' "$(cat "$T/values")" "$(cat "$T/once")"
done_testing
