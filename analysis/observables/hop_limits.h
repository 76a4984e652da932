/* SPDX-License-Identifier: BSD-2-Clause */
/* The limits of the routers' ICMP errors, as a check's own probes show them: a token bucket is
 * fitted to what was answered and what was not (trace_limit.h), by family, TTL and link. */
#ifndef ERPROBE_HOP_LIMITS_H
#define ERPROBE_HOP_LIMITS_H

#include "analysis/path/path.h"
#include "analysis/trace/trace_engine.h"
#include "analysis/trace/trace_pace.h"

#define HOP_LINKS (LINKS + 1)    /* each link's own flows, and those of neither */
#define HOP_ADDRESSES_TOLD 4u

struct hop_limit {
	struct trace_limit seen;
	struct ip_addr addresses[HOP_ADDRESSES_TOLD]; /* that answered here */
	uint8_t address_count;
};

struct hop_limits {
	struct hop_limit of[HOP_LINKS][FAMILIES][PATH_TTL_MAX + 1];
	double ceiling[FAMILIES][PATH_TTL_MAX + 1]; /* answers a second to be asked for at most; 0 = none fitted */
	size_t scanned;          /* records taken */
};

/* Takes the records whose fate is known by now, each once. */
void hop_limits_take(struct hop_limits *h, const struct observations *o);
/* What may be asked there: `rate`, or less where a limit was fitted. */
double hop_limits_rate(const struct hop_limits *h, int fam, int ttl, double rate);
/* In the form that trace_rate_words() puts into words. */
struct trace_hop_rate hop_limits_told(const struct hop_limits *h, uint8_t link, int fam, int ttl, double rate);

#endif
