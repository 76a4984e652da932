/* SPDX-License-Identifier: BSD-2-Clause */
/* The two comparisons of verify that look at documents from inside. */
#ifndef ERPROBE_VERIFY_PACKETS_H
#define ERPROBE_VERIFY_PACKETS_H

#include "analysis/value/strbuf.h"
#include "erprobe/clock.h"
#include "probe/evidence/recording.h"

#include <stdbool.h>
#include <stddef.h>

/* How probes.pcapng is to be read. */
struct packets_question {
	const char *os;        /* the system that the section names; NULL = not known: then blocks besides frames and section are not compared */
	struct wall_ns ended;
	bool other_build;      /* another build wrote it: facts are compared, not words (verify_builds.h) */
};

/* Does probes.pcapng say of each frame what the matcher says of it now? *worded: how many
 * comments tell the same facts in other words. False with one line in err that names the
 * frame. */
bool verify_packets(const struct recording *r, const struct packets_question *q, size_t *worded, char *err, size_t err_size);

/* Appends where two JSON texts of ours (one member a line) first differ: "circuits[0].
 * links[1].hops[2].sent is 25, the packets say 24". */
void verify_json_difference(const char *stored, size_t stored_len, const char *now, size_t now_len, struct strbuf *out);

#endif
