/* SPDX-License-Identifier: BSD-2-Clause */
/* Standard output, whatever it is: a terminal, a pipe, a full disk. */
#ifndef ERPROBE_OUTPUT_H
#define ERPROBE_OUTPUT_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stddef.h>

#define OUTPUT_STUCK_NS (5 * NS_PER_SEC)

/* Writes all of a text to standard output, waiting where it takes no more for the
 * moment. False with errno set. */
bool output_write(const char *text, size_t len);
/* The same, but a pipe or socket whose reader takes nothing is not waited for for ever: once it is later than `until`, or a
 * signal has come meanwhile, and nothing was taken for OUTPUT_STUCK_NS, false with ETIMEDOUT in errno. */
bool output_write_until(const char *text, size_t len, struct mono_ns until);
/* Nobody will ever read what is written there: the reader of a pipe or socket is gone. */
bool output_is_broken(void);
/* First of all in main(): where standard input, output or error were closed, /dev/null takes their place, for reading alone. Else a
 * file or socket of ours would, and get the result; so writing it is an error. False where there is no /dev/null; one line on standard
 * error says so, unless that is closed itself. */
bool output_fill_gaps(const char *program);

#endif
