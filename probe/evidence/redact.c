/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/redact.h"

#include "analysis/report/report.h"
#include "probe/evidence/environment.h"
#include "probe/host/build.h"
#include "probe/host/now.h"
#include "probe/record/refold.h"

#include <stdlib.h>
#include <string.h>

/* Everything that one redaction holds. */
struct redacting {
	const struct recording *rec;
	const struct redact_rule *rule;
	struct anon anon;
	struct environment environment;
	struct plan plan;
	struct event_log log;
	struct refolded before, after;
	struct strbuf run_json, list, surroundings;
	struct custody_state chain;
	char from[SHA256_HEX_MAX];
	bool failed;
};

static bool add_snapshot(struct redacting *r, const struct event_azure *e)
{
	struct az_snapshot copy;
	struct event out = {.kind = EVENT_AZURE, .u.azure = {e->circuit, &copy}};
	bool ok;

	if (e->circuit >= r->rec->plan.circuit_count || !az_snapshot_copy(&copy, e->snapshot))
		return false;
	redact_azure(&copy, &r->anon, &r->rec->plan.circuits[e->circuit], r->rule->audience);
	ok = event_log_add(&r->log, &out);
	az_snapshot_free(&copy);
	return ok;
}

static bool copy_event(void *arg, const struct event *e)
{
	struct redacting *r = arg;
	struct event out = *e;
	struct frame f;

	if (e->kind == EVENT_AZURE) {
		r->failed = !add_snapshot(r, &e->u.azure);
		return !r->failed;
	}
	if (e->kind == EVENT_FRAME) {
		f = *e->u.frame;
		anon_frame(&r->anon, &f);
		out.u.frame = &f;
	}
	r->failed = !event_log_add(&r->log, &out);
	return !r->failed;
}

static bool same_verdicts(const struct run_result *a, const struct run_result *b)
{
	for (size_t i = 0; i < a->circuit_count; i++) {
		for (size_t f = 0; f == 0 || (f < a->circuits[i].fault_count && f < FAULTS_MAX); f++) {
			const struct verdict *x = &a->circuits[i].faults[f], *y = &b->circuits[i].faults[f];

			if (a->circuits[i].fault_count != b->circuits[i].fault_count || x->status != y->status ||
			    x->domain != y->domain || x->link != y->link || x->contact != y->contact || strcmp(x->fault, y->fault) != 0)
				return false;
		}
	}
	return true;
}

/* Plan and log without what the audience may not see, and what they conclude to. */
static bool conclude(struct redacting *r, char *err, size_t err_size)
{
	const char *why = "out of memory";

	event_log_init(&r->log);
	if (r->rec->log.trace)
		r->log.trace = redact_trace_log(r->rec->log.trace, &r->anon);
	if ((r->rec->log.trace != NULL) == (r->log.trace != NULL) && plan_copy(&r->plan, &r->rec->plan)) {
		redact_plan(&r->plan, &r->anon, r->rule->audience);
		event_log_each(&r->rec->log, copy_event, r);
		if (!r->failed && refold(&r->rec->plan, &r->rec->log, NULL, NULL, &r->before) &&
		    refold(&r->plan, &r->log, NULL, NULL, &r->after)) {
			if (r->log.trace ? redact_same_traces(&r->before, &r->after, &r->log, &r->anon)
			                 : same_verdicts(&r->before.result, &r->after.result))
				return true;
			why = r->log.trace ? "without what is left out the hops would be others" : "without what is left out the verdict would be another one";
		}
	}
	text_format(err, err_size, "cannot redact: %s", why);
	return false;
}

/* Where the new chain goes on. Bundles of old have no chain: the tag manifest stands for it. */
static bool take_chain(struct redacting *r, char *err, size_t err_size)
{
	const struct bag_file *tags = bag_find_tag(&r->rec->bag, BAG_TAG_MANIFEST);

	text_format(r->from, sizeof r->from, "%s", tags->sha256);
	if (bag_find(&r->rec->bag, CUSTODY_PATH))
		return custody_check(&r->rec->bag, &r->chain, err, err_size);
	r->chain.seq = 1;
	text_format(r->chain.last, sizeof r->chain.last, "%s", tags->sha256);
	return true;
}

static bool take_environment(struct redacting *r, char *err, size_t err_size)
{
	const struct bag_file *f = bag_find(&r->rec->bag, BUNDLE_ENVIRONMENT);

	if (f && !environment_read(f->data, f->len, &r->environment, err, err_size))
		return false;
	environment_write_reduced(&r->environment, &r->surroundings);
	return true;
}

static bool output(struct redacting *r, const struct create_target *t, char *where, size_t where_size, char *err,
                   size_t err_size)
{
	struct bundle b;
	bool ok;

	if (!r->log.trace)
		report_check_json(&r->after.result, false, &r->run_json);
	redact_list(r->rule, r->log.trace != NULL, &r->list);
	if (!strbuf_ok(&r->run_json) || !strbuf_ok(&r->list) || !strbuf_ok(&r->surroundings)) {
		text_format(err, err_size, "out of memory");
		return false;
	}
	const struct bundle_source s = {
		.plan = &r->plan, .log = &r->log, .run = &r->after, .run_json = r->log.trace ? NULL : r->run_json.text,
		.environment = r->surroundings.text, .redactions = r->list.text, .os = r->environment.os,
		.place = r->environment.place,
		.custody = {.at = now_wall(), .action = "redacted", .tool = build_tool(),
		            .audience = audience_name(r->rule->audience), .seq = r->chain.seq + 1, .previous = r->chain.last,
		            .from = r->from},
	};
	ok = bundle_make(&s, &b, err, err_size) &&
	     create_output(&b, r->plan.run_id, t, where, where_size, err, err_size);
	bundle_free(&b);
	return ok;
}

bool redact_bundle(const char *path, const struct redact_rule *rule, const struct create_target *t, char *where,
                   size_t where_size, char *err, size_t err_size)
{
	struct recording rec;
	struct redacting r = {.rec = &rec, .rule = rule};
	bool ok;

	if (!recording_load(path, &rec, err, err_size))
		return false;
	if (!rec.log.trace && rule->kept_count > 0) {
		text_format(err, err_size, "--keep is for bundles of erprobe trace: of a check the circuit tells which addresses may stay");
		recording_free(&rec);
		return false;
	}
	strbuf_init(&r.run_json, STRBUF_MAX_DEFAULT);
	strbuf_init(&r.list, STRBUF_MAX_DEFAULT);
	strbuf_init(&r.surroundings, STRBUF_MAX_DEFAULT);
	ok = bag_is_exact(&rec.bag, err, err_size) && take_chain(&r, err, err_size) &&
	     take_environment(&r, err, err_size) && redact_choose(&r.anon, &rec, rule, err, err_size) &&
	     conclude(&r, err, err_size) && output(&r, t, where, where_size, err, err_size);
	refolded_free(&r.before);
	refolded_free(&r.after);
	event_log_free(&r.log);
	plan_free(&r.plan);
	strbuf_free(&r.run_json);
	strbuf_free(&r.list);
	strbuf_free(&r.surroundings);
	recording_free(&rec);
	memset(&r.anon, 0, sizeof r.anon);
	return ok;
}
