/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/audit/incident.h"

#include <string.h>

const char *incident_step_name(enum incident_step s)
{
	static const char *const names[] = {
		[INCIDENT_SAME] = "same", [INCIDENT_OPENED] = "opened", [INCIDENT_CHANGED] = "changed", [INCIDENT_CLOSED] = "closed"};
	size_t i = (size_t)s;

	return i < sizeof names / sizeof names[0] ? names[i] : "same";
}

/* Does the run count at all? A verdict too unsure to be told is no evidence of health. */
static bool counts(const struct incident_rule *rule, const struct run_record *r)
{
	if (r->outcome != RECORD_FINISHED || r->status == STATUS_UNDETERMINED)
		return false;
	return r->status == STATUS_HEALTHY || r->confidence >= rule->confidence;
}

static uint8_t bits(uint32_t word)
{
	uint8_t n = 0;

	for (; word; word &= word - 1)
		n++;
	return n;
}

static void tell(struct incident_state *s, const struct run_record *r)
{
	s->status = r->status;
	s->domain = r->domain;
	s->link = r->link;
	memcpy(s->fault, r->fault, sizeof s->fault);
	s->seen_runs = 0;
}

/* The same incident under another name: told once it has been so `need` runs in a row. */
static enum incident_step compare(struct incident_state *s, const struct incident_rule *rule, const struct run_record *r)
{
	if (strcmp(s->fault, r->fault) == 0 && s->link == r->link) {
		s->seen_runs = 0;
		s->status = r->status;
		return INCIDENT_SAME;
	}
	if (s->seen_runs == 0 || strcmp(s->seen_fault, r->fault) != 0 || s->seen_link != r->link)
		s->seen_runs = 0;
	memcpy(s->seen_fault, r->fault, sizeof s->seen_fault);
	s->seen_link = r->link;
	s->seen_runs++;
	if (s->seen_runs < rule->need)
		return INCIDENT_SAME;
	tell(s, r);
	return INCIDENT_CHANGED;
}

bool incident_is_flapping(const struct incident_state *s)
{
	return s->spells >= INCIDENT_FLAPPING;
}

/* How many healthy runs in a row end the incident. */
static unsigned hold(const struct incident_state *s, const struct incident_rule *rule)
{
	return (unsigned)rule->of << (s->spells >= 5 ? 2 : s->spells >= INCIDENT_FLAPPING ? 1 : 0);
}

static void count_spells(struct incident_state *s, const struct incident_rule *rule, bool bad)
{
	if (bad && s->open && s->calm > 0 && s->spells < UINT8_MAX)
		s->spells++;
	if (bad)
		s->calm = 0;
	else if (s->calm < UINT8_MAX)
		s->calm++;
	if (!s->open && s->calm >= rule->of * INCIDENT_CALM)
		s->spells = 0;
}

enum incident_step incident_take(struct incident_state *s, const struct incident_rule *rule, const struct run_record *r)
{
	const uint32_t window = rule->of >= 32 ? UINT32_MAX : (UINT32_C(1) << rule->of) - 1;
	bool bad = r->status != STATUS_HEALTHY;
	uint8_t n;

	if (!counts(rule, r))
		return INCIDENT_SAME;
	if (bad && (s->bad & window) == 0)
		s->first_bad = r->started_at;
	s->bad = (s->bad << 1 | (bad ? 1 : 0)) & window;
	s->runs = s->runs < rule->of ? (uint8_t)(s->runs + 1) : rule->of;
	n = bits(s->bad);
	count_spells(s, rule, bad);
	if (!s->open && bad && n >= rule->need) {
		s->open = true;
		s->spells = s->spells < UINT8_MAX ? (uint8_t)(s->spells + 1) : UINT8_MAX;
		s->opened_at = s->first_bad;
		tell(s, r);
		return INCIDENT_OPENED;
	}
	if (s->open && s->bad == 0 && s->calm >= hold(s, rule)) {
		s->open = false;
		s->runs = 0;
		return INCIDENT_CLOSED;
	}
	return s->open && bad ? compare(s, rule, r) : INCIDENT_SAME;
}
