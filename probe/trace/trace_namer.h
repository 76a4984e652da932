/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of addresses, looked up beside the probing: in processes of
 * their own (trace_workers.h). */
#ifndef ERPROBE_TRACE_NAMER_H
#define ERPROBE_TRACE_NAMER_H

#include "erprobe/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct trace_namer;

/* Starts the processes. Before helper_start(), or they would hold a copy of the packet
 * channel. NULL with one line in err. */
struct trace_namer *trace_namer_start(char *err, unsigned err_size);
/* Ends them. NULL is fine. */
void trace_namer_stop(struct trace_namer *n);
/* Readable when trace_namer_take() has something. */
int trace_namer_fd(const struct trace_namer *n);
/* Asks for the name of an address; number is the caller's, counting from 0 without
 * gaps. False when they are busy: ask again later. */
bool trace_namer_ask(struct trace_namer *n, uint32_t number, const struct ip_addr *a);
/* Takes what has been found. */
void trace_namer_take(struct trace_namer *n);
/* The name; NULL while or where there is none. Valid until trace_namer_stop(). */
const char *trace_namer_name(const struct trace_namer *n, uint32_t number);
/* Has this number been answered, with a name or without? */
bool trace_namer_known(const struct trace_namer *n, uint32_t number);

#endif
