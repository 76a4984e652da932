/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run of `erprobe trace` learned beside its frames: how it was asked, what was asked
 * for, each decision of the engine in its place among the frames, and what only the run
 * itself could know (names looked up, clocks, when a trace ended). With plan and frames
 * that is all that its result depends on. Part of the event log (event_log.trace).
 *
 * A decision is a word, frames between two are one too:
 *
 *   f12          12 frames were captured
 *   b3 e3 k3     trace of flow 3 begins, ends, is cut short
 *   a3.7 a3.7.1500   flow 3 asks TTL 7, with the smallest datagram or one of 1500 bytes
 *   n3.5.no-route    probe 5 of flow 3 (in the order of asking, from 0) did not leave
 *   s3.5 x3.5    it stays without answer, it is set aside
 *   w3           the way back to known hops is looked at again
 *   m3.9 p3.1ff z3   all paths are searched up to TTL 9; one step, TTLs (bit 0 = TTL 1)
 *                that may be asked; no size is left to ask for */
#ifndef ERPROBE_TRACE_LOG_H
#define ERPROBE_TRACE_LOG_H

#include "analysis/trace/trace_engine.h"
#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_LOG_FLOWS_MAX 12288u /* of the plan: so many destinations, or 48 with --paths */
#define TRACE_LOG_WORDS_MAX ((size_t)5 << 20) /* bytes of decisions: plan.json must stay below what is read */
#define TRACE_LOG_TEXT_MAX 256     /* a destination as it was written, a name */

struct trace_log_name { struct ip_addr address; char *name; }; /* name owned */

struct trace_log {
	struct trace_options options;       /* as the engine had them */
	char **destinations;                /* by trace, as they were written; NULL = its address. Owned, as are the texts */
	size_t destination_count;
	uint32_t bad;                       /* destinations named and left out */
	uint32_t done_before, done_reached; /* by earlier runs (--resume) */
	bool resumes;                       /* one that was cut short will be done again: it does not count as reached */
	struct wall_ns *ended_at;           /* by trace; owned */
	struct trace_log_name *names;       /* in the order in which their addresses first answered; owned */
	size_t name_count;
	uint32_t clock_steps, drop_bins;
	uint32_t by_link;                   /* probes that left straight by their interface (probe/trace/trace_ways.h) */
	int64_t lag_ns, stall_ns;
	int exit_code;                      /* of the run */
	struct strbuf words;                /* decisions, separated by blanks */
	uint32_t frames;                    /* since the last word */
};

/* Room for so many traces; NULL when out of memory. Free with trace_log_free(), safe on NULL. */
struct trace_log *trace_log_new(const struct trace_options *o, size_t destinations);
void trace_log_free(struct trace_log *l);
/* False when out of memory. text may be NULL. */
bool trace_log_destination(struct trace_log *l, size_t trace, const char *text);
bool trace_log_name(struct trace_log *l, const struct ip_addr *address, const char *name);
/* A trace_decision_sink; arg is the log. */
void trace_log_decided(void *arg, const struct trace_decision *d);
/* A frame was logged. */
void trace_log_frame(struct trace_log *l);
/* May as much again as one turn of sending makes be added? */
bool trace_log_has_room(const struct trace_log *l);

/* -- reading it again -- */

struct trace_log_word { uint32_t frames; struct trace_decision decision; }; /* frames > 0: no decision */
/* Takes the next word of *at. False at the end, or at a word that is none: then *at is not "". */
bool trace_log_next(const char **at, struct trace_log_word *out);

/* Exit code (erprobe/exit_code.h) of a trace of which so many of all destinations were reached; reason: enum end_reason. */
int trace_exit_code(size_t reached, size_t all, uint8_t reason);
/* How many destinations count for it, and how many were reached before this run. */
size_t trace_log_all(const struct trace_log *l);

#endif
