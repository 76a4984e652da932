/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of the service and of the process that serves its page: whole lines on standard error, a write each, made
 * safe for a terminal. Where the journal reads them (JOURNAL_STREAM), each begins with its level, "<4>". */
#ifndef ERPROBE_SAY_H
#define ERPROBE_SAY_H

enum say_level { SAY_ERROR = 3, SAY_WARNING = 4, SAY_NOTE = 6 };

/* "erprobe audit: warning: …", or with SAY_NOTE the text as it is. */
void say(enum say_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Leaves out SAY_NOTE from now on. */
void say_quietly(void);

#endif
