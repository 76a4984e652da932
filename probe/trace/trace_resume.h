/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of --resume: which destinations have been traced and printed, so that a run
 * after an interruption goes on where that one stood:
 *
 *   erprobe.trace.resume/1 icmp 0 30      what was traced: protocol, port, furthest TTL
 *   @ 64769 1835 20480 4096               traces leave for a file (device, number), from this byte on, so many bytes
 *   10.1.2.3 1                            traced; 1 = it was reached
 *   .                                     all before has left and is noted
 *
 * A line is written after the result has left: a destination is never lost. Where the program
 * was killed between the two, what it had written to that file is taken back (trace_resume_settle);
 * of other outputs, which have no @, a destination may be repeated then. */
#ifndef ERPROBE_TRACE_RESUME_H
#define ERPROBE_TRACE_RESUME_H

#include "erprobe/addr.h"

#include "probe/trace/trace.h"
#include "probe/trace/trace_dests.h"

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
/* Has an earlier run written anything? Then the head of a table is there. */
bool trace_resume_begun(const struct trace_resume *r);
/* Takes back what an interrupted run wrote to this very output and did not come to note: a
 * regular file is cut where that began, unless somebody else wrote there since. Once after opening, before anything is written. False with errno set. */
bool trace_resume_settle(struct trace_resume *r, int out);
/* Traces, or the head of their table, are about to leave for this output, len bytes of them. False with errno set. */
bool trace_resume_begin(struct trace_resume *r, int out, size_t len);
/* One of them. */
void trace_resume_add(struct trace_resume *r, const struct ip_addr *a, bool reached);
/* They have left: notes them. False with errno set. */
bool trace_resume_end(struct trace_resume *r);

/* What earlier runs have done. */
struct trace_done { size_t count, reached; };
/* Opens o->resume as *r, settles it with standard output and takes off the list what it says is done: *done, said as a warning. False
 * with one line in err. */
bool trace_resume_leave_out(const struct trace_run_options *o, struct trace_dests *d, struct trace_resume **r,
                            struct trace_done *done, char *err, size_t err_size);

#endif
