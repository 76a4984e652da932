/* SPDX-License-Identifier: BSD-2-Clause */
/* Which way does what is lost or late travel? */
#ifndef ERPROBE_DIRECTION_H
#define ERPROBE_DIRECTION_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

/* Fills v->direction and v->direction_why for one fault. Round trips do not tell the direction
 * (DIAGNOSIS 8): it is said only where one of these proves it, else it is unknown.
 *   Azure's own counters   bits dropped into, or out of, Azure
 *   sizes                  a large probe whose error answer is small does, or does not, arrive
 *   BFD                    one side's detection time ran out, the other only followed it
 *   interfaces             answers come in by another link's interface than their probes left
 *   IPv4 ids               a target that counts its datagrams did, or did not, make an answer
 *   half-open connections  a target had the SYN: its SYN-ACK comes again, or the next SYN draws an ACK of the first
 *   reply TTLs             over the hops of healthy runs answers come with another TTL */
void direction_fill(const struct posterior *p, const struct hypothesis *h, struct verdict *v);

#endif
