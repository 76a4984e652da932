/* SPDX-License-Identifier: BSD-2-Clause */
/* Is one link slower than the other? Without a baseline two links may differ by
 * 5 ms and by their own jitter; what is beyond that is the slower one's fault.
 * Their jitter counts for what it leaves unknown of the fastest answers that are compared.
 * Only the way from the edge to the MSEE is compared, and a later hop's faster
 * answer proves that a slow answer was the hop's own control plane. A link that has a
 * baseline is compared with that instead (usual.c). */
#include "analysis/observables/jitter.h"
#include "analysis/observables/late_flows.h"
#include "analysis/observables/link_times.h"
#include "analysis/observables/usual.h"

#include <math.h>

#define BORDER_WIDTHS 2
#define DELAY_SAMPLES_MIN 8
#define DELAY_SAMPLES_CLEAR 20
/* A tenth of many answers is faster than what is compared: of n it is known to some .4 of their width over the root of n, the
 * difference of two links' to .6. Beyond so many times width over root is one run in two thousand, as many as likelihood_delay()
 * gives to "slower" where nothing is. */
#define JITTER_LEAVES 2.0
#define REROUTED_LEAST_NS NS_PER_MS /* another member of a group of equal ways takes a little longer, and is no news */
/* Jitter without a baseline: the p95 stands this far above the fastest, and this
 * many times further than on the other link. */
#define JITTER_MIN_NS (8 * NS_PER_MS)
#define JITTER_TIMES 4
#define JITTER_TIMES_PASSING 2 /* where what passes the MSEE tells as well */
/* Few late answers are a control plane's, a queue makes many: where what passes tells, and where nothing does */
#define JITTER_WIDTHS_PASSING 4
#define JITTER_WIDTHS 3
/* Where nothing but what passes speaks for a queue, and it may be what flows scatter anyway: 150 to 1. */
#define JITTER_SURE_ALONE 5.0

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

/* The fastest of those that stand on one side of the border. */
struct side { bool known; int64_t low, width; };

/* Where the WAN begins: at the edge, or with l3 at the last corporate hop. */
static bool is_border(const struct traffic_group *g, bool provider_edge, uint8_t last_corporate)
{
	return provider_edge ? g->cls == GROUP_HOP && g->domain == DOMAIN_CORPORATE && g->hop == last_corporate : g->cls == GROUP_EDGE;
}

/* With l3 a hop or the edge of the provider, before the MSEE. */
static bool is_provider(const struct traffic_group *g, bool provider_edge, uint8_t last_corporate)
{
	return provider_edge && (g->cls == GROUP_EDGE || (g->cls == GROUP_HOP && g->domain == DOMAIN_WAN && g->hop > last_corporate));
}

static void take_width(struct side *s, const struct traffic_group *g)
{
	if (!s->known || g->low_ns < s->low)
		*s = (struct side){true, g->low_ns, g->high_ns - g->low_ns};
}

/* What a provider's router answers from behind the border was no later there: where it comes sooner than the border's
 * own answers, those are slow themselves, and not the way to it. */
static void set_border(struct link_times *t, const struct side *border, const struct side *behind)
{
	const struct side *least = behind->known && behind->low < border->low ? behind : border;
	t->border_known = border->known;
	t->border = least->low;
	t->border_width = least->width;
}

/* Whose answers tell how the way scatters: of those that are many the steadiest, since a control plane adds to it; of
 * few the fastest. The quantiles of few scatter themselves. */
static bool scatters_less(const struct traffic_group *g, const struct traffic_group *than)
{
	bool many = g->answered >= DELAY_SAMPLES_CLEAR;
	if (!than || many != (than->answered >= DELAY_SAMPLES_CLEAR))
		return !than || many;
	return many ? g->rtt.p95_ns - g->low_ns < than->rtt.p95_ns - than->low_ns : g->low_ns < than->low_ns;
}

struct link_times link_times_of(const struct observables *o, int link, int fam)
{
	struct link_times t = {0};
	struct side border = {0}, behind = {0};
	const struct traffic_group *scatter = NULL;
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
		if (is_border(g, provider_edge, last_corporate))
			take_width(&border, g);
		if (is_provider(g, provider_edge, last_corporate))
			take_width(&behind, g);
		if ((g->cls == GROUP_MSEE && g->kind != PROBE_NEIGHBOUR) || g->cls == GROUP_MSEE_HOP) {
			if (g->answered > t.samples)
				t.samples = g->answered;
			if (scatters_less(g, scatter)) {
				scatter = g;
				t.spread = g->rtt.p95_ns - g->low_ns;
				t.width = g->high_ns - g->low_ns;
			}
			if (!t.known || g->rtt.min_ns < t.fastest)
				t.fastest = g->rtt.min_ns;
			take_lower(&t.known, &t.msee, g->low_ns);
		}
		if (g->cls == GROUP_TARGET) {
			take_lower(&t.target_known, &t.target, g->low_ns);
			if (g->high_ns > t.target_high)
				t.target_high = g->high_ns;
		}
	}
	set_border(&t, &border, &behind);
	if (o->links[link].on_edge[fam])
		t.border_known = true; /* we are the border: nothing lies before it */
	return t;
}

bool link_times_border_first(const struct link_times *t)
{
	bool overtaken = t->border >= t->msee || (t->target_known && t->border >= t->target);
	return t->border_known && !overtaken;
}

bool link_times_have_border(const struct link_times *t)
{
	return link_times_border_first(t) && t->border_width <= BORDER_WIDTHS * t->width + NS_PER_MS;
}

static void set_jitter(struct link_observables *l, const struct link_times *own, double log_odds)
{
	l->delay = DELAY_JITTER;
	l->delay_clear = l->delay_clear || log_odds > JITTER_SURE;
	l->jitter_log_odds = log_odds;
	l->delay_more_ns = own->spread;
}

/* What passes the MSEE sooner than it answers clears the way of `more` but for what is left of it,
 * where no flow is late beside others; all of them are alike also where all return over this link. Where
 * they cannot be compared one by one, none of the group may be late. */
static bool is_control_plane(const struct link_times *own, enum late passing, int64_t more, int64_t allowed)
{
	int64_t left = more - (own->msee - own->target);
	int64_t least = more < 2 * allowed ? more / 2 : allowed;
	bool cleared = own->target_known && left < (least > more / 4 ? least : more / 4);
	return cleared && (passing == LATE_NONE || (passing == LATE_UNKNOWN && own->target_high < own->target + more * 2 / 5));
}

/* What an MSEE's own answers scatter without a fault. Beside the other link the middle of them is compared as well: a host that
 * was held up now and then makes the latest of both late. */
struct scatter_norm { int64_t spread_ns, width_ns; bool width_known; };

/* Do the MSEE's own answers spread more than they used to, or than the other's? */
static bool scatters(const struct link_times *own, const struct scatter_norm *usual)
{
	bool spread = own->spread > JITTER_MIN_NS && own->spread > JITTER_TIMES * (usual->spread_ns + NS_PER_MS);
	return spread || (usual->width_known && own->width > JITTER_MIN_NS && own->width > JITTER_TIMES * (usual->width_ns + NS_PER_MS));
}

/* Does the way to the edge scatter so far already? */
static bool border_scatters(const struct link_times *own)
{
	return link_times_have_border(own) && 2 * own->border_width > own->width;
}

/* Is the way to the edge known, and does it scatter less? */
static bool is_steady_before(const struct link_times *own)
{
	return link_times_have_border(own) && !border_scatters(own);
}

/* A baseline says that it scatters more than ever, and not where: what the way before the edge does as well, or, where that
 * is not known to be steady, the other link at the same time, is of what both share. */
static bool is_shared_scatter(const struct observables *o, int link, int fam, const struct link_times *own)
{
	struct link_times other = link_times_of(o, 1 - link, fam);
	bool alike = other.known && other.spread > JITTER_MIN_NS && own->spread <= JITTER_TIMES_PASSING * (other.spread + NS_PER_MS);
	return border_scatters(own) || (alike && !is_steady_before(own));
}

/* And is it a queue? What passes tells, or nothing does. Where it tells for sure, the MSEE's answers may be little beside the
 * other's, or there may be no other (NULL) to hold them against. */
static bool is_spread(const struct observables *o, int link, int fam, const struct link_times *own, const struct scatter_norm *usual, double *log_odds)
{
	int64_t width_ns[LINKS], least = usual ? JITTER_TIMES_PASSING * (usual->spread_ns + NS_PER_MS) : 0;
	bool beside = usual && scatters(own, usual);
	if (!beside && (own->spread <= JITTER_MIN_NS || own->spread <= least))
		return false;
	width_ns[link] = own->width;
	width_ns[1 - link] = link_times_of(o, 1 - link, fam).width;
	*log_odds = jitter_log_odds(o, link, fam, width_ns);
	if (*log_odds > (beside ? JITTER_SURE : JITTER_SURE_ALONE))
		return own->spread < JITTER_WIDTHS_PASSING * own->width && (beside || is_steady_before(own));
	return beside && *log_odds > -JITTER_SURE && own->spread < JITTER_WIDTHS * own->width;
}

/* Also the fastest are late, and by more than they scatter: no queue. What scatters as ever has no more of a queue than ever,
 * and less tells. */
static bool is_slower(const struct link_times *own, const struct usual_delay *usual, enum late passing)
{
	int64_t part = own->spread <= usual->scatter_ns * 3 / 2 ? 4 : 2;
	bool whole = own->fastest - usual->msee_ns > usual->more_ns / 2 && usual->more_ns > own->width / part;
	return usual->more_ns > usual->allowed_ns && whole && !is_control_plane(own, passing, usual->more_ns, usual->allowed_ns);
}

/* How far from being called late it stayed. Of two families the one that is nearer to it. What passes the MSEE
 * sooner than it answers shows how much of it is the MSEE's own. */
static void note_apart(struct link_observables *l, const struct link_times *own, int64_t more, int64_t allowed)
{
	int64_t ahead = own->target_known && own->msee > own->target ? own->msee - own->target : 0;
	more -= more > allowed ? ahead : 0;
	more = more > allowed ? allowed : more;
	if (l->apart_allowed_ns > 0 && more - allowed < l->apart_ns - l->apart_allowed_ns)
		return;
	l->apart_ns = more;
	l->apart_allowed_ns = allowed;
}

/* Not slow, as far as anybody can tell beside the other link: of two families the one that differs more. */
static void note_longer(struct link_observables *l, int64_t more, int64_t allowed)
{
	if (more <= allowed && more > l->longer_ns)
		l->longer_ns = more;
}

/* By another way, and slower than the old one was. */
static bool compare_rerouted(struct observables *o, int link, int fam, const struct link_times *own)
{
	struct link_observables *l = &o->links[link];
	struct usual_delay usual;
	if (!usual_delay_rerouted(o, link, fam, own, &usual) || usual.more_ns < REROUTED_LEAST_NS ||
	    !is_slower(own, &usual, late_flows(o, link, fam, usual.more_ns)))
		return false;
	l->delay = DELAY_REROUTED;
	l->by_usual = true;
	l->delay_more_ns = usual.more_ns;
	return true;
}

/* Against what is usual for it. False where nothing is known. */
static bool compare_usual(struct observables *o, int link, int fam, const struct link_times *own)
{
	struct link_observables *l = &o->links[link];
	struct usual_delay usual;
	if (!usual_delay(o, link, fam, own, &usual))
		return false;
	if (l->delay != DELAY_SLOWER && l->delay != DELAY_REROUTED) /* else what the other family was compared with stands */
		l->by_usual = true;
	if (l->delay == DELAY_UNKNOWN && usual.shared_ns <= usual.allowed_ns) /* what both take longer may be the corporate network's, or both links' */
		l->delay = DELAY_SAME;
	const struct scatter_norm norm = {.spread_ns = usual.scatter_ns};
	double log_odds = 0;
	bool spread = !is_shared_scatter(o, link, fam, own) && is_spread(o, link, fam, own, &norm, &log_odds);
	l->scatters = l->scatters || scatters(own, &norm);
	enum late passing = late_flows(o, link, fam, usual.more_ns);
	note_apart(l, own, usual.more_ns, usual.allowed_ns);
	if (is_slower(own, &usual, passing)) {
		l->delay = DELAY_SLOWER;
		l->by_usual = true;
		l->delay_clear = l->delay_clear || passing == LATE_SOME || (own->target_known && own->samples >= DELAY_SAMPLES_CLEAR);
		l->delay_more_ns = usual.more_ns;
	} else if (spread && l->delay <= DELAY_SAME) {
		set_jitter(l, own, log_odds);
	}
	return true;
}

/* How far the jitter of a link's answers, so many as there are, may have moved the fastest of them. */
static int64_t left_by_jitter(const struct link_times *t)
{
	return (int64_t)((double)t->width * fmin(1, JITTER_LEAVES / sqrt(t->samples)));
}

/* The other MSEE's own answers may be slow, and hide how much quicker its link is: what passes it sooner than it answers tells
 * (the envelope), beside what goes by this link. Then this link's MSEE is held against that. 0 = nothing passes sooner. */
static int64_t more_beside_passing(const struct observables *o, int link, int fam, const struct link_times *own, const struct link_times *other)
{
	if (!other->target_known || other->target >= other->msee)
		return 0;
	int64_t there = late_there_ns(o, link, fam), way = own->msee - other->target;
	int64_t more = there < way ? there : way;
	bool borders = link_times_have_border(own) && link_times_have_border(other);
	return borders && own->border > other->border ? more - (own->border - other->border) : more;
}

static void compare(struct observables *o, int link, int fam)
{
	struct link_times own = link_times_of(o, link, fam), other = link_times_of(o, 1 - link, fam);
	struct link_observables *l = &o->links[link];
	if (l->delay == DELAY_REROUTED || (own.known && compare_rerouted(o, link, fam, &own)))
		return; /* what one family shows of the way holds for both */
	double log_odds = 0;
	if ((own.known && compare_usual(o, link, fam, &own)) || !own.known)
		return;
	if (!other.known) {
		if (l->delay <= DELAY_SAME && is_spread(o, link, fam, &own, NULL, &log_odds))
			set_jitter(l, &own, log_odds);
		return;
	}
	if (l->delay == DELAY_UNKNOWN)
		l->delay = DELAY_SAME;
	int64_t more = own.msee - other.msee, more_way = more;
	if (link_times_have_border(&own) && link_times_have_border(&other))
		more_way = (own.msee - own.border) - (other.msee - other.border);
	if (more_way < more)
		more = more_way; /* what the corporate way to the edge adds is not the WAN's */
	int64_t jitter = left_by_jitter(&own), others = left_by_jitter(&other);
	int64_t allowed = DELAY_FREE_NS + (jitter > others ? others : jitter);
	int64_t passing_more = more_beside_passing(o, link, fam, &own, &other), others_fastest = other.fastest;
	note_longer(l, more, allowed);
	if (more <= allowed && passing_more > allowed) {
		more = passing_more;
		others_fastest = other.target;
	}
	note_apart(l, &own, more, allowed);
	/* Also the fastest are late, and by more than they scatter: no queue. */
	bool whole = own.fastest - others_fastest > more / 2 && more > own.width / 2;
	enum late passing = late_flows(o, link, fam, more);
	if (more > allowed && whole && !is_control_plane(&own, passing, more, DELAY_FREE_NS)) {
		l->delay = DELAY_SLOWER;
		l->by_usual = false;
		l->delay_clear = l->delay_clear || passing == LATE_SOME ||
		                 (own.target_known && own.samples >= DELAY_SAMPLES_CLEAR && other.samples >= DELAY_SAMPLES_CLEAR);
		l->delay_more_ns = more;
		return;
	}
	const struct scatter_norm norm = {other.spread, other.width, true};
	bool spread = is_spread(o, link, fam, &own, &norm, &log_odds);
	l->scatters = l->scatters || scatters(&own, &norm);
	if (spread && l->delay == DELAY_SAME)
		set_jitter(l, &own, log_odds);
}

void observables_delay(struct observables *o)
{
	for (int link = 0; link < LINKS; link++)
		for (int fam = 0; fam < FAMILIES; fam++)
			compare(o, link, fam);
}
