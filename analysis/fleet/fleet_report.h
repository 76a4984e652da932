/* SPDX-License-Identifier: BSD-2-Clause */
/* The fleet for a person, worst first, and as erprobe.fleet/1. */
#ifndef ERPROBE_FLEET_REPORT_H
#define ERPROBE_FLEET_REPORT_H

#include "analysis/fleet/fleet.h"
#include "analysis/render/page.h"

/* An edge that writes to the store. */
struct fleet_edge { char name[NAME_MAX_LEN]; char version[32]; struct wall_ns seen_at; };

struct fleet_view {
	struct wall_ns at;
	const struct fleet_circuit *circuits;
	size_t count;
	const struct fleet_edge *edges;
	size_t edge_count;
	int64_t since_ns; /* what is older does not count: an edge is silent from then on */
};

void fleet_text(const struct fleet_view *v, const struct text_style *style, struct strbuf *out);
void fleet_json(const struct fleet_view *v, bool compact, struct strbuf *out);
/* The worst circuit's; EXIT_UNDETERMINED also where there is none (erprobe/exit_code.h). */
int fleet_exit_code(const struct fleet_view *v);

#endif
