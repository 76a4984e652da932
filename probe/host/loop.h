/* SPDX-License-Identifier: BSD-2-Clause */
/* The event loop: the only user of libevent. Callbacks run in the thread that called
 * loop_run(), one at a time, never inside a signal handler. */
#ifndef ERPROBE_LOOP_H
#define ERPROBE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_event;

typedef void loop_fn(void *arg);

/* NULL when the system has no event mechanism left for us (descriptors, memory). */
struct loop *loop_new(void);
/* Frees the loop and all its events; descriptors stay open. NULL is fine. */
void loop_free(struct loop *l);

/* Each of these calls fn(arg) again and again until its event is dropped. The event
 * is the loop's; NULL when it could not be made. */
/* Whenever fd can be read without waiting (data, end of file or an error). */
struct loop_event *loop_readable(struct loop *l, int fd, loop_fn *fn, void *arg);
/* Every period_ns, for the first time after one period. A call that comes late is not
 * made up for. */
struct loop_event *loop_every(struct loop *l, int64_t period_ns, loop_fn *fn, void *arg);
/* After the signal came. */
struct loop_event *loop_signal(struct loop *l, int signal_number, loop_fn *fn, void *arg);
/* After any of the signals that end a run with what it found: SIGINT, SIGTERM, and SIGHUP (its terminal is gone) unless
 * that was ignored when the program began, as nohup does. False when out of memory. */
bool loop_interrupts(struct loop *l, loop_fn *fn, void *arg);
/* Ends an event, also from inside its own callback; before its descriptor is closed.
 * NULL is fine. */
void loop_drop(struct loop *l, struct loop_event *e);

/* Runs until loop_stop() is called: from a callback, or before this call, and then not at all. May be called again
 * after that. False when the system failed. */
bool loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* libevent's own base, for the one other owner of a part of it (probe/web/door.c). */
struct event_base;
struct event_base *loop_base(struct loop *l);

#endif
