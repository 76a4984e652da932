/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/ticket.h"

#include "analysis/ticket/ticket.h"
#include "analysis/ticket/trace_ticket.h"
#include "probe/evidence/bundle.h"
#include "probe/evidence/environment.h"
#include "probe/evidence/evidence.h"
#include "probe/evidence/recording.h"
#include "probe/record/refold.h"
#include "probe/record/result_compare.h"

#include <stdio.h>
#include <string.h>

/* What a ticket is made of; all borrowed. */
struct making {
	const struct recording *rec;
	const struct redact_rule *rule;
	struct refolded run;
	struct environment environment;
	enum ticket_form form;
	struct strbuf *out;
	struct json_out json;
	struct ticket_document document;
	struct ticket_file files[BUNDLE_DOCUMENTS_MAX];
};

/* -- what is attached -- */

static const struct { const char *path, *what; bool whole_alone; } contents[] = {
	{"data/summary.txt", "one page in plain words", false},
	{"data/report.html", "the page with the pictures", false},
	{"data/mtr.txt", "each path as mtr prints it", false},
	{EVIDENCE_PCAPNG, "every packet, opens in Wireshark; each frame says what it is", false},
	{EVIDENCE_RUN, "the result", false},
	{EVIDENCE_PLAN, "what was asked", false},
	{EVIDENCE_AZURE, "what Azure answered", false},
	{BUNDLE_CONFIG, "the configuration", true},
	{BUNDLE_ENVIRONMENT, "the host that measured", false},
	{BUNDLE_REDACTIONS, "what was left out, and why", false},
	{CUSTODY_PATH, "who made it out of what", false},
};

static void list_files(struct making *m)
{
	struct ticket_document *d = &m->document;

	for (size_t i = 0; i < sizeof contents / sizeof contents[0] && d->file_count < BUNDLE_DOCUMENTS_MAX; i++) {
		bool there = bag_find(&m->rec->bag, contents[i].path) != NULL;

		if (d->redact_first && contents[i].whole_alone)
			there = false;
		if (there || (d->redact_first && strcmp(contents[i].path, BUNDLE_REDACTIONS) == 0))
			m->files[d->file_count++] = (struct ticket_file){contents[i].path, contents[i].what};
	}
	d->files = m->files;
}

/* For whom the bundle was made; false where it is whole. */
static bool made_for(const struct recording *rec, struct redact_rule *rule)
{
	const struct bag_file *f = bag_find(&rec->bag, BUNDLE_REDACTIONS);

	return f && redact_list_read(f->data, f->len, rule);
}

static void begin(struct making *m, const char *path)
{
	struct redact_rule of;

	m->document = (struct ticket_document){.run_id = m->rec->plan.run_id, .tool = m->rec->plan.tool, .bundle = path, .audience = m->rule->audience,
	                                       .redact_first = m->rule->audience != AUDIENCE_INTERNAL &&
	                                                       (!made_for(m->rec, &of) || of.audience != m->rule->audience)};
	list_files(m);
	if (m->form != TICKET_TEXT)
		report_ticket_json_begin(&m->json, &m->document, m->form == TICKET_JSON_LINE, m->out);
}

/* -- of a check -- */

static const char *provider_of(const struct making *m, const struct circuit_result *c)
{
	const struct az_snapshot *s = c->azure.snapshot;

	return m->rule->audience == AUDIENCE_PROVIDER && s && s->circuit.part.read == AZ_OK && s->circuit.provider_name.present ? s->circuit.provider_name.text
	                                                                                                                        : NULL;
}

static bool check_ticket(struct making *m)
{
	const struct run_result *r = &m->run.result;
	bool ok = true;

	if (m->form == TICKET_TEXT) {
		report_ticket(r, m->rule->audience, &m->environment.place, m->out);
		return true;
	}
	for (size_t i = 0; ok && i < r->circuit_count; i++) {
		const struct circuit_result *c = &r->circuits[i];
		char subject[TICKET_SUBJECT_MAX];
		struct strbuf body;

		strbuf_init(&body, STRBUF_MAX_DEFAULT);
		report_ticket_one(r, c, m->rule->audience, &m->environment.place, &body);
		report_ticket_subject(c, subject);
		ok = strbuf_ok(&body);
		if (ok)
			report_ticket_json_one(&m->json, &m->document,
			                       &(struct ticket_piece){.circuit = c->plan->name, .to = provider_of(m, c), .subject = subject, .body = body.text});
		strbuf_free(&body);
	}
	return ok;
}

/* -- of a trace -- */

static bool look(void *arg, const struct trace_entry *t)
{
	trace_ticket_look(arg, t);
	return true;
}

static bool tell(void *arg, const struct trace_entry *t)
{
	struct trace_ticket *k = arg;

	trace_ticket_one(k, t);
	return strbuf_ok(k->page.out);
}

static bool trace_text(const struct making *m, const struct trace_ticket_rule *rule, const struct trace_ticket_sum *sum, struct strbuf *out)
{
	const struct trace_told told = refold_trace(&m->run, &m->rec->log);
	const struct trace_run run = trace_told_run(&told);
	struct trace_ticket k;

	trace_ticket_begin(&k, rule, sum, &run, &m->environment.place, out);
	if (!trace_told_each(&told, tell, &k))
		return false;
	trace_ticket_end(&k, &run);
	return strbuf_ok(out);
}

static bool trace_document_of(struct making *m, const struct trace_ticket_rule *rule, const struct trace_ticket_sum *sum)
{
	char subject[TRACE_TICKET_SUBJECT_MAX];
	struct strbuf body;
	bool ok;

	strbuf_init(&body, STRBUF_MAX_DEFAULT);
	trace_ticket_subject(sum, rule, subject);
	ok = trace_text(m, rule, sum, &body);
	if (ok)
		report_ticket_json_one(&m->json, &m->document, &(struct ticket_piece){.subject = subject, .body = body.text});
	strbuf_free(&body);
	return ok;
}

static bool trace_ticket(struct making *m)
{
	const struct trace_told told = refold_trace(&m->run, &m->rec->log);
	struct trace_ticket_rule rule = {.audience = m->rule->audience, .shown = m->rule->kept, .shown_count = m->rule->kept_count};
	struct trace_ticket_sum sum = {0};
	struct redact_rule of;

	if (!m->document.redact_first && m->rule->audience != AUDIENCE_INTERNAL && made_for(m->rec, &of)) {
		rule.replaced = true;
		rule.shown = of.kept;
		rule.shown_count = of.kept_count;
	}
	if (!trace_told_each(&told, look, &sum))
		return false;
	return m->form == TICKET_TEXT ? trace_text(m, &rule, &sum, m->out) : trace_document_of(m, &rule, &sum);
}

/* -- */

static bool make(struct making *m, const char *path, char *err, size_t err_size)
{
	const struct recording *rec = m->rec;
	const struct bag_file *f = bag_find(&rec->bag, BUNDLE_ENVIRONMENT);
	int code = rec->log.trace ? rec->log.trace->exit_code : result_stored_exit_code(rec->run_json, rec->run_json_len, err, err_size);
	bool ok;

	if (code < 0 || (f && !environment_read(f->data, f->len, &m->environment, err, err_size)))
		return false;
	if (!refold(&rec->plan, &rec->log, NULL, NULL, &m->run)) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	ok = refold_exit_code(&m->run, &rec->log) == code;
	if (!ok) {
		text_format(err, err_size, "this build concludes otherwise than run.json says; see erprobe evidence verify");
	} else {
		begin(m, path);
		ok = rec->log.trace ? trace_ticket(m) : check_ticket(m);
		if (m->form != TICKET_TEXT)
			report_ticket_json_end(&m->json);
		ok = ok && strbuf_ok(m->out);
		if (!ok)
			text_format(err, err_size, "out of memory");
	}
	refolded_free(&m->run);
	return ok;
}

bool ticket_make(const char *path, const struct redact_rule *rule, enum ticket_form form, struct strbuf *out, char *err, size_t err_size)
{
	struct recording rec;
	struct making m = {.rec = &rec, .rule = rule, .form = form, .out = out};
	bool ok;

	if (!recording_load(path, &rec, err, err_size))
		return false;
	ok = rec.log.trace || rule->kept_count == 0;
	if (!ok)
		text_format(err, err_size, "--keep is for bundles of erprobe trace: of a check the circuit tells which addresses may stay");
	ok = ok && make(&m, path, err, err_size);
	recording_free(&rec);
	return ok;
}
