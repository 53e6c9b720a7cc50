# Lists of indicators as people publish them: by their title, as fields of a line, in other hands' ways of writing values.
. "$SRCDIR/tests/tap.sh"

# The indicators of a text, without blanks, one a line: host, address or URL.
found() {
	"$STIXPRESS" convert -q --now 2031-01-01T00:00:00Z --as "$1" - 2>"$T/err" |
		jq -r '.objects[] | select(.type == "indicator") | .pattern' | sed "s/.* = '//; s/']\$//" | tr '\n' ' '
}

is 'a file that is called IOCs is a list of them, its table too' "$(found md <<'END'
# IOCs

| Indicator | Type | Notes |
|---|---|---|
| `heron-gate.net` | Domain | Beacon |
| https://moss-pipe.org/big | URL | Loader |

## Stage two

| Indicator | Notes |
|---|---|
| `reed-lamp.org` | Panel |
END
)" 'heron-gate.net https://moss-pipe.org/big reed-lamp.org '
is 'and one whose title ends so' "$(found md <<'END'
# The Heron affair -- Indicators of compromise

| Domain | Notes |
|---|---|
| `heron-gate.net` | Beacon |
END
)" 'heron-gate.net '
is 'a story about domains is none' "$(found md <<'END'
# Malicious domains of the year - and what we learned

| Site | Notes |
|---|---|
| `heron-gate.net` | We read it |
END
)" ''
is 'a line of fields is no continuation of the longer one above it' "$(found text <<'END'
value,entity_type,description
192.252.183.11,ipaddress,seen as the host of what the loader fetched first
heron-gate-media.heron.org,hostname,seen after the intrusion
moss-pipe.net,hostname,where the miner went in the weeks after that
END
)" '192.252.183.11 heron-gate-media.heron.org moss-pipe.net '
is 'marks of either script beside a value' "$(found text <<'END'
Indicators of compromise

「heron-gate.net」
※moss-pipe.net
END
)" 'heron-gate.net moss-pipe.net '
is 'hosts listed as those of victims are none, in either language, below a heading of indicators too' "$(found text <<'END'
The group Amber Heron struck

Victims

bank-of-herons.com
moss-shop.net

被害組織

ashi-ginko.co.jp
koke-shop.jp

Indicators of compromise

Targeted domains:

- ministry[.]moss[.]org
- www.moss-bank.org

C2 domains

heron-gate.net
moss-pipe.net
END
)" 'heron-gate.net moss-pipe.net '
is 'further ways to write a dot and a scheme' "$(found text <<'END'
Indicators of compromise

heron-gate[d]moss[d]net
hxxxs://moss-pipe[.]org/a?x[d]=1
htttp://reed-lamp[.]org/b
hxxp:///45.77.12.9/c.msi
file:///etc/hosts.net
END
)" 'heron-gate.moss.net https://moss-pipe.org/a?x%5Bd%5D=1 http://reed-lamp.org/b http://45.77.12.9/c.msi '
done_testing
