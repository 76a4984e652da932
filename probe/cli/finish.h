/* SPDX-License-Identifier: BSD-2-Clause */
/* How a result leaves, and the last thing that a program does. */
#ifndef ERPROBE_FINISH_H
#define ERPROBE_FINISH_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the result to standard output. False, with one line on standard error, when not all of it could be. */
bool finish_write(const char *text, size_t len);

/* Flushes standard output. Returns code, or 3 with one line on standard error when the
 * result did not reach its reader: that is an error, whatever the result said. */
int finish_output(int code);

#endif
