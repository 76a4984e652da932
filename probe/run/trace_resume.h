/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of --resume: which destinations have been traced and printed, so that a run
 * after an interruption goes on where that one stood. One line a destination:
 *
 *   erprobe.trace.resume/1 icmp 0 30      what was traced: protocol, port, furthest TTL
 *   10.1.2.3 1                            traced; 1 = it was reached
 *
 * A line is written after the result has left: a destination is never lost, and one is
 * repeated only when the program was killed between the two. */
#ifndef ERPROBE_TRACE_RESUME_H
#define ERPROBE_TRACE_RESUME_H

#include "erprobe/addr.h"

#include "probe/run/trace.h"
#include "probe/run/trace_dests.h"

#include <stdbool.h>
#include <stddef.h>

#define TRACE_RESUME_WHAT_MAX 64

struct trace_resume;

/* Opens or makes the file, locks it, reads it. what is the rest of its first line. NULL
 * with one line in err, also when it is of other traces or in use. */
struct trace_resume *trace_resume_open(const char *path, const char *what, char *err, size_t err_size);
void trace_resume_close(struct trace_resume *r);

/* Was it traced before this run? */
bool trace_resume_has(const struct trace_resume *r, const struct ip_addr *a, bool *reached);
/* Notes a trace that has been printed. False with errno set. */
bool trace_resume_note(struct trace_resume *r, const struct ip_addr *a, bool reached);

/* What earlier runs have done. */
struct trace_done { size_t count, reached; };
/* Opens o->resume as *r and takes off the list what it says is done: *done, said as a warning. False
 * with one line in err. */
bool trace_resume_leave_out(const struct trace_run_options *o, struct trace_dests *d, struct trace_resume **r,
                            struct trace_done *done, char *err, size_t err_size);

#endif
