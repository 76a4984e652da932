/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP codes in words, and what a hop's answers give away. Private to trace_*.c,
 * except for what trace_result.h shows. */
#ifndef ERPROBE_TRACE_WORDS_H
#define ERPROBE_TRACE_WORDS_H

#include "analysis/trace/trace_result.h"

/* Administratively prohibited, in any of its codes. */
bool trace_icmp_is_filter(uint8_t family, uint8_t type, uint8_t code);
/* Port unreachable. */
bool trace_icmp_is_port(uint8_t family, uint8_t type, uint8_t code);
/* What the quotes of a hop show otherwise than it was sent. */
struct trace_changes { bool quote, port, source; };
/* Fills hop->remarks. */
void trace_remarks(const struct plan_flow *p, struct trace_hop *hop, struct trace_changes changed);
/* Adds what an address that answers at several TTLs means. */
void trace_remark_repeats(struct trace_hop *hops, size_t count);

#endif
