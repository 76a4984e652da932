/* SPDX-License-Identifier: BSD-2-Clause */
/* Any bytes as what the fleet store answers: refused, or joined and printed, with shares
 * that are shares and the worst circuit first. */
#include "probe/cli/fleet_read.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static void join_and_print(struct fleet_found *f)
{
	const struct text_style style = {.verbose = true};
	struct fleet_circuit *c = calloc(f->seen_count + 1, sizeof *c);
	size_t seen = 0;
	struct strbuf out;

	insist(c != NULL);
	const struct fleet_view v = {.at = {INT64_C(1795478400000000000)}, .circuits = c, .count = fleet_join(f->seen, f->seen_count, c),
	                             .edges = f->edges, .edge_count = f->edge_count, .since_ns = NS_PER_SEC};
	for (size_t i = 0; i < v.count; i++) {
		insist(c[i].confidence >= 0 && c[i].confidence <= 1);
		insist(c[i].bad + c[i].healthy + c[i].unclear == c[i].edges);
		insist(!(c[i].corporate_cleared && c[i].domain == DOMAIN_CORPORATE));
		seen += c[i].edges;
	}
	insist(seen == f->seen_count);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	fleet_text(&v, &style, &out);
	fleet_json(&v, true, &out);
	insist(strbuf_ok(&out));
	strbuf_free(&out);
	free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fleet_found f;
	char err[200];

	if (fleet_read((const char *)data, size, &f, err, sizeof err))
		join_and_print(&f);
	fleet_found_free(&f);
	return 0;
}
