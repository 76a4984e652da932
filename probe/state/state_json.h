/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe state --json`: the document erprobe.state/1. */
#ifndef ERPROBE_AZURE_STATE_JSON_H
#define ERPROBE_AZURE_STATE_JSON_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "erprobe/snapshot.h"
#include "probe/state/judge.h"

#include <stdbool.h>
#include <stddef.h>

#define STATE_SCHEMA "erprobe.state/1"

/* The whole document, with a line end. The arrays have one element a circuit. */
void state_json(const struct plan_circuit *circuits, const struct az_snapshot *snapshots,
                const struct judgement *judgements, size_t count, enum state_status status, bool compact,
                struct strbuf *out);

#endif
