/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person sees on standard error while a run goes on: one line kept up to date
 * in place on a terminal, and whole lines for what must be said. */
#ifndef ERPROBE_PROGRESS_H
#define ERPROBE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	const char *command; /* begins each error and warning */
	bool live;    /* keep the one line up to date: standard error is a terminal, no -q */
	bool quiet;   /* -q: no notices */
	bool shown;   /* the line stands there now */
	int64_t told_ns; /* of the run, when a log was told last */
};

/* command: "erprobe check"; of static storage. */
struct progress progress_make(const char *command, bool quiet);
/* Updates the line: seconds so far, probes sent, and what is waited for. */
void progress_show(struct progress *p, int64_t elapsed_ns, uint32_t probes, const char *waiting_for);
/* Updates the line with this text, in place. */
void progress_line(struct progress *p, const char *text);
/* Takes the line away, before anything else is printed. */
void progress_clear(struct progress *p);
/* "COMMAND: …" as one line, made safe for a terminal. An error is printed always, a
 * warning not with -q. */
void progress_error(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void progress_warn(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line as it is (made safe), without a prefix; not with -q. */
void progress_note(struct progress *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
