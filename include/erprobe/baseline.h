/* SPDX-License-Identifier: BSD-2-Clause */
/* What is normal for a circuit, learned from its healthy runs: how long each link takes in
 * each family, how it scatters, at which hours of the week it is slower, which hops it
 * passes, what share of probes each of them answers and with which TTL.
 *
 * Bounded: 32 runs stand for all, drawn so that the older ones fade with a half-life, and
 * medians and median deviations are taken of those, so that some odd runs do not move what
 * is normal. A way whose hops, ends or interface are others than before begins anew. */
#ifndef ERPROBE_BASELINE_H
#define ERPROBE_BASELINE_H

#include "erprobe/addr.h"
#include "erprobe/clock.h"
#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASELINE_WAYS_MIN 2        /* runs that tell which hops it passes and who answers: of equal ways one run meets some */
#define BASELINE_SAMPLES 32
#define BASELINE_HOPS_MAX 96       /* addresses of both links and families */
#define BASELINE_ANSWERERS_MAX 96
#define BASELINE_WEEK 168          /* hours, from Thursday 00:00 UTC as 1970 began */
#define BASELINE_HALF_LIFE_S (INT64_C(7) * 24 * 3600)
#define BASELINE_FORGET_S (INT64_C(30) * 24 * 3600)
#define BASELINE_UNKNOWN (-1)
#define BASELINE_US_MAX 60000000   /* a minute: longer round trips count as this, so that sums of them fit */

/* Quantities of a way in one run, in microseconds. */
enum baseline_quantity {
	BASELINE_CORPORATE, /* to where the WAN begins */
	BASELINE_WAN,       /* from there to the MSEE */
	BASELINE_MSEE,      /* from here to the MSEE */
	BASELINE_TARGET,    /* from here to the fastest target over the link */
	BASELINE_SCATTER,   /* of the MSEE's round trips: the 95 % quantile above the 10 % one */
	BASELINE_QUANTITIES
};

struct baseline_sample { int64_t at_s; int32_t us[BASELINE_QUANTITIES]; /* or BASELINE_UNKNOWN */ };

/* By how much an hour of the week stands above the rest, and from how many weeks that is known. */
struct baseline_hour { int32_t more_us; uint8_t weeks; };

/* One link in one family. */
struct baseline_way {
	struct ip_addr ce, msee;   /* its ends and our interface: others are another way */
	uint8_t link_addr[6];
	uint32_t targets;          /* stands for the targets that BASELINE_TARGET was taken of, 0 = not known */
	uint32_t runs;             /* that taught, 0 = nothing is known */
	int64_t since_s, last_s;   /* the first and the last of them, since 1970 */
	struct baseline_sample samples[BASELINE_SAMPLES];
	uint8_t sample_count;
	struct baseline_hour week[BASELINE_WEEK]; /* of BASELINE_MSEE */
	int32_t anchor_us;         /* what was usual when the samples were first complete, or BASELINE_UNKNOWN */
	uint8_t anchor_of;         /* of which quantity: BASELINE_WAN where its border answers, else BASELINE_MSEE */
	int64_t drift_since_s;     /* since when the median has been above the anchor, 0 = it is not */
};

/* An address that expired probes were answered from. */
struct baseline_hop { uint8_t link, fam, ttl; struct ip_addr addr; int64_t last_s; };

/* Who answers what share of one kind of question. Counts of old runs fade. */
struct baseline_answerer {
	uint8_t link, fam;
	uint8_t place;             /* what was asked, as the diagnosis sorts its traffic */
	uint8_t hop;               /* its distance, 0 where an address was asked */
	uint8_t kind;              /* enum probe_kind */
	uint16_t port, target;
	uint32_t asked, answered;
	uint8_t reply_ttl;         /* of its answers, 0 = not known */
	int64_t last_s;
};

struct baseline {
	struct baseline_way ways[LINKS][FAMILIES];
	struct baseline_hop hops[BASELINE_HOPS_MAX];
	uint8_t hop_count;
	struct baseline_answerer answerers[BASELINE_ANSWERERS_MAX];
	uint8_t answerer_count;
};

/* What one run saw: the same things, of that run alone (ways have one sample or none). */
struct baseline_run { struct wall_ns at; struct baseline seen; };

/* Takes a healthy run in; the same run again changes nothing. Runs come in the order of
 * time; one that is earlier than the last means that the clock was stepped back. */
void baseline_take(struct baseline *b, const struct baseline_run *r);

/* What is usual for a quantity at a time. sigma_us: the usual deviation (1.4826 times the
 * median deviation); widest_us: the largest among the samples; squares_us2: the sum of their squares; week_us: the
 * median without what this hour of the week adds to it. */
struct baseline_usual { bool known; uint32_t runs; int32_t median_us, week_us, sigma_us, widest_us; double squares_us2; };
struct baseline_usual baseline_usual(const struct baseline_way *w, enum baseline_quantity q, int64_t at_s);

/* Is this way the one that the baseline learned: its ends and our interface? */
bool baseline_same_ends(const struct baseline_way *known, const struct baseline_way *seen);
/* Has no healthy run taught this way for BASELINE_FORGET_S? Then it is compared with no more, and
 * dropped by the next run that teaches: else a step that stays would be a fault for ever. */
bool baseline_is_old(const struct baseline_way *w, int64_t at_s);
/* The first hop of a way at which only addresses answered that were never seen there,
 * where others were; NULL when there is none. usual gets one of those others. */
const struct baseline_hop *baseline_new_hop(const struct baseline *known, const struct baseline *seen, uint8_t link, uint8_t fam,
                                            const struct baseline_hop **usual);
/* How a kind of question was answered before; NULL when it was never asked. */
const struct baseline_answerer *baseline_answerer(const struct baseline *b, const struct baseline_answerer *like);

#endif
