/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside plan_build: how large a datagram each link is asked to carry. */
#ifndef ERPROBE_PLAN_SIZES_H
#define ERPROBE_PLAN_SIZES_H

#include "erprobe/plan.h"
#include "probe/host/route.h"

/* What an MSEE's interface takes, and so the whole way of a circuit (Microsoft: "MSEE
 * interface IP MTU 1500"). */
#define PLAN_SIZE_USUAL 1500

/* Sets mtu of every configured link: what the file says, else PLAN_SIZE_USUAL, but never
 * more than the interface that its probes leave by takes. 0 = nothing can be sent there. */
void plan_sizes(struct plan *p, const struct net_host *h);

#endif
