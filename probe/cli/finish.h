/* SPDX-License-Identifier: BSD-2-Clause */
/* The last thing that a program does. */
#ifndef ERPROBE_FINISH_H
#define ERPROBE_FINISH_H

/* Flushes standard output. Returns code, or 3 with one line on standard error when the
 * result did not reach its reader: that is an error, whatever the result said. */
int finish_output(int code);

#endif
