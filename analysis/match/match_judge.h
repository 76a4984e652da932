/* SPDX-License-Identifier: BSD-2-Clause */
/* One frame before the matcher: what it claims, which tests it passes, and the
 * class that follows. Judging changes nothing. Private to the matcher (match*.c).
 *
 * The class is that of the first rule that applies:
 *
 *   1. T2 fails: not between us and a flow                        -> foreign
 *   2. T3 fails: other traffic between the same hosts             -> foreign
 *      (a quote whose ports were changed, but whose keyed values
 *      name one probe, goes on: a NAT did not restore them; so
 *      does one that is cut before its ports)
 *   3. T1 fails: about us, but not whole, or a wrong checksum     -> malformed
 *   4. T4 fails: the value is none of ours                        -> forged
 *      or is ours, but its probe was not seen leaving             -> late
 *   5. T8 fails: the sender cannot be one                         -> forged
 *      or is this host itself, in an ICMP error                   -> foreign
 *   6. T7 fails: the probe has its answer already                 -> duplicate
 *   7. T6 fails: before its probe, or after the window            -> late
 *   8. an answer
 *
 * T5 decides nothing: a NAT or a load balancer may rewrite the IPv4 id, the flow
 * label or the checksum in a quote; it is counted and told. The source address of
 * a quote is not tested at all: Azure and most NATs rewrite it.
 *
 * All tests are made that can be made, also after one has failed. A test that
 * cannot be made counts as failed; one that does not apply counts as passed. */
#ifndef ERPROBE_MATCH_JUDGE_H
#define ERPROBE_MATCH_JUDGE_H

#include "analysis/match/match.h"
#include "analysis/match/match_table.h"

struct judged {
	const struct match_table *table;
	const struct frame *frame;
	struct decoded d;
	struct match *m;         /* what the caller gets */
	uint16_t syn_bytes;      /* payload of a SYN of ours that leaves */
	bool unseen;             /* T4: ours, but its probe was not seen leaving */
	bool from_us;            /* T8: the sender is this host */
};

/* Judges a frame; what is foreign to all probes may still be a watched peering's. A MATCH_OUT is not yet in the table: out->probe is where it goes. */
void match_judge(struct judged *j, const struct match_table *t, const struct frame *f, struct match *out);

/* --- for the parts of the judge --------------------------------------------- */

static inline void judge_pass(struct judged *j, enum match_test t)
{
	j->m->failed &= (uint16_t)~(1u << t);
}
static inline bool judge_test(struct judged *j, enum match_test t, bool passed)
{
	if (passed)
		judge_pass(j, t);
	return passed;
}
static inline bool judge_failed(const struct judged *j, enum match_test t)
{
	return (j->m->failed & 1u << t) != 0;
}
/* The probe that a frame belongs to: fills the match and makes T6 and T7. */
void judge_probe(struct judged *j, uint32_t probe);
/* T1 as far as checksums go: one of a packet that was captured whole. */
bool judge_sums(const struct judged *j);
/* Frames that leave: all tests pass. */
void judge_leaving(struct judged *j, enum match_class cls);
/* Applies the rules from rule 3 on. */
void judge_conclude(struct judged *j);

/* match_answer.c: echo, TCP and UDP, both ways. */
void judge_echo_request(struct judged *j);
void judge_echo_reply(struct judged *j);
void judge_tcp(struct judged *j);
void judge_udp(struct judged *j);
/* match_quote.c: ICMP errors. */
void judge_quote(struct judged *j);
/* match_neighbour.c: ARP and ND, both ways. */
void judge_neighbour(struct judged *j);

#endif
