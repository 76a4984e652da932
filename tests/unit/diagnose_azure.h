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
	}
}

#endif
