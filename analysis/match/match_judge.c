/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/match/match_judge.h"

#include <string.h>

_Static_assert((int)MATCH_TESTS <= (int)MATCH_TESTS_MAX, "match_counts has a place for each test");

enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_ICMP6 = 58 };
enum { ICMP4_REPLY = 0, ICMP4_REQUEST = 8, ICMP6_REQUEST = 128, ICMP6_REPLY = 129 };

/* Stamps may come from a file: any two of them, without overflow. */
static int64_t stamp_difference(struct wall_ns later, struct wall_ns earlier)
{
	int64_t span;

	if (__builtin_sub_overflow(later.ns, earlier.ns, &span))
		return later.ns > earlier.ns ? INT64_MAX : INT64_MIN;
	return span;
}

void judge_probe(struct judged *j, uint32_t probe)
{
	const struct probe_row *row = &j->table->rows[probe];
	struct match *m = j->m;

	m->has_probe = true;
	m->probe = probe;
	m->flow = row->flow;
	m->ttl = row->ttl;
	m->index = row->index;
	m->sent_at = row->sent_at;
	m->rtt_ns = stamp_difference(j->frame->at, row->sent_at);
	judge_test(j, MATCH_T6_WINDOW, m->rtt_ns >= 0 && m->rtt_ns <= MATCH_WINDOW_NS);
	judge_test(j, MATCH_T7_FIRST, !row->answered);
}

bool judge_sums(const struct judged *j)
{
	const struct decoded *d = &j->d;

	if (!d->ip.checksum_ok)
		return false;
	/* Of a packet that is not all here no sum can be known. TCP is not asked:
	 * a network card may have left it to be filled in. */
	return !d->icmp.present || d->icmp.checksum_ok || d->status == DECODE_CUT;
}

void judge_leaving(struct judged *j, enum match_class cls)
{
	j->m->cls = cls;
	j->m->failed = 0;
	j->m->rtt_ns = 0;
}

void judge_conclude(struct judged *j)
{
	struct match *m = j->m;

	if (judge_failed(j, MATCH_T1_DECODED))
		m->cls = MATCH_MALFORMED;
	else if (judge_failed(j, MATCH_T4_KEYED))
		m->cls = j->unseen ? MATCH_LATE : MATCH_FORGED;
	else if (judge_failed(j, MATCH_T8_SENDER))
		m->cls = j->from_us ? MATCH_FOREIGN : MATCH_FORGED;
	else if (judge_failed(j, MATCH_T7_FIRST))
		m->cls = MATCH_DUPLICATE;
	else if (judge_failed(j, MATCH_T6_WINDOW))
		m->cls = MATCH_LATE;
	else
		m->cls = MATCH_ANSWER;
	if (m->cls == MATCH_FOREIGN)
		m->has_probe = false;
}

/* No transport header, or one that tells nothing of itself. It matters only if
 * it might have been an answer: ICMP to us from anyone, TCP from a flow's end. */
static void judge_rest(struct judged *j)
{
	const struct decoded_ip *ip = &j->d.ip;
	bool icmp = ip->protocol == (ip->dst.family == IP_V4 ? PROTOCOL_ICMP : PROTOCOL_ICMP6);
	bool readable = j->d.status == DECODE_OK || j->d.status == DECODE_UNKNOWN;

	/* Later fragments carry no port: nothing can be said of them. */
	if (readable || ip->fragment || j->d.icmp.present || j->d.tcp.present)
		return;
	if (!icmp && ip->protocol != PROTOCOL_TCP)
		return;
	if (judge_test(j, MATCH_T2_ADDRESSES, icmp ? match_table_local(j->table, &ip->dst)
	                                           : match_table_pair(j->table, &ip->dst, &ip->src)))
		j->m->cls = MATCH_MALFORMED;
}

static void judge_frame(struct judged *j)
{
	const struct decoded_icmp *icmp = &j->d.icmp;

	if (j->d.neighbour.present) {
		judge_neighbour(j);
		return;
	}
	if (!j->d.ip.present)
		return;
	j->m->from = j->d.ip.src;
	j->m->size = j->d.ip.total_len;
	j->m->reply_ttl = j->d.ip.ttl;
	j->m->reply_id = j->d.ip.src.family == IP_V4 ? j->d.ip.ip_id : 0;
	j->m->iface = j->frame->iface;
	j->m->icmp_type = icmp->type;
	j->m->icmp_code = icmp->code;
	bool v4 = j->d.ip.src.family == IP_V4;
	if (icmp->is_error)
		judge_quote(j);
	else if (icmp->echo.present && icmp->type == (v4 ? ICMP4_REQUEST : ICMP6_REQUEST))
		judge_echo_request(j);
	else if (icmp->echo.present && icmp->type == (v4 ? ICMP4_REPLY : ICMP6_REPLY))
		judge_echo_reply(j);
	else if (j->d.tcp.present)
		judge_tcp(j);
	else if (j->d.udp.present)
		judge_udp(j);
	else
		judge_rest(j);
}

void match_judge(struct judged *j, const struct match_table *t, const struct frame *f, struct match *out)
{
	struct watch_mark mark;
	bool mirrored = t->plan && f->iface < t->plan->iface_count && t->plan->ifaces[f->iface].mirror;

	/* decode_frame() begins with zeros by itself. */
	j->table = t;
	j->frame = f;
	j->syn_bytes = 0;
	j->unseen = j->from_us = false;
	j->m = out;
	memset(out, 0, sizeof(*out));
	j->m->cls = MATCH_FOREIGN;
	j->m->failed = (uint16_t)((1u << MATCH_TESTS) - 1);
	decode_frame(f, &j->d);
	/* What comes in by a mirror port is a copy: no probe left there, and no answer came that way. */
	if (!mirrored)
		judge_frame(j);
	if (j->m->cls == MATCH_FOREIGN && watch_mark(t->plan, &j->d, &mark))
		*out = (struct match){.cls = MATCH_WATCHED, .watched = mark};
}
