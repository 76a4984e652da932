/* SPDX-License-Identifier: BSD-2-Clause */
/* What `erprobe-export --query` prints, as values. */
#ifndef ERPROBE_FLEET_READ_H
#define ERPROBE_FLEET_READ_H

#include "analysis/fleet/fleet_report.h"

struct fleet_found {
	struct fleet_seen *seen; /* all arrays owned */
	size_t seen_count;
	struct fleet_edge *edges;
	size_t edge_count;
	struct fleet_count { char id[FLEET_ID_MAX]; int64_t incidents; } *counts;
	size_t count_count;
};

/* Reads lines of JSON; what is none is an error. False with one line in err. Free with
 * fleet_found_free() in any case. */
bool fleet_read(const char *text, size_t len, struct fleet_found *out, char *err, size_t err_size);
void fleet_found_free(struct fleet_found *f);

#endif
