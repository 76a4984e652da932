/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/path/sight_answer.h"

#include <stdlib.h>
#include <string.h>

#define ICMP4_ECHO_REPLY 0
#define ICMP4_UNREACHABLE 3
#define ICMP4_TIME_EXCEEDED 11
#define ICMP6_ECHO_REPLY 129
#define ICMP6_UNREACHABLE 1
#define ICMP6_TOO_BIG 2
#define ICMP6_TIME_EXCEEDED 3
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

/* -- reading -- */

/* The other way round: who was asked, and from where. */
static void turn(const struct decoded *d, struct sight_answer *a)
{
	a->asked.src = d->ip.dst;
	a->asked.dst = d->ip.src;
}

static bool read_echo_reply(const struct decoded *d, struct sight_answer *a)
{
	uint8_t reply = d->ip.src.family == IP_V4 ? ICMP4_ECHO_REPLY : ICMP6_ECHO_REPLY;

	if (!d->icmp.echo.present || d->icmp.type != reply)
		return false;
	turn(d, a);
	a->asked.kind = PROBE_ICMP_ECHO;
	a->asked.src_port = d->icmp.echo.id;
	a->asked.dst_port = d->icmp.echo.seq;
	a->answer = ANSWER_ECHO_REPLY;
	return true;
}

static uint8_t error_kind(uint8_t family, uint8_t type)
{
	if (type == (family == IP_V4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED))
		return ANSWER_TIME_EXCEEDED;
	if (family == IP_V4 ? type == ICMP4_UNREACHABLE : type == ICMP6_UNREACHABLE || type == ICMP6_TOO_BIG)
		return ANSWER_UNREACHABLE;
	return ANSWER_OTHER_ERROR;
}

/* What RFC 792 promises of the quoted datagram: the IP header and 64 bits behind it. */
static bool read_quote(const struct decoded_icmp *i, struct sight_answer *a)
{
	if (i->quoted_ip.protocol == PROTOCOL_TCP && i->quoted_tcp.present) {
		a->asked.kind = PROBE_TCP_SYN;
		a->asked.src_port = i->quoted_tcp.src_port;
		a->asked.dst_port = i->quoted_tcp.dst_port;
		a->asked.seq = i->quoted_tcp.seq;
	} else if (i->quoted_ip.protocol == PROTOCOL_UDP && i->quoted_udp.present) {
		a->asked.kind = PROBE_UDP;
		a->asked.src_port = i->quoted_udp.src_port;
		a->asked.dst_port = i->quoted_udp.dst_port;
		a->asked.sum = i->quoted_udp.checksum;
	} else if (i->quoted_icmp && i->quoted_echo.present) {
		a->asked.kind = PROBE_ICMP_ECHO;
		a->asked.src_port = i->quoted_echo.id;
		a->asked.dst_port = i->quoted_echo.seq;
	} else {
		return false;
	}
	return true;
}

static bool read_error(const struct decoded *d, struct sight_answer *a)
{
	const struct decoded_icmp *i = &d->icmp;

	if (!i->is_error || !i->quoted_ip.present || !read_quote(i, a))
		return false;
	a->asked.src = i->quoted_ip.src;
	a->asked.dst = i->quoted_ip.dst;
	a->asked.ip_id = i->quoted_ip.ip_id;
	a->quotes = true;
	a->answer = error_kind(d->ip.src.family, i->type);
	if (i->extensions.present) {
		a->mpls_count = i->extensions.mpls_count;
		memcpy(a->mpls, i->extensions.mpls, sizeof a->mpls);
	}
	return true;
}

/* SYN-ACK, or the RST that refuses: both acknowledge our number plus one (RFC 9293, 3.10.7). */
static bool read_tcp(const struct decoded *d, struct sight_answer *a)
{
	uint8_t flags = d->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST);

	if (!d->tcp.full_header || (flags != (TCP_SYN | TCP_ACK) && flags != (TCP_RST | TCP_ACK)))
		return false;
	turn(d, a);
	a->asked.kind = PROBE_TCP_SYN;
	a->asked.src_port = d->tcp.dst_port;
	a->asked.dst_port = d->tcp.src_port;
	a->asked.seq = d->tcp.ack - 1;
	a->answer = flags & TCP_RST ? ANSWER_RST : ANSWER_SYN_ACK;
	return true;
}

static bool read_udp(const struct decoded *d, struct sight_answer *a)
{
	turn(d, a);
	a->asked.kind = PROBE_UDP;
	a->asked.src_port = d->udp.dst_port;
	a->asked.dst_port = d->udp.src_port;
	a->answer = ANSWER_UDP;
	return true;
}

static bool read_any(const struct decoded *d, struct sight_answer *a)
{
	if (d->icmp.present)
		return read_error(d, a) || read_echo_reply(d, a);
	if (d->tcp.present)
		return read_tcp(d, a);
	return d->udp.present && read_udp(d, a);
}

bool sight_answer_read(const struct decoded *d, const struct frame *f, uint32_t frame, struct sight_answer *out)
{
	memset(out, 0, sizeof *out);
	if (!d->ip.present || d->ip.fragment || !read_any(d, out))
		return false;
	out->frame = frame;
	out->at = f->at;
	out->from = d->ip.src;
	out->reply_ttl = d->ip.ttl;
	if (d->icmp.present) {
		out->icmp_type = d->icmp.type;
		out->icmp_code = d->icmp.code;
	}
	return true;
}

/* -- matching -- */

#define BACK_MAX 256 /* probes of one order that an answer is compared with */

/* Probes of the same order that left by `at`: the place behind the last of them. */
static size_t behind(const struct sights *s, const struct sight *asked, struct wall_ns at)
{
	size_t low = 0, high = s->probe_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = sights_order(&s->probes[middle], asked);

		if (order < 0 || (order == 0 && s->probes[middle].at.ns <= at.ns))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How well does the answer fit: the quoted numbers, and whether one is still wanted. A
 * sender's own capture may show a checksum that its card replaced, so none is demanded. */
static int fitness(const struct sight *p, const struct sight_answer *a)
{
	int fit = p->answer == ANSWER_NONE ? 2 : 1;

	if (a->quotes && p->ip_id == a->asked.ip_id)
		fit += 4;
	if (a->quotes && p->kind == PROBE_UDP && p->sum == a->asked.sum)
		fit += 8;
	return fit;
}

/* Further answers of the same node and kind at once are further sights, as of probes. */
static struct sight *probe_of(struct sights *s, const struct sight_answer *a)
{
	size_t end = behind(s, &a->asked, a->at);
	struct sight *best = NULL;
	int best_fit = 0;

	for (size_t back = 1; back <= BACK_MAX && back <= end; back++) {
		struct sight *p = &s->probes[end - back];
		int fit;

		if (sights_order(p, &a->asked) != 0 || wall_since(a->at, p->at) > SIGHT_WINDOW_NS)
			break;
		fit = fitness(p, a);
		if (fit > best_fit) {
			best = p;
			best_fit = fit;
		}
	}
	return best;
}

static void give(struct sight *p, const struct sight_answer *a)
{
	p->answers++;
	if (p->answer != ANSWER_NONE)
		return;
	p->answer = a->answer;
	p->icmp_type = a->icmp_type;
	p->icmp_code = a->icmp_code;
	p->reply_ttl = a->reply_ttl;
	p->answer_frame = a->frame;
	p->from = a->from;
	p->rtt_ns = wall_since(a->at, p->at);
	memcpy(p->mpls, a->mpls, sizeof p->mpls);
	p->mpls_count = a->mpls_count;
}

static int by_time(const void *x, const void *y)
{
	const struct sight_answer *a = x, *b = y;

	if (a->at.ns != b->at.ns)
		return a->at.ns < b->at.ns ? -1 : 1;
	return a->frame < b->frame ? -1 : a->frame > b->frame;
}

/* A datagram that answers nobody is somebody's own traffic, and no stray answer. */
void sight_answers_match(struct sights *s)
{
	if (s->answer_count > 0)
		qsort(s->answers, s->answer_count, sizeof *s->answers, by_time);
	for (size_t i = 0; i < s->answer_count; i++) {
		struct sight *p = probe_of(s, &s->answers[i]);

		if (p) {
			s->totals.answered += p->answer == ANSWER_NONE;
			s->totals.answers++;
			give(p, &s->answers[i]);
		} else if (s->answers[i].answer != ANSWER_UDP && s->answers[i].answer != ANSWER_RST) {
			s->totals.strays++;
		}
	}
}
