/* SPDX-License-Identifier: BSD-2-Clause */
/* What was heard on the links' segments without asking, line by line: sessions, what ended
 * them, who claims the addresses. One wording for terminal, page, summary and ticket. */
#ifndef ERPROBE_REPORT_WATCHED_LINES_H
#define ERPROBE_REPORT_WATCHED_LINES_H

#include "erprobe/result.h"

#include <stdbool.h>

#define WATCHED_LINE_MAX 2048
/* What the lines' times mean, for a heading. */
#define WATCHED_HEADING "Heard on the peerings, without asking (times in UTC)"

/* Takes one line; strong: it is more than the usual. */
typedef void watched_tell(void *arg, bool strong, const char *text);

/* Did this run listen (--bgp-watch)? */
bool watched_listened(const struct circuit_result *c);
/* "our own probes and their answers", and what else a run that listened keeps. */
const char *captured_words(const struct run_result *r);
/* Tells all that was heard of a link, at least one line. Only where watched_listened(). */
void watched_lines(const struct circuit_result *c, const struct link_result *l, watched_tell *tell, void *arg);

#endif
