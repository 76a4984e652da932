/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses the statement and measures its confidence.
 *
 *  1. The most probable explanation is the statement; its parts are the faults.
 *  2. Its confidence is the probability of its domain (on its link), summed over
 *     all explanations: rows of one domain that cannot be told apart share it.
 *  3. "No fault" needs the asked confidence itself; so does a domain. What reaches
 *     neither is undetermined, and says what would decide it. */
#include "analysis/verdict/verdict.h"

#include "analysis/diagnose/hypotheses.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/contest.h"
#include "analysis/verdict/decide.h"
#include "analysis/verdict/direction.h"
#include "analysis/verdict/reasons.h"
#include "analysis/verdict/statement.h"
#include "analysis/verdict/status.h"
#include "analysis/verdict/unseen.h"

#include <string.h>

#define ALTERNATIVE_MIN 0.005

/* --- alternatives and steps --- */

static bool listed(const struct verdict *v, const struct hypothesis *h)
{
	for (size_t i = 0; i < v->alternative_count; i++)
		if (strcmp(v->alternatives[i].fault, h->row->id) == 0 && (uint8_t)v->alternatives[i].link == h->link)
			return true;
	return false;
}

/* said: the parts of e that are said (see what_is_said()); what leads and is not said is an alternative as others are. */
static void fill_alternatives(const struct posterior *p, const struct explanation *e, unsigned said, struct verdict *v)
{
	for (size_t i = 0; i < p->count && v->alternative_count < ALTERNATIVES_MAX; i++) {
		const struct explanation *x = &p->list[i];
		if (x->probability < ALTERNATIVE_MIN)
			break;
		for (uint8_t k = 0; k < x->count && v->alternative_count < ALTERNATIVES_MAX; k++) {
			const struct hypothesis *h = &x->parts[k];
			bool own = false;
			for (uint8_t m = 0; m < e->count; m++)
				own = own || (status_is_said(said, m) && strcmp(e->parts[m].row->id, h->row->id) == 0 && e->parts[m].link == h->link);
			if ((own && v->fault[0] != '\0') || listed(v, h) || (own && h->row->scope == SCOPE_NONE && v->status == STATUS_HEALTHY))
				continue;
			struct alternative *a = &v->alternatives[v->alternative_count++];
			const struct fault_text *text = fault_text_find(h->row->id);
			text_format(a->fault, sizeof a->fault, "%s", h->row->id);
			a->domain = h->row->domain;
			a->link = (enum link_id)h->link;
			a->probability = posterior_of_fault(p, h);
			text_format(a->decided_by, sizeof a->decided_by, "%s",
			            h->row->scope == SCOPE_NONE ? "a longer run, or Azure's state where it was not read" : text ? text->decided_by : "");
		}
	}
}

static void add_step(struct verdict *v, const char *step)
{
	if (v->step_count < STEPS_MAX && step && step[0] != '\0')
		text_format(v->next_steps[v->step_count++], SENTENCE_MAX, "%s", step);
}

static void fill_steps(const struct posterior *p, struct verdict *v)
{
	const struct fault_text *text = fault_text_find(v->fault);
	if (v->contact == CONTACT_PROVIDER && p->seen->path->circuit->handoff == HANDOFF_DIRECT)
		add_step(v, "ExpressRoute Direct has no provider: for \"the provider\" read whoever runs the cross-connect or fibre from your edge to "
		            "Microsoft's port, at first the colocation facility.");
	for (size_t i = 0; text && i < STEPS_MAX && text->steps[i]; i++)
		add_step(v, text->steps[i]);
	if (v->status == STATUS_UNDETERMINED)
		for (size_t i = 0; i < v->alternative_count && i < 3; i++) {
			char step[SENTENCE_MAX];
			text_format(step, sizeof step, "To decide on %s: %s.", v->alternatives[i].fault, v->alternatives[i].decided_by);
			add_step(v, step);
		}
	if (!p->seen->snapshot || !az_snapshot_available(p->seen->snapshot)) {
		if (v->status != STATUS_HEALTHY)
			add_step(v, "Azure was not read: a working sign-in would confirm or refute this from the other side.");
	}
}

/* --- one fault, none, or which? --- */

static void fill_part(const struct posterior *p, const struct explanation *e, unsigned said, uint8_t part,
                      const struct circuit_result *r, struct verdict *v)
{
	const struct hypothesis *h = &e->parts[part];
	v->status = status_of_part(p, e, said, h, r);
	v->domain = h->row->domain;
	v->link = (enum link_id)h->link;
	v->confidence = posterior_of_domain(p, h);
	v->contact = fault_contact(h->row);
	text_format(v->fault, sizeof v->fault, "%s", h->row->id);
	statement_summary(p, h, e->grid, v);
	statement_segment(p, h, v);
	reasons_fill(p, e, part, v);
	direction_fill(p, h, v);
	contests_fill(p, e, part, v);
	fill_alternatives(p, e, said, v);
	fill_steps(p, v);
}

static void fill_healthy(const struct posterior *p, const struct explanation *e, double probability, struct verdict *v)
{
	v->status = STATUS_HEALTHY;
	v->link = LINK_NULL;
	v->confidence = probability;
	char least[SENTENCE_MAX];
	unseen_words(p, least, sizeof least);
	text_format(v->summary, sizeof v->summary, "Nothing that was measured%s shows a fault.%s%s",
	            p->seen->snapshot && az_snapshot_available(p->seen->snapshot) ? " or read from Azure" : "", least[0] ? " " : "", least);
	reasons_fill(p, e, 0, v);
	contests_fill(p, e, 0, v);
	fill_alternatives(p, e, 1, v);
}

static void fill_undetermined(const struct posterior *p, const struct explanation *e, struct verdict *v)
{
	v->status = STATUS_UNDETERMINED;
	v->link = LINK_NULL;
	v->confidence = e->parts[0].row->scope == SCOPE_NONE ? unseen_healthy(p) : posterior_of_domain(p, &e->parts[0]);
	v->contact = CONTACT_YOU;
	fill_alternatives(p, e, 0, v);
	if (v->alternative_count >= 2)
		text_format(v->summary, sizeof v->summary, "The evidence does not decide: %s (%.0f %%) or %s (%.0f %%).",
		            v->alternatives[0].fault, 100 * v->alternatives[0].probability, v->alternatives[1].fault,
		            100 * v->alternatives[1].probability);
	else
		text_format(v->summary, sizeof v->summary, "Not enough was measured to say anything.");
	reasons_fill(p, e, 0, v);
	contests_fill(p, e, 0, v);
	decide_fill(p, e, v);
	fill_steps(p, v);
}

/* --- what is said --- */

static int worse_first(const struct verdict *a, const struct verdict *b)
{
	if (a->status != b->status)
		return a->status == STATUS_FAULT ? -1 : b->status == STATUS_FAULT ? 1 : 0;
	return 0;
}

static bool is_decided(const struct posterior *p, const struct explanation *e, double asked)
{
	if (e->parts[0].row->scope == SCOPE_NONE)
		return unseen_healthy(p) >= asked;
	for (uint8_t i = 0; i < e->count; i++)
		if (posterior_of_domain(p, &e->parts[i]) < asked)
			return false;
	return true;
}

/* Explanations differ in details (hop, family) that are not part of the statement:
 * the statement with the largest sum leads. */
static const struct explanation *leading(const struct posterior *p)
{
	const struct explanation *best = NULL;
	double best_sum = -1;
	for (size_t i = 0; i < p->count && i < 64; i++) {
		double sum = 0;
		for (size_t k = 0; k < p->count; k++)
			if (explanation_same(&p->list[i], &p->list[k]))
				sum += p->list[k].probability;
		if (sum > best_sum + 1e-12) {
			best_sum = sum;
			best = &p->list[i];
		}
		if (best_sum > 0.5)
			break;
	}
	return best;
}

bool verdict_stands(const struct posterior *p, double asked)
{
	const struct explanation *e = leading(p);
	return e && is_decided(p, e, asked);
}

/* Where a pair leads but only one of its faults is certain, that one is said alone. */
static unsigned what_is_said(const struct posterior *p, const struct explanation *e, double asked)
{
	unsigned said = 0;
	for (uint8_t i = 0; i < e->count; i++)
		if (posterior_of_domain(p, &e->parts[i]) >= asked)
			said |= 1u << i;
	return said;
}

static size_t fill_faults(const struct posterior *p, const struct explanation *e, unsigned said, struct circuit_result *r)
{
	size_t n = 0;
	for (uint8_t i = 0; i < e->count && n < FAULTS_MAX; i++)
		if (status_is_said(said, i))
			fill_part(p, e, said, i, r, &r->faults[n++]);
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && worse_first(&r->faults[k - 1], &r->faults[k]) > 0; k--) {
			struct verdict swap = r->faults[k - 1];
			r->faults[k - 1] = r->faults[k];
			r->faults[k] = swap;
		}
	return n;
}

void verdict_fill(const struct posterior *p, double asked, struct circuit_result *r)
{
	memset(r->faults, 0, sizeof r->faults);
	r->fault_count = 0;
	const struct explanation *e = leading(p);
	if (!e) {
		r->faults[0].status = STATUS_UNDETERMINED;
		r->faults[0].link = LINK_NULL;
		return;
	}
	if (e->parts[0].row->scope == SCOPE_NONE) {
		double none = unseen_healthy(p);
		if (none >= asked)
			fill_healthy(p, e, none, &r->faults[0]);
		else
			fill_undetermined(p, e, &r->faults[0]);
		return;
	}
	unsigned said = what_is_said(p, e, asked);
	r->fault_count = fill_faults(p, e, said, r);
	if (r->fault_count == 0)
		fill_undetermined(p, e, &r->faults[0]);
	status_mark_links(e, said, r);
}
