/*
 * The first octet chooses format, encoding and leniency, the rest is a document: refused, or a view of valid UTF-8 whose blocks
 * and sentences stand in it in order, whose map to the input never goes back, and whose letters stand where the map says.
 */
#include "convert/convert.h"
#include "check_doc.h"

static struct phrases *phrases;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const formats[] = { NULL, "text", "md", "html" };
	static const char *const encodings[] = { NULL, "ISO-2022-JP", "UTF-16", "Shift_JIS" };
	struct doc_options o = { 0 };
	struct err e = ERR_INIT;
	struct arena *a;
	struct doc d;

	if (size == 0 || (phrases == NULL && phrases_load(NULL, &phrases, NULL) != 0))
		return 0;
	o.langs = phrases_langs(phrases);
	o.format = formats[data[0] & 3];
	o.encoding = encodings[data[0] >> 2 & 3];
	o.lenient = data[0] >> 4 & 1;
	a = arena_new();
	if (doc_read(a, "fuzz", (const char *)data + 1, size - 1, &o, &d, &e) == 0)
		check_doc(&d, (const char *)data + 1, 0, size - 1);
	else
		FUZZ_CHECK((e.kind == ERR_INPUT || e.kind == ERR_USAGE) && e.text[0] != '\0');	/* usage: built without HTML */
	arena_free(a);
	return 0;
}
