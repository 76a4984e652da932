/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe state` for a person: one circuit at one glance. */
#ifndef ERPROBE_AZURE_STATE_TEXT_H
#define ERPROBE_AZURE_STATE_TEXT_H

#include "analysis/render/page.h"
#include "erprobe/plan.h"
#include "erprobe/snapshot.h"
#include "probe/state/judge.h"

/* Appends the circuit's section. With style->verbose also the tables row by row and the
 * service key, which orders circuits and is therefore not shown by default. */
void state_text(const struct plan_circuit *c, const struct az_snapshot *s, const struct judgement *j,
                const struct text_style *style, struct strbuf *out);

#endif
