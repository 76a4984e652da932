/* SPDX-License-Identifier: BSD-2-Clause */
/* The operations of Azure that erprobe calls. */
#include "probe/azure/ops.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* One pin for all: the version that Azure's own command line uses for the tables. Their
 * shapes have not changed from 2024-01-01 to 2025-07-01. */
#define NETWORK_API "2023-09-01"

#define HEALTH_API "2024-02-01"
/* The last hour, each minute; one series a peering and path ('*' splits by the dimension). */
#define METRICS_API                                                                                  \
	"2018-01-01&metricnames=ArpAvailability,BgpAvailability&interval=PT1M&aggregation=Average"   \
	"&$filter=PeeringType%20eq%20%27%2A%27%20and%20Peer%20eq%20%27%2A%27&top=64"

#define PART(member) offsetof(struct az_snapshot, member.part)
#define TABLE(path, side) "/" path "/" side

const struct op_row ops_table[OPS] = {
	[OP_CIRCUIT] = {"circuit", BASE_CIRCUIT, false, "", NETWORK_API, LINK_NULL, answer_circuit, PART(circuit)},
	[OP_PEERING] = {"peerings/", BASE_PEERING, false, "", NETWORK_API, LINK_NULL, answer_peering, PART(peering)},
	[OP_PEERINGS] = {"peerings", BASE_CIRCUIT, false, "/peerings", NETWORK_API, LINK_NULL, answer_peerings,
	                 PART(peering)},
	[OP_CIRCUIT_STATS] = {"stats", BASE_CIRCUIT, false, "/stats", NETWORK_API, LINK_NULL, answer_circuit_stats,
	                      PART(circuit_stats)},
	[OP_PEERING_STATS] = {"peerings/stats", BASE_PEERING, false, "/stats", NETWORK_API, LINK_NULL,
	                      answer_peering_stats, PART(peering_stats)},
	[OP_ARP_PRIMARY] = {"arpTables/primary", BASE_PEERING, true, TABLE("arpTables", "primary"), NETWORK_API,
	                    LINK_PRIMARY, answer_arp, PART(arp[LINK_PRIMARY])},
	[OP_ARP_SECONDARY] = {"arpTables/secondary", BASE_PEERING, true, TABLE("arpTables", "secondary"), NETWORK_API,
	                      LINK_SECONDARY, answer_arp, PART(arp[LINK_SECONDARY])},
	[OP_BGP_PRIMARY] = {"routeTablesSummary/primary", BASE_PEERING, true, TABLE("routeTablesSummary", "primary"),
	                    NETWORK_API, LINK_PRIMARY, answer_bgp, PART(bgp[LINK_PRIMARY])},
	[OP_BGP_SECONDARY] = {"routeTablesSummary/secondary", BASE_PEERING, true,
	                      TABLE("routeTablesSummary", "secondary"), NETWORK_API, LINK_SECONDARY, answer_bgp,
	                      PART(bgp[LINK_SECONDARY])},
	[OP_ROUTES_PRIMARY] = {"routeTables/primary", BASE_PEERING, true, TABLE("routeTables", "primary"), NETWORK_API,
	                       LINK_PRIMARY, answer_routes, PART(routes[LINK_PRIMARY])},
	[OP_ROUTES_SECONDARY] = {"routeTables/secondary", BASE_PEERING, true, TABLE("routeTables", "secondary"),
	                         NETWORK_API, LINK_SECONDARY, answer_routes, PART(routes[LINK_SECONDARY])},
	[OP_HEALTH] = {"availabilityStatuses", BASE_CIRCUIT, false,
	               "/providers/Microsoft.ResourceHealth/availabilityStatuses/current", HEALTH_API, LINK_NULL, answer_health,
	               PART(health)},
	[OP_METRICS] = {"metrics", BASE_CIRCUIT, false, "/providers/Microsoft.Insights/metrics", METRICS_API, LINK_NULL,
	                answer_metrics, PART(metrics)},
	[OP_GATEWAY] = {"virtualNetworkGateway", BASE_GATEWAY, false, "", NETWORK_API, LINK_NULL, answer_gateway,
	                PART(gateway)},
	[OP_GATEWAY_CONNECTIONS] = {"virtualNetworkGateway/connections", BASE_GATEWAY, false, "/connections",
	                            NETWORK_API, LINK_NULL, answer_connections, PART(connections)},
	[OP_GROUP_CONNECTIONS] = {"connections", BASE_GROUP, false, "/connections", NETWORK_API, LINK_NULL,
	                          answer_circuit_connections, PART(connections)},
	[OP_GATEWAY_PEERS] = {"virtualNetworkGateway/getBgpPeerStatus", BASE_GATEWAY, true, "/getBgpPeerStatus",
	                      NETWORK_API, LINK_NULL, answer_gateway_peers, PART(gateway_peers)},
};

struct az_part *op_part(const struct op_row *op, struct az_snapshot *s)
{
	return (struct az_part *)(void *)((char *)s + op->part);
}

void op_name(const struct op_row *op, const struct plan_circuit *c, char *out, size_t size)
{
	bool of_peering = strcmp(op->name, "peerings/") == 0;
	snprintf(out, size, "%s%s", op->name, of_peering ? peering_name(c->peering) : "");
}

/* "/subscriptions/S/resourceGroups/G" of a resource id, in front of its "/providers/". */
static size_t group_length(const char *id)
{
	for (const char *at = strchr(id, '/'); at; at = strchr(at + 1, '/'))
		if (strncasecmp(at, "/providers/", 11) == 0)
			return (size_t)(at - id);
	return 0;
}

bool op_url(const struct op_row *op, const struct url_base *base, const struct plan_circuit *c,
            const char *gateway_id, char out[URL_MAX])
{
	char suffix[192];
	size_t group;
	switch (op->base) {
	case BASE_CIRCUIT:
		return url_resource(base, c->resource_id, op->path, op->api_version, out);
	case BASE_PEERING:
		snprintf(suffix, sizeof(suffix), "/peerings/%s%s", peering_name(c->peering), op->path);
		return url_resource(base, c->resource_id, suffix, op->api_version, out);
	case BASE_GATEWAY:
		return url_resource(base, gateway_id, op->path, op->api_version, out);
	case BASE_GROUP:
		group = group_length(c->resource_id);
		snprintf(suffix, sizeof(suffix), "/providers/Microsoft.Network%s", op->path);
		if (group > 0) {
			char id[RESOURCE_ID_MAX];
			snprintf(id, sizeof(id), "%.*s", (int)group, c->resource_id);
			return url_resource(base, id, suffix, op->api_version, out);
		}
		return false;
	}
	return false;
}

bool op_connection_url(const struct url_base *base, const char *connection_id, char out[URL_MAX])
{
	return url_resource(base, connection_id, "", NETWORK_API, out);
}
