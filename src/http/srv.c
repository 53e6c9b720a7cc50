/* Where the service of a domain is: SRV records (RFC 2782), asked through the C library's resolver. */
#include <sys/types.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "http/http.h"

#define RDATA_LEAST	7	/* octets: priority, weight, port, a target of at least the root */
#define ASK_SECONDS	2	/* a try */
#define ASK_TRIES	2

static int
by_priority(const void *x, const void *y)
{
	const struct http_service *a = x, *b = y;

	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return (a->weight > 0) - (b->weight > 0);	/* those without weight first, as the draw wants it */
}

/* Of v[0..n), which have one priority, the heavier come first the more often. */
static void
draw(struct http_service *v, size_t n, const struct http_env *env)
{
	for (; n > 1; v++, n--) {
		struct http_service chosen;
		uint64_t sum = 0, at;
		size_t i;

		for (i = 0; i < n; i++)
			sum += v[i].weight;
		at = env->random(env->ctx) % (sum + 1);
		for (i = 0, sum = v[0].weight; sum < at; sum += v[i].weight)
			i++;
		chosen = v[i];
		memmove(v + 1, v, i * sizeof(*v));
		v[0] = chosen;
	}
}

/* A name that a URL can have as its host; in lower case, without the dot at its end. */
static int
is_host(char *s)
{
	size_t n = strlen(s);

	if (n > 0 && s[n - 1] == '.')
		s[--n] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (s[i] >= 'A' && s[i] <= 'Z')
			s[i] = (char)(s[i] - 'A' + 'a');
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9') || s[i] == '-' || s[i] == '.'))
			return 0;
	}
	return n > 0;
}

int
http_services_read(const uint8_t *answer, size_t n, const struct http_env *env, struct arena *a, struct http_services *out,
    struct err *e)
{
	struct http_services found = { 0 };
	ns_msg msg;
	ns_rr rr;
	size_t i, k;

	if (n > NS_MAXMSG || ns_initparse(answer, (int)n, &msg) != 0)
		return err_set(e, ERR_SYSTEM, "the name server's answer is no DNS message");
	for (int at = 0; at < ns_msg_count(msg, ns_s_an); at++) {
		struct http_service s;
		const uint8_t *p;

		if (ns_parserr(&msg, ns_s_an, at, &rr) != 0)
			return err_set(e, ERR_SYSTEM, "the name server's answer is cut off or broken");
		p = ns_rr_rdata(rr);
		if (ns_rr_type(rr) != ns_t_srv || ns_rr_class(rr) != ns_c_in || ns_rr_rdlen(rr) < RDATA_LEAST)
			continue;
		s.priority = ns_get16(p);
		s.weight = ns_get16(p + 2);
		s.port = ns_get16(p + 4);
		if (dn_expand(ns_msg_base(msg), ns_msg_end(msg), p + 6, s.host, sizeof(s.host)) < 0)
			return err_set(e, ERR_SYSTEM, "the name server's answer has a broken name");
		found.none |= s.host[0] == '\0';
		if (s.port > 0 && is_host(s.host))
			*(struct http_service *)vec_push(a, &found.all) = s;
	}
	if (found.all.n > 1)
		qsort(found.all.v, found.all.n, sizeof(*found.all.v), by_priority);
	for (i = 0; i < found.all.n; i = k) {
		for (k = i + 1; k < found.all.n && found.all.v[k].priority == found.all.v[i].priority; k++)
			;
		draw(found.all.v + i, k - i, env);
	}
	found.none = found.none && found.all.n == 0;
	*out = found;
	return 0;
}

/* "ADDRESS" or "ADDRESS:PORT". */
static int
ask_there(struct __res_state *st, const char *server, struct err *e)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	char host[INET_ADDRSTRLEN];
	size_t n = strcspn(server, ":");
	long port = server[n] == ':' ? strtol(server + n + 1, NULL, 10) : NS_DEFAULTPORT;

	if (n < sizeof(host)) {
		memcpy(host, server, n);
		host[n] = '\0';
	}
	if (n >= sizeof(host) || inet_pton(AF_INET, host, &to.sin_addr) != 1 || port < 1 || port > UINT16_MAX)
		return err_set(e, ERR_USAGE, "'%s' is no IPv4 address of a name server, with or without :PORT", server);
	to.sin_port = htons((uint16_t)port);
	st->nscount = 1;
	st->nsaddr_list[0] = to;
	return 0;
}

int
http_services_find(const char *name, const char *server, const struct http_env *env, struct arena *a, struct http_services *out,
    struct err *e)
{
	struct __res_state st;
	uint8_t *answer;
	int n, rc;

	memset(&st, 0, sizeof(st));
	if (res_ninit(&st) != 0)
		return err_set(e, ERR_SYSTEM, "the resolver cannot start");
	if (server != NULL && ask_there(&st, server, e) != 0) {
		res_nclose(&st);
		return -1;
	}
	st.retrans = ASK_SECONDS;
	st.retry = ASK_TRIES;
	answer = xmalloc(NS_MAXMSG);
	n = res_nquery(&st, name, ns_c_in, ns_t_srv, answer, NS_MAXMSG);
	if (n >= 0)
		rc = http_services_read(answer, (size_t)n, env, a, out, e);
	else if (st.res_h_errno == HOST_NOT_FOUND || st.res_h_errno == NO_DATA) {
		*out = (struct http_services){ 0 };
		rc = 0;
	} else
		rc = err_set(e, ERR_SYSTEM, "no name server says where %s is", name);
	free(answer);
	res_nclose(&st);
	return rc;
}
