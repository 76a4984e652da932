/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/reasons_read.h"

#include "analysis/value/strbuf.h"
#include "probe/audit/result_words.h"
#include "probe/json/json_in.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -- values -- */

static const char *direction_at(size_t i) { return direction_name((enum direction)i); }
static const char *source_at(size_t i)
{
	static const char *const names[] = {[EVIDENCE_WIRE] = "wire", [EVIDENCE_AZURE] = "azure", [EVIDENCE_WATCH] = "watch"};

	return names[i];
}

static enum direction direction_of(const struct json_value *v)
{
	size_t i = result_word(v, direction_at, DIRECTION_BOTH + 1);

	return i <= DIRECTION_BOTH ? (enum direction)i : DIRECTION_NONE;
}

static enum evidence_source source_of(const struct json_value *v)
{
	size_t i = result_word(v, source_at, EVIDENCE_WATCH + 1);

	return i <= EVIDENCE_WATCH ? (enum evidence_source)i : EVIDENCE_WIRE;
}

static double share_of(const struct json_value *v)
{
	double x;

	return json_as_number(v, &x) && x >= 0 && x <= 1 ? x : 0;
}

static struct wall_ns wall_of(const struct json_value *v)
{
	const char *text = json_as_text(v);
	struct wall_ns at = {0};

	return text && wall_parse(text, &at) ? at : (struct wall_ns){0};
}

static size_t sentences(char (*list)[SENTENCE_MAX], size_t most, const struct json_value *array)
{
	size_t n = 0;

	for (const struct json_value *v = json_first(array); v && n < most; v = json_next(v))
		if (json_as_text(v))
			result_copy(list[n++], SENTENCE_MAX, v);
	return n;
}

/* -- what leads against what comes next -- */

static size_t weighed(struct weighed *list, const struct json_value *array)
{
	size_t n = 0;
	double ratio;

	for (const struct json_value *v = json_first(array); v && n < WEIGHED_MAX; v = json_next(v)) {
		if (!json_as_number(json_get(v, "log_ratio"), &ratio) || !isfinite(ratio))
			continue;
		list[n].log_ratio = ratio;
		list[n].source = source_of(json_get(v, "source"));
		list[n].as_of = wall_of(json_get(v, "at"));
		result_copy(list[n++].statement, SENTENCE_MAX, json_get(v, "statement"));
	}
	return n;
}

static struct claim claim_of(const struct json_value *v)
{
	struct claim c = {.domain = result_domain(json_get(v, "domain")), .link = result_link(json_get(v, "link")),
	                  .probability = share_of(json_get(v, "probability"))};

	result_copy(c.fault, sizeof c.fault, json_get(v, "fault"));
	return c;
}

static void take_contest(struct contest *c, const struct json_value *v)
{
	c->known = json_is_object(v);
	if (!c->known)
		return;
	c->leader = claim_of(json_get(v, "leader"));
	c->next = claim_of(json_get(v, "next"));
	c->pro_count = weighed(c->pro, json_get(v, "evidence_for"));
	c->contra_count = weighed(c->contra, json_get(v, "evidence_against"));
}

/* -- the whole -- */

static void take_alternatives(struct verdict *to, const struct json_value *array)
{
	for (const struct json_value *v = json_first(array); v && to->alternative_count < ALTERNATIVES_MAX; v = json_next(v)) {
		struct alternative *a = &to->alternatives[to->alternative_count++];
		const struct claim c = claim_of(v);

		a->domain = c.domain;
		a->link = c.link;
		a->probability = c.probability;
		json_as_bool(json_get(v, "beside"), &a->beside);
		result_copy(a->fault, sizeof a->fault, json_get(v, "fault"));
		result_copy(a->decided_by, sizeof a->decided_by, json_get(v, "decided_by"));
	}
}

static void take_verdict(struct verdict *to, const struct json_value *v)
{
	to->status = result_status(json_get(v, "status"));
	to->domain = result_domain(json_get(v, "domain"));
	to->link = result_link(json_get(v, "link"));
	to->contact = result_contact(json_get(v, "contact"));
	to->direction = direction_of(json_get(v, "direction"));
	to->confidence = share_of(json_get(v, "confidence"));
	result_copy(to->fault, sizeof to->fault, json_get(v, "fault"));
	result_copy(to->summary, sizeof to->summary, json_get(v, "summary"));
	result_copy(to->direction_why, sizeof to->direction_why, json_get(v, "direction_why"));
	to->for_count = sentences(to->evidence_for, EVIDENCE_MAX, json_get(v, "evidence_for"));
	to->against_count = sentences(to->evidence_against, EVIDENCE_MAX, json_get(v, "evidence_against"));
	to->step_count = sentences(to->next_steps, STEPS_MAX, json_get(v, "next_steps"));
	to->decider_count = sentences(to->decided_by, DECIDERS_MAX, json_get(v, "decided_by"));
	take_alternatives(to, json_get(v, "alternatives"));
	take_contest(&to->runner_up, json_get(v, "runner_up"));
	take_contest(&to->other_domain, json_get(v, "other_domain"));
}

static void take_contradictions(struct run_reasons *r, const struct json_value *array)
{
	for (const struct json_value *v = json_first(array); v && r->contradiction_count < CONTRADICTIONS_MAX; v = json_next(v)) {
		struct contradiction *k = &r->contradictions[r->contradiction_count++];

		k->link = result_link(json_get(v, "link"));
		result_copy(k->azure, sizeof k->azure, json_get(v, "azure"));
		result_copy(k->wire, sizeof k->wire, json_get(v, "wire"));
		k->azure_at = wall_of(json_get(v, "azure_at"));
		k->wire_at = wall_of(json_get(v, "wire_at"));
	}
}

struct run_reasons *reasons_read(const char *text, size_t len)
{
	char why[200];
	struct json_doc *doc = json_read(text, len, why, sizeof why);
	const struct json_value *c = json_first(json_get(json_root(doc), "circuits")), *verdict = json_get(c, "verdict");
	const struct json_value *faults = json_get(c, "faults");
	size_t told = json_is_array(faults) ? json_count(faults) : 0, count = told < 1 ? 1 : told < FAULTS_MAX ? told : FAULTS_MAX;
	struct run_reasons *r = json_is_object(verdict) ? calloc(1, sizeof *r + count * sizeof r->faults[0]) : NULL;

	if (r) {
		r->count = count;
		take_verdict(&r->faults[0], verdict);
		/* The first of the faults is the verdict. */
		const struct json_value *v = json_first(faults);
		for (size_t i = 1; i < count && v && (v = json_next(v)) != NULL; i++)
			take_verdict(&r->faults[i], v);
		take_contradictions(r, json_get(c, "contradictions"));
	}
	json_doc_free(doc);
	return r;
}
