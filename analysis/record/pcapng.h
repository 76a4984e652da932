/* SPDX-License-Identifier: BSD-2-Clause */
/* pcapng (draft-ietf-opsawg-pcapng) to and from bytes. Written: one section with
 * comment, hardware, OS and application; an interface block each (Ethernet,
 * nanoseconds); name resolution; enhanced packet blocks with comments and
 * direction; interface statistics. No custom blocks: editcap refuses them. */
#ifndef ERPROBE_PCAPNG_H
#define ERPROBE_PCAPNG_H

#include "analysis/value/strbuf.h"
#include "erprobe/frame.h"
#include "erprobe/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Start with {.out = &buffer}; a failure (memory, ceiling) is the buffer's own. */
struct pcapng_writer {
	struct strbuf *out;
	bool names_open;     /* a name-resolution block is being written */
	size_t names_at;     /* where it began */
};

struct pcapng_section {
	const char *comment, *hardware, *os, *application;
	const char *const *more; /* further comments */
	size_t more_count;
};

/* First, and once. NULL or empty texts are left out, here and below. */
void pcapng_section(struct pcapng_writer *w, const struct pcapng_section *s);
/* The interface's slot is the count of interface blocks before it. filter is
 * pcap-filter(7) text, snaplen in bytes. */
void pcapng_interface(struct pcapng_writer *w, const char *name, const char *description, const char *filter,
                      uint32_t snaplen);
/* Notes one name for the name-resolution block; IP_NONE is left out. */
void pcapng_name(struct pcapng_writer *w, const struct ip_addr *a, const char *name);
/* Writes the name-resolution block of all names given since the last one. */
void pcapng_names_end(struct pcapng_writer *w);
/* outgoing: 1 out, 0 in, -1 unknown. comments may be NULL when count is 0. */
void pcapng_frame(struct pcapng_writer *w, const struct frame *f, int outgoing, const char *const *comments,
                  size_t comment_count);
/* Times in the capture's clock; PCAPNG_UNKNOWN leaves a count out. */
#define PCAPNG_UNKNOWN UINT64_MAX
void pcapng_statistics(struct pcapng_writer *w, uint32_t iface, struct wall_ns start, struct wall_ns end,
                       uint64_t received, uint64_t dropped);

/* Reader: hostile bytes. Calls back in file order. Both byte orders, any tsresol,
 * several sections; also classic pcap. Interfaces are numbered through the whole
 * file (a second section's begin after the first's). A frame longer than
 * FRAME_BYTES_MAX is cut to it, wire_len stays. Blocks that are not named in
 * pcapng_format.h, and simple packet blocks (they have no time), are stepped over. */
#define PCAPNG_IFACES_MAX 256 /* struct frame counts them in eight bits */
/* Any callback may be NULL. Texts are valid during the call only. */
struct pcapng_handler {
	void *arg;
	void (*section)(void *arg, const char *comment);
	void (*interface)(void *arg, uint32_t iface, uint16_t link_type, const char *name);
	/* False stops the reading. comment: all comments joined by '\n', or NULL. */
	bool (*frame)(void *arg, const struct frame *f, uint16_t link_type, const char *comment);
};
/* False with a line in err (what, at which byte); what came before was delivered.
 * A handler that stops the reading is no failure. */
bool pcapng_read(const void *data, size_t len, const struct pcapng_handler *h, char *err, size_t err_size);

#endif
