/* SPDX-License-Identifier: BSD-2-Clause */
/* What one trace found, as a value for the reports. */
#ifndef ERPROBE_TRACE_RESULT_H
#define ERPROBE_TRACE_RESULT_H

#include "analysis/trace/mda.h"
#include "analysis/trace/trace_engine.h"
#include "analysis/trace/trace_mtu.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_REMARKS_MAX 6
#define TRACE_REMARK_MAX 96

/* One probe of a hop. */
struct trace_sample {
	bool answered;
	uint8_t answer;                 /* enum answer_kind */
	uint8_t icmp_type, icmp_code, reply_ttl;
	bool has_quote;
	uint8_t quoted_ttl;
	struct ip_addr from;
	int64_t rtt_ns;
};

/* Of the answers at one TTL. hop.domain and hop.role stay unset: no circuit says. */
struct trace_hop {
	struct hop_result hop;
	uint32_t numbers[HOP_ADDRESSES_MAX]; /* of hop.addresses[], as trace_engine_address() numbers them */
	const char *names[HOP_ADDRESSES_MAX]; /* of the same; NULL, for the caller to set where it knows them */
	bool has_icmp;                  /* the most telling ICMP answer of this TTL */
	uint8_t icmp_type, icmp_code;
	int16_t return_length;          /* routers on the way back, and the hop itself; -1 = unknown */
	bool has_quote;
	uint8_t quoted_ttl, quoted_tos; /* as the last answer's quote shows them */
	bool has_interface;             /* RFC 5837 */
	uint8_t interface_role;         /* enum interface_role */
	uint32_t interface_index;       /* 0 = not told */
	struct ip_addr interface_addr;
	char interface_name[64];
	uint32_t mtu;                   /* of the next link, where a router told; else 0 */
	char remarks[TRACE_REMARKS_MAX][TRACE_REMARK_MAX];
	uint8_t remark_count;
	bool known;                     /* not asked: as an earlier trace of the run found it */
	int64_t last_ns, mean_ns, deviation_ns; /* of the round trips; 0 when there are none */
	const struct trace_sample *samples; /* hop.sent of them, in the order of sending; part of the result */
};

enum trace_state {
	TRACE_STATE_ANSWERS = 0, /* ping answered */
	TRACE_STATE_OPEN,        /* SYN-ACK, or a datagram */
	TRACE_STATE_CLOSED,      /* RST, or UDP port unreachable, from the destination */
	TRACE_STATE_FILTERED,    /* ICMP said that a filter refused it */
	TRACE_STATE_UNREACHABLE, /* ICMP said that there is no way */
	TRACE_STATE_SILENT,      /* nothing came back from the end */
	TRACE_STATE_NOT_SENT     /* our own host could not send */
};
const char *trace_state_name(enum trace_state s); /* "answers", "open", … */

struct trace_result {
	const struct plan_flow *flow;
	bool reached;                   /* the destination itself answered */
	bool complete;                  /* not ended from outside (interrupt, deadline, budget, a route that moved to another interface) */
	enum trace_state state;
	struct ip_addr state_by;        /* who said so; unset for silence */
	bool has_state_icmp;
	uint8_t state_icmp_type, state_icmp_code;
	enum send_result refusal;       /* why nothing left, SEND_OK = it did */
	bool unseen;                    /* silent, and the capture, which lost nothing, saw no probe leave: they died in this host */
	uint8_t asked_ttl;              /* furthest TTL asked */
	struct trace_sample *samples;   /* owned */
	struct trace_hop *hops;         /* owned */
	size_t hop_count;
	struct trace_mtu sizes;         /* full = 0: not searched */
	bool has_paths;                 /* all paths were searched: */
	struct mda_graph paths;         /* its nodes belong to the engine, until the trace is forgotten */
	struct ip_addr *path_addresses; /* of its nodes; unset for silence and this host; owned */
	struct mda_loss flow_loss;
	uint16_t cycles;                /* flows that met an address twice */
	uint8_t cycle_first, cycle_second; /* TTLs, of the first such flow */
};

/* Fills *out from what the engine holds of this flow, the first of its trace. False when out of memory.
 * Free with trace_result_free(). */
bool trace_result_make(const struct trace_engine *e, uint16_t flow, struct trace_result *out);
void trace_result_free(struct trace_result *r);

/* "host unreachable", "communication prohibited (filter)"; of a time exceeded "time exceeded". */
const char *trace_icmp_words(uint8_t family, uint8_t type, uint8_t code);
/* One line: how fast the routers at this TTL are asked and why; asked_rate as the user gave
 * it, 0 = learned. */
#define TRACE_RATE_WORDS_MAX 320
void trace_rate_words(const struct trace_hop_rate *r, uint8_t ttl, double asked_rate, char buf[TRACE_RATE_WORDS_MAX]);

#endif
