/* SPDX-License-Identifier: BSD-2-Clause */
/* Breaks the world by catalogue id: the wire, and what Azure then says. */
#include "tests/sim/world.h"

#include <string.h>

#define LOSS_USUAL 0.05
#define DELAY_USUAL_MS 10.0
#define JITTER_USUAL_MS 20.0
#define SIZE_USUAL 1400
#define FLAP_USUAL_MS 1500.0

struct breaking { struct sim_world *w; const struct sim_size *size; int link; };

/* --- what Azure says, unless it has not noticed --- */

static void azure_arp(struct sim_world *w, int l, const char *mac)
{
	for (size_t i = 0; !w->azure_stale && i < w->azure.arp[l].count; i++)
		sim_text(&w->azure.arp[l].rows[i].mac, mac);
}

static void azure_neighbour(struct sim_world *w, int l, int64_t as, const char *state)
{
	for (size_t i = 0; !w->azure_stale && i < w->azure.bgp[l].count; i++)
		if (w->azure.bgp[l].rows[i].as.value == as)
			sim_text(&w->azure.bgp[l].rows[i].state, state);
}

static void azure_session(struct sim_world *w, int l, const char *state)
{
	azure_neighbour(w, l, SIM_EDGE_AS, state);
}

static void azure_failed(struct sim_world *w, struct az_part *p)
{
	if (w->azure_stale)
		return;
	p->read = AZ_FAILED;
	p->http_status = 500;
}

static void azure_says(struct sim_world *w, struct az_text *t, const char *value)
{
	if (!w->azure_stale)
		sim_text(t, value);
}

/* The MSEE's routes with this path are gone. */
static void azure_forgets(struct sim_world *w, int l, const char *path)
{
	struct az_routes *t = &w->azure.routes[l];
	size_t kept = 0;
	for (size_t i = 0; i < t->count; i++)
		if (w->azure_stale || strcmp(t->rows[i].path.text, path) != 0)
			t->rows[kept++] = t->rows[i];
	t->count = kept;
}

/* And what the gateway had from the MSEEs. */
static void azure_unlearns(struct sim_world *w)
{
	struct az_gateway_routes *t = &w->azure.gateway_learned;
	size_t kept = 0;
	for (size_t i = 0; i < t->count; i++)
		if (w->azure_stale || strcmp(t->rows[i].origin.text, "Network") == 0)
			t->rows[kept++] = t->rows[i];
	t->count = kept;
}

/* It is the gateway itself that is asked what it has learned. */
static void azure_gateway_gone(struct sim_world *w, bool answers)
{
	if (w->azure_stale)
		return;
	sim_text(&w->azure.connections.rows[0].status, "NotConnected");
	for (int k = 0; k < LINKS; k++) {
		w->azure.bgp[k].count--;
		azure_forgets(w, k, SIM_GATEWAY_PATH);
	}
	azure_unlearns(w);
	if (!answers)
		azure_failed(w, &w->azure.gateway_learned.part);
}

/* The edge's session is down: no route of ours came over it. */
static void azure_session_down(struct sim_world *w, int l, const char *state)
{
	azure_session(w, l, state);
	azure_forgets(w, l, SIM_EDGE_PATH);
	if (w->bgp_down[0] && (w->bgp_down[1] || w->link_count < LINKS))
		azure_unlearns(w);
}

static void layer2_down(struct sim_world *w, int l)
{
	w->bgp_down[l] = true;
	azure_arp(w, l, "Incomplete");
	azure_session_down(w, l, "Active");
}

/* --- soft faults --- */

static double usual(double value, double otherwise)
{
	return value > 0 ? value : otherwise;
}

static void lose(const struct breaking *b, int l, enum sim_node at)
{
	struct sim_loss loss = {.share = usual(b->size->loss, LOSS_USUAL), .burst_s = b->size->burst_s};
	if (b->size->back)
		b->w->loss_back[l][at] = loss;
	else
		b->w->loss_forward[l][at] = loss;
}

/* What both links cross before they part is one wire: place 0 stands for it. */
static bool corporate_loss(const struct breaking *b)
{
	if (b->size->variant == 2) { /* between the core and one customer edge */
		lose(b, b->link, NODE_CE);
		return true;
	}
	lose(b, 0, b->size->variant == 1 ? NODE_CORE1 : NODE_CORE2);
	return true;
}

/* Silently, or as the router before the narrow part says it. */
static void narrow(const struct breaking *b, int l, enum sim_node at, bool told)
{
	b->w->size_limit[l][at] = b->size->bytes > 0 ? b->size->bytes : SIZE_USUAL;
	b->w->size_told[l][at] = told;
	b->w->size_back_alone = b->size->back;
}

static bool corporate_narrow(const struct breaking *b)
{
	if (b->size->variant == 0) {
		narrow(b, 0, NODE_CORE2, false);
		return true;
	}
	for (int k = 0; k < LINKS; k++)
		if (b->size->variant == 1 || k == b->link)
			narrow(b, k, NODE_CE, b->size->variant == 1);
	return true;
}

static bool wan_narrow(const struct breaking *b, bool l3)
{
	bool told = l3 && b->size->variant == 1;
	narrow(b, b->link, told ? NODE_PE : NODE_MSEE, told);
	return true;
}

static void slow_down(const struct breaking *b)
{
	double ms = usual(b->size->ms, DELAY_USUAL_MS);
	for (int l = 0; l < LINKS; l++) {
		if (l != b->link && b->size->variant != 1) /* 1: both links, alike */
			continue;
		if (b->size->back)
			b->w->delay_back_ms[l][NODE_MSEE] += ms;
		else
			b->w->delay_ms[l][NODE_MSEE] += ms;
	}
}

/* Before the links part, or behind the MSEEs: one wire, which place 0 stands for. */
static bool slow_shared(const struct breaking *b, enum sim_node at)
{
	double ms = usual(b->size->ms, DELAY_USUAL_MS);
	if (b->size->back)
		b->w->delay_back_ms[0][at] += ms;
	else
		b->w->delay_ms[0][at] += ms;
	return true;
}

/* 0: each direction chooses among the two wires for itself. 1: only what goes there meets the dead one. */
static bool half_dead(const struct breaking *b, int l, enum sim_node at)
{
	b->w->partial[l][at] = true;
	b->w->partial_back[l][at] = b->size->variant == 0;
	return b->w->target_count > 0;
}

/* 0: in the run. 1: it is up now, and Azure has counted. */
static bool flap(const struct breaking *b)
{
	struct az_metrics *m = &b->w->azure.metrics;
	if (b->size->variant == 0) {
		b->w->flap_s[b->link] = usual(b->size->ms, FLAP_USUAL_MS) / 1000;
		return true;
	}
	if (b->w->azure_stale)
		return false;
	m->part.read = AZ_OK;
	m->count = 1;
	sim_text(&m->rows[0].name, "ArpAvailability");
	sim_text(&m->rows[0].peer, b->link ? "Secondary-IPv4" : "Primary-IPv4");
	sim_text(&m->rows[0].falls, "4");
	return true;
}

/* What the circuit carries is near what was bought, and Azure counts it. */
static bool policer(const struct breaking *b)
{
	struct az_snapshot *a = &b->w->azure;
	lose(b, b->link, NODE_MSEE);
	a->circuit.bandwidth_mbps = (struct az_int){true, 50};
	a->traffic.part.read = AZ_OK;
	a->traffic.count = 1;
	sim_text(&a->traffic.rows[0].name, "BitsOutPerSecond");
	sim_text(&a->traffic.rows[0].highest, b->w->azure_stale ? "1000000" : "49100000");
	return true;
}

/* --- by domain --- */

static bool filter(const struct breaking *b, enum sim_node at, int link, int target)
{
	static const struct { uint8_t kind; uint16_t port; } services[] = {
		{PROBE_TCP_SYN, 443}, {PROBE_TCP_SYN, 22}, {PROBE_ICMP_ECHO, 0}};
	int which = b->size->variant / 2 % 3;
	if (at == NODE_END && which == 2)
		which = 0; /* a target that ignores ping is no fault */
	if (b->w->filter_count == SIM_FILTERS)
		return false;
	b->w->filters[b->w->filter_count++] = (struct sim_filter){.at = at, .link = link, .target = target,
		.kind = services[which].kind, .port = services[which].port, .refuses = b->size->variant % 2 == 1,
		.before = at == NODE_MSEE};
	return true;
}

static bool corporate_cut(const struct breaking *b)
{
	struct sim_world *w = b->w;
	if (b->size->variant == 1) { /* one customer edge behind the corporate network */
		if (w->handoff != HANDOFF_L3)
			return false;
		w->dead[b->link][NODE_CE] = true;
		w->bgp_down[b->link] = true;
		return true;
	}
	w->cut[0][NODE_CORE2] = w->cut[1][NODE_CORE2] = true;
	return true;
}

/* 0: of one family (IPv6 where there is any), as a host that is told not to forward it. 1: of one family (IPv4 where there is any), by
 * a router whose own hop still answers. 2: of all there are, by such a router. 3: of all, as such a host. */
static bool edge_forwards_nothing(const struct breaking *b)
{
	struct sim_world *w = b->w;
	int kind = b->size->variant;
	for (int fam = 0; fam < FAMILIES; fam++)
		w->unforwarded[b->link][fam] = w->fam[fam] && (kind >= 2 || !w->fam[1 - fam] || fam == (kind == 0 ? FAM6 : FAM4));
	w->drops_first = kind == 0 || kind == 3;
	return w->handoff != HANDOFF_L3 && !w->on_edge;
}

static bool prefix_limit(const struct breaking *b);

static bool fault_corporate(const struct breaking *b, const char *id)
{
	struct sim_world *w = b->w;
	int l = b->link;
	bool l3 = w->handoff == HANDOFF_L3;
	if (strcmp(id, "none") == 0)
		return true;
	if (strcmp(id, "corp.path-down") == 0)
		return !w->on_edge && corporate_cut(b);
	if (strcmp(id, "corp.path-loss") == 0)
		return !w->on_edge && corporate_loss(b);
	if (strcmp(id, "corp.path-latency") == 0)
		return !w->on_edge && slow_shared(b, b->size->variant == 1 ? NODE_CORE1 : NODE_CORE2);
	if (strcmp(id, "corp.path-partial") == 0)
		return !w->on_edge && half_dead(b, 0, NODE_CORE2);
	if (strcmp(id, "corp.mtu") == 0)
		return !w->on_edge && corporate_narrow(b);
	if (strcmp(id, "corp.return-path") == 0) {
		w->way_back_lost = true;
		if (b->size->variant == 0 && !w->azure_stale)
			sim_traffic(w, "52000000", "48000000");
		return !w->on_edge && w->target_count > 1;
	}
	if (strcmp(id, "corp.acl") == 0)
		return !w->on_edge && filter(b, NODE_CORE2, -1, -1);
	if (strcmp(id, "corp.edge-forwarding") == 0)
		return edge_forwards_nothing(b);
	if (strcmp(id, "corp.edge-down") == 0 && !l3 && !w->on_edge) {
		w->dead[l][NODE_CE] = true;
		layer2_down(w, l);
		direct_cut(w, l);
	} else if (strcmp(id, "corp.edge-bgp") == 0 && !l3) {
		w->bgp_down[l] = true;
		azure_session_down(w, l, "Idle");
	} else if (strcmp(id, "corp.bgp-prefix-limit") == 0) {
		return prefix_limit(b);
	} else if (strcmp(id, "corp.no-advertisement") == 0) {
		for (int k = 0; k < LINKS; k++)
			if (k == l || b->size->variant == 1) {
				w->unadvertised[k] = true;
				azure_session(w, k, "0");
				azure_forgets(w, k, SIM_EDGE_PATH);
			}
		if (b->size->variant == 1 || w->link_count < LINKS)
			azure_unlearns(w);
	} else if (strcmp(id, "own.api") == 0) {
		w->azure_unread = true;
	} else {
		return false;
	}
	return true;
}

static bool layer2_rows(const struct breaking *b, const char *id)
{
	bool one = strcmp(id, "wan.circuit-down") == 0;
	for (int k = 0; k < LINKS; k++)
		if (!one || k == b->link) {
			b->w->cut[k][NODE_MSEE] = true;
			layer2_down(b->w, k);
			direct_cut(b->w, k);
		}
	if (strcmp(id, "wan.not-provisioned") == 0)
		azure_says(b->w, &b->w->azure.circuit.provider_state, "NotProvisioned");
	return true;
}

static bool fault_wan(const struct breaking *b, const char *id)
{
	struct sim_world *w = b->w;
	int l = b->link;
	bool l3 = w->handoff == HANDOFF_L3 && !w->on_edge;
	if (w->direct && strcmp(id, "wan.not-provisioned") == 0)
		return false; /* there is nobody who would */
	if (strcmp(id, "wan.circuit-down") == 0 || strcmp(id, "wan.both-down") == 0 || strcmp(id, "wan.not-provisioned") == 0)
		return layer2_rows(b, id);
	if (strcmp(id, "wan.vlan") == 0) { /* the other link's edge agrees with Azure */
		w->cut[l][NODE_MSEE] = true;
		layer2_down(w, l);
		w->azure.peering.vlan = (struct az_int){true, SIM_VLAN};
		w->vlan_configured[l] = SIM_VLAN + 1;
		w->vlan_configured[1 - l] = SIM_VLAN;
		return true;
	}
	if (strcmp(id, "wan.filter") == 0)
		return filter(b, NODE_MSEE, l, -1);
	if (strcmp(id, "wan.mtu") == 0)
		return wan_narrow(b, l3);
	if (strcmp(id, "wan.flap") == 0)
		return flap(b);
	if (strcmp(id, "wan.policer") == 0)
		return policer(b);
	if (strcmp(id, "wan.partial") == 0)
		return half_dead(b, l, NODE_MSEE);
	if (strcmp(id, "wan.reroute") == 0) {
		w->rerouted[l] = true;
		slow_down(b);
		return l3;
	}
	if (strcmp(id, "wan.edge-down") == 0 && l3) {
		w->dead[l][NODE_PE] = true;
		layer2_down(w, l);
	} else if (strcmp(id, "wan.edge-bgp") == 0 && l3) {
		w->bgp_down[l] = true;
		azure_session_down(w, l, "Idle");
	} else if (strcmp(id, "wan.path-down") == 0 && l3) {
		w->dead[l][NODE_P] = true;
		w->bgp_down[l] = true; /* the customer's routes are gone; PE-MSEE stands */
	} else if (strcmp(id, "wan.loss") == 0) {
		lose(b, l, l3 && b->size->variant == 1 ? NODE_P : NODE_MSEE);
	} else if (strcmp(id, "wan.latency") == 0) {
		slow_down(b);
	} else if (strcmp(id, "wan.jitter") == 0) {
		w->jitter_ms[l][NODE_MSEE] += usual(b->size->ms, JITTER_USUAL_MS);
	} else if (strcmp(id, "wan.blackhole") == 0) {
		w->cut[l][NODE_MSEE] = true;
		w->stale_routing[l] = true;
	} else {
		return false;
	}
	return true;
}

/* Microsoft's side shuts the sessions; whether its interface goes with them differs. */
static bool both_off(const struct breaking *b, struct az_text *state)
{
	for (int k = 0; k < LINKS; k++) {
		b->w->cut[k][NODE_MSEE] = b->size->variant == 0;
		b->w->bgp_down[k] = true;
		azure_session_down(b->w, k, "Idle");
		if (b->size->variant == 0)
			azure_arp(b->w, k, "Incomplete");
	}
	azure_says(b->w, state, "Disabled");
	return true;
}

static bool is_v6(const struct az_text *address)
{
	return strchr(address->text, ':') != NULL;
}

/* Azure asks for an edge that is not there, and says so; of the address that we ask its device knows nothing. */
static void other_prefix(struct sim_world *w, int l)
{
	static const char *const peer[FAMILIES] = {"172.16.9.1", "fd00:9::1"};
	if (w->fam[FAM4])
		sim_text(&w->azure.peering.prefix[l], "172.16.9.0/30");
	if (w->fam[FAM6])
		sim_text(&w->azure.peering.prefix6[l], "fd00:9::/126");
	for (size_t i = 0; i < w->azure.arp[l].count; i++) {
		struct az_arp_row *row = &w->azure.arp[l].rows[i];
		sim_text(&row->ip, peer[is_v6(&row->ip)]);
		sim_text(&row->mac, "Incomplete");
	}
	for (size_t i = 0; i < w->azure.bgp[l].count; i++) {
		struct az_bgp_row *row = &w->azure.bgp[l].rows[i];
		if (row->as.value == SIM_EDGE_AS)
			sim_text(&row->neighbor, peer[is_v6(&row->neighbor)]);
	}
	w->cut[l][NODE_MSEE] = true;
}

/* Azure's side has another /30 on one link, or another AS on both. */
static bool wrong_settings(const struct breaking *b)
{
	struct sim_world *w = b->w;
	bool as = b->size->variant == 1;
	w->asn_configured = true;
	if (as)
		w->azure.peering.peer_asn.value = SIM_EDGE_AS + 1;
	for (int k = 0; k < LINKS; k++) {
		if (k != b->link && !as)
			continue;
		w->bgp_down[k] = true;
		azure_session_down(w, k, "Idle");
		if (!as)
			other_prefix(w, k);
	}
	return true;
}

/* The gateway announces nothing, or learns nothing: its sessions stand, and the tables tell. */
static bool no_routes(const struct breaking *b)
{
	struct sim_world *w = b->w;
	w->gateway_down = true;
	w->gateway_withdrawn = w->unannounced = b->size->variant == 0;
	if (!w->unannounced) {
		azure_unlearns(w);
		return true;
	}
	for (int k = 0; k < LINKS; k++) {
		azure_forgets(w, k, SIM_GATEWAY_PATH);
		azure_neighbour(w, k, SIM_GATEWAY_AS, "0");
	}
	return true;
}

static bool gateway_down(const struct breaking *b)
{
	b->w->gateway_down = true;
	if (b->size->variant == 1) /* in its data plane alone: nobody notices but who counts */
		return true;
	b->w->gateway_withdrawn = true;
	azure_gateway_gone(b->w, false);
	return true;
}

/* --- what Azure alone can tell --- */

/* The sessions' end is one kind of test, draining the other; so with maintenance. */
static void drain(const struct breaking *b)
{
	struct az_routes *t = &b->w->azure.routes[b->link];
	b->w->drained[b->link] = true;
	for (size_t i = 0; !b->w->azure_stale && i < t->count; i++)
		if (strcmp(t->rows[i].path.text, SIM_GATEWAY_PATH) == 0)
			sim_text(&t->rows[i].path, "12076 12076 65515 I");
}

static bool port_disabled(const struct breaking *b)
{
	if (b->w->handoff == HANDOFF_L3)
		return false;
	if (!b->w->direct)
		world_direct(b->w);
	b->w->cut[b->link][NODE_MSEE] = true;
	layer2_down(b->w, b->link);
	direct_shut(b->w, b->link);
	return true;
}

static bool prefix_limit(const struct breaking *b)
{
	for (int k = 0; k < LINKS; k++) {
		if (k != b->link && b->size->variant == 0)
			continue;
		b->w->bgp_down[k] = true;
		azure_session_down(b->w, k, "Idle (PfxCt)");
	}
	return true;
}

static bool qos_drop(const struct breaking *b)
{
	struct az_metrics *m = &b->w->azure.drops;
	lose(b, 0, NODE_GW);
	if (!b->w->azure_stale)
		sim_text(&m->rows[0].highest, "52000000");
	return true;
}

static bool route_limit(const struct breaking *b)
{
	struct az_metrics *m = &b->w->azure.gateway_counts;
	b->w->gateway_down = b->w->gateway_withdrawn = true;
	azure_gateway_gone(b->w, true);
	if (!b->w->azure_stale)
		sim_text(&m->rows[0].highest, "1004");
	return true;
}

/* A Microsoft peering that has all that it needs: no gateway is behind it, and no connection. */
static void behind_microsoft_peering(struct sim_world *w)
{
	w->microsoft = true;
	for (int k = 0; k < LINKS; k++)
		w->azure.bgp[k].count -= 1;
	w->azure.connections.part.read = AZ_NOT_ASKED;
	w->azure.peering.has_route_filter = true;
}

/* Without Azure's routes there is no way to the targets, or the Internet's. */
static bool microsoft_peering(const struct breaking *b, bool validation)
{
	struct az_peering *p = &b->w->azure.peering;
	b->w->microsoft = true;
	b->w->gateway_withdrawn = true;
	for (int k = 0; k < LINKS; k++) {
		b->w->azure.bgp[k].count -= 1; /* no gateway there */
		b->w->bgp_down[k] = b->w->bgp_down[k] || validation;
		if (validation)
			azure_session_down(b->w, k, "Idle");
	}
	b->w->azure.connections.part.read = AZ_NOT_ASKED;
	p->has_route_filter = validation || b->w->azure_stale;
	if (validation)
		azure_says(b->w, &p->advertised_prefixes_state, "ValidationNeeded");
	return true;
}

static bool maintenance(const struct breaking *b)
{
	struct sim_world *w = b->w;
	if (!w->azure_stale)
		sim_event(&w->azure.circuit_events, "PlannedMaintenance");
	if (b->size->variant == 0) {
		drain(b);
		return true;
	}
	w->dead[b->link][NODE_MSEE] = true;
	w->bgp_down[b->link] = true;
	direct_msee_dead(w, b->link);
	azure_failed(w, &w->azure.arp[b->link].part);
	azure_failed(w, &w->azure.bgp[b->link].part);
	azure_failed(w, &w->azure.routes[b->link].part);
	return true;
}

static bool failover_test(const struct breaking *b)
{
	struct az_failover_tests *t = &b->w->azure.failover_tests;
	if (!b->w->azure_stale) {
		struct az_failover_test *row = &t->rows[t->count++];
		sim_text(&row->link, b->link ? "Secondary" : "Primary");
		sim_text(&row->status, "Running");
		sim_text(&row->category, b->size->variant == 0 ? "BgpDisconnect" : "ASPathPrepend");
	}
	if (b->size->variant == 1) {
		drain(b);
		return true;
	}
	b->w->bgp_down[b->link] = true;
	azure_session_down(b->w, b->link, "Idle");
	return true;
}

static bool fault_azure(const struct breaking *b, const char *id)
{
	struct sim_world *w = b->w;
	int l = b->link;
	if (strcmp(id, "azure.circuit-disabled") == 0)
		return both_off(b, &w->azure.circuit.circuit_state);
	if (strcmp(id, "azure.peering-disabled") == 0)
		return both_off(b, &w->azure.peering.state);
	if (strcmp(id, "azure.peering-config") == 0)
		return wrong_settings(b);
	if (strcmp(id, "azure.route-filter") == 0 || strcmp(id, "azure.prefix-validation") == 0)
		return microsoft_peering(b, strcmp(id, "azure.prefix-validation") == 0);
	if (strncmp(id, "azure.network-", strlen("azure.network-")) == 0) {
		behind_microsoft_peering(w);
		w->gateway_down = strcmp(id, "azure.network-down") == 0;
		if (strcmp(id, "azure.network-loss") == 0)
			lose(b, 0, NODE_GW);
		return strcmp(id, "azure.network-latency") != 0 || (w->target_count > 1 && slow_shared(b, NODE_GW));
	}
	if (strcmp(id, "azure.qos-drop") == 0)
		return qos_drop(b);
	if (strcmp(id, "azure.route-limit") == 0)
		return route_limit(b);
	if (strcmp(id, "azure.port-disabled") == 0)
		return port_disabled(b);
	if (strcmp(id, "azure.maintenance") == 0)
		return maintenance(b);
	if (strcmp(id, "azure.failover-test") == 0)
		return failover_test(b);
	if (strcmp(id, "azure.gateway-latency") == 0)
		return w->target_count > 1 && slow_shared(b, NODE_GW);
	if (strcmp(id, "azure.gateway-down") == 0)
		return gateway_down(b);
	if (strcmp(id, "azure.nsg") == 0)
		return w->target_count > 0 && filter(b, NODE_END, -1, 0);
	if (strcmp(id, "azure.msee-down") == 0) {
		w->dead[l][NODE_MSEE] = true;
		w->bgp_down[l] = true;
		direct_msee_dead(w, l);
		azure_failed(w, &w->azure.arp[l].part);
		azure_failed(w, &w->azure.bgp[l].part);
		azure_failed(w, &w->azure.routes[l].part);
	} else if (strcmp(id, "azure.gateway-loss") == 0) {
		lose(b, 0, NODE_GW);
	} else if (strcmp(id, "azure.no-routes") == 0) {
		return no_routes(b);
	} else if (strcmp(id, "azure.target-down") == 0 || strcmp(id, "azure.udr") == 0) {
		w->target_dead[b->size->variant % SIM_TARGETS] = true;
		return w->target_count > b->size->variant % SIM_TARGETS;
	} else {
		return false;
	}
	return true;
}

/* --- what Azure counts of the circuit's traffic --- */

/* Samples are some minutes old. Where Azure knows at all, a hold time has passed since it broke: seldom was all well yet. */
#define SAMPLED_BEFORE 0.15

static bool carries(const struct sim_world *w, int l, bool out)
{
	if (w->bgp_down[l] && !(w->stale_routing[l] && !out))
		return false;
	for (int n = NODE_CORE1; n <= NODE_MSEE; n++)
		if (w->cut[l][n] || w->dead[l][n])
			return false;
	if (!out && (w->unforwarded[l][FAM4] || !w->fam[FAM4]) && (w->unforwarded[l][FAM6] || !w->fam[FAM6]))
		return false;
	return !out || !w->unadvertised[l];
}

/* Where one direction is dead the other holds what is sent again and again without an answer. */
static void azure_counts(struct sim_world *w)
{
	struct sim_rng apart = {.s = w->rng.s ^ 0x9E3779B97F4A7C15ULL}; /* the trial's own numbers are left as they are */
	bool in = false, out = false;
	sim_uniform(&apart);
	if (w->azure_stale || w->microsoft || w->azure.traffic.count != 2 || sim_uniform(&apart) < SAMPLED_BEFORE)
		return;
	for (int l = 0; l < w->link_count; l++) {
		in = in || (carries(w, l, false) && !w->gateway_withdrawn);
		out = out || (carries(w, l, true) && (!w->gateway_down || w->unannounced));
	}
	if (!in || !out)
		sim_traffic(w, in ? "31000000" : "180", out ? "40000" : "120");
}

bool world_fault(struct sim_world *w, const char *id, int link, const struct sim_size *size)
{
	static const struct sim_size as_usual = {0};
	struct breaking b = {w, size ? size : &as_usual, link};
	if (!fault_corporate(&b, id) && !fault_wan(&b, id) && !fault_azure(&b, id))
		return false;
	azure_counts(w);
	return true;
}
