/* SPDX-License-Identifier: BSD-2-Clause */
/* What the evidence says about each frame, as one line that a person reads in
 * Wireshark and a script filters by (`frame.comment contains "ttl=3"`):
 *
 *   erprobe run=R probe=17 circuit=C flow=3 link=primary role=msee kind=icmp ttl=2 out
 *   erprobe run=R probe=17 ... ttl=2 in answer=time-exceeded from=10.10.0.1
 *       to_frame=12 rtt_us=312.450 icmp=11/0 reply_ttl=63 counted
 *   erprobe run=R in class=forged not counted: keyed value
 *   erprobe run=R watched circuit=C link=primary role=bgp from=far     (bgp, bfd, arp, nd)
 *
 * Words are separated by one space; a value has none in it. */
#ifndef ERPROBE_COMMENT_H
#define ERPROBE_COMMENT_H

#include "analysis/match/match.h"
#include "analysis/value/strbuf.h"
#include "erprobe/event.h"
#include "erprobe/plan.h"

#include <stdint.h>

/* Appends the line for one classified frame, without the leading "erprobe run=R ".
 * probe= counts the probes that left, from 1. to_frame: number (from 1, as Wireshark
 * counts) of the frame in which the answered probe left; 0 leaves it out. */
void comment_frame(const struct plan *p, const struct match *m, uint32_t to_frame, struct strbuf *out);
/* The leading words themselves: "erprobe run=R". */
void comment_run(const struct plan *p, struct strbuf *out);
/* Appends the section's line: run, tool, key (hex) and, where c is not NULL, what the
 * capture received, lost and set aside as foreign. */
void comment_section(const struct plan *p, const struct event_counters *c, struct strbuf *out);
/* 1 = the frame left us, 0 = it came to us, -1 = not known: pcapng's direction. */
int comment_direction(const struct match *m);

/* "icmp", "tcp", "rst", "neighbour"; "unknown" for other numbers. */
const char *comment_kind_name(uint8_t kind);
/* "echo-reply", "time-exceeded", …; "none" for ANSWER_NONE and other numbers. */
const char *comment_answer_name(enum answer_kind a);
/* "no-route", "refused-rate", …: why a probe did not leave (enum send_result). */
const char *comment_send_result_name(uint8_t result);

#endif
