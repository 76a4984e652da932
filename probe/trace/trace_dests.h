/* SPDX-License-Identifier: BSD-2-Clause */
/* The destinations of a trace: addresses, prefixes and names, from the command line
 * and from a file. What cannot be used is named and left out, the rest goes on. */
#ifndef ERPROBE_TRACE_DESTS_H
#define ERPROBE_TRACE_DESTS_H

#include "erprobe/addr.h"
#include "probe/host/progress.h"
#include "probe/trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_DESTS_MAX 60000u /* a flow's number has 16 bits */
#define TRACE_DESTS_NAMED 100u /* of those left out: a list of another kind would fill a terminal or a journal */

struct trace_dest {
	char *text;            /* as it was written, printable; owned. NULL: the address says it */
	struct ip_addr addr;
	uint32_t line;         /* of the file that it was read from; 0 = no file's */
};

struct trace_dest_name;

struct trace_dests {
	struct trace_dest *list; /* owned */
	size_t count, room;
	size_t bad;              /* words that were named and left out */
	size_t beyond;           /* of these, those beyond TRACE_DESTS_MAX */
	size_t named;            /* of the bad, those that had a line of their own */
	size_t unnamed;          /* of the bad, those beyond TRACE_DESTS_NAMED, not told of yet */
	bool names_all;          /* each has a line of its own, however many there are */
	uint8_t family;          /* IP_V4 or IP_V6: only these addresses of a name; IP_NONE = either */
	const char *family_why;  /* who wants that family, such as "-4 asks" */
	struct trace_dest_name *names; /* that are still to be looked up; owned */
	size_t name_count, name_room;
	const char *path;        /* of that file */
	struct progress *progress;
};

/* family and family_why as in the struct; p is where mistakes are said. */
void trace_dests_init(struct trace_dests *d, uint8_t family, const char *family_why, struct progress *p);
void trace_dests_free(struct trace_dests *d);
/* Takes one word: "10.1.2.3", "2001:db8::1", "10.1.2.0/28", "host.example". A name has its place in
 * the list and no address before trace_dests_resolve(). False only when out
 * of memory; that is said, as is whatever is wrong with the word. */
bool trace_dests_add(struct trace_dests *d, const char *word);
/* Takes one destination a line from a file, "-" being standard input; blank lines and
 * what follows a # are skipped, and a byte order mark. path must last until
 * trace_dests_resolve(). False, with the reason said, when the file cannot be
 * read or memory is out. */
bool trace_dests_read(struct trace_dests *d, const char *path);
/* Looks up all names, for limit_ns at most; those without an address are said and left out, as is, once, how
 * many were beyond TRACE_DESTS_MAX. After the last destination was taken. False when out of memory or processes (said). */
bool trace_dests_resolve(struct trace_dests *d, int64_t limit_ns);
/* Leaves out what is there twice (said as a warning). False when out of memory (said). */
bool trace_dests_unique(struct trace_dests *d);
/* All of the above for a command: its words, then its file; names_ns as limit_ns above. False, with the
 * reason said, when there is nothing to go on with. */
bool trace_dests_take(struct trace_dests *d, const struct trace_run_options *o, int64_t names_ns, struct progress *p);
/* Says why one of the list is left out, with its line; counts it among the bad. The caller takes it off the list. */
void trace_dests_complain(struct trace_dests *d, const struct trace_dest *t, const char *why);
/* Says how many more than TRACE_DESTS_NAMED were left out since it was last said, if any were. */
void trace_dests_say_unnamed(struct trace_dests *d);
/* The destination as it was written. */
const char *trace_dest_text(const struct trace_dest *t, char buf[IP_TEXT_MAX]);

#endif
