/* SPDX-License-Identifier: BSD-2-Clause */
/* A smaller bundle out of a larger one, for somebody who may not see all of it. What
 * goes in is an allow-list (redact_plan.c, redact_azure.c); everything else is left out
 * or replaced, and data/redactions.json says so. It still replays to the same verdict:
 * that is computed before anything is written. */
#ifndef ERPROBE_REDACT_H
#define ERPROBE_REDACT_H

#include "analysis/record/anon.h"
#include "analysis/report/ticket.h"
#include "probe/evidence/create.h"
#include "probe/run/replay_load.h"

#include <stdbool.h>
#include <stddef.h>

/* What stands where a name was. */
#define REDACTED_TEXT "withheld"

/* Makes the bundle at path for this audience, not AUDIENCE_INTERNAL. False with one line
 * in err; then nothing is left. */
bool redact_bundle(const char *path, enum audience audience, const struct create_target *t, char *where,
                   size_t where_size, char *err, size_t err_size);

/* -- parts -- */

/* Chooses what stays and a key under which no address of the recording becomes another
 * one of it. False with one line in err. */
bool redact_choose(struct anon *a, const struct recording *rec, enum audience audience, char *err, size_t err_size);
/* Replaces in a copy of the plan what the audience may not see. */
void redact_plan(struct plan *p, const struct anon *a, enum audience audience);
/* The same in a copy of what Azure answered; original is the plan before redact_plan(). */
void redact_azure(struct az_snapshot *s, const struct anon *a, const struct plan_circuit *original,
                  enum audience audience);
/* data/redactions.json. */
void redact_list(enum audience audience, struct strbuf *out);

#endif
