/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP codes in words, and what a hop's answers give away. Private to trace_*.c,
 * except for what trace_result.h shows. */
#ifndef ERPROBE_TRACE_WORDS_H
#define ERPROBE_TRACE_WORDS_H

#include "analysis/path/trace_result.h"

/* Administratively prohibited, in any of its codes. */
bool trace_icmp_is_filter(uint8_t family, uint8_t type, uint8_t code);
/* Port unreachable. */
bool trace_icmp_is_port(uint8_t family, uint8_t type, uint8_t code);
/* Fills hop->remarks. */
void trace_remarks(const struct plan_flow *p, struct trace_hop *hop, bool changed_quote, bool changed_port);

#endif
