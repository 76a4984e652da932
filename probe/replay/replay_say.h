/* SPDX-License-Identifier: BSD-2-Clause */
/* Where replay's words go. */
#ifndef ERPROBE_REPLAY_SAY_H
#define ERPROBE_REPLAY_SAY_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stdio.h>

/* One line on err; what and path may hold anything. */
void replay_say(FILE *err, const char *path, const char *what);
/* The result could not be written: why, as errno tells. */
void replay_say_unwritten(FILE *err, const char *path);
/* Writes the whole text, with one_line a document without the blanks between its tokens; false when that
 * failed (errno tells why), or the buffer had. */
bool replay_print(const struct strbuf *text, bool one_line, FILE *out);

#endif
