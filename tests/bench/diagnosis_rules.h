/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules by which the field reads a traceroute, for comparison on the same worlds:
 * a hundred rounds of one flow over each link, each TTL once a round. */
#ifndef ERPROBE_BENCH_RULES_H
#define ERPROBE_BENCH_RULES_H

#include "tests/sim/world.h"

enum rule { RULE_FIRST_LOSS, RULE_PROPAGATES, RULE_FORWARD_LOSS };

/* Fills verdict[0..2] (enum domain; DOMAIN_NONE = no fault), one for each rule. The
 * world is left as it is. */
void rules_judge(const struct sim_world *w, const struct plan *p, uint8_t verdict[3]);

#endif
