/* SPDX-License-Identifier: BSD-2-Clause */
/* Echo, TCP and UDP: our probes on their way out, and what their targets answer. */
#include "analysis/match/identity.h"
#include "analysis/match/match_judge.h"

/* A copy of a probe that was seen already (loopback shows each frame twice, a
 * VLAN device shows it beside its parent) is not a second probe. */
static void leave_once(struct judged *j, uint32_t flow, uint16_t index)
{
	if (match_table_probe(j->table, flow, index) != NO_PROBE)
		return;
	j->m->has_probe = true;
	j->m->probe = j->table->count;
	j->m->flow = (uint16_t)flow;
	j->m->index = index;
	j->m->ttl = j->d.ip.ttl;
	j->m->sent_at = j->frame->at;
	judge_leaving(j, MATCH_OUT);
}

void judge_echo_request(struct judged *j)
{
	const struct decoded_ip *ip = &j->d.ip;
	const struct decoded_echo *echo = &j->d.icmp.echo;
	const struct plan *p = j->table->plan;
	uint32_t flow = match_table_named_flow(j->table, echo->probe_id, PROBE_ICMP_ECHO, &ip->src, &ip->dst, echo->id, 0);

	if (flow != NO_FLOW && echo->has_payload &&
	    echo->token == identity_token(p, &p->flows[flow], echo->seq, ip->ttl))
		leave_once(j, flow, echo->seq);
}

/* Is it the token of any probe of this flow and index? Asked only where the probe
 * was not seen leaving, so that its TTL is unknown. */
static bool token_of_any_ttl(const struct plan *p, const struct plan_flow *f,
                             const struct decoded_echo *echo)
{
	for (unsigned ttl = 1; echo->has_payload && ttl <= UINT8_MAX; ttl++) {
		if (echo->token == identity_token(p, f, echo->seq, (uint8_t)ttl))
			return true;
	}
	return false;
}

void judge_echo_reply(struct judged *j)
{
	const struct decoded_ip *ip = &j->d.ip;
	const struct decoded_echo *echo = &j->d.icmp.echo;
	const struct plan *p = j->table->plan;

	j->m->answer = ANSWER_ECHO_REPLY;
	/* A token that the capture has cut off is not a wrong one. */
	judge_test(j, MATCH_T1_DECODED,
	           judge_sums(j) && (echo->has_payload || j->d.status != DECODE_CUT));
	uint32_t flow = match_table_named_flow(j->table, echo->probe_id, PROBE_ICMP_ECHO, &ip->dst, &ip->src, echo->id, 0);
	if (!judge_test(j, MATCH_T2_ADDRESSES, flow != NO_FLOW || match_table_pair(j->table, &ip->dst, &ip->src)))
		return;
	if (!judge_test(j, MATCH_T3_PORTS, flow != NO_FLOW))
		return;

	const struct plan_flow *f = &p->flows[flow];
	uint32_t probe = match_table_probe(j->table, flow, echo->seq);
	bool keyed = probe != NO_PROBE && echo->has_payload &&
	             echo->token == identity_token(p, f, echo->seq, j->table->rows[probe].ttl);
	if (judge_test(j, MATCH_T4_KEYED, keyed))
		judge_probe(j, probe);
	else
		j->unseen = probe == NO_PROBE && token_of_any_ttl(p, f, echo);
	judge_pass(j, MATCH_T5_KEYED_QUOTE); /* nothing is quoted */
	judge_pass(j, MATCH_T8_SENDER);      /* T2: it is the flow's target */
	judge_conclude(j);
}

/* The probe that a sequence number belongs to, or NO_PROBE. *ours: the number
 * reads as one of this flow, whether or not its probe was seen. */
static uint32_t probe_of_seq(const struct match_table *t, uint32_t flow, uint32_t seq, bool *ours)
{
	uint16_t index;
	uint8_t ttl;

	*ours = identity_seq_open(t->plan, &t->plan->flows[flow], seq, &index, &ttl);
	if (!*ours)
		return NO_PROBE;
	uint32_t probe = match_table_probe(t, flow, index);
	return probe != NO_PROBE && t->rows[probe].ttl == ttl ? probe : NO_PROBE;
}

/* RFC 9293 3.10.7: a RST acknowledges what the SYN carried as well, and so do some SYN-ACKs. */
static uint32_t probe_of_ack(const struct match_table *t, uint32_t flow, uint32_t ack, bool *ours)
{
	uint32_t probe = probe_of_seq(t, flow, ack - 1, ours);

	for (uint8_t i = 0; probe == NO_PROBE && i < t->syn_sizes; i++) {
		bool other;
		probe = probe_of_seq(t, flow, ack - 1 - t->syn_bytes[i], &other);
	}
	return probe;
}

/* What our SYN carries, from the headers: the capture may have cut it. It has no IP options. */
static uint16_t syn_payload(const struct decoded_ip *ip, const struct decoded_tcp *tcp)
{
	size_t headers = (ip->src.family == IP_V4 ? 20u : 40u) + (size_t)(tcp->payload.at - tcp->start);

	return tcp->full_header && tcp->payload.at != NULL && ip->total_len > headers ? (uint16_t)(ip->total_len - headers) : 0;
}

#define LATER_MOST 64u                /* SYNs after a half-open one that are looked at: far more than its minute holds */
#define APART_NS (100 * NS_PER_MS) /* two SYNs of a flow: nearer than that, an ACK alone may answer either */
#define TCP_KINDS (TCP_SYN | TCP_RST | TCP_ACK | TCP_FIN)

/* From us to the target: a probe, a RST, or some other program's segment. */
static void tcp_leaving(struct judged *j, uint32_t flow)
{
	const struct decoded_tcp *tcp = &j->d.tcp;
	const struct plan *p = j->table->plan;
	uint16_t index;
	uint8_t ttl;
	bool ours;

	if ((tcp->flags & TCP_KINDS) == TCP_SYN) {
		if (identity_seq_open(p, &p->flows[flow], tcp->seq, &index, &ttl) && ttl == j->d.ip.ttl)
			leave_once(j, flow, index);
		j->syn_bytes = syn_payload(&j->d.ip, tcp);
	} else if ((tcp->flags & TCP_RST) != 0) {
		/* RFC 9293 3.5.2: it has the number that the SYN-ACK asked for. */
		uint32_t probe = probe_of_seq(j->table, flow, tcp->seq - 1, &ours);
		if (probe != NO_PROBE)
			judge_probe(j, probe);
		judge_leaving(j, MATCH_OUT_RESET);
	}
}

/* RFC 9293 3.10.7: a SYN draws SYN-ACK, or RST with ACK; both acknowledge it. A RST
 * without ACK answers something else and proves nothing. */
static enum answer_kind tcp_answer(const struct decoded_tcp *tcp)
{
	switch (tcp->flags & TCP_KINDS) {
	case TCP_SYN | TCP_ACK:
		return ANSWER_SYN_ACK;
	case TCP_RST | TCP_ACK:
		return ANSWER_RST;
	default:
		return ANSWER_NONE;
	}
}

/* The SYN that an ACK alone answers: the latest of the flow after the one it acknowledges. NO_PROBE where another
 * that may have got as far left so shortly before that either can be meant: within what answers take. */
static uint32_t syn_after(const struct match_table *t, uint32_t flow, uint32_t old, struct wall_ns at)
{
	const struct probe_row *first = &t->rows[old];
	uint32_t latest = NO_PROBE, probe;
	int64_t before = INT64_MIN;

	for (uint32_t index = first->index + 1u; index <= UINT16_MAX && index <= first->index + LATER_MOST; index++) {
		probe = match_table_probe(t, flow, (uint16_t)index);
		const struct probe_row *row = probe != NO_PROBE ? &t->rows[probe] : NULL;
		if (!row || row->ttl < first->ttl || row->sent_at.ns > at.ns)
			continue;
		before = latest == NO_PROBE ? INT64_MIN : t->rows[latest].sent_at.ns;
		latest = probe;
	}
	if (latest == NO_PROBE || (before != INT64_MIN && t->rows[latest].sent_at.ns - before < APART_NS + t->slowest_rtt_ns))
		return NO_PROBE;
	return latest;
}

/* RFC 9293 3.10.7.4: where the answer to a SYN died on its way to us, or our RST on its way there, the target holds a
 * half-open connection. To a later SYN of the flow, whose number does not fit, it sends an ACK alone, of the first. */
static void ack_alone(struct judged *j, uint32_t flow)
{
	bool ours = false;
	uint32_t old = probe_of_ack(j->table, flow, j->d.tcp.ack, &ours);

	j->unseen = ours;
	if (!judge_test(j, MATCH_T4_KEYED, old != NO_PROBE))
		return;
	uint32_t probe = syn_after(j->table, flow, old, j->frame->at);
	if (probe == NO_PROBE)
		return; /* T7 stays failed: it repeats what is known */
	j->m->answer = ANSWER_HALF_OPEN;
	j->m->arrived = old;
	judge_probe(j, probe);
}

/* From the target to us. */
static void tcp_arriving(struct judged *j, uint32_t flow)
{
	const struct decoded_tcp *tcp = &j->d.tcp;
	bool ours = false;

	j->m->answer = tcp_answer(tcp);
	judge_test(j, MATCH_T1_DECODED, tcp->full_header && judge_sums(j));
	judge_pass(j, MATCH_T2_ADDRESSES);
	judge_pass(j, MATCH_T3_PORTS);
	judge_pass(j, MATCH_T5_KEYED_QUOTE); /* nothing is quoted */
	judge_pass(j, MATCH_T8_SENDER);      /* T2: it is the flow's target */
	if (j->m->answer != ANSWER_NONE) {
		uint32_t probe = probe_of_ack(j->table, flow, tcp->ack, &ours);
		if (judge_test(j, MATCH_T4_KEYED, probe != NO_PROBE))
			judge_probe(j, probe);
		j->unseen = ours;
	} else if ((tcp->flags & TCP_KINDS) == TCP_ACK) {
		ack_alone(j, flow);
	}
	if (j->m->answer == ANSWER_SYN_ACK)
		j->m->answer_seq = tcp->ack;
	judge_conclude(j);
}

void judge_tcp(struct judged *j)
{
	const struct decoded_ip *ip = &j->d.ip;
	const struct decoded_tcp *tcp = &j->d.tcp;
	uint32_t flow = match_table_flow(j->table, PROBE_TCP_SYN, &ip->src, &ip->dst,
	                                 tcp->src_port, tcp->dst_port);

	if (flow != NO_FLOW) {
		tcp_leaving(j, flow);
		return;
	}
	flow = match_table_flow(j->table, PROBE_TCP_SYN, &ip->dst, &ip->src,
	                        tcp->dst_port, tcp->src_port);
	if (flow != NO_FLOW)
		tcp_arriving(j, flow);
	else
		judge_test(j, MATCH_T2_ADDRESSES, match_table_pair(j->table, &ip->dst, &ip->src));
}

/* From us to the target: a probe of ours, or some other program's datagram. */
static void udp_leaving(struct judged *j, uint32_t flow)
{
	const struct decoded_udp *udp = &j->d.udp;
	const struct plan *p = j->table->plan;
	uint16_t index;

	if (udp->has_payload && identity_udp_open(p, &p->flows[flow], udp->checksum, &index) &&
	    udp->token == identity_token(p, &p->flows[flow], index, j->d.ip.ttl))
		leave_once(j, flow, index);
}

/* From the target to us. Nothing in it can be keyed: it proves no more than that
 * somebody who knows our ports answered in the target's name. */
static void udp_arriving(struct judged *j, uint32_t flow)
{
	judge_pass(j, MATCH_T2_ADDRESSES);
	judge_pass(j, MATCH_T3_PORTS);
	if (j->table->last[flow] == NO_PROBE || !judge_sums(j))
		return;
	j->m->failed = 0;
	j->m->cls = MATCH_ANSWER;
	j->m->answer = ANSWER_UDP;
	j->m->flow = (uint16_t)flow;
}

void judge_udp(struct judged *j)
{
	const struct decoded_ip *ip = &j->d.ip;
	const struct decoded_udp *udp = &j->d.udp;
	uint32_t flow = match_table_named_flow(j->table, udp->probe_id, PROBE_UDP, &ip->src, &ip->dst, udp->src_port, udp->dst_port);

	if (flow != NO_FLOW) {
		udp_leaving(j, flow);
		return;
	}
	flow = match_table_flow(j->table, PROBE_UDP, &ip->dst, &ip->src, udp->dst_port, udp->src_port);
	if (flow != NO_FLOW)
		udp_arriving(j, flow);
	else
		judge_test(j, MATCH_T2_ADDRESSES, match_table_pair(j->table, &ip->dst, &ip->src));
}
