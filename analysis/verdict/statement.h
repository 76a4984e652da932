/* SPDX-License-Identifier: BSD-2-Clause */
/* One fault as it is told: its place on the path, and the sentence that names it. */
#ifndef ERPROBE_STATEMENT_H
#define ERPROBE_STATEMENT_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

/* Fills v->segment_from and v->segment_to, each as far as it is known. */
void statement_segment(const struct posterior *p, const struct hypothesis *h, struct verdict *v);
/* Fills v->summary; v->status must stand already. e: the explanation that h is a part of. */
void statement_summary(const struct posterior *p, const struct explanation *e, const struct hypothesis *h, struct verdict *v);
/* Is what h states no more than that this host itself has no route to targets, or lets nothing of a service out? The step to take there
 * instead of its row's; NULL where it is not. */
const char *statement_own_step(const struct posterior *p, const struct hypothesis *h);
/* Where both families are looked at: does what h states surely hit one of them alone (h->families)? */
bool statement_of_one_family(const struct posterior *p, const struct hypothesis *h);

#endif
