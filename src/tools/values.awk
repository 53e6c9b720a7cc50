# Makes C tables of the lists in feeds/values/: awk -f values.awk extensions.txt never.txt tlds.txt
function table(type, name) { printf "\t{ 0 }\n};\nconst size_t %s_count = sizeof(%s) / sizeof(%s[0]) - 1;\n\n", name, name, name }
BEGIN { print "/* made by src/tools/values.awk */\n#include \"convert/values.h\"\n" }
FNR == 1 {
	if (name != "")
		table(type, name)
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.txt$/, "", name)
	name = "value_" name
	printf "const struct value_row %s[] = {\n", name
}
/^#/ || NF == 0 { next }
{ printf "\t{ \"%s\", \"%s\" },\n", $1, $2 }
END { table(type, name) }
