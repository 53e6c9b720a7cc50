/* Names in texts: what is found, what is not, and the tables behind it. */
#include <sys/stat.h>

#include <stdlib.h>

#include "convert/names.h"

#include "tap.h"

static struct knowledge *knowledge;

/* "type:value type:value" of what is found in a text. */
static const char *
found(struct arena *a, const char *text)
{
	struct doc d = { .arena = a, .text = text, .len = strlen(text) };
	struct mentions m = { 0 };
	struct buf b = BUF_INIT(1 << 16);
	size_t i;

	find_names(&d, NULL, knowledge, &m, NULL);
	for (i = 0; i < m.n; i++)
		buf_printf(&b, "%s%s:%s", i ? " " : "", m.v[i].type, m.v[i].value);
	text = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return text;
}

static const struct {
	const char *text, *want;
} cases[] = {
	/* distinctive names stand for themselves, however spaces and case fall */
	{ "Victims were infected with Emotet and, later, TrickBot.", "malware:Emotet malware:TrickBot" },
	{ "北朝鮮のラザルスグループとロックビット", "location:North Korea intrusion-set:Lazarus Group malware:LockBit" },
	{ "キリンビールとキリン。空を行くペガサス。", "" },
	{ "ランサムウェア「キリン」", "malware:Qilin" },
	{ "ハッカー集団「ロックビット」が犯行声明", "intrusion-set:LockBit" },
	{ "ランサムウェア「ロックビット」とロックビットグループ", "malware:LockBit" },
	{ "ファンシーベアが", "intrusion-set:ファンシーベア" },
	{ "というGravityRATは", "malware:GravityRAT" },
	{ "Smokeloader が使われ、SmokeLoader も", "malware:Smoke Loader malware:Smoke Loader" },
	{ "攻撃者グループ Volt Typhoon は", "intrusion-set:Volt Typhoon" },
	{ "[[APT41]]が台湾の企業を", "intrusion-set:APT41 location:Taiwan" },
	{ "APT 41 and TA 505", "intrusion-set:APT41 intrusion-set:TA505" },
	{ "They deployed Cobalt Strike.", "malware:Cobalt Strike" },
	{ "EMOTET IS BACK", "malware:Emotet" },
	/* an alias keeps the text's spelling */
	{ "the group known as Fancy Bear", "intrusion-set:Fancy Bear" },
	/* plain words need support */
	{ "Chaos broke out, and nobody could play.", "" },
	{ "The Chaos ransomware was seen.", "malware:Chaos" },
	{ "ランサムウェア「Chaos」が確認された。", "malware:Chaos" },
	{ "Chaos ランサムウェアが確認された。その後 Chaos は", "malware:Chaos malware:Chaos" },
	{ "Operators of Play, Akira and Hive ransomware were arrested.", "malware:Play malware:Akira malware:Hive" },
	{ "at the first attempt Net profits fell", "" },
	{ "It was the final payload of the attack.", "" },
	{ "The First Ransomware Attack of the Year", "" },
	{ "net wire fraud and smoke loader bays", "" },
	/* the noun says what an ambiguous name is */
	{ "The Akira ransomware gang claimed it.", "intrusion-set:Akira" },
	{ "The Akira ransomware encrypts files.", "malware:Akira" },
	{ "Akira ransomware spread. Akira was seen again.", "malware:Akira malware:Akira" },
	{ "He watched Akira on Sunday.", "" },
	{ "The Royal ransomware group took credit.", "malware:Royal" },
	{ "The Cuba ransomware group did not come from Cuba.", "malware:Cuba location:Cuba" },
	{ "The Play ransomware spread. Play it safe, said Play.", "malware:Play malware:Play" },
	/* a noun glued on */
	{ "a file that we call PeppyRAT.", "malware:PeppyRAT" },
	/* not inside other words, hosts, files and addresses */
	{ "Ticketmaster was breached.", "identity:Ticketmaster" },
	{ "see https://example.com/emotet-returns and emotet.example.com", "" },
	{ "Win.Dropper.Emotet::1201", "" },
	{ "Emotetical thoughts", "" },
	/* people */
	{ "セキュリティ研究者の Kevin Beaumont 氏は", "" },
	{ "Judy Garland and James Royal said so.", "" },
	{ "The new AI feature", "" },
	{ "The US and the UK warned us.", "location:United States location:United Kingdom" },
	{ "contact us or CONTACT US", "" },
	/* places */
	{ "Chinese and Pakistani hackers hit Turkey.", "location:China location:Pakistan location:Turkey" },
	{ "turkey sandwiches and polish", "" },
	{ "中国のAPT、北朝鮮系、米国防総省", "location:China location:North Korea identity:US Department of Defense" },
	{ "中国語圏の攻撃者とChinese-speaking actors、中国地方", "" },
	{ "米FBIと英政府", "location:United States identity:FBI" },
	{ "米価と南米の日本語", "location:South America" },
	{ "インド洋とインドネシアとインド", "location:Indonesia location:India" },
	{ "台湾政府のサイト", "location:Taiwan identity:Government of Taiwan" },
	{ "the Indian government and the government of France", "location:India identity:Government of India identity:Government of France location:France" },
	{ "Chinese government-backed hackers", "location:China" },
	{ "Russian hackers, said Bret Jordan in Jordan.", "location:Russia location:Jordan" },
	/* organisations */
	{ "欧州刑事警察機構(ユーロポール)と FBI", "identity:Europol identity:Europol identity:FBI" },
	{ "According to Wired, it began in May.", "identity:Wired" },
	{ "Wired networks are safe. Register now.", "" },
	{ "Cloud Flare 社", "identity:Cloudflare" },
	{ "ATT and AT&T", "identity:AT&T" },
	/* techniques */
	{ "スピアフィッシングメールを送る", "attack-pattern:Spearphishing Attachment" },
	{ "a Windows DLL written in Python on a server", "" },
	{ "| T1046 | Network Service Scanning |", "attack-pattern:Network Service Discovery" },
	{ "| T1566.001 | Phishing: Spearphishing Attachment |", "attack-pattern:Spearphishing Attachment" },
	{ "sends spear phishing e-mails and spearphishing emails", "attack-pattern:Spearphishing Attachment attack-pattern:Spearphishing Attachment" },
	{ "ソーシャルエンジニアリングの手法や social engineering", "attack-pattern:Social Engineering" },
	{ "SQLインジェクション", "attack-pattern:SQL Injection" },
	/* lines */
	{ "Volt\nTyphoon", "" },
	{ "It was Volt. Typhoon season", "" },
};

static void
test_texts(void)
{
	struct arena *a = arena_new();
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		is_str(found(a, cases[i].text), cases[i].want, cases[i].text);
	arena_free(a);
}

/* type, id and sort of the first mention. */
static const struct {
	const char *text, *id, *hint;
} details[] = {
	{ "the group Midnight Blizzard", "G0016", "-" },	/* an alias in ATT&CK, a name of its own elsewhere */
	{ "Sandworm attacked", "G0034", "-" },
	{ "the banking trojan IcedID", "S0483", "trojan" },
	{ "ランサムウェアの Trickbot", "S0266", "ransomware" },	/* what the text says, not what is known */
	{ "Medusa ransomware", "S1244", "ransomware" },
	{ "パキスタン", "PK", "-" },
	{ "ユーロポール", "-", "organization" },
};

static void
test_details(void)
{
	struct arena *a = arena_new();
	size_t i;

	for (i = 0; i < ARRAY_LEN(details); i++) {
		struct doc d = { .arena = a, .text = details[i].text, .len = strlen(details[i].text) };
		struct mentions m = { 0 };

		find_names(&d, NULL, knowledge, &m, NULL);
		if (!ok(m.n == 1, details[i].text))
			continue;
		is_str(m.v[0].ext_id ? m.v[0].ext_id : "-", details[i].id, "its id");
		is_str(m.v[0].class_hint ? m.v[0].class_hint : "-", details[i].hint, "its sort");
	}
	arena_free(a);
}

/* A value that was found before keeps its place. */
static void
test_values(void)
{
	struct arena *a = arena_new();
	const char *text = "Emotet_loader.exe and Emotet";
	struct doc d = { .arena = a, .text = text, .len = strlen(text) };
	struct mention value = { .class = MENTION_VALUE, .start = 0, .end = 17 };
	struct mentions m = { .v = &value, .n = 1 };

	find_names(&d, NULL, knowledge, &m, NULL);
	is_int(m.n, 2, "the value and one name");
	is_int(m.v[1].start, 22, "the name that is no part of the value");
	arena_free(a);
}

static void
test_extra(void)
{
	static const char bundle[] = "{\"type\": \"bundle\", \"objects\": [{\"type\": \"malware\", \"name\": \"Quuxload\", \"aliases\": "
	    "[\"Chaos\"], \"external_references\": [{\"source_name\": \"own\", \"external_id\": \"Q1\"}]}]}";
	char path[] = "test_names.XXXXXX";
	const char *files[] = { path, NULL };
	struct knowledge *own, *builtin = knowledge;
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	FILE *f = fdopen(mkstemp(path), "w");

	ok(f != NULL && fputs(bundle, f) >= 0 && fclose(f) == 0, "a bundle of the user's own");
	if (ok(knowledge_load(files, NULL, &own, &e) == 0, "is read")) {
		knowledge = own;
		is_str(found(a, "Quuxload drops Emotet; Chaos too."), "malware:Quuxload malware:Emotet malware:Chaos",
		    "its names are found, and believed");
		knowledge = builtin;
		knowledge_free(own);
	}
	f = fopen(path, "w");
	ok(f != NULL && fputs("{\"type\": \"malware\"}", f) >= 0 && fclose(f) == 0, "a file that is no bundle");
	ok(knowledge_load(files, NULL, &own, &e) != 0 && e.kind == ERR_USAGE, "is refused");
	remove(path);
	arena_free(a);
}

/* A type noun in a phrase file of the user's counts beside the built-in ones. */
static void
test_given(void)
{
	static const char names[] = "{\"nouns\": [{\"text\": \"gizmoware\", \"type\": \"malware\"}]}";
	char dir[] = "test_names.XXXXXX", path[80];
	struct knowledge *builtin = knowledge, *own;
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	struct phrases *p = NULL;
	FILE *f;

	is_str(found(a, "The Chaos gizmoware was seen."), "", "no noun of a language");
	ok(mkdtemp(dir) != NULL, "a folder of phrases");
	snprintf(path, sizeof(path), "%s/en", dir);
	ok(mkdir(path, 0700) == 0, "with a language");
	snprintf(path, sizeof(path), "%s/en/names.json", dir);
	f = fopen(path, "w");
	ok(f != NULL && fputs(names, f) >= 0 && fclose(f) == 0, "and a file");
	if (ok(phrases_load(dir, &p, &e) == 0 && knowledge_load(NULL, p, &own, &e) == 0, "are read")) {
		knowledge = own;
		is_str(found(a, "The Chaos gizmoware was seen. The Akira ransomware was not."), "malware:Chaos malware:Akira",
		    "and support a name");
		knowledge = builtin;
		knowledge_free(own);
	}
	phrases_free(p);
	remove(path);
	snprintf(path, sizeof(path), "%s/en", dir);
	remove(path);
	remove(dir);
	arena_free(a);
}

/* Every prefix that is a key, the longest ones when there are too many. */
static void
test_trie(void)
{
	static const char pool[] = "a\0ab\0abcd\0b";
	static const uint32_t key[] = { 0, 2, 5, 10 };
	struct trie t = { .key = key, .nkey = 4, .pool = pool };
	struct trie_hit hit[3];
	int32_t *base, *check;

	t.size = trie_build(pool, key, 4, &base, &check);
	t.base = base;
	t.check = check;
	is_int(trie_prefixes(&t, "abcdx", 5, hit, 3), 3, "three keys");
	is_int(hit[2].len, 4, "the longest last");
	is_int(trie_prefixes(&t, "abcdx", 5, hit, 1), 1, "one place for them");
	is_int(hit[0].len, 4, "the longest is kept");
	is_int(trie_prefixes(&t, "abc", 3, hit, 3), 2, "a text that ends inside a key");
	is_int(trie_prefixes(&t, "c", 1, hit, 3), 0, "none");
	free(base);
	free(check);
}

/* A walk over s comes to the characters that text_fold() keeps, in their order, and says where they stand. */
static void
walk(const char *s, size_t n, const char *what)
{
	struct arena *a = arena_new();
	struct folder f;
	struct fold_unit u;
	struct buf out = BUF_INIT(1u << 20);
	size_t at = 0, wrong = 0;

	fold_begin(&f, s, n);
	while (fold_next(&f, at, &u)) {
		const char *alone = text_fold(a, s + u.start, u.end - u.start);

		wrong += u.start < at || u.end <= u.start || u.end > n || u.n != strlen(alone) || memcmp(alone, u.s, u.n) != 0;
		wrong += ((unsigned char)s[u.start] & 0xc0) == 0x80 || (u.end < n && ((unsigned char)s[u.end] & 0xc0) == 0x80);
		/* what is passed over folds to nothing */
		wrong += *text_fold(a, s + at, u.start - at) != '\0';
		buf_add(&out, u.s, u.n);
		at = u.end;
	}
	is_int(wrong, 0, "every unit stands where it says");
	is_str(buf_str(&out), text_fold(a, s, n), what);
	fold_end(&f);
	buf_free(&out);
	arena_free(a);
}

static void
test_fold(void)
{
	/* half-width kana with its mark, full-width Latin, a ligature, what folds away */
	static const char text[] = "ｶﾞ Ａﬁ-㍿。é";
	static const char *const pieces[] = { "a", "Z", "0", " ", "-", "\n", "é", "e\u0301", "ﬁ", "㍿", "ｶﾞ", "が", "か\u3099", "攻", "ア",
	    "ー", "。", "「", "\u200b", "Ａ", "\u0301", "ß", "Σ", "\U0001f600", "İ", "ǆ", "\u0345" };
	struct arena *a = arena_new();
	struct buf made = BUF_INIT(1u << 20);
	struct folder f;
	struct folded x;
	unsigned seed = 7, i;

	walk(text, sizeof(text) - 1, "folded as text_fold() does");
	fold_begin(&f, text, sizeof(text) - 1);
	fold_span(&f, a, 0, sizeof(text) - 1, &x);
	is_int(x.at[0], 0, "where the first begins");
	is_int(x.end[0], 6, "where it ends, its mark included");
	is_int(x.at[3], 7, "the second");
	fold_span(&f, a, 7, 13, &x);
	is_str(x.s, "afi", "a part");
	fold_end(&f);
	for (i = 0; i < 4000; i++) {
		seed = seed * 1103515245u + 12345u;
		/* marks of two characters may change places: one a character here */
		buf_adds(&made, pieces[(seed >> 16) % ARRAY_LEN(pieces)]);
		buf_adds(&made, "x");
	}
	walk(buf_str(&made), made.len, "and so is any text");
	buf_free(&made);
	arena_free(a);
}

static void
test_table(void)
{
	struct known known;

	ok(knowledge_by_id(knowledge, "mitre-attack", "T1566.001", &known), "a technique by its id");
	is_str(known.name, "Spearphishing Attachment", "its name");
	ok(!knowledge_by_id(knowledge, "mitre-attack", "T9999", &known), "no such technique");
	ok(knowledge_by_id(knowledge, "iso-3166", "PK", &known), "a country by its code");
	is_str(known.name, "Pakistan", "its name");
	ok(knowledge_by_name(knowledge, "identity", "連邦捜査局", &known), "an organisation by another name");
	is_str(known.role, "law-enforcement", "its role");
	ok(!knowledge_by_name(knowledge, NULL, "operation celestial force", &known), "what a text has to introduce is not known");
}

int
main(void)
{
	struct err e = ERR_INIT;

	if (knowledge_load(NULL, NULL, &knowledge, &e) != 0)
		return 1;
	test_table();
	test_texts();
	test_details();
	test_values();
	test_extra();
	test_given();
	test_trie();
	test_fold();
	knowledge_free(knowledge);
	return tap_end();
}
