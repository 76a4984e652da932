/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands that look back share. */
#ifndef ERPROBE_HISTORY_PLACE_H
#define ERPROBE_HISTORY_PLACE_H

#include "analysis/value/strbuf.h"
#include "probe/cli/options.h"
#include "probe/history/history.h"

/* The history that the configuration names, else that of the default place. NULL after one
 * line on standard error. */
struct history *history_place_open(const struct common_options *c);
/* A time of the command line, into *us when text is not NULL. False after one line. */
bool history_place_time(const struct common_options *c, const char *option, const char *text, struct wall_ns now, int64_t *us);
/* To standard output. False after one line. */
bool history_place_print(const struct common_options *c, const struct strbuf *out);

#endif
