/* SPDX-License-Identifier: BSD-2-Clause */
/* ARP and neighbour discovery. Nothing in them can be keyed: a request is taken
 * for ours by its addresses, an answer goes to the latest request. The kernel's
 * own questions for the same address look the same; those that it sends to one
 * host, to confirm what it knows, do not. */
#include "analysis/match/match_judge.h"

#define ND_HOP_LIMIT 255 /* RFC 4861 7.1: proof that no router passed it on */

static bool to_group(const struct decoded_link *link)
{
	return (link->dst[0] & 1) != 0;
}

static void neighbour_leaving(struct judged *j)
{
	const struct decoded_neighbour *n = &j->d.neighbour;
	uint32_t flow = match_table_flow(j->table, PROBE_NEIGHBOUR, &n->sender, &n->target, 0, 0);

	if (flow == NO_FLOW || !to_group(&j->d.link))
		return;
	uint32_t before = j->table->last[flow];
	j->m->has_probe = true;
	j->m->probe = j->table->count;
	j->m->flow = (uint16_t)flow;
	j->m->index = before == NO_PROBE ? 0 : (uint16_t)(j->table->rows[before].index + 1);
	j->m->ttl = 0;
	j->m->sent_at = j->frame->at;
	judge_leaving(j, MATCH_OUT);
}

static void neighbour_arriving(struct judged *j)
{
	const struct decoded_neighbour *n = &j->d.neighbour;
	bool nd = j->d.ip.present;
	/* An ARP reply speaks of its sender, to its target (RFC 826). An
	 * advertisement speaks of its target, to whom it is sent (RFC 4861 4.4). */
	const struct ip_addr *remote = nd ? &n->target : &n->sender;
	const struct ip_addr *local = nd ? &j->d.ip.dst : &n->target;
	uint32_t flow = match_table_flow(j->table, PROBE_NEIGHBOUR, local, remote, 0, 0);

	if (!judge_test(j, MATCH_T2_ADDRESSES, flow != NO_FLOW) || j->table->last[flow] == NO_PROBE)
		return; /* an answer to the kernel's question */
	j->m->answer = ANSWER_NEIGHBOUR;
	j->m->from = *remote;
	j->m->reply_ttl = nd ? j->d.ip.ttl : 0;
	j->m->icmp_type = j->d.icmp.type;
	judge_test(j, MATCH_T1_DECODED, j->d.status == DECODE_OK && (!nd || judge_sums(j)));
	judge_pass(j, MATCH_T3_PORTS); /* it has none, and no keyed value */
	judge_pass(j, MATCH_T4_KEYED);
	judge_pass(j, MATCH_T5_KEYED_QUOTE);
	judge_test(j, MATCH_T8_SENDER, !nd || j->d.ip.ttl == ND_HOP_LIMIT);
	judge_probe(j, j->table->last[flow]);
	judge_conclude(j);
	/* Long after its own answer a probe has nothing to expect: whoever asked
	 * for this one, most likely the kernel, it was not we. */
	if (j->m->cls == MATCH_DUPLICATE && judge_failed(j, MATCH_T6_WINDOW)) {
		j->m->cls = MATCH_FOREIGN;
		j->m->has_probe = false;
	}
}

void judge_neighbour(struct judged *j)
{
	if (j->d.neighbour.reply)
		neighbour_arriving(j);
	else
		neighbour_leaving(j);
}
