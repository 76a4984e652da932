/* SPDX-License-Identifier: BSD-2-Clause */
/* The healthy world, and what Azure says of it. */
#include "tests/sim/world.h"
#include "analysis/value/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const sim_ce[LINKS][FAMILIES] = {{"172.16.3.1", "fd00:3::1"}, {"172.16.4.1", "fd00:4::1"}};
const char *const sim_msee[LINKS][FAMILIES] = {{"172.16.3.2", "fd00:3::2"}, {"172.16.4.2", "fd00:4::2"}};

/* xorshift64*: a test world needs repeatable, not secret, numbers. */
double sim_uniform(struct sim_rng *r)
{
	r->s ^= r->s >> 12;
	r->s ^= r->s << 25;
	r->s ^= r->s >> 27;
	return (double)((r->s * 2685821657736338717ULL) >> 11) / 9007199254740992.0;
}

double sim_between(struct sim_rng *r, double low, double high)
{
	return low + (high - low) * sim_uniform(r);
}

struct ip_addr sim_addr(const char *text)
{
	struct ip_addr a = ip_addr_none();
	if (text[0] != '\0' && !ip_addr_parse(text, &a)) {
		fprintf(stderr, "sim: bad address %s\n", text);
		exit(2);
	}
	return a;
}

void sim_text(struct az_text *t, const char *value)
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

static void *rows(size_t count, size_t size)
{
	void *p = calloc(count, size);
	if (!p) {
		fprintf(stderr, "sim: out of memory\n");
		exit(2);
	}
	return p;
}

static void azure_tables(struct sim_world *w, int l)
{
	struct az_arp *arp = &w->azure.arp[l];
	struct az_bgp *bgp = &w->azure.bgp[l];
	good(&arp->part, "arpTables");
	good(&bgp->part, "routeTablesSummary");
	arp->rows = rows(4, sizeof *arp->rows);
	bgp->rows = rows(4, sizeof *bgp->rows);
	for (int fam = 0; fam < FAMILIES; fam++) {
		if (!w->fam[fam])
			continue;
		struct az_arp_row *a = &arp->rows[arp->count++];
		sim_text(&a->interface, "On-Prem");
		sim_text(&a->ip, sim_ce[l][fam]);
		sim_text(&a->mac, "02cf.2b02.c22b");
		struct az_bgp_row *b = &bgp->rows[bgp->count++];
		sim_text(&b->neighbor, sim_ce[l][fam]);
		sim_text(&b->state, "4");
		b->as = (struct az_int){true, SIM_EDGE_AS};
	}
	struct az_bgp_row *g = &bgp->rows[bgp->count++];
	sim_text(&g->neighbor, "10.100.255.13");
	sim_text(&g->state, "2");
	g->as = (struct az_int){true, SIM_GATEWAY_AS};
}

#define MORE_ROWS 4
#define ROUTE_ROWS 16
#define ANNOUNCED 2 /* by the customer: his own networks, and those between edge and MSEE, which probes of an edge come from */

static void route(struct az_routes *t, const char *network, const char *next_hop, const char *path)
{
	struct az_route_row *r = &t->rows[t->count++];
	sim_text(&r->network, network);
	sim_text(&r->next_hop, next_hop);
	sim_text(&r->path, path);
}

static void learned(struct az_gateway_routes *t, const char *network, const char *origin, const char *as_path)
{
	struct az_gateway_route *r = &t->rows[t->count++];
	sim_text(&r->network, network);
	sim_text(&r->origin, origin);
	sim_text(&r->as_path, as_path);
}

/* The MSEEs have the routes of both sides, the gateway its own and what the MSEEs pass on. */
static void azure_routes(struct sim_world *w)
{
	static const char *const ours[FAMILIES][ANNOUNCED] = {{"10.10.0.0/16", "172.16.0.0/16"}, {"fd10:10::/32", "fd00::/16"}};
	static const char *const vnet[FAMILIES] = {"10.101.0.0/16", "fd10:101::/32"};
	struct az_snapshot *s = &w->azure;
	good(&s->gateway_learned.part, "getLearnedRoutes");
	s->gateway_learned.rows = rows(ROUTE_ROWS, sizeof *s->gateway_learned.rows);
	for (int l = 0; l < LINKS; l++) {
		good(&s->routes[l].part, "routeTables");
		s->routes[l].rows = rows(ROUTE_ROWS, sizeof *s->routes[l].rows);
	}
	for (int fam = 0; fam < FAMILIES; fam++) {
		if (!w->fam[fam])
			continue;
		learned(&s->gateway_learned, vnet[fam], "Network", "");
		for (int l = 0; l < LINKS; l++) {
			for (int i = 0; i < ANNOUNCED; i++) {
				route(&s->routes[l], ours[fam][i], sim_ce[l][fam], SIM_EDGE_PATH);
				learned(&s->gateway_learned, ours[fam][i], "EBgp", "12076-65010");
			}
			route(&s->routes[l], vnet[fam], "10.100.255.13*", SIM_GATEWAY_PATH);
		}
	}
}

/* Into Azure and out of it, as of a moment ago. */
void sim_traffic(struct sim_world *w, const char *in, const char *out)
{
	struct az_metrics *t = &w->azure.traffic;
	const char *const names[] = {"BitsInPerSecond", "BitsOutPerSecond"}, *const values[] = {in, out};
	t->part.read = AZ_OK;
	t->count = 2;
	for (size_t i = 0; i < t->count; i++) {
		sim_text(&t->rows[i].name, names[i]);
		sim_text(&t->rows[i].average, values[i]);
		sim_text(&t->rows[i].highest, values[i]);
		sim_text(&t->rows[i].at, SIM_SAMPLED);
	}
}

/* What is mostly read, and mostly empty. */
static void azure_more(struct az_snapshot *s)
{
	good(&s->failover_tests.part, "getCircuitLinkFailoverAllTestsDetails");
	good(&s->circuit_events.part, "events");
	s->failover_tests.rows = rows(MORE_ROWS, sizeof *s->failover_tests.rows);
	s->circuit_events.rows = rows(MORE_ROWS, sizeof *s->circuit_events.rows);
	s->port.rows = rows(MORE_ROWS, sizeof *s->port.rows); /* not read: a provider's circuit */
	s->port_state.rows = rows(MORE_ROWS, sizeof *s->port_state.rows);
	s->port_light.rows = rows(MORE_ROWS, sizeof *s->port_light.rows);
	good(&s->drops.part, "metrics");
	s->metrics.rows = rows(MORE_ROWS, sizeof *s->metrics.rows);
	s->traffic.rows = rows(MORE_ROWS, sizeof *s->traffic.rows);
	good(&s->gateway_counts.part, "metrics");
	s->drops.rows = rows(MORE_ROWS, sizeof *s->drops.rows);
	s->gateway_counts.rows = rows(MORE_ROWS, sizeof *s->gateway_counts.rows);
	s->drops.count = s->gateway_counts.count = 1;
	sim_text(&s->drops.rows[0].highest, "0");
	sim_text(&s->gateway_counts.rows[0].name, "ExpressRouteGatewayCountOfRoutesAdvertisedToPeer");
	sim_text(&s->gateway_counts.rows[0].highest, "12");
	good(&s->health.part, "availabilityStatuses");
	sim_text(&s->health.state, "Available");
}

static void azure_init(struct sim_world *w)
{
	struct az_snapshot *s = &w->azure;
	s->finished = true;
	good(&s->circuit.part, "circuit");
	sim_text(&s->circuit.circuit_state, "Enabled");
	sim_text(&s->circuit.provider_state, "Provisioned");
	good(&s->peering.part, "peering");
	s->peering.present = true;
	sim_text(&s->peering.state, "Enabled");
	sim_text(&s->peering.provisioning_state, "Succeeded");
	s->peering.peer_asn = (struct az_int){true, SIM_EDGE_AS};
	for (int l = 0; l < LINKS; l++) {
		if (w->fam[FAM4])
			sim_text(&s->peering.prefix[l], l ? "172.16.4.0/30" : "172.16.3.0/30");
		if (w->fam[FAM6])
			sim_text(&s->peering.prefix6[l], l ? "fd00:4::/126" : "fd00:3::/126");
	}
	good(&s->connections.part, "connections");
	s->connections.rows = rows(1, sizeof *s->connections.rows);
	s->connections.count = 1;
	sim_text(&s->connections.rows[0].status, "Connected");
	azure_tables(w, 0);
	azure_tables(w, 1);
	azure_more(s);
	azure_routes(w);
	sim_traffic(w, "52000000", "48000000");
}

/* splitmix64: neighbouring seeds must not make neighbouring worlds. */
static uint64_t spread_seed(uint64_t z)
{
	z += 0x9E3779B97F4A7C15ULL;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
	z ^= z >> 31;
	return z ? z : 1;
}

void world_init(struct sim_world *w, enum handoff handoff, bool v4, bool v6, uint64_t seed)
{
	memset(w, 0, sizeof *w);
	w->handoff = handoff;
	w->fam[FAM4] = v4;
	w->fam[FAM6] = v6;
	w->link_count = LINKS;
	w->target_count = SIM_TARGETS;
	w->rng.s = spread_seed(seed);
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

/* --- what Azure says wrongly --- */

static void fail_part(struct az_part *p)
{
	p->read = AZ_FAILED;
	p->http_status = 500;
}

void sim_event(struct az_events *list, const char *kind)
{
	struct az_event *e = &list->rows[list->count++];
	sim_text(&e->kind, kind);
	sim_text(&e->id, "QK0P-1N8");
	sim_text(&e->status, "Active");
}

static void set_sessions(struct az_bgp *t, const char *state)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].as.value == SIM_EDGE_AS)
			sim_text(&t->rows[i].state, state);
}

#define QUIRKS 13

/* What is odd, or sounds bad, and is seen on circuits that are well. */
static void quirk(struct sim_world *w, int l, int which)
{
	struct az_snapshot *s = &w->azure;
	switch (which) {
	case 0: s->arp[l].count = 0; break;
	case 1: s->bgp[l].count = 0; break;
	case 2: s->connections.rows[0].status.present = false; break;
	case 3: fail_part(&s->arp[l].part); break;
	case 4: s->circuit.provider_state.present = false; break; /* ExpressRoute Direct */
	case 5: sim_event(&s->circuit_events, w->rng.s & 1 ? "PlannedMaintenance" : "ServiceIssue"); break;
	case 6: sim_text(&s->health.state, "Degraded"); break;
	case 7: sim_text(&s->drops.rows[0].highest, "1200000"); break;
	case 8: sim_text(&s->gateway_counts.rows[0].highest, "1000"); break;
	case 9: /* a test that does nothing (yet) */
		sim_text(&s->failover_tests.rows[0].link, l ? "Secondary" : "Primary");
		sim_text(&s->failover_tests.rows[0].status, "Starting");
		s->failover_tests.count = 1;
		break;
	case 10: s->bgp[0].count = s->bgp[1].count = 0; break;
	case 11: s->routes[l].count = 0; break;
	default: s->gateway_learned.count = 0; break;
	}
}

static void untruth(struct sim_world *w, int l, int which)
{
	struct az_snapshot *s = &w->azure;
	switch (which) {
	case 0:
		for (size_t i = 0; i < s->arp[l].count; i++)
			sim_text(&s->arp[l].rows[i].mac, "Incomplete");
		break;
	case 1: set_sessions(&s->bgp[l], "Active"); break;
	case 2: sim_text(&s->connections.rows[0].status, "NotConnected"); break;
	case 3: set_sessions(&s->bgp[l], "0"); break;
	default:
		for (int k = 0; k < LINKS; k++)
			for (size_t i = 0; i < s->bgp[k].count; i++)
				if (s->bgp[k].rows[i].as.value == SIM_GATEWAY_AS)
					sim_text(&s->bgp[k].rows[i].state, "Idle");
		break;
	}
}

void world_azure_odd(struct sim_world *w, bool is_quirk, struct sim_rng *r)
{
	int l = sim_uniform(r) < 0.5 ? 0 : 1;
	if (is_quirk)
		quirk(w, l, (int)(QUIRKS * sim_uniform(r)));
	else
		untruth(w, l, (int)(5 * sim_uniform(r)));
}

void world_azure_partly(struct sim_world *w, double share, struct sim_rng *r)
{
	struct az_part *parts[] = {&w->azure.circuit.part, &w->azure.peering.part, &w->azure.connections.part,
		&w->azure.arp[0].part, &w->azure.arp[1].part, &w->azure.bgp[0].part, &w->azure.bgp[1].part,
		&w->azure.routes[0].part, &w->azure.routes[1].part, &w->azure.gateway_learned.part, &w->azure.traffic.part};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (sim_uniform(r) < share && (i != 1 || w->azure.circuit.part.read == AZ_FAILED)) /* the circuit's own answer holds its peerings */
			fail_part(parts[i]);
	struct az_part *ports[] = {&w->azure.port.part, &w->azure.port_state.part, &w->azure.port_light.part};
	for (size_t i = 0; w->direct && i < sizeof ports / sizeof ports[0]; i++)
		if (sim_uniform(r) < share || w->azure.circuit.part.read == AZ_FAILED) /* the circuit names its port */
			fail_part(ports[i]);
}
