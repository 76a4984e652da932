/* SPDX-License-Identifier: BSD-2-Clause */
/* What a trace remembers: the probes of each flow with what became of them, every
 * address once, and the rare things that few answers carry. Private to trace_*.c. */
#ifndef ERPROBE_TRACE_STORE_H
#define ERPROBE_TRACE_STORE_H

#include "analysis/match/match.h"
#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shot_state {
	SHOT_ASKED = 0,  /* handed out; may be in flight */
	SHOT_ANSWERED,
	SHOT_SILENT,     /* waited for long enough; an answer still counts */
	SHOT_LATE,       /* an answer came after its window: neither answered nor lost */
	SHOT_ASIDE,      /* the clock was stepped while it was in flight: it has no round trip */
	SHOT_NOT_SENT    /* did not leave this host */
};

#define NO_EXTRA 0u /* extras count from 1 */

/* One probe: its place in the flow is its index. */
struct trace_shot {
	uint8_t ttl;
	uint8_t state;       /* enum shot_state */
	uint8_t answer;      /* enum answer_kind */
	uint8_t icmp_type, icmp_code;
	uint8_t reply_ttl;
	uint8_t quoted_ttl, quoted_tos;
	bool left : 1;           /* seen leaving */
	bool has_quote : 1;
	bool changed_quote : 1;  /* a keyed value of the quote was not as sent (test T5) */
	bool changed_port : 1;   /* nor its port (test T3): a NAT */
	bool changed_source : 1; /* the quote names another source: a NAT, or Azure's edge */
	uint16_t size;       /* bytes of the IP datagram, of a probe that asks for sizes (trace_mtu.h); 0 = of the trace itself */
	uint16_t reply_size; /* of its answer */
	uint32_t from;       /* number of the address that answered */
	uint32_t extra;      /* number of the answer's extras, or NO_EXTRA */
	struct mono_ns asked_at;
	union {              /* there may be a million of them */
		struct wall_ns sent_at; /* before an answer, where it has left */
		int64_t rtt_ns;         /* with an answer */
	};
};

/* What RFC 4884 extensions and ICMP "too big" tell. */
struct trace_extra {
	struct mpls_label mpls[MPLS_LABELS_MAX];
	uint8_t mpls_count;
	bool has_interface;
	uint8_t interface_role;
	uint32_t interface_index;
	struct ip_addr interface_addr;
	char interface_name[64];
	uint32_t mtu;
};

#define TRACE_RECENT 256u
struct trace_address_slot { uint32_t number; }; /* + 1; 0 = free */

struct trace_store {
	struct ip_addr *addresses;
	uint32_t address_count, address_room;
	struct trace_address_slot *slots;
	uint32_t slot_count;     /* a power of two */
	uint32_t recent[TRACE_RECENT]; /* number + 1 of the last address whose last bytes lead here: nearly all answers come from
	                                  few routers, whose place in the table need not be hashed for again; 0 = none */
	uint8_t key[RUN_KEY_BYTES];
	struct trace_extra *extras;
	uint32_t extra_count, extra_room;
	bool out_of_memory;
};

/* key makes the place of an address in the table unforeseeable for its sender. */
void trace_store_init(struct trace_store *s, const uint8_t key[RUN_KEY_BYTES]);
void trace_store_free(struct trace_store *s);
/* The number of an address, from 0, entered where new; UINT32_MAX without memory. */
uint32_t trace_store_address(struct trace_store *s, const struct ip_addr *a);
/* Enters what an answer carries beyond the usual; NO_EXTRA where that is nothing. */
uint32_t trace_store_extra(struct trace_store *s, const struct match *m);

#endif
