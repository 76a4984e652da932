/* SPDX-License-Identifier: BSD-2-Clause */
/* What becomes of a probe: hop by hop to where it ends, and the answer's way back. */
#include "tests/sim/world.h"

#include <math.h>
#include <string.h>

#define MEMBER_STEP 64   /* addresses of equal routers are this far apart */
#define REROUTED_STEP 32
#define MEMBER_MS 0.2    /* and their ways differ a little */
#define BUCKET 6         /* errors a limited router gives at once (Linux: 6) */
#define NO_ROUTE_MS 0.6

struct walk {
	struct sim_world *w;
	const struct probe_spec *s;
	int fam, link, back_link, target;
	double now_s, ms;
	struct sim_answer *out;
};

/* --- the flow and its choices --- */

static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

static uint64_t flow_hash(const struct probe_spec *s, uint64_t salt)
{
	uint64_t h = salt;
	for (int i = 0; i < 16; i++)
		h = mix(h * 31 + s->dst.bytes[i] + s->src.bytes[i]);
	h = mix(h + s->kind);
	if (s->kind == PROBE_TCP_SYN)
		h = mix(h * 31 + ((uint64_t)s->src_port << 16 | s->dst_port));
	else
		h = mix(h * 31 + s->icmp_sum);
	return h;
}

static int member_of(const struct walk *k, enum sim_node n)
{
	int members = k->w->members[n];
	return members > 1 ? (int)(flow_hash(k->s, 1000 + (uint64_t)n) % (uint64_t)members) : 0;
}

/* Both links' ways cross these. */
static int place_link(int link, enum sim_node n)
{
	return n <= NODE_CORE2 || n >= NODE_GW ? 0 : link;
}

static bool exists(const struct sim_world *w, enum sim_node n)
{
	if (w->on_edge && n < NODE_MSEE)
		return false;
	return w->handoff == HANDOFF_L3 || (n != NODE_P && n != NODE_PE);
}

/* Address by which a node shows itself when a probe expires there. */
static struct ip_addr node_address(const struct walk *k, enum sim_node n)
{
	static const char *const v4[LINKS][NODES] = {
		{"10.10.1.1", "10.10.2.2", "10.10.3.1", "172.16.1.1", "172.16.1.5", "172.16.3.2", "10.100.0.1", ""},
		{"10.10.1.1", "10.10.2.2", "10.10.4.1", "172.16.1.9", "172.16.1.13", "172.16.4.2", "10.100.0.1", ""}};
	static const char *const v6[LINKS][NODES] = {
		{"fd10:10:1::1", "fd10:10:2::2", "fd10:10:3::1", "fd16:1::1", "fd16:1::5", "fd00:3::2", "fd10:100::1", ""},
		{"fd10:10:1::1", "fd10:10:2::2", "fd10:10:4::1", "fd16:1::9", "fd16:1::13", "fd00:4::2", "fd10:100::1", ""}};
	struct ip_addr a = sim_addr(k->fam == FAM4 ? v4[k->link][n] : v6[k->link][n]);
	uint8_t *last = &a.bytes[k->fam == FAM4 ? 3 : 15];
	*last = (uint8_t)(*last + MEMBER_STEP * member_of(k, n));
	if (n == NODE_P && k->w->rerouted[k->link])
		*last = (uint8_t)(*last + REROUTED_STEP);
	return a;
}

/* --- wires --- */

static bool lost(struct sim_world *w, struct sim_loss *m, double now_s)
{
	if (m->share > 0 && m->burst_s > 0) {
		double good_s = m->burst_s * (1 - m->share) / m->share;
		double decay = exp(-(now_s - m->at_s) * (1 / m->burst_s + 1 / good_s));
		m->bad = sim_uniform(&w->rng) < m->share + ((m->bad ? 1 : 0) - m->share) * decay;
		m->at_s = now_s;
		return m->bad;
	}
	return sim_uniform(&w->rng) < m->share + w->benign;
}

static bool flap_is_down(const struct sim_world *w, int link, double now_s)
{
	return w->flap_s[link] > 0 && fmod(now_s, 2 * w->flap_s[link]) >= w->flap_s[link];
}

/* Nobody notices: it is up again before the session is given up. */
static bool flapped(const struct walk *k, int link, enum sim_node n)
{
	return n == NODE_MSEE && !k->w->session_flaps[link] && flap_is_down(k->w, link, k->now_s);
}

static bool session_is_down(const struct sim_world *w, int link, double now_s)
{
	return w->bgp_down[link] || (w->session_flaps[link] && flap_is_down(w, link, now_s));
}

static bool unforwarded(const struct walk *k, int link, enum sim_node n)
{
	return n == NODE_CE && k->w->unforwarded[link][k->fam];
}

/* Is the flow among those that take the dead one of two equal wires? Each direction chooses for itself. */
static bool on_dead_member(const struct walk *k, int link, enum sim_node n, bool back)
{
	bool partial = back ? k->w->partial_back[link][n] : k->w->partial[link][n];
	return partial && (flow_hash(k->s, (back ? 3000u : 2000u) + (uint64_t)n) & 1);
}

static void leg(struct walk *k, int link, enum sim_node n)
{
	double jitter = -k->w->jitter_ms[link][n] * log(1 - sim_uniform(&k->w->rng));
	k->ms += k->w->delay_ms[link][n] + jitter + MEMBER_MS * member_of(k, n);
}

/* The way back: the same nodes in the other direction, over `link` from the MSEE on. */
static bool comes_back(struct walk *k, enum sim_node from, int link, int size)
{
	for (int n = (int)from; n >= 0; n--) {
		enum sim_node at = (enum sim_node)n;
		int l = place_link(link, at);
		if (!exists(k->w, at))
			continue;
		if (k->w->cut[l][at] || (at < from && k->w->dead[l][at]))
			return false;
		if (size > 0 && k->w->size_limit[l][at] > 0 && size > k->w->size_limit[l][at])
			return false;
		if (flapped(k, l, at) || (k->w->way_back_lost && from > NODE_MSEE && at == NODE_CE))
			return false;
		if (at < from && unforwarded(k, l, at))
			return false;
		if (on_dead_member(k, l, at, true) || lost(k->w, &k->w->loss_back[l][at], k->now_s))
			return false;
		leg(k, l, at);
		k->ms += k->w->delay_back_ms[l][at];
	}
	return true;
}

/* --- answers --- */

static bool within_limit(struct sim_manners *m, double now_s)
{
	if (m->per_second <= 0)
		return true;
	m->tokens += (now_s - m->filled_at) * m->per_second;
	m->filled_at = now_s;
	if (m->tokens > BUCKET)
		m->tokens = BUCKET;
	if (m->tokens < 1)
		return false;
	m->tokens -= 1;
	return true;
}

static bool mannered(struct walk *k, enum sim_node n, bool error)
{
	struct sim_manners *m = &k->w->manners[place_link(k->link, n)][n];
	if (error && (sim_uniform(&k->w->rng) >= m->answers || !within_limit(m, k->now_s)))
		return false;
	if (!error && k->s->kind != PROBE_NEIGHBOUR && (k->s->kind == PROBE_ICMP_ECHO ? m->mute_ping : m->mute_tcp))
		return false;
	k->ms += m->slow_ms - m->slow_spread_ms * log(1 - sim_uniform(&k->w->rng));
	return true;
}

/* An MSEE or what lies behind it needs BGP to find us; nearer nodes do not, nor does
 * an MSEE whose neighbour we are. */
static bool knows_way_back(const struct walk *k, enum sim_node n, int link)
{
	if (n < NODE_MSEE || (n == NODE_MSEE && k->w->on_edge))
		return true;
	return (!session_is_down(k->w, link, k->now_s) || k->w->stale_routing[link]) && !k->w->unadvertised[link];
}

static void answer(struct walk *k, enum sim_node n, uint8_t type, uint8_t code, bool error, struct ip_addr from)
{
	int link = n > NODE_MSEE ? k->back_link : k->link;
	if (!knows_way_back(k, n, link) || !mannered(k, n, error))
		return;
	if (n == NODE_END && k->target >= 0) /* targets count what they send, in the IPv4 id */
		k->out->id = ++k->w->made[k->target % SIM_COUNTED];
	if (!comes_back(k, n, link, error ? 0 : k->s->size))
		return;
	k->out->answered = true;
	k->out->rtt_ms = k->ms;
	k->out->from = from;
	k->out->type = type;
	k->out->code = code;
	k->out->is_error = error;
	k->out->reply_ttl = (uint8_t)(64 - n - (n > NODE_P && k->w->rerouted[link]));
}

static void unreachable(struct walk *k, enum sim_node at, bool host)
{
	bool v6 = k->fam == FAM6;
	answer(k, at, v6 ? 1 : 3, host ? (v6 ? 3 : 1) : 0, true, node_address(k, at));
}

static void expired(struct walk *k, enum sim_node at)
{
	answer(k, at, k->fam == FAM6 ? 3 : 11, 0, true, node_address(k, at));
}

static void end_answer(struct walk *k, enum sim_node n, bool refused)
{
	if (k->s->kind == PROBE_TCP_SYN)
		answer(k, n, k->s->dst_port == 179 || refused ? SIM_RST : SIM_SYN_ACK, 0, false, k->s->dst);
	else
		answer(k, n, k->fam == FAM6 ? 129 : 0, 0, false, k->s->dst);
}

/* --- the walk --- */

static const struct sim_filter *filter_at(const struct walk *k, enum sim_node at, bool before)
{
	for (int i = 0; i < k->w->filter_count; i++) {
		const struct sim_filter *f = &k->w->filters[i];
		if (f->at == at && f->before == before && k->s->kind == f->kind && (f->port == 0 || f->port == k->s->dst_port) &&
		    (f->target < 0 || f->target == k->target) && (f->link < 0 || f->link == k->link))
			return f;
	}
	return NULL;
}

static int node_before(const struct sim_world *w, enum sim_node at)
{
	int n = (int)at - 1;
	while (n >= 0 && !exists(w, (enum sim_node)n))
		n--;
	return n;
}

/* RFC 1812 5.2.7.1, RFC 4443 3.1. What has no address of its own stays silent. */
static void filtered(struct walk *k, const struct sim_filter *f, int by)
{
	bool missed = k->target >= 0 && !(k->s->kind == PROBE_ICMP_ECHO && k->w->target_mute_ping[k->target]);
	k->w->filtered += missed;
	if (f->refuses && by >= 0 && !(f->before && k->w->handoff != HANDOFF_L3))
		answer(k, (enum sim_node)by, k->fam == FAM6 ? 1 : 3, k->fam == FAM6 ? 1 : 13, true,
		       node_address(k, (enum sim_node)by));
}

/* RFC 1191 4, RFC 4443 3.2. */
static bool too_large(struct walk *k, enum sim_node at, int l)
{
	int limit = k->w->size_limit[l][at], before = node_before(k->w, at);
	if (limit == 0 || k->s->size <= limit || k->w->size_back_alone)
		return false;
	if (k->w->size_told[l][at] && before >= 0) {
		bool v6 = k->fam == FAM6;
		answer(k, (enum sim_node)before, v6 ? 2 : 3, v6 ? 0 : 4, true, node_address(k, (enum sim_node)before));
		k->out->mtu = (uint32_t)limit;
	}
	return true;
}

/* The router before a gap notices; a corporate cut stays silent, and so does what
 * routing has not noticed. */
static void broken(struct walk *k, enum sim_node at)
{
	int before = node_before(k->w, at);
	if (before >= 0 && at >= NODE_CE && !k->w->stale_routing[k->link])
		unreachable(k, (enum sim_node)before, true);
}

static bool is_filtered_service(const struct walk *k)
{
	for (int i = 0; i < k->w->filter_count; i++)
		if (k->w->filters[i].kind == k->s->kind && (k->w->filters[i].port == 0 || k->w->filters[i].port == k->s->dst_port))
			return true;
	return false;
}

static void arrived(struct walk *k, enum sim_node at)
{
	k->w->unfiltered += at == NODE_END && k->target >= 0 && is_filtered_service(k);
	const struct sim_filter *f = at == NODE_END ? filter_at(k, NODE_END, false) : NULL;
	bool mute = at == NODE_END && k->target >= 0 && k->s->kind == PROBE_ICMP_ECHO && k->w->target_mute_ping[k->target];
	if (at == NODE_END && k->target >= 0 && k->w->target_dead[k->target])
		return;
	if (!mute && (!f || f->refuses))
		end_answer(k, at, f != NULL);
}

/* Walks the chain up to `end`; answers on the way or at the end. */
static void walk_chain(struct walk *k, enum sim_node end)
{
	int ttl = k->s->ttl;
	for (int n = 0; n <= (int)end; n++) {
		enum sim_node at = (enum sim_node)n;
		const struct sim_filter *f;
		int l = place_link(k->link, at);
		if (!exists(k->w, at))
			continue;
		if (k->w->cut[l][at] || k->w->dead[l][at]) {
			broken(k, at);
			return;
		}
		if ((f = filter_at(k, at, true)) != NULL) {
			filtered(k, f, node_before(k->w, at));
			return;
		}
		if (flapped(k, l, at) || too_large(k, at, l) || on_dead_member(k, l, at, false) || lost(k->w, &k->w->loss_forward[l][at], k->now_s))
			return;
		leg(k, l, at);
		if (at == end) {
			arrived(k, at);
			return;
		}
		if (unforwarded(k, l, at) && k->w->drops_first)
			return;
		if (!k->w->hidden[l][at] && --ttl == 0) {
			expired(k, at);
			return;
		}
		if (unforwarded(k, l, at))
			return;
		if ((f = filter_at(k, at, false)) != NULL) {
			filtered(k, f, n);
			return;
		}
		if (at == NODE_MSEE && k->w->gateway_down)
			return;
	}
}

static void walk_control(struct walk *k)
{
	int ttl = k->s->ttl;
	for (int n = NODE_CORE1; n <= NODE_CORE2; n++) {
		enum sim_node at = (enum sim_node)n;
		if (k->w->on_edge)
			continue;
		if (k->w->cut[0][n] || on_dead_member(k, 0, at, false) || lost(k->w, &k->w->loss_forward[0][n], k->now_s))
			return;
		leg(k, 0, at);
		if (--ttl == 0) {
			expired(k, at);
			return;
		}
	}
	end_answer(k, NODE_CORE2, false);
}

/* --- which way --- */

static int find_target(const struct sim_world *w, const struct plan *p, const struct ip_addr *a, bool *control)
{
	const struct plan_circuit *c = &p->circuits[0];
	int seen = 0;
	for (size_t i = 0; i < c->target_count; i++) {
		if (ip_addr_equal(&c->targets[i].address, a)) {
			*control = c->targets[i].control;
			return c->targets[i].control || w->target_count == 0 ? 0 : seen % w->target_count;
		}
		seen += !c->targets[i].control;
	}
	return -1;
}

static bool usable(const struct sim_world *w, int l, double now_s)
{
	return l < w->link_count && ((!session_is_down(w, l, now_s) && !w->gateway_withdrawn) || w->stale_routing[l]);
}

/* Of two links that both work, the one whose paths are not made longer. */
static int undrained(const struct sim_world *w, int l, double now_s)
{
	return w->drained[l] && usable(w, 1 - l, now_s) && !w->drained[1 - l] ? 1 - l : l;
}

static int way_back(const struct walk *k)
{
	int by_flow = (int)(flow_hash(k->s, 99) & 1);
	int wanted = k->w->back == RETURN_BY_FLOW ? by_flow : k->w->back == RETURN_SAME ? k->link :
	             k->w->back == RETURN_PRIMARY ? 0 : 1;
	wanted = k->w->link_count < LINKS ? 0 : undrained(k->w, wanted, k->now_s); /* a circuit of one link has no other way back */
	bool good = usable(k->w, wanted, k->now_s) && !k->w->unadvertised[wanted];
	int other = 1 - wanted;
	return good || !usable(k->w, other, k->now_s) || k->w->unadvertised[other] ? wanted : other;
}

static void walk_nowhere(struct walk *k)
{
	enum sim_node says = k->w->no_route_at_edge ? NODE_CE : NODE_CORE2;
	if (k->w->on_edge) {
		k->out->left = false;
		k->out->no_route = true;
		return;
	}
	if (k->w->cut[0][NODE_CORE2] || k->w->cut[0][NODE_CORE1] || k->s->ttl <= (int)says || k->w->dead[0][NODE_CE]) {
		walk_chain(k, NODE_CE);
		return;
	}
	if (lost(k->w, &k->w->loss_forward[0][NODE_CORE1], k->now_s) || lost(k->w, &k->w->loss_forward[0][NODE_CORE2], k->now_s))
		return;
	k->ms = NO_ROUTE_MS;
	unreachable(k, says, false);
}

/* On the edge the kernel asks for the neighbour's address first: what it does not
 * find never leaves. */
static bool leaves(struct walk *k)
{
	bool gone = k->w->cut[k->link][NODE_MSEE] || k->w->dead[k->link][NODE_MSEE];
	if (k->w->on_edge && gone && !k->w->stale_routing[k->link])
		k->out->left = false;
	return k->out->left;
}

static void walk_neighbour(struct walk *k)
{
	if (k->w->cut[k->link][NODE_MSEE] || k->w->dead[k->link][NODE_MSEE] ||
	    lost(k->w, &k->w->loss_forward[k->link][NODE_MSEE], k->now_s))
		return;
	answer(k, NODE_MSEE, SIM_NEIGHBOUR, 0, false, k->s->dst);
}

static bool to_link_end(struct walk *k, const struct plan_circuit *c)
{
	for (int l = 0; l < k->w->link_count; l++) {
		bool edge = ip_addr_equal(&k->s->dst, &c->links[l].ce[k->fam]);
		if (!edge && !ip_addr_equal(&k->s->dst, &c->links[l].msee[k->fam]))
			continue;
		k->link = k->back_link = k->out->link = l;
		if (k->s->kind == PROBE_NEIGHBOUR)
			walk_neighbour(k);
		else if (leaves(k))
			walk_chain(k, edge ? (k->w->handoff == HANDOFF_L3 ? NODE_PE : NODE_CE) : NODE_MSEE);
		return true;
	}
	return false;
}

void world_probe(struct sim_world *w, const struct plan *p, const struct probe_spec *spec, double now_s,
                 struct sim_answer *out)
{
	memset(out, 0, sizeof *out);
	bool control = false;
	struct walk k = {.w = w, .s = spec, .fam = ip_family_index(spec->dst.family), .target = -1, .now_s = now_s, .out = out};
	out->left = true;
	if (to_link_end(&k, &p->circuits[0]))
		return;
	k.target = find_target(w, p, &spec->dst, &control);
	if (control) {
		k.target = -1;
		walk_control(&k);
		return;
	}
	int prefer = w->passive_secondary ? 0 : (int)(flow_hash(spec, 7) & 1);
	if (!usable(w, 0, now_s) && !usable(w, 1, now_s)) {
		walk_nowhere(&k);
		return;
	}
	k.link = out->link = undrained(w, usable(w, prefer, now_s) ? prefer : 1 - prefer, now_s);
	k.back_link = way_back(&k);
	if (leaves(&k))
		walk_chain(&k, NODE_END);
}
