/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/verdict/direction.h"

#include "analysis/decode/bfd.h"
#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOT_PROVEN "Round trips do not tell the direction, and nothing else that was seen proves it."

/* Is something lost or late, so that it has a direction? What is off as a whole (no layer 2, no
 * session, a service that is not there) has none. */
static bool has_direction(const struct fault_row *row)
{
	bool passes_in_azure = row->arp == '.' && row->session == '.' && row->place >= AT_CORPORATE && row->place <= AT_MSEE;
	return row->target == 'L' || row->delay == 'S' || row->delay == 'J' || row->size != 0 || row->usual != 0 ||
	       (passes_in_azure && (row->target == 'm' || row->target == 'X'));
}

static bool say(struct verdict *v, enum direction d, const char *why)
{
	v->direction = d;
	text_format(v->direction_why, sizeof v->direction_why, "%s", why);
	return true;
}

/* --- Azure's counters --- */

static double dropped(const struct az_snapshot *s, const char *name)
{
	double most = 0, value;
	for (size_t i = 0; i < s->drops.count; i++)
		if (az_text_is(&s->drops.rows[i].name, name) && az_text_number(&s->drops.rows[i].highest, &value))
			most = fmax(most, value);
	return most;
}

static bool by_counters(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	const struct az_snapshot *s = p->seen->snapshot;
	if (h->row->says[SAYS_DROPS] != 'X' || !s || s->stale || s->drops.part.read != AZ_OK)
		return false;
	double in = dropped(s, "QosDropBitsInPerSecond"), out = dropped(s, "QosDropBitsOutPerSecond");
	if (in > 0 && out > 0)
		return say(v, DIRECTION_BOTH, "Azure counts dropped bits into Azure and out of it.");
	if (in > 0)
		return say(v, DIRECTION_FORWARD, "Azure counts dropped bits into Azure (QosDropBitsIn) and none out of it.");
	return out > 0 && say(v, DIRECTION_RETURN, "Azure counts dropped bits out of Azure (QosDropBitsOut) and none into it.");
}

/* Where the fault is one of the way back, and Azure's figures say so. */
static bool by_flows(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	char says = h->row->says[SAYS_OUT];
	return (says == 'X' || says == 'o') && p->seen->azure.says[SAYS_OUT][0] == OUT_FLOWS &&
	       say(v, DIRECTION_RETURN, "Azure counts traffic that comes out of it over the circuit, and no answer arrives here (its figures are minutes old and count others' traffic too).");
}

/* --- sizes --- */

static bool by_sizes(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	for (uint8_t l = 0; h->row->size && l < LINKS; l++)
		for (uint8_t fam = 0; fam < FAMILIES; fam++) {
			const struct link_size *s = &p->seen->links[l].size[fam];
			if ((h->link < LINKS && h->link != l) || !(h->families & 1u << fam))
				continue;
			if (s->outcome == SIZE_TOLD)
				return say(v, DIRECTION_FORWARD, "A router on the way there says that our own datagram is too large.");
			if (s->outcome == SIZE_DIES && s->back_alone)
				return say(v, DIRECTION_RETURN, "Large probes arrive (their small errors come back), their large answers do not.");
			if (s->outcome == SIZE_DIES && s->there)
				return say(v, DIRECTION_FORWARD, "Large probes draw no error where their TTL ends, whose answer would be small: they do not arrive.");
		}
	return false;
}

/* --- BFD overheard --- */

#define BFD_DIAG_NEIGHBOUR_SAYS_SO 3 /* RFC 5880 4.1: neighbor signaled session down */

static bool by_bfd(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	for (uint8_t fam = 0; h->link < LINKS && fam < FAMILIES; fam++) {
		const struct peering_seen *w = p->seen->links[h->link].watched[fam];
		if (!w || !w->bfd[WATCH_NEAR].seen || !w->bfd[WATCH_FAR].seen)
			continue;
		const struct watch_bfd_side *near = &w->bfd[WATCH_NEAR], *far = &w->bfd[WATCH_FAR];
		if (near->state == BFD_UP || far->state == BFD_UP)
			continue;
		if (far->diag == BFD_DIAG_EXPIRED && near->diag == BFD_DIAG_NEIGHBOUR_SAYS_SO)
			return say(v, DIRECTION_FORWARD, "BFD: the MSEE no longer hears the edge, and the edge heard it say so.");
		if (near->diag == BFD_DIAG_EXPIRED && far->diag == BFD_DIAG_NEIGHBOUR_SAYS_SO)
			return say(v, DIRECTION_RETURN, "BFD: the edge no longer hears the MSEE, and the MSEE heard it say so.");
	}
	return false;
}

/* --- interfaces --- */

#define ARRIVALS_MIN 20
#define LOST_MIN 3
#define BY_CHANCE 0.01 /* a way that lost none would have been spared with this probability at most */

struct way { uint32_t answered, lost; };

static int iface_of(const struct plan *p, uint8_t circuit, uint8_t link)
{
	for (size_t i = 0; i < p->flow_count; i++)
		if (p->flows[i].circuit == circuit && p->flows[i].link == link && p->flows[i].role == FLOW_MSEE)
			return p->flows[i].iface;
	return -1;
}

static bool crosses(const struct plan_flow *f)
{
	return f->role == FLOW_MSEE || f->role == FLOW_TARGET;
}

/* Where all answers of a flow came in; -1: here and there, or none did. */
static int arrival_of(const struct observations *o, size_t flow)
{
	int iface = -1;
	for (size_t i = 0; i < o->count; i++) {
		const struct probe_record *r = &o->records[i];
		if (r->flow != flow || observations_state(o, r) != RECORD_ANSWERED)
			continue;
		if (iface >= 0 && iface != r->reply_iface)
			return -1;
		iface = r->reply_iface;
	}
	return iface;
}

static void count_flow(const struct observations *o, size_t flow, struct way *w)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct probe_record *r = &o->records[i];
		if (r->flow != flow || r->ttl != PATH_TTL_FULL || observations_is_large(r))
			continue;
		w->answered += observations_state(o, r) == RECORD_ANSWERED;
		w->lost += observations_state(o, r) == RECORD_LOST;
	}
}

/* Did the one way lose, and the other would have shown it? */
static bool loses_alone(const struct way *bad, const struct way *good)
{
	double share = bad->lost / fmax(bad->answered + bad->lost, 1);
	return bad->lost >= LOST_MIN && bad->answered >= ARRIVALS_MIN && good->lost == 0 && pow(1 - share, good->answered) <= BY_CHANCE;
}

/* By the link that a flow leaves by and the one that its answers come back by. */
static bool by_interfaces(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	const struct path_view *path = p->seen->path;
	struct way ways[LINKS][LINKS] = {{{0}}};
	int ifaces[LINKS] = {iface_of(path->plan, path->circuit_index, LINK_PRIMARY), iface_of(path->plan, path->circuit_index, LINK_SECONDARY)};
	if (h->row->target != 'L' || h->link >= LINKS || ifaces[0] < 0 || ifaces[1] < 0 || ifaces[0] == ifaces[1])
		return false;
	for (size_t i = 0; i < path->plan->flow_count; i++) {
		const struct plan_flow *f = &path->plan->flows[i];
		int in = f->circuit == path->circuit_index && crosses(f) ? arrival_of(path->seen, i) : -1;
		int out = f->iface == ifaces[0] ? 0 : f->iface == ifaces[1] ? 1 : -1;
		if (in >= 0 && out >= 0 && (in == ifaces[0] || in == ifaces[1]))
			count_flow(path->seen, i, &ways[out][in == ifaces[1]]);
	}
	uint8_t l = h->link, other = (uint8_t)(1 - h->link);
	if (loses_alone(&ways[l][other], &ways[other][other]))
		return say(v, DIRECTION_FORWARD, "Flows that leave by this link and whose answers come in by the other's interface lose as well; what takes the other both ways does not.");
	return loses_alone(&ways[other][l], &ways[other][other]) &&
	       say(v, DIRECTION_RETURN, "Flows that leave by the other link lose where their answers come in by this one's interface, and do not where they come in by the other's.");
}

/* --- IPv4 ids --- */

#define COUNTED_MIN 20   /* pairs of answers with nothing lost between them … */
#define COUNTED_SHARE .95 /* … of which so many must be one apart: the target counts, and for us alone */
#define TELLING_MIN 4
#define TELLING_SHARE .9
#define BOTH_MIN 3       /* a stray loss the other way is no second direction */
#define BOTH_SHARE .2

struct counted { uint32_t pairs, next, made, not_made, unclear; };
struct at_target { int64_t at_ns; uint16_t id; bool lost; };

static int by_time(const void *a, const void *b)
{
	int64_t x = ((const struct at_target *)a)->at_ns, y = ((const struct at_target *)b)->at_ns;
	return (x > y) - (x < y);
}

/* What one target's ids tell of the probes that were lost between its answers. */
static void count_ids(struct at_target *list, size_t n, struct counted *c)
{
	struct counted own = {0};
	uint32_t lost = 0;
	bool known = false;
	uint16_t before = 0;
	qsort(list, n, sizeof *list, by_time);
	for (size_t i = 0; i < n; i++) {
		if (list[i].lost) {
			lost += known;
			continue;
		}
		uint16_t step = (uint16_t)(list[i].id - before);
		if (known && lost == 0) {
			own.pairs++;
			own.next += step == 1;
		} else if (known) {
			bool fits = step >= 1 && step <= lost + 1;
			own.made += fits ? step - 1u : 0;
			own.not_made += fits ? lost + 1 - step : 0;
			own.unclear += fits ? 0 : lost;
		}
		known = true;
		before = list[i].id;
		lost = 0;
	}
	if (own.pairs < COUNTED_MIN || own.next < COUNTED_SHARE * own.pairs)
		return;
	c->made += own.made;
	c->not_made += own.not_made;
	c->unclear += own.unclear;
}

static size_t gather(const struct posterior *p, uint16_t target, struct at_target *out)
{
	const struct path_view *path = p->seen->path;
	int64_t half = path->seen->slowest_rtt_ns / 2;
	size_t n = 0;
	for (size_t i = 0; i < path->seen->count; i++) {
		const struct probe_record *r = &path->seen->records[i];
		const struct plan_flow *f = &path->plan->flows[r->flow];
		enum record_state state = observations_state(path->seen, r);
		bool whole = f->circuit == path->circuit_index && f->role == FLOW_TARGET && f->target == target && f->dst.family == IP_V4 &&
		             r->ttl == PATH_TTL_FULL;
		if (!whole || (state != RECORD_ANSWERED && state != RECORD_LOST))
			continue;
		if (state == RECORD_ANSWERED)
			half = r->rtt_ns / 2;
		out[n++] = (struct at_target){r->sent_at.ns + half, r->reply_id, state == RECORD_LOST};
	}
	return n;
}

static bool by_ids(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	const struct path_view *path = p->seen->path;
	struct counted c = {0};
	struct at_target *list = h->row->target == 'L' ? calloc(path->seen->count + 1, sizeof *list) : NULL;
	char why[SENTENCE_MAX];
	for (uint16_t t = 0; list && t < path->circuit->target_count; t++)
		if (!path->circuit->targets[t].control)
			count_ids(list, gather(p, t, list), &c);
	free(list);
	uint32_t all = c.made + c.not_made + c.unclear;
	if (all < TELLING_MIN || c.unclear > (1 - TELLING_SHARE) * all)
		return false;
	text_format(why, sizeof why, "Targets count their datagrams (IPv4 id): of %u probes without an answer they made %u answers, and %u not.",
	            (unsigned)(c.made + c.not_made), (unsigned)c.made, (unsigned)c.not_made);
	if (c.made >= TELLING_SHARE * all)
		return say(v, DIRECTION_RETURN, why);
	if (c.not_made >= TELLING_SHARE * all)
		return say(v, DIRECTION_FORWARD, why);
	uint32_t fewer = c.made < c.not_made ? c.made : c.not_made;
	return fewer >= BOTH_MIN && fewer >= BOTH_SHARE * all && say(v, DIRECTION_BOTH, why);
}

/* --- half-open connections --- */

#define REPEATED_BY_NS (2 * NS_PER_SEC) /* a target repeats its SYN-ACK after one second; by then it is seen */

/* A SYN whose answer dies on the way back leaves a half-open connection behind, which tells of itself: the SYN-ACK
 * comes again, or the next SYN draws an ACK of the first. One that dies on its way there leaves nothing. */
static bool by_half_open(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	const struct path_view *path = p->seen->path;
	uint32_t lost = 0, arrived = 0;
	char why[SENTENCE_MAX];
	for (size_t i = 0; h->row->target == 'L' && i < path->seen->count; i++) {
		const struct probe_record *r = &path->seen->records[i];
		const struct plan_flow *f = &path->plan->flows[r->flow];
		bool whole = f->circuit == path->circuit_index && f->role == FLOW_TARGET && f->kind == PROBE_TCP_SYN && r->ttl == PATH_TTL_FULL &&
		             (h->link >= LINKS || path->flow_link[r->flow] == h->link);
		if (!whole || observations_state(path->seen, r) != RECORD_LOST || wall_since(path->seen->now, r->sent_at) < REPEATED_BY_NS)
			continue;
		lost++;
		arrived += r->arrived;
	}
	if (arrived < TELLING_MIN || arrived < TELLING_SHARE * lost)
		return false;
	text_format(why, sizeof why, "Of %u SYNs whose answer did not come, %u had arrived: their targets held half-open connections and said so later.",
	            (unsigned)lost, (unsigned)arrived);
	return say(v, DIRECTION_RETURN, why);
}

/* --- reply TTLs --- */

static bool by_reply_ttl(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	for (uint8_t fam = 0; h->row->delay == 'S' && h->link < LINKS && fam < FAMILIES; fam++) {
		const struct link_observables *l = &p->seen->links[h->link];
		if (l->by_usual && l->path[fam].change == PATH_SAME && l->path[fam].back_changed)
			return say(v, DIRECTION_RETURN, "The hops there are those of healthy runs, yet answers come with another TTL: the way back has changed.");
	}
	return false;
}

void direction_fill(const struct posterior *p, const struct hypothesis *h, struct verdict *v)
{
	v->direction = DIRECTION_NONE;
	v->direction_why[0] = '\0';
	if (!has_direction(h->row))
		return;
	if (!by_counters(p, h, v) && !by_flows(p, h, v) && !by_sizes(p, h, v) && !by_bfd(p, h, v) && !by_interfaces(p, h, v) && !by_ids(p, h, v) &&
	    !by_half_open(p, h, v) && !by_reply_ttl(p, h, v))
		say(v, DIRECTION_UNKNOWN, NOT_PROVEN);
}
