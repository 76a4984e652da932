/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/fell_silent.h"

#include <stdlib.h>

#define SILENT_LEAST 3      /* in a row: of a loss of 2 % once in 100,000 times */
#define ANSWERED_LEAST 12
#define NEIGHBOUR_LEAST 1   /* answers of ARP and neighbour discovery, which is asked about once a second, and whose host answers always */
#define NEIGHBOUR_SILENT 2
#define NEIGHBOUR_DEAD 3
#define ANSWERED_SHARE 0.9  /* what answers less limits its answers, and its silence tells nothing */

#define DEAD_LEAST 5        /* lost in a row, and … */
#define DEAD_NS (700 * NS_PER_MS) /* … for so long: a queue that overflows is shorter */

/* What died as soon as it was first asked had no time to answer more. It may have spent what a limit allows at once: so long
 * and so often no limit is silent. */
#define FEW_LEAST 2
#define FEW_DEAD_LEAST 12
#define FEW_DEAD_NS (2 * NS_PER_SEC)

/* What one end was asked, in the order of leaving. silent and lost: the latest of them, in a row. */
struct end {
	bool neighbour;
	uint32_t answered, missed, silent, lost;
	struct wall_ns first_lost, last_lost; /* when these left */
	struct wall_ns left, refused;         /* when the latest probe left, and when this host last refused one */
};

/* An edge, an MSEE and a neighbour of each link and family, then each service of the targets and controls; the first is all of those
 * that live, but the neighbours. */
#define END_ALL 0
enum { END_EDGE, END_MSEE, END_NEIGHBOUR, ENDS_OF_A_LINK };
#define ENDS_OF_LINKS ((size_t)1 + ENDS_OF_A_LINK * LINKS * FAMILIES)

/* A target may ignore pings and answer a port: its ping, then its ports. */
#define SERVICES (1 + TARGET_PORTS_MAX)

static size_t service_of(const struct plan_target *t, const struct plan_flow *f)
{
	for (size_t i = 0; f->kind == PROBE_TCP_SYN && i < t->tcp_count; i++)
		if (t->tcp[i] == f->dst_port)
			return 1 + i;
	return 0;
}

static size_t end_of(const struct plan_circuit *c, const struct plan_flow *f)
{
	int fam = ip_family_index(f->dst.family);

	if (f->role == FLOW_TARGET || f->role == FLOW_CONTROL)
		return f->target < c->target_count ? ENDS_OF_LINKS + (size_t)f->target * SERVICES + service_of(&c->targets[f->target], f) : END_ALL;
	int kind = f->role == FLOW_EDGE ? END_EDGE : f->role == FLOW_MSEE ? END_MSEE : f->role == FLOW_NEIGHBOUR ? END_NEIGHBOUR : ENDS_OF_A_LINK;
	if (kind == ENDS_OF_A_LINK || f->link >= LINKS || fam < 0)
		return END_ALL;
	return 1 + (size_t)((kind * LINKS + f->link) * FAMILIES + fam);
}

static void take(struct end *e, const struct probe_record *r, bool answered, bool lost)
{
	if (answered) {
		e->answered++;
		e->missed += e->silent; /* it spoke again */
		e->silent = e->lost = 0;
		return;
	}
	e->silent++;
	if (lost && e->lost++ == 0)
		e->first_lost = r->sent_at;
	if (lost)
		e->last_lost = r->sent_at;
}

static bool was_alive(const struct end *e)
{
	return e->answered >= (e->neighbour ? NEIGHBOUR_LEAST : ANSWERED_LEAST) && e->answered >= ANSWERED_SHARE * (e->answered + e->missed);
}

static bool answered_few(const struct end *e)
{
	return !e->neighbour && e->answered >= FEW_LEAST && e->answered < ANSWERED_LEAST && e->missed == 0 && e->silent >= SILENT_LEAST;
}

static bool is_dead_for(const struct end *e, uint32_t least, int64_t ns)
{
	return e->lost >= least && wall_since(e->last_lost, e->first_lost) >= ns;
}

/* Its link went down here, or the way to it was taken away, or no neighbour answers there any more: nothing leaves for it. That is this
 * host's word, and no habit of the end's, so that a single answer before is enough. */
static bool is_refused(const struct end *e)
{
	return e->answered > 0 && e->answered >= ANSWERED_SHARE * (e->answered + e->missed) && e->refused.ns > e->left.ns;
}

/* Did it answer before, and is silent now? */
static bool is_silent(const struct end *e)
{
	return was_alive(e) && e->silent >= (e->neighbour ? NEIGHBOUR_SILENT : SILENT_LEAST);
}

/* When that began; ns 0 = it is not dead, or not for long enough. */
static struct wall_ns dead_from(const struct end *e)
{
	struct wall_ns none = {0};
	if (is_refused(e) && wall_since(e->refused, e->left) >= DEAD_NS)
		return wall_add(e->left, 1);
	bool dead = (is_silent(e) && is_dead_for(e, e->neighbour ? NEIGHBOUR_DEAD : DEAD_LEAST, DEAD_NS)) ||
	            (answered_few(e) && is_dead_for(e, FEW_DEAD_LEAST, FEW_DEAD_NS));
	return dead ? e->first_lost : none;
}

static void take_record(const struct path_view *v, const struct probe_record *r, struct end *ends)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	enum record_state state = observations_state(v->seen, r);
	uint8_t distance = path_flow_distance(v, f);
	bool neighbour = f->role == FLOW_NEIGHBOUR, whole = neighbour || r->ttl > PATH_TTL_MAX || (distance > 0 && r->ttl >= distance);
	bool answered = state == RECORD_ANSWERED, lost = state == RECORD_LOST || state == RECORD_UNREACHABLE;
	size_t end = f->circuit == v->circuit_index ? end_of(v->circuit, f) : END_ALL;

	if (end == END_ALL)
		return;
	ends[end].neighbour = neighbour;
	ends[neighbour ? end : END_ALL].left = ends[end].left = r->sent_at;
	if (!whole || observations_is_large(r) || !(answered || lost || observations_is_silent(v->seen, r)))
		return;
	if (!neighbour && was_alive(&ends[end]))
		take(&ends[END_ALL], r, answered, lost);
	take(&ends[end], r, answered, lost);
}

static void take_refusals(const struct path_view *v, size_t flow, struct end *ends)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	struct wall_ns at = v->seen->refusals[flow].latest;
	size_t end = f->circuit == v->circuit_index ? end_of(v->circuit, f) : END_ALL;

	if (end != END_ALL && at.ns > ends[end].refused.ns)
		ends[end].refused = at;
}

struct fell_silent fell_silent_look(const struct path_view *v)
{
	size_t count = ENDS_OF_LINKS + v->circuit->target_count * SERVICES;
	struct end *ends = calloc(count, sizeof *ends);
	struct fell_silent out = {.lately = false};

	if (!ends)
		return out; /* nothing is waited for then */
	for (size_t i = 0; i < v->seen->count; i++)
		take_record(v, &v->seen->records[i], ends);
	for (size_t i = 0; i < v->plan->flow_count; i++)
		take_refusals(v, i, ends);
	for (size_t i = 0; i < count; i++) {
		struct wall_ns from = dead_from(&ends[i]);
		out.neighbour = out.neighbour || (ends[i].neighbour && is_silent(&ends[i]) && from.ns == 0);
		out.lately = out.lately || is_silent(&ends[i]) || answered_few(&ends[i]) || is_refused(&ends[i]);
		out.dead_from = from.ns > out.dead_from.ns ? from : out.dead_from;
	}
	free(ends);
	return out;
}
