/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses of names, several at once: in an outage the name servers are often gone
 * as well, and then a list of names must neither take minutes nor hold up its addresses. */
#ifndef ERPROBE_TRACE_LOOKUP_H
#define ERPROBE_TRACE_LOOKUP_H

#include "erprobe/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No answer at all for so long: the rest is given up. The resolver waits 5 s for each server (RES_TIMEOUT) and asks three at most
 * (resolv.conf(5)), so that of the third an answer may come after 10 s. */
#define TRACE_LOOKUP_SILENCE_S 16

struct trace_lookup {
	const char *name;    /* the caller's; at most 253 bytes */
	struct ip_addr addr; /* out: the one that this host prefers (RFC 6724); none: see why */
	const char *why;     /* out: why there is none, a text that stays; NULL where there is one */
};

/* Looks all of them up, for limit_ns at most (more than 0). family: IP_V4 or IP_V6, these alone; IP_NONE = either.
 * False with one line in err when nothing could be asked. */
bool trace_lookup_all(struct trace_lookup *list, size_t count, uint8_t family, int64_t limit_ns, char *err, size_t err_size);

#endif
