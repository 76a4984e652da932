/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/trace/trace_words.h"

#include "analysis/trace/trace_pace.h"
#include "analysis/value/plural.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

struct icmp_word { uint8_t type, code; const char *words; };

/* RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1. */
static const struct icmp_word words4[] = {
	{3, 0, "network unreachable"},
	{3, 1, "host unreachable"},
	{3, 2, "protocol unreachable"},
	{3, 3, "port unreachable"},
	{3, 4, "too big, fragmentation needed"},
	{3, 5, "source route failed"},
	{3, 6, "network unknown"},
	{3, 7, "host unknown"},
	{3, 9, "network prohibited"},
	{3, 10, "host prohibited"},
	{3, 11, "network unreachable for this type of service"},
	{3, 12, "host unreachable for this type of service"},
	{3, 13, "communication prohibited"},
	{3, 14, "host precedence violation"},
	{3, 15, "precedence cutoff"},
	{11, 0, "time exceeded"},
	{11, 1, "fragment reassembly time exceeded"},
	{12, 0, "parameter problem"},
};

/* RFC 4443 3, RFC 7084 and RFC 8883 for the later codes. */
static const struct icmp_word words6[] = {
	{1, 0, "no route"},
	{1, 1, "communication prohibited"},
	{1, 2, "beyond the scope of the source address"},
	{1, 3, "address unreachable"},
	{1, 4, "port unreachable"},
	{1, 5, "source address failed the ingress or egress policy"},
	{1, 6, "route rejected"},
	{2, 0, "packet too big"},
	{3, 0, "time exceeded"},
	{3, 1, "fragment reassembly time exceeded"},
	{4, 0, "erroneous header field"},
	{4, 1, "unrecognized next header"},
	{4, 2, "unrecognized option"},
};

static const char *find(const struct icmp_word *words, size_t count, uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < count; i++)
		if (words[i].type == type && words[i].code == code)
			return words[i].words;
	return "unknown ICMP message";
}

const char *trace_icmp_words(uint8_t family, uint8_t type, uint8_t code)
{
	if (family == IP_V6)
		return find(words6, sizeof words6 / sizeof words6[0], type, code);
	return find(words4, sizeof words4 / sizeof words4[0], type, code);
}

bool trace_icmp_is_filter(uint8_t family, uint8_t type, uint8_t code)
{
	if (family == IP_V6)
		return type == 1 && (code == 1 || code == 5 || code == 6);
	return type == 3 && (code == 9 || code == 10 || code == 13);
}

bool trace_icmp_is_port(uint8_t family, uint8_t type, uint8_t code)
{
	return family == IP_V6 ? type == 1 && code == 4 : type == 3 && code == 3;
}

const char *trace_state_name(enum trace_state s)
{
	static const char *const names[] = {
		[TRACE_STATE_ANSWERS] = "answers",
		[TRACE_STATE_OPEN] = "open",
		[TRACE_STATE_CLOSED] = "closed",
		[TRACE_STATE_FILTERED] = "filtered",
		[TRACE_STATE_UNREACHABLE] = "unreachable",
		[TRACE_STATE_SILENT] = "silent",
		[TRACE_STATE_NOT_SENT] = "not sent",
	};

	return (size_t)s < sizeof names / sizeof names[0] ? names[s] : "unknown";
}

static void remark(struct trace_hop *h, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void remark(struct trace_hop *h, const char *format, ...)
{
	va_list args;

	if (h->remark_count == TRACE_REMARKS_MAX)
		return;
	va_start(args, format);
	vsnprintf(h->remarks[h->remark_count++], TRACE_REMARK_MAX, format, args);
	va_end(args);
}

/* A probe leaves with TTL n and DSCP 0. At the router that drops it one TTL is left:
 * 0 means that the router before passed on what it should have dropped, more that
 * routers between do not count (a tunnel, MPLS without propagation). */
static void remark_quote(struct trace_hop *h, bool expired)
{
	if (!h->has_quote)
		return;
	if (expired && h->quoted_ttl == 0)
		remark(h, "quoted TTL 0: the router before passed on an expired packet");
	if (expired && h->quoted_ttl > 1)
		remark(h, "quoted TTL %u: routers before do not count, or a tunnel", h->quoted_ttl);
	if (h->quoted_tos >> 2 != 0)
		remark(h, "DSCP changed on the way: 0 to %u", h->quoted_tos >> 2);
	if ((h->quoted_tos & 3) != 0)
		remark(h, "ECN changed on the way: 0 to %u", h->quoted_tos & 3);
}

static int16_t difference(const struct trace_hop *h)
{
	return h->return_length < 0 ? 0 : (int16_t)(h->return_length - h->hop.ttl);
}

void trace_remarks(const struct plan_flow *p, struct trace_hop *h, struct trace_changes changed)
{
	bool expired = h->has_icmp && h->icmp_type == (p->dst.family == IP_V6 ? 3 : 11) && h->icmp_code == 0;

	if (h->has_icmp && !expired)
		remark(h, "%s", trace_icmp_words(p->dst.family, h->icmp_type, h->icmp_code));
	if (h->mtu > 0)
		remark(h, "the next link takes %u bytes", (unsigned)h->mtu);
	remark_quote(h, expired);
	if (changed.port)
		remark(h, "NAT on the way: the quoted port is not ours");
	else if (changed.source)
		remark(h, "NAT on the way: the quoted source is not ours");
	else if (changed.quote)
		remark(h, "the quoted header was changed on the way");
	if (difference(h) > 1 || difference(h) < -1)
		remark(h, "way back is %d hop%s", (int)h->return_length, PLURAL_S(h->return_length));
	if (h->hop.address_count > 1)
		remark(h, "%u addresses answer", (unsigned)h->hop.address_count);
}

/* A NAT in front of several routers hides them behind one address: their answers come
 * from ever further away. In a loop each round is as far as the last, or it was a router
 * that passed on an expired packet. */
void trace_remark_repeats(struct trace_hop *hops, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k-- > 0;) {
			struct hop_result *a = &hops[k].hop, *b = &hops[i].hop;
			if (a->address_count != 1 || b->address_count != 1 || !ip_addr_equal(&a->addresses[0], &b->addresses[0]))
				continue;
			if (a->reply_ttl > 0 && b->reply_ttl > 0 && b->reply_ttl < a->reply_ttl)
				remark(&hops[i], "the address of TTL %u from further away: a NAT hides routers", a->ttl);
			else
				remark(&hops[i], "the address of TTL %u again: a loop", a->ttl);
			break;
		}
}

static void limit_words(const struct trace_hop_rate *r, char *buf, size_t size)
{
	char burst[48] = "";

	if (r->silent == 0)
		snprintf(buf, size, "no silence, so no limit seen");
	else if (!r->fit.known || r->addresses > 1)
		snprintf(buf, size, "%u silent: too few, or of too many routers, to tell a limit from loss", (unsigned)r->silent);
	else {
		if (r->fit.burst > 0)
			snprintf(burst, sizeof burst, "a burst of %u, then ", (unsigned)r->fit.burst);
		snprintf(buf, size, "a token bucket fits: %s%.1f a second (%u answered, %u silent in %.1f s); kept to %d %% of it", burst,
		         r->fit.rate, (unsigned)r->fit.answered, (unsigned)r->fit.silent, r->fit.elapsed_s, (int)(100 * TRACE_LIMIT_SHARE));
	}
}

void trace_rate_words(const struct trace_hop_rate *r, uint8_t ttl, double asked_rate, char buf[TRACE_RATE_WORDS_MAX])
{
	char why[200];

	if (isinf(r->rate)) {
		snprintf(buf, TRACE_RATE_WORDS_MAX, "TTL %u: no limit (--hop-rate max)", ttl);
		return;
	}
	if (!r->learned) {
		snprintf(buf, TRACE_RATE_WORDS_MAX, "TTL %u: at most %.1f a second (--hop-rate %g, times %u address%s)", ttl, r->rate,
		         asked_rate, r->addresses > 0 ? r->addresses : 1u, r->addresses > 1 ? "es" : "");
		return;
	}
	limit_words(r, why, sizeof why);
	snprintf(buf, TRACE_RATE_WORDS_MAX, "TTL %u: at most %.1f a second (learned, from %g): %u asked, %u answered by %u address%s; %s", ttl,
	         r->rate, TRACE_PACE_FIRST, (unsigned)r->asked, (unsigned)r->answered, r->addresses, PLURAL(r->addresses, "", "es"), why);
}
