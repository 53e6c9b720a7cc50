/* Names in texts: what is found, what is not, and the tables behind it. */
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
	{ "T1566.001 and T1059.001, but not T15661 or XT1566", "attack-pattern:Spearphishing Attachment attack-pattern:PowerShell" },
	{ "a Windows DLL written in Python on a server", "" },
	{ "| T1046 | Network Service Scanning |", "attack-pattern:Network Service Discovery attack-pattern:Network Service Discovery" },
	{ "| T1566.001 | Phishing: Spearphishing Attachment |", "attack-pattern:Spearphishing Attachment attack-pattern:Spearphishing Attachment" },
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

	if (knowledge_load(NULL, &knowledge, &e) != 0)
		return 1;
	test_table();
	test_texts();
	knowledge_free(knowledge);
	return tap_end();
}
