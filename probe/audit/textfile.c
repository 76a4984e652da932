/* SPDX-License-Identifier: BSD-2-Clause */
/* The metrics as a file for node_exporter's textfile collector. */
#include "probe/audit/service.h"

#include "analysis/report/metrics.h"
#include "probe/audit/say.h"
#include "probe/run/files.h"

#include <stdlib.h>
#include <string.h>

#define FILE_MODE 0644 /* node_exporter is another user */

static struct metrics_circuit circuit_of(const struct audit_circuit *c)
{
	struct metrics_circuit m = {
		.name = c->plan->name, .last = c->has_last ? &c->last : NULL, .up = c->up, .incident = c->incident.open,
		.probes = c->probes, .took_s = c->took_s,
	};

	memcpy(m.runs, c->runs, sizeof m.runs);
	return m;
}

static void put(struct service *s, const struct strbuf *text)
{
	char err[300] = "out of memory";
	bool ok = strbuf_ok(text) && text->text &&
	          files_write_atomic(s->config.audit_textfile, text->text, text->len, FILE_MODE, err, sizeof err);

	if (!ok && !s->textfile_told)
		say(SAY_WARNING, "the metrics cannot be written to %s: %s; checks go on", s->config.audit_textfile, err);
	else if (ok && s->textfile_told)
		say(SAY_WARNING, "the metrics can be written to %s again", s->config.audit_textfile);
	s->textfile_told = !ok;
}

void textfile_write(struct service *s)
{
	struct metrics_circuit *circuits;
	struct strbuf text;

	if (!s->config.audit_textfile[0])
		return;
	circuits = calloc(s->config.circuit_count, sizeof *circuits);
	if (!circuits)
		return;
	for (size_t i = 0; i < s->config.circuit_count; i++)
		circuits[i] = circuit_of(&s->circuits[i]);
	const struct metrics_view v = {
		.version = ERPROBE_VERSION, .circuits = circuits, .count = s->config.circuit_count, .store_ok = !s->store_told,
		.waiting = s->queued, .config_ok = !s->reload_bad,
	};
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	metrics_text(&v, &text);
	put(s, &text);
	strbuf_free(&text);
	free(circuits);
}
