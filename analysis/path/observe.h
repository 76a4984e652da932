/* SPDX-License-Identifier: BSD-2-Clause */
/* What became of each probe: one record a probe that was seen leaving, in the
 * order of leaving. Everything that follows (hops, loss, delay) is computed from
 * these records, so it can be recomputed at any moment. */
#ifndef ERPROBE_OBSERVE_H
#define ERPROBE_OBSERVE_H

#include "analysis/match/match.h"
#include "erprobe/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Probes longer than this ask what the path carries (sizes.h). Their silence is no loss: all
 * that counts answers leaves them aside. */
#define OBSERVE_SMALL_MAX 200

struct probe_record {
	uint16_t flow;
	uint16_t size;           /* bytes of the probe's IP datagram; 0 = ARP */
	uint16_t answer_size;    /* likewise of the answer */
	uint8_t ttl;
	uint8_t answer;          /* enum answer_kind; ANSWER_NONE while nothing came */
	uint8_t icmp_type, icmp_code;
	uint8_t reply_ttl;
	uint8_t reply_iface;     /* where the answer came in: slot in plan.ifaces[] */
	uint16_t reply_id;       /* IPv4 id of the answer; 0 with IPv6 */
	uint8_t mpls_count;
	bool late;               /* an answer came, but outside the window: neither answered nor lost */
	bool arrived;            /* its target had it, and the answer died on the way back: see observe.c */
	bool reset;              /* the half-open connection was ended by a RST of ours */
	struct ip_addr from;
	struct wall_ns sent_at;
	int64_t rtt_ns;
	uint32_t answer_seq;     /* sequence number for a RST after SYN-ACK */
	uint32_t mpls_label;     /* top label of the answer's stack */
	uint32_t mtu;
};

/* Why probes of one flow did not leave (link_down: also for want of the address that they leave from; turn: others asked then, see
 * SEND_REFUSED_RATE); and when the latest of the first three did not. */
struct flow_refusals { uint32_t no_route, link_down, blocked, overloaded, turn, policy; struct wall_ns latest; };

struct observations {
	const struct plan *plan;
	struct probe_record *records;
	size_t count, size;
	struct flow_refusals *refusals; /* per plan flow */
	struct wall_ns now;             /* the latest time that any event named */
	int64_t slowest_rtt_ns;
	uint32_t not_sent;
	bool out_of_memory;
};

bool observations_init(struct observations *o, const struct plan *p);
void observations_free(struct observations *o);
/* Takes a classified frame (any class). */
void observations_match(struct observations *o, const struct match *m, struct wall_ns at);
void observations_not_sent(struct observations *o, const struct event_not_sent *e);
void observations_time(struct observations *o, struct wall_ns now);

/* How long an answer is waited for before its absence counts: three times the
 * slowest seen plus 250 ms, between 0.6 s and the matcher's window. */
int64_t observations_patience_ns(const struct observations *o);

/* Is this one waited for longer than answers take here (twice the slowest so far, and a little)? That proves nothing yet, and is
 * reason enough to ask on. */
bool observations_is_silent(const struct observations *o, const struct probe_record *r);

bool observations_is_large(const struct probe_record *r);

/* What a record says now. */
enum record_state { RECORD_WAITING, RECORD_ANSWERED, RECORD_UNREACHABLE, RECORD_LOST, RECORD_SET_ASIDE };
enum record_state observations_state(const struct observations *o, const struct probe_record *r);

#endif
