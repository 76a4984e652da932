/* SPDX-License-Identifier: BSD-2-Clause */
/* A smaller bundle out of a larger one, for somebody who may not see all of it. What
 * goes in is an allow-list (redact_plan.c, redact_azure.c, redact_trace.c); everything else is left out
 * or replaced, and data/redactions.json says so. It still replays to the same verdict, a trace to the
 * same hops: that is computed before anything is written.
 *
 * Of a check the circuit tells whose an address is. Of a trace nothing does: all are replaced but those that the
 * caller says may stay. */
#ifndef ERPROBE_REDACT_H
#define ERPROBE_REDACT_H

#include "analysis/record/anon.h"
#include "analysis/ticket/ticket.h"
#include "probe/evidence/create.h"
#include "probe/evidence/recording.h"
#include "probe/record/refold.h"
#include "probe/record/trace_log.h"

#include <stdbool.h>
#include <stddef.h>

/* What stands where a name was. */
#define REDACTED_TEXT "withheld"

#define REDACT_KEPT_MAX 64u

/* For whom, and what stays besides as it is (of a trace alone). */
struct redact_rule {
	enum audience audience; /* not AUDIENCE_INTERNAL */
	struct ip_prefix kept[REDACT_KEPT_MAX];
	size_t kept_count;
};

/* Makes the bundle at path by this rule. False with one line in err; then nothing is left. */
bool redact_bundle(const char *path, const struct redact_rule *rule, const struct create_target *t, char *where,
                   size_t where_size, char *err, size_t err_size);

/* -- parts -- */

/* Chooses what stays and a key under which no address of the recording becomes another
 * one of it. False with one line in err. */
bool redact_choose(struct anon *a, const struct recording *rec, const struct redact_rule *rule, char *err, size_t err_size);
/* How much is spent on that: keys, and addresses replaced to try them, in all. */
struct redact_search { size_t keys, tried; };
/* The same within these bounds; *search becomes what was spent. */
bool redact_choose_within(struct anon *a, const struct recording *rec, const struct redact_rule *rule, struct redact_search *search, char *err, size_t err_size);
/* Replaces in a copy of the plan what the audience may not see. */
void redact_plan(struct plan *p, const struct anon *a, enum audience audience);
/* The same in a copy of what Azure answered; original is the plan before redact_plan(). */
void redact_azure(struct az_snapshot *s, const struct anon *a, const struct plan_circuit *original,
                  enum audience audience);
/* What a trace learned beside its frames, with addresses replaced and names left out. NULL when out of
 * memory; free with trace_log_free(). */
struct trace_log *redact_trace_log(const struct trace_log *from, const struct anon *a);
/* Do the two tell of the same traces, but for the addresses? */
bool redact_same_traces(const struct refolded *before, const struct refolded *after, const struct event_log *log, const struct anon *a);
/* data/redactions.json, of a trace or a check. */
void redact_list(const struct redact_rule *rule, bool trace, struct strbuf *out);
/* The rule that such a document tells. False when it is none of ours. */
bool redact_list_read(const char *text, size_t len, struct redact_rule *rule);

#endif
