/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside plan_build: the flows of one circuit, as this host would send them. */
#ifndef ERPROBE_PLAN_FLOWS_H
#define ERPROBE_PLAN_FLOWS_H

#include "probe/plan/plan_build.h"

/* A plan in the making. The first error sticks, and is one line in err. */
struct plan_builder {
	struct plan *plan;
	const struct net_view *net;
	char *err;
	size_t err_size;
	bool failed;
	size_t flow_room; /* allocated plan->flows */
	uint16_t spread;  /* provisional source port of the next look-up: lets our own multipath routes spread */
};

/* Notes an error; only the first is kept. Returns false. */
bool plan_refuse(struct plan_builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds all flows of plan->circuits[circuit]. mentioned[family]: the file names an
 * address of this family for the circuit; a family that only Azure names may be left
 * out where this host has no way to it. False after plan_refuse(). */
bool plan_flows_add(struct plan_builder *b, uint8_t circuit, const bool mentioned[FAMILIES]);

/* The slot of an interface in plan->ifaces[], taken if it is new; -1 after plan_refuse(). */
int plan_iface_slot(struct plan_builder *b, const struct net_iface *i);

#endif
