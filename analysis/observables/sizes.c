/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorts large and small answers by place, draws the conclusion, asks for more. */
#include "analysis/observables/sizes.h"

#include "analysis/observables/unreach.h"
#include "analysis/trace/size_search.h"

#include <string.h>

#define FIRST_TRIES 2       /* at once, to each end */
#define MORE_TRIES 3        /* at once, after those were lost */
#define LOST_MIN 3          /* fewer prove nothing */
#define DOUBT_CHANCE 0.01  /* as SIZE_BY_CHANCE, to make one wonder */
#define POINT_TRIES 24      /* then it is left alone */
#define SEARCH_LOST 2       /* so many make a size refused */
#define SEARCH_TRIES 1      /* and so many in the search on the way there: what it ends at is asked again */
#define LARGE_MAX 120       /* of one link and family in one run */
#define SIZES_KEPT 96

/* Answers at one place to small and to full-size probes. */
struct point {
	uint32_t small_sent, small_answered, sent, answered, waiting;
	uint16_t flow;          /* one that asks it */
	bool has_flow;
	uint8_t ttl, hop;
};

struct tried { uint16_t size; uint16_t answered, lost, waiting; };

enum end { END_EDGE, END_MSEE, END_TARGET, ENDS };

/* One link and family. */
struct work {
	uint16_t full;
	struct point ends[ENDS];
	struct point hops[PATH_TTL_MAX + 1]; /* what expires there; forward direction alone */
	struct tried tried[ENDS][SIZES_KEPT];
	size_t tried_count[ENDS];
	uint32_t sent, answered, waiting;
	struct link_size told;               /* the fields told_*, in_pieces, and refused */
};

struct all { struct work of[LINKS][FAMILIES]; };

/* --- gathering --- */

static enum end end_of(const struct plan_flow *f)
{
	return f->kind != PROBE_ICMP_ECHO ? ENDS : f->role == FLOW_EDGE ? END_EDGE : f->role == FLOW_MSEE ? END_MSEE :
	       f->role == FLOW_TARGET ? END_TARGET : ENDS;
}

/* RFC 1191 4: "fragmentation needed and DF set"; RFC 4443 3.2: "packet too big". */
static bool is_too_big(const struct probe_record *r)
{
	return r->answer == ANSWER_UNREACHABLE &&
	       (r->from.family == IP_V6 ? r->icmp_type == 2 : r->icmp_type == 3 && r->icmp_code == 4);
}

static struct tried *tried_of(struct work *w, enum end e, uint16_t size)
{
	size_t i = 0;
	while (i < w->tried_count[e] && w->tried[e][i].size != size)
		i++;
	if (i == SIZES_KEPT)
		return NULL;
	if (i == w->tried_count[e])
		w->tried[e][w->tried_count[e]++] = (struct tried){.size = size};
	return &w->tried[e][i];
}

static uint8_t hop_of_sender(const struct path_view *v, const struct probe_record *r)
{
	for (size_t i = 0; i < v->address_count; i++)
		if (ip_addr_equal(&v->addresses[i].addr, &r->from))
			return v->addresses[i].ttl;
	return 0;
}

/* The nearest of those who say so, and the least that they say. */
static void take_told(const struct path_view *v, struct work *w, const struct probe_record *r)
{
	struct link_size *t = &w->told;
	uint8_t hop = hop_of_sender(v, r);
	if (t->refused == 0 || r->size < t->refused)
		t->refused = r->size;
	if (ip_addr_is_set(&t->told_by) && (hop == 0 || (t->told_hop > 0 && hop > t->told_hop)))
		return;
	t->told_by = r->from;
	t->told_hop = hop;
	t->told_domain = unreach_sender_domain(v, r);
	/* RFC 1191 5: old routers leave it 0; what is no smaller than the probe is no help either. */
	if (r->mtu > 0 && r->mtu < r->size)
		t->told_mtu = (uint16_t)r->mtu;
}

static void take_at(struct point *p, const struct probe_record *r, enum record_state state, bool answered, uint16_t full)
{
	bool lost = state == RECORD_LOST;
	if (!observations_is_large(r)) {
		p->small_sent += answered || lost;
		p->small_answered += answered;
		if (answered && (!p->has_flow || r->flow < p->flow)) {
			p->flow = r->flow;
			p->has_flow = true;
		}
	} else if (r->size == full) {
		p->sent += answered || lost;
		p->answered += answered;
		p->waiting += state == RECORD_WAITING;
	}
}

/* asking: what is silent for longer than answers take counts as lost, so that the next turn need not wait for the patience of
 * conclusions. Where an answer comes after all, that turn was a few probes too many. */
static enum record_state state_of(const struct path_view *v, const struct probe_record *r, bool asking)
{
	return asking && observations_is_silent(v->seen, r) ? RECORD_LOST : observations_state(v->seen, r);
}

static void take_record(const struct path_view *v, struct work *w, const struct probe_record *r, bool asking)
{
	const struct plan_flow *f = &v->plan->flows[r->flow];
	enum record_state state = state_of(v, r, asking);
	enum end e = end_of(f);
	uint8_t distance = path_flow_distance(v, f);
	bool large = observations_is_large(r);
	if (large) {
		w->sent++;
		w->answered += state == RECORD_ANSWERED;
		w->waiting += state == RECORD_WAITING;
	}
	if (is_too_big(r)) {
		take_told(v, w, r);
		return;
	}
	if (state == RECORD_SET_ASIDE || state == RECORD_UNREACHABLE)
		return;
	if (r->ttl > PATH_TTL_MAX || (distance > 0 && r->ttl >= distance)) {
		if (e == ENDS)
			return;
		bool answered = state == RECORD_ANSWERED && path_is_end_answer(f, r);
		w->told.in_pieces |= answered && large && r->answer_size < r->size;
		take_at(&w->ends[e], r, state, answered, w->full);
		w->ends[e].ttl = PATH_TTL_FULL;
		if (distance > w->ends[e].hop)
			w->ends[e].hop = distance;
		struct tried *t = large ? tried_of(w, e, r->size) : NULL;
		if (t) {
			t->answered = (uint16_t)(t->answered + answered);
			t->lost = (uint16_t)(t->lost + (state == RECORD_LOST));
			t->waiting = (uint16_t)(t->waiting + (state == RECORD_WAITING));
		}
		return;
	}
	if (e == ENDS && large)
		return;
	struct point *p = &w->hops[r->ttl];
	uint16_t before = p->flow;
	bool had = p->has_flow;
	take_at(p, r, state, r->answer == ANSWER_TIME_EXCEEDED, w->full);
	if (e == ENDS) { /* a SYN carries no bytes: its flow cannot ask */
		p->flow = before;
		p->has_flow = had;
	}
	p->ttl = p->hop = r->ttl;
}

static void gather(const struct path_view *v, bool asking, struct all *a)
{
	memset(a, 0, sizeof *a);
	bool any = false;
	for (int l = 0; l < LINKS; l++)
		for (int fam = 0; fam < FAMILIES; fam++) {
			a->of[l][fam].full = (uint16_t)v->circuit->links[l].mtu;
			any = any || v->circuit->links[l].mtu > 0;
		}
	for (size_t i = 0; any && i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		const struct plan_flow *f = &v->plan->flows[r->flow];
		uint8_t link = v->flow_link[r->flow];
		int fam = ip_family_index(f->dst.family);
		bool ours = f->circuit == v->circuit_index && link < LINKS && fam >= 0 &&
		            (f->role == FLOW_EDGE || f->role == FLOW_MSEE || f->role == FLOW_TARGET) && !v->flow_moved[r->flow];
		if (ours && a->of[link][fam].full > 0)
			take_record(v, &a->of[link][fam], r, asking);
	}
}

/* --- concluding --- */

static bool can_ask(const struct point *p)
{
	return p->has_flow && p->small_answered >= 2;
}

static bool passes(const struct point *p)
{
	return p->answered > 0;
}

/* Are so many lost in a row by chance with no more than this, where small ones lose so few? */
static bool lost_beyond(const struct point *p, uint32_t least, double by_chance)
{
	return p->answered == 0 && p->sent >= least && size_lost_beyond(p->small_sent, p->small_answered, p->sent, by_chance);
}

static bool dies(const struct point *p)
{
	return lost_beyond(p, LOST_MIN, SIZE_BY_CHANCE);
}

/* Furthest hop of the corporate domain on this link: known, and possible. */
static void corporate_end(const struct path_view *v, uint8_t link, uint8_t fam, struct link_size *s)
{
	uint8_t provider = 0;
	s->corporate = s->corporate_most = v->circuit->handoff != HANDOFF_L3 ? v->distance[fam].edge[link] : 0;
	if (v->circuit->handoff != HANDOFF_L3)
		return;
	for (size_t i = 0; i < v->address_count; i++) {
		const struct path_address *a = &v->addresses[i];
		if (a->ttl == 0 || ip_family_index(a->addr.family) != (int)fam || (a->link != link && a->link != LINK_ANY))
			continue;
		enum domain d = path_hop_domain(v, fam, (enum link_id)link, a->ttl, &a->addr);
		if (d == DOMAIN_CORPORATE && a->ttl > s->corporate)
			s->corporate = a->ttl;
		if (d == DOMAIN_WAN && (provider == 0 || a->ttl < provider))
			provider = a->ttl;
	}
	s->corporate_most = provider > s->corporate + 1 ? (uint8_t)(provider - 1) : s->corporate;
}

static void place(const struct work *w, struct link_size *s)
{
	uint8_t there = 0, whole = 0;
	for (int e = 0; e < ENDS; e++)
		if (passes(&w->ends[e]) && w->ends[e].hop > whole)
			whole = w->ends[e].hop;
	for (uint8_t h = 1; h <= PATH_TTL_MAX; h++)
		if (passes(&w->hops[h]))
			there = h;
	s->back_alone = s->msee > 0 && there >= s->msee && whole < s->msee;
	s->passed = s->back_alone || whole > there ? whole : there;
	for (int e = 0; e < ENDS; e++)
		if (dies(&w->ends[e]) && w->ends[e].hop > s->passed && (s->dead == 0 || w->ends[e].hop < s->dead))
			s->dead = w->ends[e].hop;
	for (uint8_t h = 1; !s->back_alone && h <= PATH_TTL_MAX; h++)
		if (dies(&w->hops[h]) && h > s->passed && (s->dead == 0 || h < s->dead))
			s->dead = h;
	s->there = !s->back_alone && s->dead > 0 && s->dead <= PATH_TTL_MAX && dies(&w->hops[s->dead]);
}

/* Largest size that an end of this link, or one behind it, answered; smallest it did not, of those that were lost so often. */
static void bound(const struct work *w, uint16_t lost, struct link_size *s)
{
	for (int e = END_MSEE; e < ENDS; e++)
		for (size_t i = 0; i < w->tried_count[e]; i++)
			if (w->tried[e][i].answered > 0 && w->tried[e][i].size > s->carried)
				s->carried = w->tried[e][i].size;
	for (int e = END_MSEE; e < ENDS; e++)
		for (size_t i = 0; i < w->tried_count[e]; i++) {
			const struct tried *t = &w->tried[e][i];
			if (t->answered == 0 && t->lost >= lost && t->size > s->carried && (s->refused == 0 || t->size < s->refused))
				s->refused = t->size;
		}
}

static struct link_size conclude(const struct path_view *v, const struct work *w, uint8_t link, uint8_t fam, uint16_t lost)
{
	struct link_size s = w->told;
	const struct point *msee = &w->ends[END_MSEE], *target = &w->ends[END_TARGET];
	s.full = w->full;
	s.sent = w->sent;
	s.answered = w->answered;
	s.msee = v->distance[fam].msee[link];
	corporate_end(v, link, fam, &s);
	if (w->full == 0)
		return s;
	bound(w, lost, &s);
	place(w, &s);
	bool at_msee = s.msee > 0 && s.msee <= PATH_TTL_MAX && passes(&w->hops[s.msee]);
	if (passes(msee) || passes(target) || (at_msee && !can_ask(msee) && !can_ask(target)) || s.told_domain == DOMAIN_AZURE)
		s.outcome = SIZE_PASSES;
	else if (ip_addr_is_set(&s.told_by))
		s.outcome = SIZE_TOLD;
	else if ((dies(msee) || (!can_ask(msee) && dies(target))) && (dies(target) || !can_ask(target)))
		s.outcome = SIZE_DIES;
	s.least_dies = s.outcome == SIZE_DIES && s.refused > 0 && s.refused <= SIZE_LEAST_V6;
	s.doubt = s.outcome == SIZE_UNKNOWN && lost_beyond(can_ask(msee) ? msee : target, FIRST_TRIES, DOUBT_CHANCE);
	bool at_hop = s.msee > 0 && s.msee <= PATH_TTL_MAX && dies(&w->hops[s.msee]);
	s.sure = (dies(msee) && (dies(target) || at_hop)) || dies(&w->ends[END_EDGE]);
	return s;
}

/* --- asking --- */

struct asking { const struct work *w; struct size_wish *out; size_t count, max; };

static void ask(struct asking *a, const struct point *p, uint16_t size, unsigned times)
{
	for (unsigned i = 0; i < times && a->count < a->max; i++)
		a->out[a->count++] = (struct size_wish){p->flow, p->ttl, size};
}

static void ask_point(struct asking *a, const struct point *p)
{
	if (can_ask(p) && !passes(p) && !dies(p) && p->waiting == 0 && p->sent < POINT_TRIES)
		ask(a, p, a->w->full, p->sent == 0 ? FIRST_TRIES : MORE_TRIES);
}

/* Hops between the last that passes and the first that does not; and the MSEE's, whose
 * errors are small: do they come back, then it is the answers that die. */
static void ask_hops(struct asking *a, const struct link_size *s)
{
	for (uint8_t h = (uint8_t)(s->passed + 1); h < s->dead && h <= PATH_TTL_MAX; h++)
		ask_point(a, &a->w->hops[h]);
	if (s->msee > 0 && s->msee <= PATH_TTL_MAX && s->msee >= s->dead)
		ask_point(a, &a->w->hops[s->msee]);
}

static bool is_tried(const struct work *w, enum end e, uint16_t size, uint16_t tries, uint16_t *missing)
{
	*missing = tries;
	for (size_t i = 0; i < w->tried_count[e]; i++) {
		const struct tried *t = &w->tried[e][i];
		if (t->size != size)
			continue;
		unsigned done = t->lost + t->waiting;
		*missing = (uint16_t)(done < tries ? tries - done : 0);
		return t->answered > 0 || *missing == 0;
	}
	return false;
}

/* The next sizes between what is carried and what is not; what a router named comes first. */
static void ask_sizes(struct asking *a, const struct link_size *s, enum end e, bool v6)
{
	uint16_t low = s->carried, missing, sizes[SIZE_STEPS];
	const struct point *p = &a->w->ends[e];
	if (s->told_mtu > low && !is_tried(a->w, e, s->told_mtu, SEARCH_LOST, &missing)) {
		ask(a, p, s->told_mtu, missing);
		return;
	}
	if (s->told_mtu > 0 && low >= s->told_mtu)
		return; /* as it was said */
	size_t count = size_split(low, s->refused, v6, sizes);
	for (size_t i = 0; i < count; i++)
		if (!is_tried(a->w, e, sizes[i], SEARCH_TRIES, &missing))
			ask(a, p, sizes[i], missing);
	if (count == 0 && !is_tried(a->w, e, s->refused, SEARCH_LOST, &missing))
		ask(a, p, s->refused, missing);
}

/* The nearest end that the full size does not reach: the shortest way to search on. */
static enum end search_end(const struct work *w)
{
	return can_ask(&w->ends[END_MSEE]) ? END_MSEE : can_ask(&w->ends[END_TARGET]) ? END_TARGET : ENDS;
}

static void ask_link(struct asking *a, struct link_size *s, bool v6)
{
	const struct work *w = a->w;
	if (w->waiting > 0 || w->sent >= LARGE_MAX || s->outcome == SIZE_PASSES || w->full == 0)
		return;
	for (int e = 0; e < ENDS && s->outcome != SIZE_TOLD; e++)
		ask_point(a, &w->ends[e]);
	if (s->outcome == SIZE_DIES)
		ask_hops(a, s);
	enum end e = search_end(w);
	if ((s->outcome == SIZE_DIES || s->outcome == SIZE_TOLD || s->doubt) && e != ENDS && s->refused > s->carried)
		ask_sizes(a, s, e, v6);
}

void sizes_look(const struct path_view *v, struct link_size out[LINKS][FAMILIES])
{
	struct all a;
	struct size_wish wish;
	gather(v, false, &a);
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t fam = 0; fam < FAMILIES; fam++) {
			const struct work *w = &a.of[l][fam];
			struct asking asking = {.w = w, .out = &wish, .max = 1};
			struct link_size search = conclude(v, w, l, fam, SEARCH_TRIES);
			out[l][fam] = conclude(v, w, l, fam, SEARCH_LOST);
			ask_link(&asking, &search, fam == FAM6);
			out[l][fam].wanted = out[l][fam].outcome != SIZE_PASSES && (asking.count > 0 || w->waiting > 0);
			out[l][fam].searched = out[l][fam].carried > 0 && (out[l][fam].refused == out[l][fam].carried + 1 || out[l][fam].carried == out[l][fam].told_mtu);
		}
}

size_t sizes_next(const struct path_view *v, struct size_wish *out, size_t max)
{
	struct all a;
	size_t count = 0;
	gather(v, true, &a);
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t fam = 0; fam < FAMILIES; fam++) {
			struct asking asking = {.w = &a.of[l][fam], .out = out + count, .max = max - count};
			struct link_size s = conclude(v, asking.w, l, fam, SEARCH_TRIES);
			ask_link(&asking, &s, fam == FAM6);
			count += asking.count;
		}
	return count;
}
