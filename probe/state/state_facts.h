/* SPDX-License-Identifier: BSD-2-Clause */
/* Pieces of `erprobe state` for a person that state_text.c puts together. */
#ifndef ERPROBE_AZURE_STATE_FACTS_H
#define ERPROBE_AZURE_STATE_FACTS_H

#include "analysis/render/page.h"
#include "probe/state/judge.h"

#include <stddef.h>

#define LABEL_TO 16

/* A phrase of facts that grows, separated by " · "; absent facts leave no trace. */
struct facts { char text[640]; };

void fact(struct facts *f, const char *before, const char *what, const char *after);
void fact_text(struct facts *f, const char *before, const struct az_text *t);
void fact_int(struct facts *f, const char *before, const struct az_int *i, const char *after);
/* One line (wrapped where it must be) behind its label. */
void labelled(struct page *p, const char *label, const char *text);

/* state_more.c: one cell of the table of the two paths; empty = nothing to say. */
typedef void state_cell_fn(const struct az_snapshot *s, const struct judgement *j, int l, char *out, size_t size);
state_cell_fn state_cell_traffic, state_cell_port, state_cell_yours, state_cell_vnets;
/* What the gateway's own tables tell. */
void state_gateway_facts(struct facts *f, const struct az_snapshot *s);
/* Lines of other peerings, Global Reach and the ports. */
void state_more(struct page *p, const struct plan_circuit *c, const struct az_snapshot *s);

#endif
