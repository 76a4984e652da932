/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known as documents: metrics as a file for node_exporter's textfile collector, the
 * same metrics and the page for the process that serves them. */
#include "probe/audit/service.h"

#include "analysis/live/metrics.h"
#include "analysis/web/shelf.h"
#include "probe/audit/evidence_keep.h"
#include "probe/history/history_recent.h"
#include "probe/host/files.h"
#include "probe/host/host_name.h"
#include "probe/host/say.h"
#include "probe/web/listen.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MODE 0644 /* node_exporter is another user */
#define NAME_ROOM 256

/* -- metrics -- */

static struct metrics_circuit circuit_of(const struct audit_circuit *c)
{
	struct metrics_circuit m = {
		.name = c->plan->name, .last = c->has_last ? &c->last : NULL, .up = c->up, .incident = c->incident.open,
		.probes = c->probes, .took_s = c->took_s,
	};

	memcpy(m.runs, c->runs, sizeof m.runs);
	return m;
}

static void metrics_of(const struct service *s, enum metrics_form form, struct strbuf *out)
{
	struct metrics_circuit *circuits = calloc(s->config.circuit_count, sizeof *circuits);

	if (!circuits) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < s->config.circuit_count; i++)
		circuits[i] = circuit_of(&s->circuits[i]);
	const struct metrics_view v = {
		.version = ERPROBE_VERSION, .circuits = circuits, .count = s->config.circuit_count, .store_ok = !s->store_told,
		.waiting = s->queued, .config_ok = !s->reload_bad,
	};
	metrics_text(&v, form, out);
	free(circuits);
}

/* -- as a file -- */

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
	struct strbuf text;

	if (!s->config.audit_textfile[0])
		return;
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	metrics_of(s, METRICS_PROMETHEUS, &text);
	put(s, &text);
	strbuf_free(&text);
}

/* -- as a shelf -- */

static void put_metrics(const struct service *s, enum shelf_kind kind, enum metrics_form form, struct strbuf *shelf)
{
	struct strbuf text;

	strbuf_init(&text, SHELF_MAX);
	metrics_of(s, form, &text);
	if (strbuf_ok(&text))
		shelf_add(shelf, kind, "", text.text, text.len);
	else
		shelf->failed = true;
	strbuf_free(&text);
}

/* By which names beside localhost and addresses the page may be asked for. */
static void put_names(const struct service *s, struct strbuf *shelf)
{
	char name[NAME_ROOM] = "";

	if (gethostname(name, sizeof name - 1) == 0 && name[0])
		shelf_add(shelf, SHELF_NAME, "", name, strlen(name));
	name[strcspn(name, ".")] = '\0';
	if (name[0])
		shelf_add(shelf, SHELF_NAME, "", name, strlen(name));
	for (size_t i = 0; i < s->config.audit_names.count; i++)
		shelf_add(shelf, SHELF_NAME, "", s->config.audit_names.text[i], strlen(s->config.audit_names.text[i]));
}

/* -- the page -- */

static void put_piece(void *shelf, const char *id, const char *text, size_t len)
{
	shelf_add(shelf, id[0] ? SHELF_PART : SHELF_FIXED, id, text, len);
}

/* Reports name the service key, and are for readers on this host: not for those whom an open address lets in. */
static bool serves_reports(const struct service *s)
{
	return !listen_is_open(s->front.listen);
}

static struct live_circuit live_of(const struct service *s, const struct audit_circuit *c)
{
	bool told = c->up && c->has_last && c->last.status != STATUS_HEALTHY;

	return (struct live_circuit){
		.name = c->plan->name, .last = c->has_last ? &c->last : NULL, .up = c->up, .trouble = c->trouble, .incident = &c->incident,
		.day = &c->day, .why = c->why, .report = told && c->report && serves_reports(s),
		.evidence = told && evidence_has(s->evidence_dir, c->last.run_id) ? s->evidence_dir : NULL,
	};
}

static void put_page(struct service *s, struct strbuf *shelf)
{
	struct live_circuit *circuits = calloc(s->config.circuit_count, sizeof *circuits);
	int64_t now_us = now_wall().ns / NS_PER_US;
	char host[NAME_ROOM], state[LIVE_ID_MAX];

	if (!circuits) {
		shelf->failed = true;
		return;
	}
	host_name(host, sizeof host);
	for (size_t i = 0; i < s->config.circuit_count; i++) {
		day_turn(&s->circuits[i].day, now_us);
		circuits[i] = live_of(s, &s->circuits[i]);
	}
	/* While the history cannot be read, the events that were read last stand. */
	if (s->history && !s->store_told)
		history_events(s->history, s->events, &s->event_count);
	const struct live_view v = {
		.host = host, .version = ERPROBE_VERSION, .circuits = circuits, .count = s->config.circuit_count, .events = s->events,
		.event_count = s->event_count, .store_ok = !s->store_told, .config_ok = !s->reload_bad, .waiting = s->queued,
	};
	if (!live_page(&v, state, put_piece, shelf))
		shelf->failed = true;
	shelf_add(shelf, SHELF_STATE, state, "", 0);
	free(circuits);
}

static void put_reports(const struct service *s, struct strbuf *shelf)
{
	for (size_t i = 0; serves_reports(s) && i < s->config.circuit_count; i++)
		if (s->circuits[i].report)
			shelf_add(shelf, SHELF_REPORT, s->circuits[i].last.run_id, s->circuits[i].report, s->circuits[i].report_len);
}

void shelf_fill(struct service *s, struct strbuf *shelf)
{
	put_metrics(s, SHELF_METRICS, METRICS_PROMETHEUS, shelf);
	put_metrics(s, SHELF_OPENMETRICS, METRICS_OPENMETRICS, shelf);
	put_names(s, shelf);
	put_reports(s, shelf); /* before the page that leads to them */
	put_page(s, shelf);
}
