/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes of our own that ask resolvers: they hold nothing but a socket pair and have no
 * rights, so that no resolver can delay a probe, outlast a deadline or see a packet. */
#ifndef ERPROBE_TRACE_WORKERS_H
#define ERPROBE_TRACE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define TRACE_WORKERS_MAX 8
#define TRACE_WORK_BYTES 320 /* of a question and of an answer, at most */

/* What a worker does with a question; answer is zeroed. Runs in the worker. */
typedef void (*trace_work)(const void *question, void *answer);

/* Messages of fixed size each way, at most TRACE_WORK_BYTES. */
struct trace_work_sizes { size_t question, answer; };

struct trace_workers {
	int fd;                        /* ours; non-blocking, keeps the borders of messages. -1 = none */
	pid_t pids[TRACE_WORKERS_MAX]; /* 0 = none */
};

/* Starts count of them (fewer will do). Before helper_start(), or they would hold a copy of the packet
 * channel. False with one line in err; w needs no stopping then. */
bool trace_workers_start(struct trace_workers *w, unsigned count, struct trace_work_sizes sizes, trace_work work, char *err, size_t err_size);
/* Ends them at once, whatever they wait for. */
void trace_workers_stop(struct trace_workers *w);

#endif
