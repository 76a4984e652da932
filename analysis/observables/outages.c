/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/outages.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"

#include <string.h>

#define LOST_LEAST 5                       /* probes in a row, and … */
#define LOST_PART 3                        /* so few, and it may have lasted so long all the same: nobody looked */
#define LASTS_LEAST_NS (700 * NS_PER_MS)   /* … for so long: a queue that overflows is shorter */
#define STRAY_LEAST 2                      /* losses between outages: so many, or … */
#define STRAY_SHARE 20                     /* … one in so many, are no loss */
#define MARGIN_NS (100 * NS_PER_MS)        /* on their way when it began */
#define UNSEEN_MOST_NS (3000 * NS_PER_MS)  /* it began after the last answer: nobody looked, at most so long */
#define TARGETS_LOST_LEAST 5
#define TARGETS_LOST_SHARE 5               /* one in so many of all to the targets, at least */

struct following { struct outage run; struct wall_ns up; uint32_t lost, stray, answered; };

static bool is_over(const struct path_view *v, const struct probe_record *r, bool *answered)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	enum record_state state = observations_state(v->seen, r);
	uint8_t end = path_flow_distance(v, f);
	bool whole = f->role == FLOW_NEIGHBOUR || r->ttl > PATH_TTL_MAX || (end > 0 && r->ttl >= end);

	*answered = state == RECORD_ANSWERED || (state == RECORD_UNREACHABLE && path_is_end_answer(f, r));
	return f->circuit == v->circuit_index && whole && !observations_is_large(r) &&
	       (state == RECORD_ANSWERED || state == RECORD_UNREACHABLE || state == RECORD_LOST);
}

static bool asks_msee(const struct plan_flow *f, int link)
{
	return f->link == link && (f->role == FLOW_MSEE || f->role == FLOW_NEIGHBOUR);
}

#define ASKED_MAX 8

/* Flows that ask this link's MSEE and are answered at all: some ignore pings and answer ARP. */
static size_t answered_flows(const struct path_view *v, int link, uint16_t flows[ASKED_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < v->seen->count && n < ASKED_MAX; i++) {
		const struct probe_record *r = &v->seen->records[i];
		bool answered, known = false;

		for (size_t k = 0; k < n; k++)
			known = known || flows[k] == r->flow;
		if (!known && asks_msee(&v->plan->flows[r->flow], link) && is_over(v, r, &answered) && answered)
			flows[n++] = r->flow;
	}
	return n;
}

static bool is_one_of(const uint16_t *flows, size_t n, uint16_t flow)
{
	for (size_t i = 0; i < n; i++)
		if (flows[i] == flow)
			return true;
	return false;
}

/* Between its last answer and its first silence an MSEE is not asked; what crosses the link may die from the one on. */
static int64_t began(const struct outage *o)
{
	return o->up.ns > 0 && wall_since(o->from, o->up) <= UNSEEN_MOST_NS ? o->up.ns : o->from.ns;
}

static bool within(const struct outage *o, struct wall_ns at)
{
	return at.ns >= began(o) - MARGIN_NS && at.ns <= o->to.ns + MARGIN_NS;
}

/* It may have been silent as long as an outage: nobody asked before it, or too seldom. */
static bool is_part(const struct following *f)
{
	return f->run.over && f->lost > 0 &&
	       (f->run.up.ns == 0 || (f->lost >= LOST_PART && wall_since(f->run.to, f->run.up) >= LASTS_LEAST_NS));
}

/* What was silent long enough is an outage, the rest are losses. */
static void end_run(struct following *f, struct link_outages *out)
{
	bool outage = f->lost >= LOST_LEAST && wall_since(f->run.to, f->run.from) >= LASTS_LEAST_NS;

	if (!outage && is_part(f) && out->parts < OUTAGES_MAX)
		out->part[out->parts++] = f->run;
	else if (!outage)
		f->stray += f->run.over ? f->lost : 0; /* at the end it may become one */
	else if ((f->run.over || out->count > 0) && out->count < OUTAGES_MAX)
		out->list[out->count++] = f->run;
	f->lost = 0;
}

static void follow(const struct path_view *v, int link, struct link_outages *out)
{
	struct following f = {.lost = 0};
	uint16_t flows[ASKED_MAX];
	size_t n = answered_flows(v, link, flows);

	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		bool answered;

		if (!is_one_of(flows, n, r->flow) || !is_over(v, r, &answered))
			continue;
		if (!answered) {
			if (f.lost++ == 0)
				f.run = (struct outage){.up = f.up, .from = r->sent_at};
			f.run.to = r->sent_at;
			continue;
		}
		f.answered++;
		f.run.over = true;
		if (f.lost > 0)
			f.run.to = r->sent_at;
		end_run(&f, out);
		f.up = r->sent_at;
	}
	f.run.over = false;
	end_run(&f, out);
	out->answered = f.answered > 0;
	out->last = f.up;
	if (f.stray > STRAY_LEAST && f.stray * STRAY_SHARE > f.answered)
		out->count = 0;
}

struct counts { uint32_t lost, answered, unreachable; };

static struct counts count_within(const struct path_view *v, const struct outage *o, enum flow_role role, int link)
{
	struct counts c = {.lost = 0};

	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		bool answered;

		if (f->role != role || (link < LINKS && f->link != link) || r->sent_at.ns < o->from.ns || r->sent_at.ns > o->to.ns ||
		    !is_over(v, r, &answered))
			continue;
		c.answered += answered;
		c.lost += !answered;
		c.unreachable += !answered && observations_state(v->seen, r) == RECORD_UNREACHABLE;
	}
	return c;
}

static bool on_edge(const struct path_view *v, int link)
{
	return v->circuit->links[link].on_edge[FAM4] || v->circuit->links[link].on_edge[FAM6];
}

/* The edge answered meanwhile, and the other link's MSEE did. */
static bool stands_alone(const struct path_view *v, int link, const struct outage *o)
{
	struct counts edge = count_within(v, o, FLOW_EDGE, link), other = count_within(v, o, FLOW_MSEE, 1 - link);

	return (on_edge(v, link) || (edge.answered > 0 && edge.answered > edge.lost)) && other.answered >= other.lost;
}

/* Where there is no other link, what reached the targets meanwhile crossed this one: its MSEE kept silent (routers limit
 * what they answer), and no more. */
static bool was_crossed(const struct path_view *v, int link, const struct outage *o)
{
	const struct plan_link *other = &v->circuit->links[1 - link];
	struct counts targets = count_within(v, o, FLOW_TARGET, LINK_ANY);

	return !ip_addr_is_set(&other->msee[FAM4]) && !ip_addr_is_set(&other->msee[FAM6]) && targets.answered > targets.lost;
}

static bool is_forwarding(const struct path_view *v, int link, const struct outage *o)
{
	struct counts targets = count_within(v, o, FLOW_TARGET, LINK_ANY), msee = count_within(v, o, FLOW_MSEE, link);

	struct counts neighbour = count_within(v, o, FLOW_NEIGHBOUR, link);

	return (neighbour.lost > 0 && neighbour.answered == 0) || msee.unreachable > 0 ||
	       (targets.lost >= TARGETS_LOST_LEAST && targets.lost * TARGETS_LOST_SHARE >= targets.lost + targets.answered);
}

void outages_find(const struct path_view *v, struct link_outages out[LINKS])
{
	memset(out, 0, LINKS * sizeof *out);
	for (int link = 0; link < LINKS; link++) {
		struct link_outages *l = &out[link];
		size_t forwarding = 0;

		follow(v, link, l);
		for (size_t i = 0; i < l->count; i++) {
			if (!stands_alone(v, link, &l->list[i]) || was_crossed(v, link, &l->list[i])) {
				l->count = 0;
				break;
			}
			forwarding += is_forwarding(v, link, &l->list[i]);
		}
		l->forwarding = l->count > 1 && forwarding > 1;
	}
}

enum flap_seen outages_seen(const struct link_outages *o)
{
	if (!o->answered)
		return FLAP_UNKNOWN;
	return o->count == 0 ? FLAP_NONE : o->count == 1 ? FLAP_ONCE : o->forwarding ? FLAP_AGAIN_FORWARDING : FLAP_AGAIN;
}

static bool left_within(const struct link_outages out[LINKS], const struct path_view *v, const struct probe_record *r)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	bool anywhere = f->role == FLOW_TARGET; /* its answers may come back over the other link */

	if (f->role != FLOW_MSEE && f->role != FLOW_NEIGHBOUR && f->role != FLOW_BGP_MSEE && f->role != FLOW_TARGET)
		return false;
	for (int link = 0; link < LINKS; link++) {
		if (!anywhere && f->link != link)
			continue;
		for (size_t i = 0; i < out[link].count; i++)
			if (within(&out[link].list[i], r->sent_at))
				return true;
		for (size_t i = 0; out[link].count > 0 && i < out[link].parts; i++)
			if (within(&out[link].part[i], r->sent_at))
				return true;
		if (out[link].count > 0 && r->sent_at.ns > out[link].last.ns)
			return true;
	}
	return false;
}

bool outages_cover(const struct link_outages out[LINKS], const struct path_view *v, const struct probe_record *r, bool *half_open)
{
	bool covered = left_within(out, v, r), was_open = half_open[r->flow], answered;

	if (v->plan->flows[r->flow].kind != PROBE_TCP_SYN || !is_over(v, r, &answered))
		return covered;
	half_open[r->flow] = covered && !answered;
	return covered || (was_open && !answered);
}

static double lasts_s(const struct outage *o)
{
	return (double)wall_since(o->to, o->from) / (double)NS_PER_SEC;
}

void outages_words(const struct link_outages *o, enum link_id link, char *out, size_t size)
{
	const char *name = link_name(link);
	char began[WALL_TEXT_MAX];
	double least = 0, most = 0;

	if (o->count == 0) {
		text_format(out, size, "The %s link was not seen to go down and come back.", name);
		return;
	}
	for (size_t i = 0; i < o->count; i++) {
		double s = lasts_s(&o->list[i]);
		least = i == 0 || s < least ? s : least;
		most = s > most ? s : most;
	}
	text_format(out, size, "The MSEE of the %s link fell silent %zu time%s in this run, for %.1f to %.1f s (first at %.19sZ)%s, while its edge answered%s.", name,
	            o->count, PLURAL_S(o->count), least, most, wall_text(o->list[0].from, began),
	            o->list[o->count - 1].over ? " and answered again" : "", o->forwarding ? ", and traffic over it died with it" : "");
}
