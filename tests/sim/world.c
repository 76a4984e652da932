/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sim/world.h"
#include "analysis/path/identity.h"
#include "analysis/value/strbuf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ICMP_SYN_ACK 255
#define ICMP_RST 254

/* xorshift64*: a test world needs repeatable, not secret, numbers. */
double sim_uniform(struct sim_rng *r)
{
	r->s ^= r->s >> 12;
	r->s ^= r->s << 25;
	r->s ^= r->s >> 27;
	return (double)((r->s * 2685821657736338717ULL) >> 11) / 9007199254740992.0;
}

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;
	if (!ip_addr_parse(text, &a)) {
		fprintf(stderr, "sim: bad address %s\n", text);
		exit(2);
	}
	return a;
}

/* Address by which a node shows itself when a probe expires there. */
static struct ip_addr node_address(const struct sim_world *w, int fam, int link, enum sim_node n)
{
	static const char *const v4[LINKS][NODES] = {
		{"10.10.1.1", "10.10.2.2", "10.10.3.1", "172.16.1.1", "172.16.1.5", "172.16.3.2", "10.100.0.1", ""},
		{"10.10.1.1", "10.10.2.2", "10.10.4.1", "172.16.1.9", "172.16.1.13", "172.16.4.2", "10.100.0.1", ""}};
	static const char *const v6[LINKS][NODES] = {
		{"fd10:10:1::1", "fd10:10:2::2", "fd10:10:3::1", "fd16:1::1", "fd16:1::5", "fd00:3::2", "fd10:100::1", ""},
		{"fd10:10:1::1", "fd10:10:2::2", "fd10:10:4::1", "fd16:1::9", "fd16:1::13", "fd00:4::2", "fd10:100::1", ""}};
	(void)w;
	return addr(fam == FAM4 ? v4[link][n] : v6[link][n]);
}

static void text(struct az_text *t, const char *value)
{
	t->present = true;
	text_safe(t->text, sizeof t->text, value);
}

static void good(struct az_part *p, const char *operation)
{
	p->read = AZ_OK;
	p->http_status = 200;
	text_safe(p->operation, sizeof p->operation, operation);
}

static void azure_tables(struct sim_world *w, int l)
{
	static const char *const ce[LINKS][FAMILIES] = {{"172.16.3.1", "fd00:3::1"}, {"172.16.4.1", "fd00:4::1"}};
	struct az_arp *arp = &w->azure.arp[l];
	good(&arp->part, "arpTables");
	arp->rows = calloc(4, sizeof *arp->rows);
	struct az_bgp *bgp = &w->azure.bgp[l];
	good(&bgp->part, "routeTablesSummary");
	bgp->rows = calloc(4, sizeof *bgp->rows);
	for (int fam = 0; fam < FAMILIES; fam++) {
		if (!w->fam[fam])
			continue;
		struct az_arp_row *a = &arp->rows[arp->count++];
		text(&a->interface, "On-Prem");
		text(&a->ip, ce[l][fam]);
		text(&a->mac, "02cf.2b02.c22b");
		struct az_bgp_row *b = &bgp->rows[bgp->count++];
		text(&b->neighbor, ce[l][fam]);
		text(&b->state, "4");
		b->as = (struct az_int){true, 65010};
	}
	struct az_bgp_row *g = &bgp->rows[bgp->count++];
	text(&g->neighbor, "10.100.255.13");
	text(&g->state, "2");
	g->as = (struct az_int){true, 65515};
}

static void azure_init(struct sim_world *w)
{
	struct az_snapshot *s = &w->azure;
	s->finished = true;
	good(&s->circuit.part, "circuit");
	text(&s->circuit.circuit_state, "Enabled");
	text(&s->circuit.provider_state, "Provisioned");
	good(&s->peering.part, "peering");
	s->peering.present = true;
	text(&s->peering.state, "Enabled");
	text(&s->peering.provisioning_state, "Succeeded");
	good(&s->connections.part, "connections");
	s->connections.rows = calloc(1, sizeof *s->connections.rows);
	s->connections.count = 1;
	text(&s->connections.rows[0].status, "Connected");
	azure_tables(w, 0);
	azure_tables(w, 1);
}

void world_init(struct sim_world *w, enum handoff handoff, bool v4, bool v6, uint64_t seed)
{
	memset(w, 0, sizeof *w);
	w->handoff = handoff;
	w->fam[FAM4] = v4;
	w->fam[FAM6] = v6;
	w->acl_target = -1;
	w->rng.s = seed * 0x9E3779B97F4A7C15ULL + 1;
	for (int l = 0; l < LINKS; l++)
		for (int n = 0; n < NODES; n++) {
			w->manners[l][n].answers = n == NODE_GW ? 0 : 1;
			w->delay_ms[l][n] = n == NODE_MSEE ? 1.5 : 0.15;
			w->jitter_ms[l][n] = 0.05;
		}
	azure_init(w);
}

void world_free(struct sim_world *w)
{
	az_snapshot_free(&w->azure);
}

/* --- faults --- */

static void azure_arp(struct sim_world *w, int l, const char *mac)
{
	for (size_t i = 0; i < w->azure.arp[l].count; i++)
		text(&w->azure.arp[l].rows[i].mac, mac);
}

static void azure_session(struct sim_world *w, int l, const char *state)
{
	for (size_t i = 0; i < w->azure.bgp[l].count; i++)
		if (w->azure.bgp[l].rows[i].as.value == 65010)
			text(&w->azure.bgp[l].rows[i].state, state);
}

static void azure_failed(struct az_part *p)
{
	p->read = AZ_FAILED;
	p->http_status = 500;
}

static void layer2_down(struct sim_world *w, int l)
{
	w->bgp_down[l] = true;
	azure_arp(w, l, "Incomplete");
	azure_session(w, l, "Active");
}

static bool fault_corporate(struct sim_world *w, const char *id, int l)
{
	if (strcmp(id, "corp.path-down") == 0) {
		w->cut[0][NODE_CORE2] = w->cut[1][NODE_CORE2] = true;
	} else if (strcmp(id, "corp.path-loss") == 0) {
		w->loss_forward[0][NODE_CORE2] = w->loss_forward[1][NODE_CORE2] = 0.05;
	} else if (strcmp(id, "corp.acl") == 0) {
		w->acl = true;
		w->acl_at = NODE_CORE2;
		w->acl_kind = PROBE_TCP_SYN;
		w->acl_port = 443;
	} else if (strcmp(id, "corp.edge-down") == 0 && w->handoff != HANDOFF_L3) {
		w->dead[l][NODE_CE] = true;
		layer2_down(w, l);
	} else if (strcmp(id, "corp.edge-bgp") == 0 && w->handoff != HANDOFF_L3) {
		w->bgp_down[l] = true;
		azure_session(w, l, "Idle");
	} else if (strcmp(id, "own.api") == 0) {
		w->azure_unread = true;
	} else {
		return strcmp(id, "none") == 0;
	}
	return true;
}

static bool fault_wan(struct sim_world *w, const char *id, int l)
{
	bool l3 = w->handoff == HANDOFF_L3;
	if (strcmp(id, "wan.circuit-down") == 0 || strcmp(id, "wan.both-down") == 0 || strcmp(id, "wan.not-provisioned") == 0) {
		bool both = strcmp(id, "wan.circuit-down") != 0;
		for (int k = 0; k < LINKS; k++)
			if (both || k == l) {
				w->cut[k][NODE_MSEE] = true;
				layer2_down(w, k);
			}
		if (strcmp(id, "wan.not-provisioned") == 0)
			text(&w->azure.circuit.provider_state, "NotProvisioned");
	} else if (strcmp(id, "wan.edge-down") == 0 && l3) {
		w->dead[l][NODE_PE] = true;
		layer2_down(w, l);
	} else if (strcmp(id, "wan.edge-bgp") == 0 && l3) {
		w->bgp_down[l] = true;
		azure_session(w, l, "Idle");
	} else if (strcmp(id, "wan.path-down") == 0 && l3) {
		w->dead[l][NODE_P] = true;
		w->bgp_down[l] = true; /* the customer's routes are gone; PE-MSEE stands */
	} else if (strcmp(id, "wan.loss") == 0) {
		w->loss_forward[l][NODE_MSEE] = 0.05;
	} else if (strcmp(id, "wan.latency") == 0) {
		w->delay_ms[l][NODE_MSEE] += 10;
	} else if (strcmp(id, "wan.blackhole") == 0) {
		w->cut[l][NODE_MSEE] = true;
		w->stale_routing[l] = true;
	} else {
		return false;
	}
	return true;
}

static bool fault_azure(struct sim_world *w, const char *id, int l)
{
	if (strcmp(id, "azure.circuit-disabled") == 0 || strcmp(id, "azure.peering-disabled") == 0) {
		for (int k = 0; k < LINKS; k++) {
			w->cut[k][NODE_MSEE] = true;
			layer2_down(w, k);
		}
		if (strcmp(id, "azure.circuit-disabled") == 0)
			text(&w->azure.circuit.circuit_state, "Disabled");
		else
			text(&w->azure.peering.state, "Disabled");
	} else if (strcmp(id, "azure.msee-down") == 0) {
		w->dead[l][NODE_MSEE] = true;
		w->bgp_down[l] = true;
		azure_failed(&w->azure.arp[l].part);
		azure_failed(&w->azure.bgp[l].part);
	} else if (strcmp(id, "azure.gateway-down") == 0) {
		w->gateway_down = w->gateway_withdrawn = true;
		text(&w->azure.connections.rows[0].status, "NotConnected");
		for (int k = 0; k < LINKS; k++)
			w->azure.bgp[k].count--;
	} else if (strcmp(id, "azure.nsg") == 0) {
		w->acl = true;
		w->acl_at = NODE_END;
		w->acl_kind = PROBE_TCP_SYN;
		w->acl_port = 443;
		w->acl_target = 0;
	} else if (strcmp(id, "azure.target-down") == 0) {
		w->target_dead[0] = true;
	} else {
		return false;
	}
	return true;
}

bool world_fault(struct sim_world *w, const char *id, int link)
{
	return fault_corporate(w, id, link) || fault_wan(w, id, link) || fault_azure(w, id, link);
}

/* --- what becomes of a probe --- */

static uint64_t mix(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	return h;
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

struct walk {
	struct sim_world *w;
	const struct probe_spec *s;
	int fam, link, back_link;
	double now_s, ms;
	struct sim_answer *out;
};

static bool usable(const struct sim_world *w, int l)
{
	return (!w->bgp_down[l] && !w->gateway_withdrawn) || w->stale_routing[l];
}

static void leg(struct walk *k, int link, enum sim_node n)
{
	double jitter = -k->w->jitter_ms[link][n] * log(1 - sim_uniform(&k->w->rng));
	k->ms += k->w->delay_ms[link][n] + jitter;
}

/* The way back: the same nodes in the other direction, over back_link from the MSEE on. */
static bool comes_back(struct walk *k, enum sim_node from, int link)
{
	for (int n = from; n >= 0; n--) {
		enum sim_node at = (enum sim_node)n;
		if (k->w->handoff != HANDOFF_L3 && (at == NODE_P || at == NODE_PE))
			continue;
		if (k->w->cut[link][at] || (n < (int)from && k->w->dead[link][at]))
			return false;
		if (sim_uniform(&k->w->rng) < k->w->loss_back[link][at])
			return false;
		leg(k, link, at);
	}
	return true;
}

static bool mannered(struct walk *k, int link, enum sim_node n)
{
	struct sim_manners *m = &k->w->manners[link][n];
	if (sim_uniform(&k->w->rng) >= m->answers)
		return false;
	if (m->per_second > 0) {
		m->tokens += (k->now_s - m->filled_at) * m->per_second;
		m->filled_at = k->now_s;
		if (m->tokens > 6)
			m->tokens = 6;
		if (m->tokens < 1)
			return false;
		m->tokens -= 1;
	}
	k->ms += m->slow_ms;
	return true;
}

/* An MSEE or what lies behind it needs BGP to find us; nearer nodes do not. */
static void answer(struct walk *k, enum sim_node n, uint8_t type, uint8_t code, bool error, struct ip_addr from)
{
	int link = n > NODE_MSEE ? k->back_link : k->link;
	if (n >= NODE_MSEE && k->w->bgp_down[link] && !k->w->stale_routing[link])
		return;
	if (!mannered(k, k->link, n) || !comes_back(k, n, link))
		return;
	*k->out = (struct sim_answer){.answered = true, .rtt_ms = k->ms, .from = from, .type = type, .code = code,
	                              .is_error = error, .reply_ttl = (uint8_t)(64 - n)};
}

static void unreachable(struct walk *k, enum sim_node at, bool host)
{
	bool v6 = k->fam == FAM6;
	answer(k, at, v6 ? 1 : 3, host ? (v6 ? 3 : 1) : 0, true, node_address(k->w, k->fam, k->link, at));
}

static void end_answer(struct walk *k, enum sim_node n)
{
	bool v6 = k->fam == FAM6;
	if (k->s->kind == PROBE_TCP_SYN)
		answer(k, n, k->s->dst_port == 179 ? ICMP_RST : ICMP_SYN_ACK, 0, false, k->s->dst);
	else
		answer(k, n, v6 ? 129 : 0, 0, false, k->s->dst);
}

static bool is_acl(const struct walk *k, enum sim_node at, int target)
{
	return k->w->acl && k->w->acl_at == at && k->s->kind == k->w->acl_kind &&
	       (k->w->acl_port == 0 || k->w->acl_port == k->s->dst_port) &&
	       (k->w->acl_target < 0 || k->w->acl_target == target);
}

/* Walks the chain up to `end`; answers on the way or at the end. */
static void walk_chain(struct walk *k, enum sim_node end, int target)
{
	int ttl = k->s->ttl;
	for (int n = 0; n <= (int)end; n++) {
		enum sim_node at = (enum sim_node)n;
		if (k->w->handoff != HANDOFF_L3 && (at == NODE_P || at == NODE_PE))
			continue;
		if (k->w->cut[k->link][at] || k->w->dead[k->link][at]) {
			/* the router before it notices; a corporate cut stays silent */
			int before = n - 1;
			while (k->w->handoff != HANDOFF_L3 && (before == NODE_P || before == NODE_PE))
				before--;
			if (before >= 0 && at >= NODE_CE && !k->w->stale_routing[k->link])
				unreachable(k, (enum sim_node)before, true);
			return;
		}
		if (sim_uniform(&k->w->rng) < k->w->loss_forward[k->link][at])
			return;
		leg(k, k->link, at);
		if (at == end) {
			if (target >= 0 && (k->w->target_dead[target] || is_acl(k, NODE_END, target)))
				return;
			end_answer(k, at);
			return;
		}
		if (--ttl == 0) {
			answer(k, at, k->fam == FAM6 ? 3 : 11, 0, true, node_address(k->w, k->fam, k->link, at));
			return;
		}
		if (is_acl(k, at, target))
			return;
		if (at == NODE_MSEE && k->w->gateway_down)
			return;
	}
}

static int find_target(const struct plan *p, const struct ip_addr *a, bool *control)
{
	const struct plan_circuit *c = &p->circuits[0];
	int seen = 0;
	for (size_t i = 0; i < c->target_count; i++) {
		if (ip_addr_equal(&c->targets[i].address, a)) {
			*control = c->targets[i].control;
			return c->targets[i].control ? 0 : seen % 2;
		}
		seen += !c->targets[i].control;
	}
	return -1;
}

static void walk_control(struct walk *k)
{
	int ttl = k->s->ttl;
	for (int n = NODE_CORE1; n <= NODE_CORE2; n++) {
		if (k->w->cut[0][n] || sim_uniform(&k->w->rng) < k->w->loss_forward[0][n])
			return;
		leg(k, 0, (enum sim_node)n);
		if (--ttl == 0) {
			answer(k, (enum sim_node)n, k->fam == FAM6 ? 3 : 11, 0, true, node_address(k->w, k->fam, 0, (enum sim_node)n));
			return;
		}
	}
	end_answer(k, NODE_CORE2);
}

void world_probe(struct sim_world *w, const struct plan *p, const struct probe_spec *spec, double now_s,
                 struct sim_answer *out)
{
	memset(out, 0, sizeof *out);
	bool control = false;
	struct walk k = {.w = w, .s = spec, .fam = ip_family_index(spec->dst.family), .now_s = now_s, .out = out};
	const struct plan_circuit *c = &p->circuits[0];
	for (int l = 0; l < LINKS; l++) {
		bool edge = ip_addr_equal(&spec->dst, &c->links[l].ce[k.fam]), msee = ip_addr_equal(&spec->dst, &c->links[l].msee[k.fam]);
		if (!edge && !msee)
			continue;
		k.link = k.back_link = l;
		walk_chain(&k, msee ? NODE_MSEE : w->handoff == HANDOFF_L3 ? NODE_PE : NODE_CE, -1);
		return;
	}
	int target = find_target(p, &spec->dst, &control);
	if (control) {
		walk_control(&k);
		return;
	}
	bool up[LINKS] = {usable(w, 0), usable(w, 1)};
	int prefer = w->passive_secondary ? 0 : (int)(flow_hash(spec, 7) & 1), back = (int)(flow_hash(spec, 99) & 1);
	if (!up[0] && !up[1]) {
		k.link = 0;
		int ttl = spec->ttl;
		if (w->cut[0][NODE_CORE2])
			walk_chain(&k, NODE_END, target);
		else if (ttl <= 1)
			walk_chain(&k, NODE_END, target);
		else {
			k.ms = 0.6;
			unreachable(&k, NODE_CORE2, false);
		}
		return;
	}
	k.link = up[prefer] ? prefer : 1 - prefer;
	k.back_link = up[back] ? back : 1 - back;
	walk_chain(&k, NODE_END, target);
}
