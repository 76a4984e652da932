/* SPDX-License-Identifier: BSD-2-Clause */
/* Which probe does a frame belong to, and may it count? Frames go in, in capture
 * order; each comes out classified. The matcher remembers every probe that was
 * seen leaving; it never trusts the capture filter. */
#ifndef ERPROBE_MATCH_H
#define ERPROBE_MATCH_H

#include "analysis/decode/decode.h"
#include "analysis/passive/watch.h"
#include "erprobe/plan.h"

#include <stdbool.h>
#include <stdint.h>

/* An answer later than this is `late`: kept, counted, not used as an answer. */
#define MATCH_WINDOW_NS (INT64_C(3) * NS_PER_SEC)

/* All tests that can be made are made for each frame; a bit set = failed, or not
 * to be made because an earlier one failed. match_judge.h has the rules that lead
 * from the tests to the class. */
enum match_test {
	MATCH_T1_DECODED,        /* the packet (or its quote) was whole enough to tell */
	MATCH_T2_ADDRESSES,      /* it is between us and one of our flows */
	MATCH_T3_PORTS,          /* its ports or echo id are the flow's */
	MATCH_T4_KEYED,          /* the keyed value is the one of a probe that left */
	MATCH_T5_KEYED_QUOTE,    /* IPv4 id or token in the quote agrees as well (where a NAT has not rewritten it) */
	MATCH_T6_WINDOW,         /* it came after its probe and inside the window */
	MATCH_T7_FIRST,          /* it is the first answer to its probe */
	MATCH_T8_SENDER,         /* the sender is plausible (not us, not multicast; the target for an end answer) */
	MATCH_TESTS
};
const char *match_test_name(enum match_test t); /* "keyed value", … */

enum match_class {
	MATCH_OUT = 1,     /* a probe of ours leaving */
	MATCH_OUT_RESET,   /* a RST of ours leaving (kernel's or helper's) */
	MATCH_ANSWER,      /* the first answer to a probe */
	MATCH_DUPLICATE,
	MATCH_LATE,        /* genuine, but outside its window, or (has_probe false) its probe was
	                      not seen leaving: kept, never counted as an answer */
	MATCH_FORGED,      /* addressed like an answer, but a keyed value is wrong */
	MATCH_FOREIGN,     /* nothing to do with us, or a second sight of a probe: not kept */
	MATCH_MALFORMED,   /* about us, but cut or with a wrong checksum */
	MATCH_WATCHED      /* nothing to do with our probes: it belongs to a peering that is watched */
};
const char *match_class_name(enum match_class c);

enum answer_kind {
	ANSWER_NONE = 0,
	ANSWER_ECHO_REPLY,
	ANSWER_TIME_EXCEEDED,
	ANSWER_UNREACHABLE,   /* any ICMP 3 or ICMPv6 1, see code; fragmentation needed / packet too big too */
	ANSWER_OTHER_ERROR,
	ANSWER_SYN_ACK,
	ANSWER_RST,
	ANSWER_NEIGHBOUR,
	ANSWER_HALF_OPEN,     /* an ACK alone: the target still holds what an earlier SYN half opened; see match.arrived */
	ANSWER_UDP            /* a datagram from the target: names no probe (has_probe false), only the flow */
};

struct match {
	enum match_class cls;
	uint16_t failed;          /* bit mask of enum match_test */
	bool has_probe;           /* the fields below are valid */
	uint32_t probe;           /* place in the matcher's probe table: order of leaving, from 0 */
	uint16_t flow;
	uint8_t ttl;              /* of the probe; 0 for ARP and ND */
	uint16_t index;           /* of the probe in its flow */
	struct wall_ns sent_at;
	enum answer_kind answer;
	uint8_t icmp_type, icmp_code; /* of an ICMP answer */
	uint32_t mtu;             /* of 3/4 and ICMPv6 2/0, else 0 */
	uint16_t size;            /* bytes of the frame's IP datagram, as its header says; 0 = ARP */
	struct ip_addr from;      /* sender of the answer */
	int64_t rtt_ns;           /* answer stamp - probe stamp; 0 for frames that leave */
	uint8_t reply_ttl;
	uint16_t reply_id;        /* IPv4 id of an answer; 0 with IPv6 */
	uint8_t iface;            /* of the frame: slot in plan.ifaces[] */
	uint8_t quoted_ttl;       /* TTL left in the quote, 0 = no quote */
	bool has_quote;           /* quoted_ttl and quoted_tos were there */
	uint8_t quoted_tos;       /* DSCP and ECN that the quote shows */
	bool changed_source;      /* the quoted source is not who the answer went to: a NAT */
	uint32_t answer_seq;      /* TCP: acknowledgment number to use in a RST (SYN-ACK's ack) */
	uint32_t arrived;         /* ANSWER_HALF_OPEN: the earlier probe, which the ACK acknowledges */
	struct decoded_extensions extensions;
	struct watch_mark watched; /* MATCH_WATCHED */
};

struct matcher;

/* The plan must outlive the matcher and not change. NULL when out of memory. No two
 * flows may agree in kind, addresses and ports: the first gets all frames. A flow
 * from an address to itself is left out. Free with matcher_free(). */
struct matcher *matcher_new(const struct plan *p);
void matcher_free(struct matcher *m);
/* Classifies one frame and remembers what it means. Frames in capture order. A
 * foreign frame changes nothing but its own count, and its tests are not counted:
 * with or without such frames a replay comes to the same state. */
void matcher_frame(struct matcher *m, const struct frame *f, struct match *out);
/* matcher_frame() will be given this frame soon: the place of its probe is fetched from memory meanwhile. The
 * name (identity.h) that it seems to carry, or 0: a hint, and not looked at beyond that. Changes nothing. */
uint32_t matcher_expect(const struct matcher *m, const struct frame *f);
/* The frame of this name is the next one: what lies behind that place. */
void matcher_near(const struct matcher *m, uint32_t name);
/* Would this frame be MATCH_FOREIGN? Does not change the matcher. */
bool matcher_is_foreign(const struct matcher *m, const struct frame *f);
/* Probes seen leaving, of every kind; a RST of ours (MATCH_OUT_RESET) is none. */
uint32_t matcher_probes_out(const struct matcher *m);
/* Such RSTs seen leaving. */
uint32_t matcher_resets_out(const struct matcher *m);
const struct match_counts *matcher_counts(const struct matcher *m);
/* A half-open connection: SYN-ACK seen for this probe and no RST of ours since. */
bool matcher_half_open(const struct matcher *m, uint32_t probe);

#endif
