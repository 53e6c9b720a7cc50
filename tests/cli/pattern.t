#!/bin/sh
# pattern: STIX patterns by themselves.
. "$SRCDIR/tests/tap.sh"
good="[file:size > 5 AND file:name = 'a'] REPEATS 2 TIMES"
runs 0 'a pattern' "$STIXPRESS" pattern "$good"
empty 'nothing is said of it' "$T/out"
runs 1 'a fault in the grammar' "$STIXPRESS" pattern '[file:size = ]'
is 'has its place' "$(head -n 1 "$T/out")" "pattern:1:14: error[pattern-syntax]: a value \
(a string stands between \"'\") is expected here, not ] (STIX 2.1 section 9)"
is 'the pattern is shown' "$(sed -n 2p "$T/out")" '  [file:size = ]'
is 'with a mark' "$(sed -n 3p "$T/out")" '               ^'
runs 1 -q "$STIXPRESS" pattern -q '[file:size = ]'
is '-q: one line' "$(wc -l <"$T/out")" 1
runs 1 'columns count characters, lines lines' "$STIXPRESS" pattern "[file:name = '日本'
  AND file:name = 7 x]"
has 'a fault in the second line' "$T/out" 'pattern:2:21: error[pattern-syntax]'
runs 0 'a warning' "$STIXPRESS" pattern "[ipv4-addr:valeu = '192.0.2.1']"
has 'is told' "$T/out" 'pattern:1:12: warning[pattern-property]'
runs 1 '--strict' "$STIXPRESS" pattern --strict "[ipv4-addr:valeu = '192.0.2.1']"
# patterns that others take
for pattern in "[a:b = 1] WITHIN 0 SECONDS" "[a:b = 1] REPEATS 0 TIMES" "[file:ctime = t'2020-02-30T00:00:00Z']" \
	"[file:name MATCHES '[']" "[file:size = 1 AND url:value = 'x']" "[a:b IN (1,'c')]"; do
	runs 1 "wrong: $pattern" "$STIXPRESS" pattern "$pattern"
done
for pattern in "[ipv4-addr:value = 'not an ip']" "[file:name IN ()]" \
	"[a:b = 1] START t'2024-01-02T00:00:00Z' STOP t'2024-01-01T00:00:00Z'"; do
	runs 1 "useless: $pattern" "$STIXPRESS" pattern --strict "$pattern"
done
printf '%s\n\n%s\r\n%s\n' "$good" '[file:size = ]' '[file:size = 1]' >"$T/patterns"
runs 1 'a file of patterns' "$STIXPRESS" pattern -f "$T/patterns"
has 'the line of the file' "$T/out" "$T/patterns:3:14: error"
runs 1 'standard input' "$STIXPRESS" pattern - <"$T/patterns"
has 'by its name' "$T/out" '(standard input):3:14: error'
runs 3 'a file that is not there' "$STIXPRESS" pattern -f "$T/none"
runs 2 'no pattern' "$STIXPRESS" pattern
runs 0 '--tree' "$STIXPRESS" pattern --tree "$good FOLLOWEDBY [a:b = 1]"
cat >"$T/want" <<'X'
FOLLOWEDBY
  observation REPEATS 2 TIMES
    AND
      file:'size' > 5
      file:'name' = 'a'
  observation
    a:'b' = 1
X
same '... as it is' "$T/out" "$T/want"
runs 0 '--print' "$STIXPRESS" pattern --print "[ file:size>5   OR file:name  ='a' ]"
is 'one form' "$(cat "$T/out")" "[file:'size' > 5 OR file:'name' = 'a']"
printf '[file:name = \047\377\047]\n' >"$T/latin"
runs 1 'no UTF-8' "$STIXPRESS" pattern -f "$T/latin"
done_testing
