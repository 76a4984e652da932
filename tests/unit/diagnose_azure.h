/* SPDX-License-Identifier: BSD-2-Clause */
/* A healthy snapshot of Azure made by hand, and words to change it: for the tests of
 * the diagnosis. Rows stand in arrays of the struct; nothing is to be freed. */
#ifndef ERPROBE_DIAGNOSE_AZURE_H
#define ERPROBE_DIAGNOSE_AZURE_H

#include "erprobe/snapshot.h"

#include <stdio.h>
#include <string.h>

#define AZURE_ROWS 4

struct azure {
	struct az_snapshot s;
	struct az_arp_row arp[LINKS][AZURE_ROWS];
	struct az_bgp_row bgp[LINKS][AZURE_ROWS];
	struct az_connection connections[AZURE_ROWS];
	struct az_route_row routes[LINKS][AZURE_ROWS];
	struct az_gateway_route learned[AZURE_ROWS];
	struct az_failover_test tests[AZURE_ROWS];
	struct az_event events[AZURE_ROWS];
	struct az_port_link ports[AZURE_ROWS];
	struct az_metric light[AZURE_ROWS], port_state[AZURE_ROWS], drops[AZURE_ROWS], traffic[AZURE_ROWS], counts[AZURE_ROWS];
};

/* NULL makes the value absent. */
static inline void azure_text(struct az_text *t, const char *value)
{
	memset(t, 0, sizeof *t);
	t->present = value != NULL;
	if (value)
		snprintf(t->text, sizeof t->text, "%s", value);
}

static inline void azure_arp_row(struct azure *a, int link, const char *ip, const char *mac)
{
	struct az_arp_row *row = &a->arp[link][a->s.arp[link].count++];

	azure_text(&row->ip, ip);
	azure_text(&row->mac, mac);
}

static inline void azure_bgp_row(struct azure *a, int link, const char *neighbor, int64_t as, const char *state)
{
	struct az_bgp_row *row = &a->bgp[link][a->s.bgp[link].count++];

	azure_text(&row->neighbor, neighbor);
	azure_text(&row->state, state);
	row->as = (struct az_int){true, as};
}

/* On-premises and Microsoft's rows in both tables, a connected gateway, all read at `at`. */
static inline void azure_healthy(struct azure *a, struct wall_ns at)
{
	static const char *const ce[LINKS] = {"172.16.3.1", "172.16.4.1"}, *const msee[LINKS] = {"172.16.3.2", "172.16.4.2"};
	static const char *const prefix[LINKS] = {"172.16.3.0/30", "172.16.4.0/30"};

	memset(a, 0, sizeof *a);
	a->s.asked_at = a->s.done_at = at;
	a->s.finished = true;
	a->s.circuit.part.read = a->s.peering.part.read = a->s.connections.part.read = AZ_OK;
	azure_text(&a->s.circuit.circuit_state, "Enabled");
	azure_text(&a->s.circuit.provider_state, "Provisioned");
	a->s.peering.present = true;
	azure_text(&a->s.peering.state, "Enabled");
	azure_text(&a->s.peering.provisioning_state, "Succeeded");
	a->s.peering.peer_asn = (struct az_int){true, 65010};
	a->s.peering.vlan = (struct az_int){true, 100};
	a->s.connections.rows = a->connections;
	a->s.connections.count = 1;
	azure_text(&a->connections[0].status, "Connected");
	for (int l = 0; l < LINKS; l++) {
		azure_text(&a->s.peering.prefix[l], prefix[l]);
		a->s.arp[l].part.read = a->s.bgp[l].part.read = AZ_OK;
		a->s.arp[l].rows = a->arp[l];
		a->s.bgp[l].rows = a->bgp[l];
		azure_arp_row(a, l, ce[l], "02cf.2b02.c22b");
		azure_arp_row(a, l, msee[l], "02cf.2b02.c22c");
		azure_bgp_row(a, l, ce[l], 65010, "4");
		azure_bgp_row(a, l, "10.100.255.13", 65515, "2");
		a->s.routes[l].rows = a->routes[l];
	}
	a->s.gateway_learned.rows = a->learned;
	a->s.failover_tests.rows = a->tests;
	a->s.circuit_events.rows = a->events;
	a->s.port.rows = a->ports;
	a->s.port_light.rows = a->light;
	a->s.port_state.rows = a->port_state;
	a->s.drops.rows = a->drops;
	a->s.traffic.rows = a->traffic;
	a->s.gateway_counts.rows = a->counts;
}

/* What is read only where a test says so: tests, events, routes. */
static inline void azure_test_row(struct azure *a, const char *link, const char *category, const char *status)
{
	struct az_failover_test *row = &a->tests[a->s.failover_tests.count++];

	a->s.failover_tests.part.read = AZ_OK;
	azure_text(&row->link, link);
	azure_text(&row->category, category);
	azure_text(&row->status, status);
	azure_text(&row->began, "2026-09-21T14:00:00Z");
}

static inline void azure_event_row(struct azure *a, const char *kind, const char *status)
{
	struct az_event *row = &a->events[a->s.circuit_events.count++];

	a->s.circuit_events.part.read = AZ_OK;
	azure_text(&row->kind, kind);
	azure_text(&row->status, status);
	azure_text(&row->id, "QK0P-1N8");
	azure_text(&row->title, "Maintenance of your circuit");
}

static inline void azure_port_row(struct azure *a, const char *link, const char *admin)
{
	struct az_port_link *row = &a->ports[a->s.port.count++];

	a->s.port.part.read = AZ_OK;
	azure_text(&row->name, link);
	azure_text(&row->admin_state, admin);
}

static inline void azure_light_row(struct azure *a, const char *link, const char *dbm)
{
	struct az_metric *row = &a->light[a->s.port_light.count++];

	a->s.port_light.part.read = AZ_OK;
	azure_text(&row->name, "RxLightLevel");
	azure_text(&row->link, link);
	azure_text(&row->average, dbm);
}

static inline void azure_port_metric(struct azure *a, const char *name, const char *link, const char *value)
{
	struct az_metric *row = &a->port_state[a->s.port_state.count++];

	a->s.port_state.part.read = AZ_OK;
	azure_text(&row->name, name);
	azure_text(&row->link, link);
	azure_text(&row->average, value);
}

static inline void azure_drops(struct azure *a, const char *highest)
{
	a->s.drops.part.read = AZ_OK;
	azure_text(&a->drops[a->s.drops.count++].highest, highest);
}

/* Bits a second into Azure and out of it, as of the moment before world_init()'s run. */
static inline void azure_flows(struct azure *a, const char *in, const char *out)
{
	const char *const names[] = {"BitsInPerSecond", "BitsOutPerSecond"}, *const values[] = {in, out};

	a->s.traffic.part.read = AZ_OK;
	for (int i = 0; i < 2; i++) {
		struct az_metric *row = &a->traffic[a->s.traffic.count++];
		azure_text(&row->name, names[i]);
		azure_text(&row->average, values[i]);
		azure_text(&row->at, "2026-09-21T14:11:00Z");
	}
}

static inline void azure_traffic(struct azure *a, const char *highest)
{
	a->s.traffic.part.read = AZ_OK;
	azure_text(&a->traffic[a->s.traffic.count++].highest, highest);
}

static inline void azure_announced(struct azure *a, const char *highest)
{
	struct az_metric *row = &a->counts[a->s.gateway_counts.count++];

	a->s.gateway_counts.part.read = AZ_OK;
	azure_text(&row->name, "ExpressRouteGatewayCountOfRoutesAdvertisedToPeer");
	azure_text(&row->highest, highest);
}

static inline void azure_health(struct azure *a, const char *state)
{
	a->s.health.part.read = AZ_OK;
	azure_text(&a->s.health.state, state);
}

static inline void azure_route_path(struct azure *a, int link, const char *path)
{
	a->s.routes[link].part.read = AZ_OK;
	azure_text(&a->routes[link][a->s.routes[link].count++].path, path);
}

static inline void azure_learned_path(struct azure *a, const char *path)
{
	a->s.gateway_learned.part.read = AZ_OK;
	azure_text(&a->learned[a->s.gateway_learned.count++].as_path, path);
}

#endif
