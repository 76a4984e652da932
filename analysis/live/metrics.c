/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/live/metrics.h"

#include <math.h>
#include <stdio.h>

#define LABELS_MAX 512

static void family(struct strbuf *out, const char *name, const char *type, const char *help)
{
	strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A counter, named without its suffix: OpenMetrics wants it so in the metadata. */
static void counter(struct strbuf *out, enum metrics_form form, const char *name, const char *help)
{
	char full[64];

	snprintf(full, sizeof full, "%s%s", name, form == METRICS_OPENMETRICS ? "" : "_total");
	family(out, full, "counter", help);
}

/* A label's value: backslash, quote and line feed are escaped, control characters gone. */
static void value(struct strbuf *out, const char *text)
{
	char safe[NAME_MAX_LEN * 3];

	text_safe(safe, sizeof safe, text);
	for (const char *c = safe; *c; c++) {
		if (*c == '\\' || *c == '"')
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, *c);
	}
}

/* "NAME{circuit="…",MORE} " up to the number. */
static void head(struct strbuf *out, const char *name, const struct metrics_circuit *c, const char *more)
{
	strbuf_addf(out, "%s{circuit=\"", name);
	value(out, c->name);
	strbuf_addf(out, "\"%s%s} ", more[0] ? "," : "", more);
}

static void whole(struct strbuf *out, const char *name, const struct metrics_circuit *c, const char *more, uint64_t n)
{
	head(out, name, c, more);
	strbuf_addf(out, "%llu\n", (unsigned long long)n);
}

static void real(struct strbuf *out, const char *name, const struct metrics_circuit *c, const char *more, double n)
{
	if (!(fabs(n) < 1e15))
		return;
	head(out, name, c, more);
	strbuf_addf(out, "%.6f\n", n);
}

static void verdicts(const struct metrics_view *v, struct strbuf *out)
{
	char label[64];

	family(out, "erprobe_up", "gauge", "1 when the last run of the circuit finished.");
	for (size_t i = 0; i < v->count; i++)
		whole(out, "erprobe_up", &v->circuits[i], "", v->circuits[i].up);
	family(out, "erprobe_verdict", "gauge", "State set: 1 for the status of the last finished run.");
	for (size_t i = 0; i < v->count; i++) {
		const struct metrics_circuit *c = &v->circuits[i];
		enum status now = c->last && c->up ? c->last->status : STATUS_UNDETERMINED;

		for (int s = STATUS_HEALTHY; s <= STATUS_UNDETERMINED; s++) {
			snprintf(label, sizeof label, "status=\"%s\"", status_name((enum status)s));
			whole(out, "erprobe_verdict", c, label, s == (int)now);
		}
	}
	family(out, "erprobe_fault_domain", "gauge", "State set: 1 for the domain that the last verdict accuses.");
	for (size_t i = 0; i < v->count; i++) {
		const struct metrics_circuit *c = &v->circuits[i];

		for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++) {
			snprintf(label, sizeof label, "domain=\"%s\"", domain_name((enum domain)d));
			whole(out, "erprobe_fault_domain", c, label, c->last && c->up && (int)c->last->domain == d);
		}
	}
	family(out, "erprobe_incident_open", "gauge", "1 while an incident of the circuit is open.");
	for (size_t i = 0; i < v->count; i++)
		whole(out, "erprobe_incident_open", &v->circuits[i], "", v->circuits[i].incident);
}

static void counts(const struct metrics_view *v, enum metrics_form form, struct strbuf *out)
{
	char label[64];

	counter(out, form, "erprobe_runs", "Runs since the service began, by how they ended.");
	for (size_t i = 0; i < v->count; i++) {
		for (int o = RECORD_FINISHED; o <= RECORD_FAILED; o++) {
			snprintf(label, sizeof label, "result=\"%s\"", record_outcome_name((enum record_outcome)o));
			whole(out, "erprobe_runs_total", &v->circuits[i], label, v->circuits[i].runs[o]);
		}
	}
	counter(out, form, "erprobe_probes_sent", "Probes sent since the service began.");
	for (size_t i = 0; i < v->count; i++)
		whole(out, "erprobe_probes_sent_total", &v->circuits[i], "", v->circuits[i].probes);
	family(out, "erprobe_last_run_timestamp_seconds", "gauge", "When the last finished run ended.");
	for (size_t i = 0; i < v->count; i++)
		if (v->circuits[i].last)
			real(out, "erprobe_last_run_timestamp_seconds", &v->circuits[i], "",
			     (double)v->circuits[i].last->ended_at.ns / (double)NS_PER_SEC);
	family(out, "erprobe_last_run_duration_seconds", "gauge", "How long the last run took.");
	for (size_t i = 0; i < v->count; i++)
		real(out, "erprobe_last_run_duration_seconds", &v->circuits[i], "", v->circuits[i].took_s);
}

/* Each measured stretch of the last run; of a run that did not finish, nothing. */
static void segments(const struct metrics_view *v, const char *name, bool loss, struct strbuf *out)
{
	char label[LABELS_MAX];

	for (size_t i = 0; i < v->count; i++) {
		const struct metrics_circuit *c = &v->circuits[i];

		for (int l = 0; c->last && c->up && l < LINKS; l++) {
			for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++) {
				const struct record_segment *s = &c->last->links[l].segments[d];

				snprintf(label, sizeof label, "link=\"%s\",domain=\"%s\"", link_name((enum link_id)l), domain_name((enum domain)d));
				if (s->present && loss && s->loss.known)
					real(out, name, c, label, s->loss.ratio);
				else if (s->present && !loss && s->added_us != RECORD_UNKNOWN)
					real(out, name, c, label, (double)s->added_us / 1e6);
			}
		}
	}
}

void metrics_text(const struct metrics_view *v, enum metrics_form form, struct strbuf *out)
{
	family(out, "erprobe_build_info", "gauge", "1, with the version of erprobe.");
	strbuf_addf(out, "erprobe_build_info{version=\"%s\"} 1\n", v->version);
	verdicts(v, out);
	counts(v, form, out);
	family(out, "erprobe_domain_added_latency_seconds", "gauge", "Round trip that a domain adds on a link, last run.");
	segments(v, "erprobe_domain_added_latency_seconds", false, out);
	family(out, "erprobe_domain_loss_ratio", "gauge", "Share of packets lost in a domain on a link, last run.");
	segments(v, "erprobe_domain_loss_ratio", true, out);
	family(out, "erprobe_history_writable", "gauge", "0 while runs cannot be stored.");
	strbuf_addf(out, "erprobe_history_writable %d\n", v->store_ok);
	family(out, "erprobe_history_waiting_runs", "gauge", "Runs that wait to be stored.");
	strbuf_addf(out, "erprobe_history_waiting_runs %zu\n", v->waiting);
	family(out, "erprobe_config_reload_ok", "gauge", "0 when the last reload was refused.");
	strbuf_addf(out, "erprobe_config_reload_ok %d\n", v->config_ok);
	if (form == METRICS_OPENMETRICS)
		strbuf_add(out, "# EOF\n");
}
