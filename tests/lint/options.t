# The rows of the commands and the manual, --help and the completion files say the same.
. "$SRCDIR/tests/tap.sh"
manual=$SRCDIR/src/cli/stixpress.1

"$STIXPRESS" __complete >"$T/commands"
ok 'there are commands' test -s "$T/commands"

# "x --name=", "x --name" or with a blank for x: the options in the .It lines of a section, and of the sections that it sends
# the reader to by ".Sx OPTIONS ...".
section_options() {
	awk -v want="$1" '
		/^\.S[sh] / { inside = $0 == ".Ss " want || $0 == ".Sh " want }
		inside && /^\.It .*Fl Fl / {
			short = $0 ~ /^\.It Fl [A-Za-z] , / ? $3 : " "
			sub(/^.*Fl Fl /, ""); n = split($0, w, " ")
			print short, "--" w[1] (n > 1 ? "=" : "")
		}' "$manual"
}
manual_options() {
	section_options "$1"
	awk -v want="$1" '
		/^\.S[sh] / { inside = $0 == ".Ss " want }
		inside && sub(/^\.Sx OPTIONS/, "OPTIONS") { sub(/ [.,;]$/, ""); print }' "$manual" | while read -r section; do
		section_options "$section"
	done
	section_options DESCRIPTION
}

sort "$T/commands" >"$T/sorted"
awk '/^\.Sh /{s=$2} s == "COMMANDS" && /^\.Ss /{print $2}' "$manual" | sort >"$T/told"
same 'the manual has a section for every command and for no other' "$T/told" "$T/sorted"
"$STIXPRESS" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | sort >"$T/helped"
same '--help lists every command' "$T/helped" "$T/sorted"

for command in $(cat "$T/commands"); do
	"$STIXPRESS" __complete "$command" | sort >"$T/rows"
	manual_options "$command" | cut -c 3- | sort >"$T/told"
	same "$command: options as in the manual" "$T/told" "$T/rows"
	"$STIXPRESS" help "$command" >"$T/help"
	sed -n 's/^  \(-[A-Za-z], \|    \)\(--[a-z0-9-]*\)\( [^ ]\)\{0,1\}.*/\2\3/p' "$T/help" | sed 's/ .*/=/' | sort >"$T/helped"
	same "$command: options as --help shows them" "$T/helped" "$T/rows"
	manual_options "$command" | sed -n 's/^\([A-Za-z]\) \(--[a-z0-9-]*\).*/\1 \2/p' | sort >"$T/told"
	sed -n 's/^  -\([A-Za-z]\), \(--[a-z0-9-]*\).*/\1 \2/p' "$T/help" | sort >"$T/helped"
	same "$command: short options as in the manual" "$T/told" "$T/helped"
done

if command -v mandoc >/dev/null 2>&1; then
	mandoc -T lint "$manual" >"$T/lint" 2>&1
	empty 'mandoc has nothing to say about the manual' "$T/lint"
else
	skip 'mandoc has nothing to say about the manual' 'mandoc is not installed'
fi

# The shells ask the program; here they ask for real.
mkdir "$T/bin"
ln -s "$STIXPRESS" "$T/bin/stixpress"
PATH=$T/bin:$PATH
if command -v bash >/dev/null 2>&1; then
	cat >"$T/ask.bash" <<-'EOF'
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_stixpress
		printf '%s\n' "${COMPREPLY[@]}"
	EOF
	bash "$T/ask.bash" "$SRCDIR/src/cli/completion/stixpress" stixpress '' >"$T/out"
	same 'bash completes commands' "$T/out" "$T/commands"
	bash "$T/ask.bash" "$SRCDIR/src/cli/completion/stixpress" stixpress serve --page >"$T/out"
	is 'bash completes an option' "$(cat "$T/out")" --page-size=
else
	skip 'bash completes commands' 'bash is not installed'
	skip 'bash completes an option' 'bash is not installed'
fi
if command -v zsh >/dev/null 2>&1; then
	cat >"$T/ask.zsh" <<-'EOF'
		compadd() { local a=${@[-1]}; print -l -- ${(P)a}; }
		file=$1; shift
		words=("$@") CURRENT=$#
		. $file
	EOF
	zsh -f "$T/ask.zsh" "$SRCDIR/src/cli/completion/_stixpress" stixpress '' >"$T/out"
	same 'zsh completes commands' "$T/out" "$T/commands"
	zsh -f "$T/ask.zsh" "$SRCDIR/src/cli/completion/_stixpress" stixpress serve --page >"$T/out"
	has 'zsh completes an option' "$T/out" --page-size=
else
	skip 'zsh completes commands' 'zsh is not installed'
	skip 'zsh completes an option' 'zsh is not installed'
fi
done_testing
