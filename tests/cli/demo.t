# make demo: the main job from the newsletters to a collection and back, and what it says when a step fails.
. "$SRCDIR/tests/tap.sh"
command -v jq >/dev/null 2>&1 || skip_all 'jq is not installed'

runs 0 'the demo runs' sh "$SRCDIR/tests/demo.sh" "$STIXPRESS" "$SRCDIR/feeds/talos" "$T/demo"
cp "$T/out" "$T/said"
for newsletter in "$SRCDIR"/feeds/talos/newsletters/*.txt; do
	name=${newsletter##*/} name=${name%.txt}
	is "$name: the path of the bundle is printed" "$(grep -cx -e "$T/demo/$name.bundle.json" "$T/said")" 1
	same "$name: it is the committed one" "$T/demo/$name.bundle.json" "$SRCDIR/feeds/talos/$name.bundle.json"
done
has 'objects came back' "$T/said" 'objects came back as they were sent'
is 'no flag weakens a check' "$(grep -cE -e '--(disable|no-validate|allow-http|lenient|enable)' "$SRCDIR/tests/demo.sh")" 0

# A program that loses an object on its way back: the demo must notice.
cat >"$T/loses" <<EOF
#!/bin/sh
[ "\$1" = get ] || exec "$STIXPRESS" "\$@"
"$STIXPRESS" "\$@" && { jq 'del(.objects[0])' "$T/demo/\$4.back.json" >"$T/less" && cp "$T/less" "$T/demo/\$4.back.json"; }
EOF
chmod +x "$T/loses"
runs 1 'a lost object is noticed' sh "$SRCDIR/tests/demo.sh" "$T/loses" "$SRCDIR/feeds/talos" "$T/demo"
runs 3 'a newsletter that is not there' sh "$SRCDIR/tests/demo.sh" "$STIXPRESS" "$SRCDIR/feeds/nothing" "$T/demo"
done_testing
