#!/bin/sh
# validate --format sarif, junit, github and gitlab: what CI systems read, with files that mean no good.
. "$SRCDIR/tests/tap.sh"
command -v python3 >/dev/null 2>&1 || skip_all 'python3 is not installed'
samples=$SRCDIR/tests/stix
forms=$SRCDIR/tests/tools/forms.py

mkdir "$T/d"
cd "$T/d" || exit 1
cp "$samples/valid/version.json" valid.json
cp "$samples/invalid/uuid-check.json" warned.json
cp "$samples/invalid/version.json" broken.json
evil='a,b:c%0A::error file=x::
<&"'\''>.json'
# a bidirectional override, an escape sequence, markup, a non-character, a forged command, text that only looks escaped
printf '{"type":"x-\342\200\256evil","x\\u001b[31m":1,"</failure>]]>&\357\277\277":2,"\\n::error::y%%0A":3}' >"$evil"
printf '{"type":"\377"}' >latin.json
awk 'BEGIN { printf "["; for (i = 0; i < 30; i++) printf "%s{\"type\":7}", i ? "," : ""; print "]" }' >many.json
set -- warned.json valid.json broken.json "$evil" latin.json many.json none.json

for form in sarif junit github gitlab; do
	runs 3 "$form: one file is missing, which the exit status says" "$STIXPRESS" validate --format $form "$@"
	cp "$T/out" "$T/$form"
	python3 "$forms" $form "$T/$form" "$@" >"$T/said" 2>&1
	empty "$form: of the right form" "$T/said"
	has "$form: the missing file is told" "$T/$form" 'No such file'
	has "$form: what was withheld is told" "$T/$form" 'and 10 more of'
	has "$form: a warning" "$T/$form" uuid-check
	runs 0 "$form: valid files" "$STIXPRESS" validate --format $form warned.json valid.json
	cp "$T/out" "$T/fine"
	python3 "$forms" $form "$T/fine" warned.json valid.json >"$T/said" 2>&1
	empty "$form: of the right form, too" "$T/said"
	runs 1 "$form: --strict" "$STIXPRESS" validate --strict --format $form warned.json valid.json
done

# ---- what each says of one finding ----
id=malware--2f1c5d1e-0b7a-4c3d-9e58-000000000001
says='line 5 has revoked this object; no version may follow'
is 'github: a command' "$(grep broken.json "$T/github")" "::error file=broken.json,line=25,col=19,title=version::$id \
/objects/1/modified: $says (STIX 2.1 section 3.6)"
has 'github: a file name cannot end the command' "$T/github" '::error file=a%2Cb%3Ac%250A%3A%3Aerror file=x%3A%3A%0A<&"'\''>.json,line=1'
has 'github: text cannot either' "$T/github" "the name '\\u000a::error::y%250A'"
has 'sarif: place' "$T/sarif" '"artifactLocation":{"uri":"broken.json"},"region":{"startLine":25,"startColumn":19}}'
has 'sarif: object' "$T/sarif" '"logicalLocations":[{"name":"'$id'","fullyQualifiedName":"/objects/1/modified","kind":"object"}]'
has 'sarif: a file name is a URI' "$T/sarif" '"uri":"a%2Cb%3Ac%250A%3A%3Aerror%20file%3Dx%3A%3A%0A%3C%26%22%27%3E.json"'
has 'sarif: a missing file is no success' "$T/sarif" '"executionSuccessful":false,"exitCode":3'
has 'junit: one case a file' "$T/junit" '<testcase classname="stixpress.validate" name="valid.json">'
has 'junit: markup is text' "$T/junit" '&lt;~1failure&gt;]]&gt;&amp;\uffff'
has 'gitlab: a row' "$T/gitlab" '"severity":"major","location":{"path":"broken.json","lines":{"begin":25}}}'
print() {
	"$STIXPRESS" validate -q --format "$1" "$2" | grep -o '[0-9a-f]\{64\}'
}
mkdir moved
{ printf '\n\n'; cat broken.json; } >moved/broken.json
is 'sarif: a fingerprint outlives a move' "$(print sarif moved/broken.json)" "$(print sarif broken.json)"
runs 1 'gitlab: ./ is taken off' "$STIXPRESS" validate -q --format gitlab ./broken.json
has 'because the paths of a merge request have none' "$T/out" '"path":"broken.json"'
runs 1 'jsonl: standard input' "$STIXPRESS" validate -q --format jsonl - <broken.json
runs 3 'jsonl: a missing file' "$STIXPRESS" validate --format jsonl many.json none.json
is 'has its line' "$(tail -n 1 "$T/out")" '{"file":"none.json","valid":false,"objects":0,"errors":1,"warnings":0,"findings":['\
'{"code":"unreadable","severity":"error","id":"","pointer":"","message":"No such file or directory","clause":""}]}'

# ---- the judge of this test sees what is wrong ----
printf '::error file=a:b::x\n' >"$T/bad"
python3 "$forms" github "$T/bad" a:b >"$T/said" 2>&1
has 'github: a bare colon is seen' "$T/said" 'no workflow command'
sed 's/\\\\u202e/\xe2\x80\xae/' "$T/gitlab" >"$T/bad"
python3 "$forms" gitlab "$T/bad" "$@" >"$T/said" 2>&1
has 'gitlab: unsafe text is seen' "$T/said" 'unsafe text'
sed 's/"startLine":25/"startLine":0/' "$T/sarif" >"$T/bad"
python3 "$forms" sarif "$T/bad" "$@" >"$T/said" 2>&1
has 'sarif: a line 0 is seen' "$T/said" "region {'startLine': 0"
done_testing
