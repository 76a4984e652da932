/* SPDX-License-Identifier: BSD-2-Clause */
/* The rights that reading needs, as a custom role of Azure: reads and the actions that hand
 * out tables, nothing that changes anything. */
#ifndef ERPROBE_AZURE_ROLE_H
#define ERPROBE_AZURE_ROLE_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>

/* The role definition as JSON, as `az role definition create` takes it; assignable to the
 * resource groups of circuit and gateway (gateway_id "" = none known). */
void role_json(const struct plan_circuit *c, const char *gateway_id, struct strbuf *out);
/* Walks the actions that Azure refused to this identity (403), by their names: begin with
 * *at 0; false when there are no more. */
bool role_lacks(const struct az_snapshot *s, size_t *at, char *action, size_t size);

#endif
