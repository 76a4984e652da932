/* SPDX-License-Identifier: BSD-2-Clause */
/* The event log: all that a run learns, in order. Live, events come from the
 * wire and from Azure; in replay they come from the evidence. */
#ifndef ERPROBE_EVENT_H
#define ERPROBE_EVENT_H

#include "erprobe/channel.h"
#include "erprobe/frame.h"
#include "erprobe/plan.h"
#include "erprobe/snapshot.h"

enum event_kind {
	EVENT_FRAME = 1,   /* a captured frame of ours or an answer to one */
	EVENT_NOT_SENT,    /* the helper could not or would not send a probe */
	EVENT_AZURE,       /* Azure's answer so far for one circuit; a later one replaces it */
	EVENT_COUNTERS,    /* what the capture received and lost, totals */
	EVENT_TICK,        /* time passed */
	EVENT_END          /* the run is over: nothing in flight is waited for any more */
};

struct event_not_sent {
	struct wall_ns at;
	uint16_t flow;     /* plan.flows[] */
	uint8_t ttl;
	uint8_t result;    /* enum send_result */
	int32_t error;     /* errno or 0 */
};

struct event_azure { uint8_t circuit; const struct az_snapshot *snapshot; /* copied by the fold */ };

/* What happened to frames that are not in the event log, and to the capture. */
struct event_counters {
	uint64_t received;   /* by the kernel for us, over all interfaces, with what it dropped of it */
	uint64_t dropped;    /* lost by the capture: kernel, interface or our own queue */
	uint64_t foreign;    /* seen and set aside: not ours (match class MATCH_FOREIGN) */
	uint64_t resets;     /* ours, that ended what a probe half opened */
};

enum end_reason { END_DECIDED = 1, END_BUDGET, END_DEADLINE, END_INTERRUPTED, END_HELPER_LOST };
/* The word that documents have for it; NULL for no value of the enumeration. */
const char *end_reason_name(enum end_reason r);

struct event_end {
	struct wall_ns at;
	uint8_t reason;      /* enum end_reason */
};

struct event {
	enum event_kind kind;
	union {
		const struct frame *frame;
		struct event_not_sent not_sent;
		struct event_azure azure;
		struct event_counters counters;
		struct wall_ns tick;
		struct event_end end;
	} u;
};

#endif
