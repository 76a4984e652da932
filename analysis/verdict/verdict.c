/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses the statement, measures its confidence, and says why.
 *
 *  1. The most probable explanation is the statement; its parts are the faults.
 *  2. Its confidence is the probability of its domain (on its link), summed over
 *     all explanations: rows of one domain that cannot be told apart share it.
 *  3. "No fault" needs the asked confidence itself; so does a domain. What reaches
 *     neither is undetermined, and says what would decide it.
 *  4. fault or degraded is a matter of what still works, not of probability. */
#include "analysis/verdict/verdict.h"

#include "analysis/diagnose/hypotheses.h"
#include "analysis/diagnose/weigh.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/contest.h"
#include "analysis/verdict/decide.h"
#include "analysis/verdict/direction.h"
#include "analysis/verdict/unseen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALTERNATIVE_MIN 0.005
#define SENTENCES_OF_A_KIND 2

static const struct explanation *find_none(const struct posterior *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].parts[0].row->scope == SCOPE_NONE)
			return &p->list[i];
	return NULL;
}

/* The best explanation that a reader would call another one. */
static const struct explanation *find_rival(const struct posterior *p, const struct explanation *e, bool other_domain)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		if (explanation_same(x, e))
			continue;
		if (!other_domain || x->parts[0].row->domain != e->parts[0].row->domain)
			return x;
	}
	return NULL;
}

/* The best explanation that would blame another domain; "no fault" is compared
 * with apart. */
static const struct explanation *find_contrast(const struct posterior *p, const struct explanation *e)
{
	const struct explanation *best = NULL;
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		if (x->parts[0].row->scope == SCOPE_NONE || x->count != 1 || x->parts[0].row->domain == e->parts[0].row->domain)
			continue;
		if (x->parts[0].kind == e->parts[0].kind && x->parts[0].port == e->parts[0].port)
			return x; /* the same service, blamed on somebody else */
		if (!best)
			best = x;
	}
	return best ? best : find_rival(p, e, true);
}

/* What a healthy circuit is compared with: the likeliest fault that stops traffic. */
static const struct explanation *find_dead(const struct posterior *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].count == 1 && p->list[i].parts[0].row->target == 'm')
			return &p->list[i];
	return p->count > 1 ? &p->list[1] : NULL;
}

/* --- evidence sentences --- */

/* alone: as if the observation were all that is known; weight: its share of the posterior's odds. */
struct weighted { size_t at; double weight, alone; };

static int by_weight(const void *a, const void *b)
{
	double x = ((const struct weighted *)a)->weight, y = ((const struct weighted *)b)->weight;
	int order = (x < y) - (x > y);
	size_t at_x = ((const struct weighted *)a)->at, at_y = ((const struct weighted *)b)->at;
	return order ? order : (at_x > at_y) - (at_x < at_y);
}

static int kind_of(const struct posterior *p, const struct observation *ob)
{
	if (ob->kind == OBSERVED_GROUP)
		return 100 + (int)p->seen->groups[ob->group].cls;
	if (ob->kind == OBSERVED_SAYS)
		return 200 + (int)ob->says;
	if (ob->kind == OBSERVED_HEARD)
		return 220 + (int)ob->says;
	if (ob->kind == OBSERVED_SHARED)
		return 230 + (int)ob->says;
	return (int)ob->kind;
}

typedef void (*words_of)(const struct observables *, const struct observation *, char *, size_t);

static size_t pick(const struct posterior *p, const struct observation *obs, const struct weighted *w, size_t n,
                   words_of words, double least, char out[EVIDENCE_MAX][SENTENCE_MAX], size_t already, size_t most)
{
	size_t picked = already, kinds[256] = {0};
	for (size_t i = 0; i < n && picked < most; i++) {
		const struct observation *ob = &obs[w[i].at];
		if (w[i].alone < least)
			continue;
		size_t *kind = &kinds[(unsigned)kind_of(p, ob) & 255u];
		if (*kind == SENTENCES_OF_A_KIND)
			continue;
		words(p->seen, ob, out[picked], SENTENCE_MAX);
		bool again = false;
		for (size_t k = 0; k < picked; k++)
			again = again || strcmp(out[k], out[picked]) == 0;
		if (again)
			continue;
		(*kind)++;
		picked++;
	}
	return picked;
}

/* Weight of each observation for e against a rival, largest first; sign turns it. shares: room for n. */
static void weigh(const struct posterior *p, const struct observation *obs, size_t n, const struct explanation *e,
                  const struct explanation *rival, double sign, double *shares, struct weighted *w)
{
	weigh_shares(p, obs, n, e, rival, shares, NULL);
	for (size_t i = 0; i < n; i++) {
		double own = observation_log(p, &obs[i], e, e->grid);
		double theirs = observation_log(p, &obs[i], rival, rival->grid);
		w[i] = (struct weighted){i, sign * shares[i], sign * (own - theirs)};
	}
	qsort(w, n, sizeof *w, by_weight);
}

/* The same explanation without one of its faults. */
static struct explanation without(const struct explanation *e, uint8_t part)
{
	struct explanation rest = *e;
	rest.count--;
	for (uint8_t i = part; i < rest.count; i++)
		rest.parts[i] = rest.parts[i + 1];
	return rest;
}

/* The best explanation that keeps the other faults and blames another domain for this one. */
static const struct explanation *find_contrast_beside(const struct posterior *p, const struct explanation *rest,
                                                      const struct hypothesis *h)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct explanation *x = &p->list[i];
		for (uint8_t k = 0; x->count == rest->count + 1 && k < x->count; k++) {
			struct explanation kept = without(x, k);
			if (explanation_same(&kept, rest) && x->parts[k].row->domain != h->row->domain)
				return x;
		}
	}
	return NULL;
}

/* What speaks for (and against) one fault of the explanation: of two at once each has
 * its own, weighed against the others alone. */
static void fill_evidence(const struct posterior *p, const struct explanation *e, uint8_t part, struct verdict *v)
{
	struct observation *obs = calloc(observations_room(p->seen), sizeof *obs);
	struct weighted *w = calloc(observations_room(p->seen), sizeof *w);
	double *shares = calloc(observations_room(p->seen), sizeof *shares);
	const struct explanation *none = find_none(p);
	bool healthy = e->parts[0].row->scope == SCOPE_NONE;
	const struct explanation *against_what = healthy || !none ? find_dead(p) : none;
	struct explanation rest = without(e, part);
	if (e->count > 1)
		against_what = &rest;
	const struct explanation *rival = e->count > 1 ? find_contrast_beside(p, &rest, &e->parts[part]) : find_contrast(p, e);
	if (obs && w && shares) {
		size_t n = observations_list(p->seen, obs);
		if (against_what) {
			weigh(p, obs, n, e, against_what, 1, shares, w);
			v->for_count = pick(p, obs, w, n, observation_words, 0.3, v->evidence_for, 0, 4);
		}
		if (rival) { /* what tells it from the next best, then what that would explain better */
			weigh(p, obs, n, e, rival, 1, shares, w);
			v->for_count = pick(p, obs, w, n, observation_words, 0.7, v->evidence_for, v->for_count, v->for_count + 2);
			weigh(p, obs, n, e, rival, -1, shares, w);
			v->against_count = pick(p, obs, w, n, contradiction_words, 0.7, v->evidence_against, 0, 3);
		}
	}
	free(obs);
	free(w);
	free(shares);
}

/* --- alternatives and steps --- */

static bool listed(const struct verdict *v, const struct hypothesis *h)
{
	for (size_t i = 0; i < v->alternative_count; i++)
		if (strcmp(v->alternatives[i].fault, h->row->id) == 0 && (uint8_t)v->alternatives[i].link == h->link)
			return true;
	return false;
}

static void fill_alternatives(const struct posterior *p, const struct explanation *e, struct verdict *v)
{
	for (size_t i = 0; i < p->count && v->alternative_count < ALTERNATIVES_MAX; i++) {
		const struct explanation *x = &p->list[i];
		if (x->probability < ALTERNATIVE_MIN)
			break;
		for (uint8_t k = 0; k < x->count && v->alternative_count < ALTERNATIVES_MAX; k++) {
			const struct hypothesis *h = &x->parts[k];
			bool own = false;
			for (uint8_t m = 0; m < e->count; m++)
				own = own || (strcmp(e->parts[m].row->id, h->row->id) == 0 && e->parts[m].link == h->link);
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

/* --- place and words of one fault --- */

static struct ip_addr hop_address(const struct path_view *path, uint8_t hop, uint8_t link, uint8_t fam)
{
	for (size_t i = 0; i < path->address_count; i++) {
		const struct path_address *a = &path->addresses[i];
		if (a->ttl == hop && hop > 0 && ip_family_index(a->addr.family) == (int)fam &&
		    (a->link == LINK_ANY || link >= LINKS || a->link == link))
			return a->addr;
	}
	return ip_addr_none();
}

static void fill_segment(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	const struct path_view *path = p->seen->path;
	uint8_t fam = h->families & 1u ? FAM4 : FAM6;
	uint8_t l = h->link < LINKS ? h->link : LINK_PRIMARY;
	const struct plan_link *link = &path->circuit->links[l];
	switch (h->row->place) {
	case AT_CORPORATE:
	case AT_PROVIDER:
		if (h->row->usual)
			break; /* the whole way to the edges */
		v->segment_from = hop_address(path, (uint8_t)(h->boundary - 1), h->link, fam);
		v->segment_to = hop_address(path, h->boundary, h->link, fam);
		break;
	case AT_EDGE:
		if (h->link >= LINKS)
			break; /* the way back, wherever it is cut */
		if (path->distance[fam].edge[1 - l] > 1)
			v->segment_from = hop_address(path, (uint8_t)(path->distance[fam].edge[1 - l] - 1), h->link, fam);
		v->segment_to = link->ce[fam];
		break;
	case AT_WAN:
	case AT_MSEE:
		v->segment_from = link->ce[fam];
		v->segment_to = link->msee[fam];
		break;
	case AT_GATEWAY:
	case AT_TARGET:
		v->segment_from = link->msee[fam];
		if (h->row->place == AT_TARGET && h->target < path->circuit->target_count)
			v->segment_to = path->circuit->targets[h->target].address;
		break;
	default:
		break;
	}
}

static void who_words(const struct posterior *p, const struct hypothesis *h, char *out, size_t size)
{
	const struct plan_circuit *c = p->seen->path->circuit;
	char service[32], addr[IP_TEXT_MAX];
	service_words(h->kind, h->port, service, sizeof service);
	const char *name = h->target < c->target_count ? c->targets[h->target].name : "";
	if (h->target < c->target_count)
		ip_addr_text(&c->targets[h->target].address, addr);
	switch (h->row->scope) {
	case SCOPE_LINK:
		text_format(out, size, "On the %s link", link_name((enum link_id)h->link));
		break;
	case SCOPE_BOTH:
		text_format(out, size, "On both links");
		break;
	case SCOPE_SERVICE:
		text_format(out, size, "For %s", service);
		break;
	case SCOPE_LINK_SERVICE:
		text_format(out, size, "For %s on the %s link", service, link_name((enum link_id)h->link));
		break;
	case SCOPE_TARGET:
		text_format(out, size, "Target %s (%s)", name, addr);
		break;
	case SCOPE_TARGET_SERVICE:
		text_format(out, size, "%s of target %s (%s)", service, name, addr);
		break;
	default:
		text_format(out, size, "For all that crosses the circuit");
	}
}

/* Of both links the lesser: so much it is on each. */
static int64_t delay_of(const struct observables *o, uint8_t link)
{
	if (link < LINKS)
		return o->links[link].delay_more_ns;
	int64_t primary = o->links[LINK_PRIMARY].delay_more_ns, secondary = o->links[LINK_SECONDARY].delay_more_ns;
	return primary < secondary ? primary : secondary;
}

static void fill_summary(const struct posterior *p, const struct hypothesis *h, int grid, struct verdict *v)
{
	const struct fault_text *text = fault_text_find(h->row->id);
	char who[SENTENCE_MAX / 2], more[96] = "";
	who_words(p, h, who, sizeof who);
	if (h->row->target == 'L')
		text_format(more, sizeof more, " (about %.0f %%)", 100 * loss_grid(grid));
	else if (h->row->usual)
		text_format(more, sizeof more, " (%.1f ms)", (double)p->seen->shared[h->row->usual == 'C' ? SHARED_CORPORATE : SHARED_BEYOND].more_ns / (double)NS_PER_MS);
	else if ((h->link < LINKS || h->link == LINK_BOTH) && (h->row->delay == 'S' || h->row->delay == 'R' || h->row->delay == 'J'))
		text_format(more, sizeof more, " (%.1f ms)", (double)delay_of(p->seen, h->link) / (double)NS_PER_MS);
	text_format(v->summary, sizeof v->summary, "%s: %s%s%s.", who, text ? text->title : h->row->id, more,
	            v->status == STATUS_DEGRADED && h->link < LINKS && h->row->target == 'm' ? "; traffic still works over the other link" : "");
}

/* --- statuses --- */

static bool is_dead_row(const struct fault_row *row)
{
	return row->target == 'X' || row->target == 'm';
}

/* The faults of an explanation that are said: a bit each. */
static bool is_said(unsigned said, uint8_t part)
{
	return said & (1u << part);
}

/* Is every link that the circuit has dead by what is said? */
static bool all_links_dead(const struct explanation *e, unsigned said, const struct circuit_result *r)
{
	size_t dead = 0;
	for (size_t l = 0; l < r->link_count; l++) {
		bool hit = false;
		for (uint8_t i = 0; i < e->count; i++)
			hit = hit || (is_said(said, i) && e->parts[i].row->scope == SCOPE_LINK && is_dead_row(e->parts[i].row) &&
			              e->parts[i].link == (uint8_t)r->links[l].id);
		dead += hit;
	}
	return r->link_count > 0 && dead == r->link_count;
}

/* A service that is filtered on one link passes over the other, where that carries traffic to
 * the targets and lets the service through: a target whose few flows all took the filtered
 * one is not cut off. */
static bool passes_elsewhere(const struct posterior *p, const struct explanation *e, unsigned said, const struct hypothesis *h)
{
	if (h->row->scope != SCOPE_LINK_SERVICE)
		return false;
	for (uint8_t i = 0; i < e->count; i++)
		if (is_said(said, i) && e->parts[i].row == h->row && e->parts[i].link != h->link && e->parts[i].kind == h->kind &&
		    e->parts[i].port == h->port)
			return false;
	for (size_t i = 0; i < p->seen->group_count; i++) {
		const struct traffic_group *g = &p->seen->groups[i];
		if (g->cls == GROUP_TARGET && g->link < LINKS && g->link != h->link && (h->families & 1u << g->fam) && g->answered > 0)
			return true;
	}
	return false;
}

static enum status part_status(const struct posterior *p, const struct explanation *e, unsigned said, const struct hypothesis *h,
                               const struct circuit_result *r)
{
	bool broken = false, tested = false;
	for (size_t i = 0; i < r->target_count; i++) {
		const struct target_result *t = &r->targets[i];
		if (t->control || !t->tested)
			continue;
		tested = true;
		bool own = (h->row->scope != SCOPE_TARGET && h->row->scope != SCOPE_TARGET_SERVICE) || h->target == i;
		broken = broken || (own && !t->reachable);
	}
	if (!is_dead_row(h->row) || passes_elsewhere(p, e, said, h))
		return STATUS_DEGRADED;
	if (h->row->scope == SCOPE_BOTH && (broken || !tested))
		return STATUS_FAULT;
	if (h->row->scope == SCOPE_SHARED && !tested)
		return STATUS_FAULT;
	if (h->row->scope == SCOPE_LINK && all_links_dead(e, said, r) && (broken || !tested))
		return STATUS_FAULT;
	for (uint8_t i = 0; h->row->scope == SCOPE_LINK && i < e->count; i++) /* another fault explains the target */
		if (is_said(said, i) && &e->parts[i] != h && e->parts[i].row->scope != SCOPE_LINK && is_dead_row(e->parts[i].row))
			return STATUS_DEGRADED;
	return broken ? STATUS_FAULT : STATUS_DEGRADED;
}

static void fill_part(const struct posterior *p, const struct explanation *e, unsigned said, uint8_t part,
                      const struct circuit_result *r, struct verdict *v)
{
	const struct hypothesis *h = &e->parts[part];
	v->status = part_status(p, e, said, h, r);
	v->domain = h->row->domain;
	v->link = (enum link_id)h->link;
	v->confidence = posterior_of_domain(p, h);
	v->contact = fault_contact(h->row);
	text_format(v->fault, sizeof v->fault, "%s", h->row->id);
	fill_summary(p, h, e->grid, v);
	fill_segment(p, h, v);
	fill_evidence(p, e, part, v);
	direction_fill(p, h, v);
	contests_fill(p, e, part, v);
	fill_alternatives(p, e, v);
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
	fill_evidence(p, e, 0, v);
	contests_fill(p, e, 0, v);
	fill_alternatives(p, e, v);
}

static void fill_undetermined(const struct posterior *p, const struct explanation *e, struct verdict *v)
{
	v->status = STATUS_UNDETERMINED;
	v->link = LINK_NULL;
	v->confidence = e->parts[0].row->scope == SCOPE_NONE ? unseen_healthy(p) : posterior_of_domain(p, &e->parts[0]);
	v->contact = CONTACT_YOU;
	fill_alternatives(p, e, v);
	if (v->alternative_count >= 2)
		text_format(v->summary, sizeof v->summary, "The evidence does not decide: %s (%.0f %%) or %s (%.0f %%).",
		            v->alternatives[0].fault, 100 * v->alternatives[0].probability, v->alternatives[1].fault,
		            100 * v->alternatives[1].probability);
	else
		text_format(v->summary, sizeof v->summary, "Not enough was measured to say anything.");
	fill_evidence(p, e, 0, v);
	contests_fill(p, e, 0, v);
	const struct explanation *rival = contest_next_best(p, e, 0, false);
	if (rival)
		decide_fill(p, e, rival, v);
	fill_steps(p, v);
}

/* --- what is said --- */

static int worse_first(const struct verdict *a, const struct verdict *b)
{
	if (a->status != b->status)
		return a->status == STATUS_FAULT ? -1 : b->status == STATUS_FAULT ? 1 : 0;
	return 0;
}

/* What is not said of a link is at most in doubt. */
static void mark_links(const struct explanation *e, unsigned said, struct circuit_result *r)
{
	for (size_t l = 0; l < r->link_count; l++)
		for (uint8_t i = 0; i < e->count; i++) {
			const struct hypothesis *h = &e->parts[i];
			bool hit = h->link == LINK_BOTH || h->link == (uint8_t)r->links[l].id;
			if (!hit || h->row->scope == SCOPE_NONE)
				continue;
			enum status s = !is_said(said, i) ? STATUS_UNDETERMINED : is_dead_row(h->row) ? STATUS_FAULT : STATUS_DEGRADED;
			if (r->links[l].status == STATUS_HEALTHY || (s != STATUS_UNDETERMINED && r->links[l].status != STATUS_FAULT))
				r->links[l].status = s;
		}
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
		if (is_said(said, i))
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
	mark_links(e, said, r);
}
