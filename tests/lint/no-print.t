# The library neither prints nor exits, and reads no clock, environment or randomness: those come from src/cli. The one
# exception is running out of memory, which ends the process in src/base/arena.c; and src/base/file.c knows that a file called
# "-" is standard output.
. "$SRCDIR/tests/tap.sh"

calls='v?printf|puts|putchar|perror|warnx|errx|syslog|exit|_exit|_Exit|quick_exit|abort|getenv|secure_getenv'
calls="$calls|time|clock|clock_gettime|gettimeofday|localtime|localtime_r|rand|random|rand_r|arc4random|getrandom|getentropy"
calls="$calls|uuid_generate|uuid_generate_random|uuid_generate_time|setlocale|system|popen"

check() {
	(cd "$1" && find src \( -path src/cli -o -path src/tools -o -path src/gen \) -prune -o -name '*.[ch]' -print | sort |
		xargs grep -nE "(^|[^A-Za-z0-9_.>])(($calls)[ ]*\(|stdout|stderr)" /dev/null |
		grep -vE '^[^:]*:[0-9]*:[ 	]*(\*|/\*)' |
		grep -vE '^src/base/arena\.c:[0-9]+:	(fputs\("stixpress: out of memory\\n", stderr\)|exit\(3\));$' |
		grep -vE '^src/base/file\.c:[0-9]+:.*[^a-z]stdout[^a-z]')
}

check "$SRCDIR" >"$T/found" || :
empty 'the library neither prints nor exits nor looks around' "$T/found"

mkdir -p "$T/bad/src/json"
printf '\t%s;\n' 'printf("x")' 'exit(1)' 't = time(NULL)' 'snprintf(b, 1, "x")' 'e->random(x)' 'fputs("x", stderr)' 'fputs("x", f)' \
	>"$T/bad/src/json/bad.c"
check "$T/bad" >"$T/found"
has 'printing is found' "$T/found" 'bad.c:1:'
has 'exiting is found' "$T/found" 'bad.c:2:'
has 'the clock is found' "$T/found" 'bad.c:3:'
has 'the standard streams are found' "$T/found" 'bad.c:6:'
hasnt 'a file that was passed in is allowed' "$T/found" 'bad.c:7:'
hasnt 'snprintf is allowed' "$T/found" 'bad.c:4:'
hasnt 'a function that was passed in is allowed' "$T/found" 'bad.c:5:'
done_testing
