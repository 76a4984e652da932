/* SPDX-License-Identifier: BSD-2-Clause */
/* Where on the path a fault lies, and the sentence that names it. */
#include "analysis/verdict/statement.h"

#include "analysis/diagnose/likelihood.h"
#include "analysis/diagnose/weigh.h"
#include "analysis/observables/shared_delay.h"
#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/verdict.h"

#include <math.h>

/* --- where --- */

#define FAMILY_SURE 0.9 /* share of a statement's probability that hits one family alone */

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

void statement_segment(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
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

/* --- the sentence --- */

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
	if (o->shared[SHARED_TO_MSEE].outcome == DELAY_SLOWER)
		return o->shared[SHARED_TO_MSEE].more_ns;
	int64_t primary = o->links[LINK_PRIMARY].delay_more_ns, secondary = o->links[LINK_SECONDARY].delay_more_ns;
	return primary < secondary ? primary : secondary;
}

/* An estimate from all that was asked, and not what was counted at one place, which stands elsewhere: so it is named as one. */
static void loss_estimate(const struct posterior *p, const struct explanation *e, char *out, size_t size)
{
	struct loss_range r = weigh_loss(p, e);
	double low = round(100 * r.low), high = round(100 * r.high);
	if (low < high)
		text_format(out, size, " (estimated about %.0f %%, between %.0f and %.0f %%)", 100 * loss_grid(e->grid), low, high);
	else
		text_format(out, size, " (estimated about %.0f %%)", 100 * loss_grid(e->grid));
}

/* The same statement: family, hop and way in which traffic is hit are details of it. */
static bool is_same_statement(const struct hypothesis *a, const struct hypothesis *b)
{
	return a->row == b->row && a->link == b->link && a->target == b->target && a->kind == b->kind && a->port == b->port;
}

bool statement_of_one_family(const struct posterior *p, const struct hypothesis *h)
{
	const uint8_t both = 1u << FAM4 | 1u << FAM6;
	double all = 0, alone = 0;
	if (!p->seen->families[FAM4] || !p->seen->families[FAM6] || h->families == both || h->row->scope == SCOPE_TARGET ||
	    h->row->scope == SCOPE_TARGET_SERVICE) /* a target has one address */
		return false;
	for (size_t i = 0; i < p->count; i++)
		for (uint8_t k = 0; k < p->list[i].count; k++) {
			const struct hypothesis *x = &p->list[i].parts[k];
			if (!is_same_statement(x, h))
				continue;
			all += p->list[i].probability;
			alone += x->families == h->families ? p->list[i].probability : 0;
		}
	return alone >= FAMILY_SURE * all;
}

/* corp.acl is also what this host itself keeps back, by a route that is missing or by a packet filter: no firewall's doing. */
enum kept { KEPT_ELSEWHERE, KEPT_BY_ROUTE, KEPT_BY_FILTER };

/* Is the group one of those that h says are dead, and is it? */
static bool is_dead_by(const struct hypothesis *h, const struct traffic_group *g)
{
	bool service = g->kind == h->kind && (g->port == h->port || (h->row->scope == SCOPE_SERVICE && h->port == SERVICE_EVERY_PORT));
	bool dead = g->sent > 0 && (g->answered == 0 || g->unreach == UNREACH_ADMIN_CORP);
	return g->cls == GROUP_TARGET && dead && (h->row->scope == SCOPE_TARGET || service) &&
	       (h->row->scope == SCOPE_SERVICE || g->target == h->target);
}

/* All that is dead by h must be so, or somebody else keeps something back too. Targets are counted; one: the first of them. */
static enum kept kept_back(const struct posterior *p, const struct hypothesis *h, size_t *targets, uint16_t *one)
{
	enum kept kept = KEPT_ELSEWHERE;
	bool of_one = h->row->place == AT_HOST && h->row->scope != SCOPE_SHARED;
	*targets = 0;
	if (!of_one && !(h->row->scope == SCOPE_SERVICE && h->row->place == AT_CORPORATE))
		return KEPT_ELSEWHERE;
	for (uint16_t t = 0; t < p->seen->path->circuit->target_count; t++) {
		bool here = false;
		for (size_t i = 0; i < p->seen->group_count; i++) {
			const struct traffic_group *g = &p->seen->groups[i];
			if (g->target != t || !is_dead_by(h, g))
				continue;
			enum kept by = g->own_route ? KEPT_BY_ROUTE : traffic_group_kept_back(g) ? KEPT_BY_FILTER : KEPT_ELSEWHERE;
			if (by == KEPT_ELSEWHERE || (kept != KEPT_ELSEWHERE && by != kept))
				return KEPT_ELSEWHERE;
			kept = by;
			here = true;
		}
		*one = here && *targets == 0 ? t : *one;
		*targets += here;
	}
	return kept;
}

const char *statement_own_step(const struct posterior *p, const struct hypothesis *h)
{
	size_t targets;
	uint16_t one = 0;
	switch (kept_back(p, h, &targets, &one)) {
	case KEPT_BY_ROUTE: return "Look up on this host why it has no route there (ip route get ADDRESS, ip rule): nothing was sent, so nothing is known of the way beyond.";
	case KEPT_BY_FILTER: return "Look up in this host's own packet filter what keeps it back (nft list ruleset): nothing was sent, so nothing is known of the way beyond.";
	default: return NULL;
	}
}

/* Says it where this host itself keeps back what h states. */
static bool own_summary(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	const struct plan_circuit *c = p->seen->path->circuit;
	char addr[IP_TEXT_MAX], service[32], others[48] = "";
	size_t targets;
	uint16_t one = 0;
	enum kept kept = kept_back(p, h, &targets, &one);
	if (kept == KEPT_ELSEWHERE)
		return false;
	service_words(h->kind, h->port, service, sizeof service);
	ip_addr_text(&c->targets[one].address, addr);
	if (targets > 1)
		text_format(others, sizeof others, " and %zu other%s", targets - 1, PLURAL_S(targets - 1));
	if (kept == KEPT_BY_ROUTE)
		text_format(v->summary, sizeof v->summary, "This host itself has no route to target %s (%s)%s.", c->targets[one].name, addr, others);
	else
		text_format(v->summary, sizeof v->summary, "This host's own packet filter lets out nothing of %s to target %s (%s)%s.", service, c->targets[one].name,
		            addr, others);
	return true;
}

void statement_summary(const struct posterior *p, const struct explanation *e, const struct hypothesis *h, struct verdict *v)
{
	char who[SENTENCE_MAX / 2], more[96] = "";
	if (own_summary(p, h, v))
		return;
	who_words(p, h, who, sizeof who);
	if (h->row->target == 'L')
		loss_estimate(p, e, more, sizeof more);
	else if (h->row->usual)
		text_format(more, sizeof more, " (%.1f ms)", (double)shared_delay_of(p->seen, h->row->usual)->more_ns / (double)NS_PER_MS);
	else if ((h->link < LINKS || h->link == LINK_BOTH) && (h->row->delay == 'S' || h->row->delay == 'R' || h->row->delay == 'J'))
		text_format(more, sizeof more, " (%.1f ms)", (double)delay_of(p->seen, h->link) / (double)NS_PER_MS);
	const char *family = !statement_of_one_family(p, h) ? "" : h->families & 1u << FAM6 ? ", IPv6 alone" : ", IPv4 alone";
	text_format(v->summary, sizeof v->summary, "%s%s: %s%s%s.", who, family, fault_title(h->row->id, p->seen->path->circuit->handoff), more,
	            v->status == STATUS_DEGRADED && h->link < LINKS && h->row->target == 'm' ? "; traffic still works over the other link" : "");
}
