/* SPDX-License-Identifier: BSD-2-Clause */
/* Is one link slower than the other? Without a baseline two links may differ by
 * 5 ms and by their own jitter; what is beyond that is the slower one's fault.
 * Only the way from the edge to the MSEE is compared, and a later hop's faster
 * answer proves that a slow answer was the hop's own control plane. */
#include "analysis/diagnose/observables.h"
#include "analysis/path/stats.h"

#include <stdlib.h>

#define DELAY_FREE_NS (5 * NS_PER_MS)
#define DELAY_SAMPLES_MIN 8
#define DELAY_SAMPLES_CLEAR 20
#define FLOW_SAMPLES_MIN 6
/* Jitter without a baseline: the p95 stands this far above the fastest, and this
 * many times further than on the other link. */
#define JITTER_MIN_NS (8 * NS_PER_MS)
#define JITTER_TIMES 4

struct link_times {
	bool known, border_known;
	int64_t border, msee;       /* low quantiles where the WAN begins and at the MSEE */
	int64_t fastest;            /* of the MSEE */
	int64_t spread;             /* p95 - low of the MSEE */
	int64_t width;              /* 80 % quantile - low: jitter without this host's own hiccups */
	uint32_t samples;           /* most answers of one kind from the MSEE */
	bool target_known;
	int64_t target;             /* lowest low quantile of target flows over this link */
	int64_t target_high;        /* highest 80 % quantile among them */
	int64_t target_spread;      /* smallest p95 - low among them */
	bool flow_spread_known;
	int64_t flow_spread;        /* widest scatter within one of their flows */
};

/* One flow returns by one way: what it scatters is the way's, not the difference of ways. */
static void take_spread(struct observables *o, int32_t group, int64_t *rtts, size_t n)
{
	struct traffic_group *g = &o->groups[group];
	if (n < FLOW_SAMPLES_MIN)
		return;
	qsort(rtts, n, sizeof *rtts, stats_compare_i64);
	int64_t spread = stats_quantile(rtts, n, 0.8) - stats_quantile(rtts, n, 0.1);
	if (!g->flow_spread_known || spread > g->flow_spread_ns)
		g->flow_spread_ns = spread;
	g->flow_spread_known = true;
}

bool observables_flow_spread(struct observables *o, const int32_t *group_of)
{
	const struct observations *seen = o->path->seen;
	size_t flows = o->path->plan->flow_count;
	size_t *end = calloc(flows + 2, sizeof *end);
	int32_t *group = calloc(flows + 1, sizeof *group);
	int64_t *rtts = calloc(seen->count + 1, sizeof *rtts);
	bool done = end && group && rtts;
	for (int pass = 0; done && pass < 2; pass++) { /* counts the flows' answers, then sorts them in */
		for (size_t i = 0; i < seen->count; i++) {
			const struct probe_record *r = &seen->records[i];
			if (group_of[i] < 0 || o->groups[group_of[i]].cls != GROUP_TARGET || observations_state(seen, r) != RECORD_ANSWERED)
				continue;
			if (pass == 0)
				end[r->flow + 2]++;
			else
				rtts[end[r->flow + 1]++] = r->rtt_ns;
			group[r->flow] = group_of[i];
		}
		for (size_t f = 2; pass == 0 && f < flows + 2; f++)
			end[f] += end[f - 1];
	}
	for (size_t f = 0; done && f < flows; f++)
		take_spread(o, group[f], &rtts[end[f]], end[f + 1] - end[f]);
	free(end);
	free(group);
	free(rtts);
	return done;
}

static uint32_t answered_enough(const struct traffic_group *g)
{
	return g->rtt.known && g->answered >= DELAY_SAMPLES_MIN;
}

static void take_lower(bool *known, int64_t *value, int64_t candidate)
{
	if (!*known || candidate < *value)
		*value = candidate;
	*known = true;
}

static struct link_times times_of(const struct observables *o, int link, int fam)
{
	struct link_times t = {0};
	bool provider_edge = o->path->circuit->handoff == HANDOFF_L3;
	uint8_t last_corporate = 0;
	for (size_t i = 0; i < o->group_count; i++)
		if (o->groups[i].cls == GROUP_HOP && o->groups[i].domain == DOMAIN_CORPORATE && o->groups[i].link == link &&
		    o->groups[i].fam == fam && o->groups[i].hop > last_corporate)
			last_corporate = o->groups[i].hop;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if (g->link != link || g->fam != fam || !answered_enough(g))
			continue;
		/* Where the WAN begins: at the edge, or with l3 at the last corporate hop. */
		bool border = provider_edge ? g->cls == GROUP_HOP && g->domain == DOMAIN_CORPORATE && g->hop == last_corporate :
		                              g->cls == GROUP_EDGE;
		if (border)
			take_lower(&t.border_known, &t.border, g->low_ns);
		if ((g->cls == GROUP_MSEE && g->kind != PROBE_NEIGHBOUR) || g->cls == GROUP_MSEE_HOP) {
			if (g->answered > t.samples)
				t.samples = g->answered;
			bool better = !t.known || g->low_ns < t.msee;
			if (better) {
				t.spread = g->rtt.p95_ns - g->low_ns;
				t.width = g->high_ns - g->low_ns;
			}
			if (!t.known || g->rtt.min_ns < t.fastest)
				t.fastest = g->rtt.min_ns;
			take_lower(&t.known, &t.msee, g->low_ns);
		}
		if (g->cls == GROUP_TARGET) {
			int64_t spread = g->rtt.p95_ns - g->low_ns;
			if (g->flow_spread_known && g->flow_spread_ns > t.flow_spread)
				t.flow_spread = g->flow_spread_ns;
			t.flow_spread_known = t.flow_spread_known || g->flow_spread_known;
			if (!t.target_known || spread < t.target_spread)
				t.target_spread = spread;
			take_lower(&t.target_known, &t.target, g->low_ns);
			if (g->high_ns > t.target_high)
				t.target_high = g->high_ns;
		}
	}
	if (o->links[link].on_edge[fam])
		t.border_known = true; /* we are the border: nothing lies before it */
	return t;
}

/* The border's own slowness must not count as the way before it: an MSEE behind it
 * that answers sooner shows that it was slow itself, and then it is no border. */
static bool has_border(const struct link_times *t)
{
	return t->border_known && t->border < t->msee;
}

/* Traffic that crosses the MSEE faster than the MSEE answers clears the way: then
 * its control plane is slow. Half of the flows return over the other link, and a
 * delay may lie in one direction alone, so none of them may be late. */
static bool control_plane_slow(const struct link_times *t, int64_t more)
{
	return t->target_known && t->target < t->msee - more * 3 / 4 && t->target_high < t->target + more * 2 / 5;
}

static void compare(struct observables *o, int link, int fam)
{
	struct link_times own = times_of(o, link, fam), other = times_of(o, 1 - link, fam);
	struct link_observables *l = &o->links[link];
	if (!own.known || !other.known)
		return;
	if (l->delay == DELAY_UNKNOWN)
		l->delay = DELAY_SAME;
	int64_t more = own.msee - other.msee, more_way = more;
	if (has_border(&own) && has_border(&other))
		more_way = (own.msee - own.border) - (other.msee - other.border);
	if (more_way < more)
		more = more_way; /* what the corporate way to the edge adds is not the WAN's */
	int64_t allowed = DELAY_FREE_NS + (own.width > other.width ? other.width : own.width);
	/* Also the fastest are late, and by more than they scatter: no queue. */
	bool whole = own.fastest - other.fastest > more / 2 && more > own.width / 2;
	if (more > allowed && whole && !control_plane_slow(&own, more)) {
		l->delay = DELAY_SLOWER;
		l->delay_clear = l->delay_clear || (own.target_known && own.samples >= DELAY_SAMPLES_CLEAR && other.samples >= DELAY_SAMPLES_CLEAR);
		l->delay_more_ns = more;
		return;
	}
	bool spread = own.spread > JITTER_MIN_NS && own.spread > JITTER_TIMES * (other.spread + NS_PER_MS);
	int64_t passed = own.flow_spread_known ? own.flow_spread : own.target_spread;
	bool passes_on = !own.target_known || passed > own.spread / 4;
	if (spread && passes_on && l->delay == DELAY_SAME) {
		l->delay = DELAY_JITTER;
		l->delay_more_ns = own.spread;
	}
}

void observables_delay(struct observables *o)
{
	for (int link = 0; link < LINKS; link++)
		for (int fam = 0; fam < FAMILIES; fam++)
			compare(o, link, fam);
}
