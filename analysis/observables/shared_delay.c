/* SPDX-License-Identifier: BSD-2-Clause */
/* By the envelope (a later answer that comes sooner clears the way before it): the way to an edge
 * took longer only where the MSEE and the targets behind it are as late, and what lies behind an
 * MSEE did only where every target is. Both links have to agree: what one of them shows alone is
 * its own. */
#include "analysis/observables/shared_delay.h"

#include "analysis/observables/usual.h"

#include <stdlib.h>

#define LEAST_NS NS_PER_MS      /* below, it is no matter of what all share */
#define SAMPLES_MIN 8
#define TARGETS_MIN 2           /* one that is late may be slow itself */
#define BORDER_SCATTER_PART 4   /* an edge that is later by so many times its own scatter is not late by that */
#define BORDER_AGREES_PART 4    /* nor is one that is as late as its MSEE, but for such a part of it */

/* How much longer one way takes, of which `allowed` is no news. */
struct longer { bool known; int64_t more_ns, allowed_ns; };

/* MEASURED_SOON: it has answered, and more of the same probes will measure it. */
enum measured { MEASURED_NO, MEASURED_SOON, MEASURED };

static enum measured measured(const struct observables *o, int link, int fam, size_t target)
{
	enum measured best = MEASURED_NO;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->cls != GROUP_TARGET || g->link != link || g->fam != fam || g->target != target || g->answered == 0)
			continue;
		if (g->rtt.known && g->answered >= SAMPLES_MIN)
			return MEASURED;
		best = MEASURED_SOON;
	}
	return best;
}

/* The fastest target is a measure only beside the same targets as then, all of them measured. */
static enum measured targets_compare(const struct observables *o, int link, int fam)
{
	const struct plan_circuit *c = o->path->circuit;
	enum measured all = MEASURED;
	size_t count = 0;
	if (!c->baseline || c->baseline->ways[link][fam].targets != usual_targets(c, fam))
		return MEASURED_NO;
	for (size_t t = 0; t < c->target_count; t++) {
		if (c->targets[t].control || ip_family_index(c->targets[t].address.family) != fam)
			continue;
		enum measured one = measured(o, link, fam, t);
		all = one < all ? one : all;
		count++;
	}
	return count >= TARGETS_MIN ? all : MEASURED_NO;
}

static bool target_more(const struct observables *o, int link, int fam, const struct link_times *t, int64_t *more_ns, int64_t *allowed_ns)
{
	return t->target_known && targets_compare(o, link, fam) == MEASURED &&
	       usual_more(o, link, fam, BASELINE_TARGET, t->target, more_ns, allowed_ns);
}

/* An edge whose answers scatter more than those from behind it may be slow itself, but not by far more than they scatter, nor by just
 * what its MSEE has come to be later by. */
static bool is_border(const struct link_times *t, int64_t more_ns, int64_t msee_more_ns)
{
	bool agrees = BORDER_AGREES_PART * llabs(more_ns - msee_more_ns) <= more_ns;
	return link_times_have_border(t) || (link_times_border_first(t) && (BORDER_SCATTER_PART * t->border_width <= more_ns || agrees));
}

static struct longer to_edge(const struct observables *o, int link, int fam)
{
	struct link_times t = link_times_of(o, link, fam);
	struct longer l = {.known = false};
	int64_t more, allowed;
	if (!t.known || o->links[link].on_edge[fam] ||
	    !usual_more(o, link, fam, BASELINE_CORPORATE, t.border, &l.more_ns, &l.allowed_ns) ||
	    !usual_more(o, link, fam, BASELINE_MSEE, t.msee, &more, &allowed) || !is_border(&t, l.more_ns, more))
		return l;
	l.more_ns = more < l.more_ns ? more : l.more_ns;
	if (target_more(o, link, fam, &t, &more, &allowed) && more < l.more_ns)
		l.more_ns = more;
	l.known = true;
	return l;
}

/* An MSEE that is late itself is not what lies behind it. Of a link without target traffic that is
 * all that is known, and it must not be late. */
static struct longer behind_msee(const struct observables *o, int link, int fam, bool *idle)
{
	struct link_times t = link_times_of(o, link, fam);
	struct longer l = {.known = false};
	int64_t msee, msee_allowed;
	if (!t.known || !usual_more(o, link, fam, BASELINE_MSEE, t.msee, &msee, &msee_allowed))
		return l;
	*idle = !t.target_known && msee <= msee_allowed;
	if (!target_more(o, link, fam, &t, &l.more_ns, &l.allowed_ns))
		return l;
	if (msee > 0)
		l.more_ns -= msee;
	l.known = true;
	return l;
}

/* Of all that lies before the MSEEs. A link that no target traffic takes has its MSEE's own answers alone, which may be slow themselves:
 * it says nothing as long as they are late as well. */
static struct longer to_msee(const struct observables *o, int link, int fam, bool *idle)
{
	struct link_times t = link_times_of(o, link, fam);
	struct longer l = {.known = false};
	int64_t target, target_allowed;
	if (!t.known || o->links[link].on_edge[fam] || !usual_more(o, link, fam, BASELINE_MSEE, t.msee, &l.more_ns, &l.allowed_ns))
		return l;
	*idle = !t.target_known && l.more_ns > l.allowed_ns;
	if (!target_more(o, link, fam, &t, &target, &target_allowed))
		return l;
	l.more_ns = target < l.more_ns ? target : l.more_ns;
	l.known = true;
	return l;
}

static struct longer longer_by(const struct observables *o, enum shared_place place, int link, int fam, bool *idle)
{
	*idle = false;
	if (place == SHARED_CORPORATE)
		return to_edge(o, link, fam);
	return place == SHARED_BEYOND ? behind_msee(o, link, fam, idle) : to_msee(o, link, fam, idle);
}

static bool is_longer(const struct longer *l)
{
	return l->known && l->more_ns > l->allowed_ns && l->more_ns >= LEAST_NS;
}

/* One family: SLOWER where each way that is measured is, UNKNOWN where one of them cannot be compared. */
static struct shared_delay look(const struct observables *o, enum shared_place place, int fam)
{
	struct shared_delay s = {.outcome = DELAY_UNKNOWN, .more_ns = INT64_MAX};
	size_t compared = 0;
	for (int link = 0; link < LINKS; link++) {
		bool idle;
		if (!o->links[link].expected)
			continue;
		struct longer l = longer_by(o, place, link, fam, &idle);
		if (!l.known && !idle)
			return (struct shared_delay){.outcome = DELAY_UNKNOWN};
		if (!l.known)
			continue;
		compared++;
		if (!is_longer(&l))
			return (struct shared_delay){.outcome = DELAY_SAME};
		s.more_ns = l.more_ns < s.more_ns ? l.more_ns : s.more_ns;
	}
	s.outcome = compared > 0 ? DELAY_SLOWER : DELAY_UNKNOWN;
	return s;
}

/* The families share the wires: where both can be compared, they agree or nothing is said. */
static void look_at(struct observables *o, enum shared_place place)
{
	struct shared_delay *known = &o->shared[place];
	for (int fam = 0; fam < FAMILIES; fam++) {
		struct shared_delay s = look(o, place, fam);
		bool first = known->outcome == DELAY_UNKNOWN;
		if (s.outcome == DELAY_UNKNOWN)
			continue;
		if (first || s.outcome == DELAY_SAME || (known->outcome == DELAY_SLOWER && s.more_ns < known->more_ns))
			*known = s;
	}
}

const struct shared_delay *shared_delay_of(const struct observables *o, char usual)
{
	if (usual != 'C')
		return &o->shared[SHARED_BEYOND];
	return &o->shared[o->shared[SHARED_CORPORATE].outcome != DELAY_UNKNOWN ? SHARED_CORPORATE : SHARED_TO_MSEE];
}

void shared_delay_look(struct observables *o)
{
	o->shared_soon = false;
	for (int link = 0; link < LINKS; link++)
		for (int fam = 0; fam < FAMILIES; fam++)
			o->shared_soon = o->shared_soon || (o->links[link].expected && targets_compare(o, link, fam) == MEASURED_SOON);
	look_at(o, SHARED_CORPORATE);
	look_at(o, SHARED_BEYOND);
	if (o->shared[SHARED_CORPORATE].outcome == DELAY_UNKNOWN)
		look_at(o, SHARED_TO_MSEE);
}
