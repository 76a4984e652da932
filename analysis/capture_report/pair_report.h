/* SPDX-License-Identifier: BSD-2-Clause */
/* Two runs or captures side by side: two times, or both ends of a way. */
#ifndef ERPROBE_PAIR_REPORT_H
#define ERPROBE_PAIR_REPORT_H

#include "analysis/path/sight_pair.h"
#include "analysis/path/sight_path.h"
#include "analysis/render/page.h"
#include "analysis/value/strbuf.h"

/* One of the two. */
struct pair_part {
	const char *name;                /* as it was given on the command line */
	const char *what;                /* "bundle", "packets of a run", "capture" */
	const struct run_result *result; /* NULL for a capture of others */
	const struct sight_totals *totals;
	const struct sight_path *paths;
	size_t path_count;
};

struct pair_report {
	const char *tool;
	struct pair_part parts[PAIR_SIDES];
	struct sight_pair packets;
};

void report_pair_text(const struct pair_report *r, const struct text_style *style, struct strbuf *out);
/* erprobe.compare/1; ends with a newline. */
void report_pair_json(const struct pair_report *r, struct strbuf *out);

/* -- shared by the two forms -- */

/* The circuit of B with this one's name; NULL when B has none. */
const struct circuit_result *pair_circuit(const struct pair_report *r, const struct circuit_result *a);
/* The path of B with the same ends, protocol and port. */
const struct sight_path *pair_path(const struct pair_report *r, const struct sight_path *a);
/* The hop in which the path ends, where the destination answered; else NULL. */
const struct hop_result *pair_end(const struct sight_path *p);

#endif
