/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict: what, where, how sure, why, and what to do. */
#include "analysis/render/words.h"
#include "analysis/report/json_parts.h"

static void sentences(struct json_out *j, const char *key, const char (*list)[SENTENCE_MAX], size_t count)
{
	json_array(j, key);
	for (size_t i = 0; i < count; i++)
		json_text(j, NULL, list[i]);
	json_array_end(j);
}

static void alternative(struct json_out *j, const struct alternative *a)
{
	json_object(j, NULL);
	json_text_or_null(j, "fault", a->fault);
	json_text(j, "domain", domain_name(a->domain));
	json_text(j, "link", link_name(a->link));
	json_number(j, "probability", a->probability);
	if (a->beside)
		json_bool(j, "beside", true);
	json_text(j, "decided_by", a->decided_by);
	json_object_end(j);
}

static size_t at_most(size_t count, size_t max)
{
	return count < max ? count : max;
}

static void claim(struct json_out *j, const char *key, const struct claim *c)
{
	json_object(j, key);
	json_text_or_null(j, "fault", c->fault);
	json_text(j, "domain", domain_name(c->domain));
	json_text(j, "link", link_name(c->link));
	json_number(j, "probability", c->probability);
	json_object_end(j);
}

static void weighed(struct json_out *j, const char *key, const struct weighed *list, size_t count)
{
	static const char *const sources[] = {"wire", "azure", "watch"};
	char odds[WORDS_MAX];

	json_array(j, key);
	for (size_t i = 0; i < at_most(count, WEIGHED_MAX); i++) {
		json_object(j, NULL);
		json_text(j, "statement", list[i].statement);
		json_text(j, "odds", odds_words(list[i].log_ratio, odds));
		json_number(j, "log_ratio", list[i].log_ratio);
		json_text(j, "source", sources[(unsigned)list[i].source < 3 ? list[i].source : 0]);
		json_time(j, "at", list[i].as_of);
		json_object_end(j);
	}
	json_array_end(j);
}

static void contest(struct json_out *j, const char *key, const struct contest *c)
{
	if (!c->known) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	claim(j, "leader", &c->leader);
	claim(j, "next", &c->next);
	weighed(j, "evidence_for", c->pro, c->pro_count);
	weighed(j, "evidence_against", c->contra, c->contra_count);
	json_object_end(j);
}

void json_verdict(struct json_out *j, const char *key, const struct verdict *v)
{
	json_object(j, key);
	json_text(j, "status", status_name(v->status));
	json_text(j, "domain", domain_name(v->domain));
	json_text_or_null(j, "fault", v->fault);
	json_text(j, "link", link_name(v->link));
	json_object(j, "segment");
	json_addr(j, "from", &v->segment_from);
	json_addr(j, "to", &v->segment_to);
	json_object_end(j);
	json_number(j, "confidence", v->confidence);
	json_text(j, "summary", v->summary);
	sentences(j, "evidence_for", v->evidence_for, at_most(v->for_count, EVIDENCE_MAX));
	sentences(j, "evidence_against", v->evidence_against, at_most(v->against_count, EVIDENCE_MAX));
	json_array(j, "alternatives");
	for (size_t i = 0; i < at_most(v->alternative_count, ALTERNATIVES_MAX); i++)
		alternative(j, &v->alternatives[i]);
	json_array_end(j);
	sentences(j, "next_steps", v->next_steps, at_most(v->step_count, STEPS_MAX));
	json_text(j, "contact", contact_name(v->contact));
	json_text(j, "direction", direction_name(v->direction));
	json_text_or_null(j, "direction_why", v->direction_why);
	sentences(j, "decided_by", v->decided_by, at_most(v->decider_count, DECIDERS_MAX));
	contest(j, "runner_up", &v->runner_up);
	contest(j, "other_domain", &v->other_domain);
	json_object_end(j);
}
