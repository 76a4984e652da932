/* SPDX-License-Identifier: BSD-2-Clause */
/* The destinations of a trace: addresses, prefixes and names, from the command line
 * and from a file. What cannot be used is named and left out, the rest goes on. */
#ifndef ERPROBE_TRACE_DESTS_H
#define ERPROBE_TRACE_DESTS_H

#include "erprobe/addr.h"
#include "probe/host/progress.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_DESTS_MAX 60000u /* a flow's number has 16 bits */

struct trace_dest {
	char *text;            /* as it was written, printable; owned. NULL: the address says it */
	struct ip_addr addr;
};

struct trace_dests {
	struct trace_dest *list; /* owned */
	size_t count, room;
	size_t bad;              /* words that were named and left out */
	uint8_t family;          /* IP_V4 or IP_V6: only these addresses of a name; IP_NONE = either */
	struct progress *progress;
};

/* family as in the struct; p is where mistakes are said. */
void trace_dests_init(struct trace_dests *d, uint8_t family, struct progress *p);
void trace_dests_free(struct trace_dests *d);
/* Takes one word: "10.1.2.3", "2001:db8::1", "10.1.2.0/28", "host.example". A name is
 * looked up at once, which may take as long as the resolver does. False only when out
 * of memory; whatever else is wrong with the word is said. */
bool trace_dests_add(struct trace_dests *d, const char *word);
/* Takes one destination a line from a file, "-" being standard input; blank lines and
 * what follows a # are skipped. False, with the reason said, when the file cannot be
 * read or memory is out. */
bool trace_dests_read(struct trace_dests *d, const char *path);
/* Leaves out what is there twice (said as a warning). False when out of memory. */
bool trace_dests_unique(struct trace_dests *d);
/* The destination as it was written. */
const char *trace_dest_text(const struct trace_dest *t, char buf[IP_TEXT_MAX]);

#endif
