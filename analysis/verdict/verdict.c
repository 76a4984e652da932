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
#include "analysis/verdict/contradict.h"
#include "analysis/verdict/decide.h"
#include "analysis/verdict/direction.h"
#include "analysis/verdict/reasons.h"
#include "analysis/verdict/statement.h"
#include "analysis/verdict/status.h"
#include "analysis/verdict/unseen.h"

#include <string.h>

/* Least shares: of what may be true instead of what is said, and of what may be true beside it. */
#define INSTEAD_MIN 0.005
#define BESIDE_MIN 0.05

/* --- alternatives and steps --- */

static bool listed(const struct verdict *v, const struct hypothesis *h)
{
	for (size_t i = 0; i < v->alternative_count; i++)
		if (strcmp(v->alternatives[i].fault, h->row->id) == 0 && (uint8_t)v->alternatives[i].link == h->link)
			return true;
	return false;
}

static bool same_claim(const struct hypothesis *a, const struct hypothesis *b)
{
	return strcmp(a->row->id, b->row->id) == 0 && a->link == b->link;
}

static bool claims(const struct explanation *x, const struct hypothesis *h)
{
	for (uint8_t k = 0; k < x->count; k++)
		if (same_claim(&x->parts[k], h))
			return true;
	return false;
}

/* How probable is h where own is true too (beside), or where it is not? own: NULL = nothing is said. */
static double share_of(const struct posterior *p, const struct hypothesis *h, const struct hypothesis *own, bool beside)
{
	double sum = 0;
	for (size_t i = 0; i < p->count; i++)
		if (claims(&p->list[i], h) && (own && claims(&p->list[i], own)) == beside)
			sum += p->list[i].probability;
	return sum;
}

/* Sorted in, the likelier first; what finds no room is left out. */
static void add_alternative(const struct posterior *p, struct verdict *v, const struct hypothesis *h, double probability, bool beside)
{
	size_t at = v->alternative_count;
	while (at > 0 && v->alternatives[at - 1].probability < probability)
		at--;
	if (at >= ALTERNATIVES_MAX)
		return;
	if (v->alternative_count < ALTERNATIVES_MAX)
		v->alternative_count++;
	for (size_t i = v->alternative_count - 1; i > at; i--)
		v->alternatives[i] = v->alternatives[i - 1];

	struct alternative *a = &v->alternatives[at];
	*a = (struct alternative){.domain = h->row->domain, .link = (enum link_id)h->link, .probability = probability, .beside = beside};
	text_format(a->fault, sizeof a->fault, "%s", h->row->id);
	if (h->row->scope == SCOPE_NONE)
		text_format(a->decided_by, sizeof a->decided_by, "a longer run, or Azure's state where it was not read");
	else
		decide_words(p, h, a->decided_by, sizeof a->decided_by);
}

/* own: the fault that this verdict says, or NULL. said: the parts of e that are said (see what_is_said()); what leads and is
 * not said is an alternative as others are. A fault is listed once, as what it mostly is: instead of own, or beside it. */
static void fill_alternatives(const struct posterior *p, const struct explanation *e, unsigned said, const struct hypothesis *own, struct verdict *v)
{
	for (size_t i = 0; i < p->count && p->list[i].probability >= INSTEAD_MIN; i++)
		for (uint8_t k = 0; k < p->list[i].count; k++) {
			const struct hypothesis *h = &p->list[i].parts[k];
			bool is_said = listed(v, h);
			for (uint8_t m = 0; m < e->count; m++)
				is_said = is_said || (status_is_said(said, m) && same_claim(&e->parts[m], h));
			if (is_said)
				continue;
			double instead = share_of(p, h, own, false), beside = share_of(p, h, own, true);
			bool is_beside = beside > instead;
			if ((is_beside ? beside : instead) >= (is_beside ? BESIDE_MIN : INSTEAD_MIN))
				add_alternative(p, v, h, is_beside ? beside : instead, is_beside);
		}
}

static void add_step(struct verdict *v, const char *step)
{
	if (v->step_count < STEPS_MAX && step && step[0] != '\0')
		text_format(v->next_steps[v->step_count++], SENTENCE_MAX, "%s", step);
}

/* "no fault" is a row of the catalogue, but no name for it. */
static const char *alternative_words(const struct alternative *a)
{
	const struct fault_row *row = fault_find(a->fault);
	return row && row->scope == SCOPE_NONE ? "no fault" : a->fault;
}

#define EDGE_FORWARDING "corp.edge-forwarding"

/* A wire carries both families alike: what fails in one alone is more often forwarding, a filter or a route of that family. */
static void step_of_one_family(const struct hypothesis *h, struct verdict *v)
{
	char step[SENTENCE_MAX];
	const char *dead = h->families & 1u << FAM6 ? "IPv6" : "IPv4", *alive = h->families & 1u << FAM6 ? "IPv4" : "IPv6";
	text_format(step, sizeof step, "Before the call: the link carries %s. Check that the edge forwards %s, and ping the MSEE from it by %s: forwarding, filters and "
	            "routes of that family on the edge (" EDGE_FORWARDING ") look the same from here.", alive, dead, dead);
	add_step(v, step);
}

/* h: what is said; NULL where nothing is. What only this host or one family shows says better what the fault's own steps say of all. */
static void fill_steps(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	const char *own = h ? statement_own_step(p, h) : NULL;
	const struct fault_text *text = own ? NULL : fault_text_find(v->fault);
	bool one_family = h && h->row->place == AT_WAN && statement_of_one_family(p, h);
	add_step(v, own);
	if (one_family)
		step_of_one_family(h, v);
	if (v->contact == CONTACT_PROVIDER && p->seen->path->circuit->handoff == HANDOFF_DIRECT)
		add_step(v, "ExpressRoute Direct has no provider: for \"the provider\" read whoever runs the cross-connect or fibre from your edge to "
		            "Microsoft's port, at first the colocation facility.");
	for (size_t i = 0; text && i < STEPS_MAX && text->steps[i]; i++)
		if (!one_family || !strstr(text->steps[i], EDGE_FORWARDING))
			add_step(v, text->steps[i]);
	if (v->status == STATUS_UNDETERMINED)
		for (size_t i = 0; i < v->alternative_count && i < 3; i++) {
			char step[SENTENCE_MAX];
			text_format(step, sizeof step, "To decide on %s: %s.", alternative_words(&v->alternatives[i]), v->alternatives[i].decided_by);
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
	statement_summary(p, e, h, v);
	statement_segment(p, h, v);
	reasons_fill(p, e, part, v);
	direction_fill(p, h, v);
	contests_fill(p, e, part, v);
	fill_alternatives(p, e, said, h, v);
	fill_steps(p, h, v);
}

static void fill_healthy(const struct posterior *p, const struct explanation *e, double probability, struct verdict *v)
{
	v->status = STATUS_HEALTHY;
	v->link = LINK_NULL;
	v->confidence = probability;
	char least[SENTENCE_MAX];
	unseen_words(p, least, sizeof least);
	text_format(v->summary, sizeof v->summary, "Nothing that was measured%s.%s%s", azure_denies_health(p)
	            ? " shows a fault. Azure says otherwise: see below"
	            : p->seen->snapshot && az_snapshot_available(p->seen->snapshot) ? " or read from Azure shows a fault" : " shows a fault",
	            least[0] ? " " : "", least);
	reasons_fill(p, e, 0, v);
	contests_fill(p, e, 0, v);
	fill_alternatives(p, e, 1, NULL, v);
}

static void fill_undetermined(const struct posterior *p, const struct explanation *e, struct verdict *v)
{
	v->status = STATUS_UNDETERMINED;
	v->link = LINK_NULL;
	v->confidence = e->parts[0].row->scope == SCOPE_NONE ? unseen_healthy(p) : posterior_of_domain(p, &e->parts[0]);
	v->contact = CONTACT_YOU;
	fill_alternatives(p, e, 0, NULL, v);
	if (v->alternative_count >= 2)
		text_format(v->summary, sizeof v->summary, "The evidence does not decide: %s (%.0f %%) or %s (%.0f %%).",
		            alternative_words(&v->alternatives[0]), 100 * v->alternatives[0].probability, alternative_words(&v->alternatives[1]),
		            100 * v->alternatives[1].probability);
	else
		text_format(v->summary, sizeof v->summary, "Not enough was measured to say anything.");
	reasons_fill(p, e, 0, v);
	contests_fill(p, e, 0, v);
	decide_fill(p, e, v);
	fill_steps(p, NULL, v);
}

/* --- what is said --- */

/* A service that is gone before one that works; what is cut before what is only worse than it should be. */
static bool is_worse(const struct verdict *a, bool a_cut, const struct verdict *b, bool b_cut)
{
	if (a->status != b->status)
		return a->status == STATUS_FAULT;
	return a_cut && !b_cut;
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
	bool cut[FAULTS_MAX];
	for (uint8_t i = 0; i < e->count && n < FAULTS_MAX; i++)
		if (status_is_said(said, i)) {
			cut[n] = status_is_dead_row(e->parts[i].row);
			fill_part(p, e, said, i, r, &r->faults[n++]);
		}
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k > 0 && is_worse(&r->faults[k], cut[k], &r->faults[k - 1], cut[k - 1]); k--) {
			struct verdict swap = r->faults[k - 1];
			bool swap_cut = cut[k - 1];
			r->faults[k - 1] = r->faults[k];
			r->faults[k] = swap;
			cut[k - 1] = cut[k];
			cut[k] = swap_cut;
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
