/* SPDX-License-Identifier: BSD-2-Clause */
/* The operations of Azure that erprobe calls. */
#include "probe/azure/ops.h"

#include "analysis/value/json_out.h"
#include "analysis/value/strbuf.h"

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

#define ALL_OF(dimension) dimension "%20eq%20%27%2A%27"
#define MINUTES "&interval=PT1M&aggregation=Average&top=128&$filter="
#define TRAFFIC_API                                                                                  \
	"2018-01-01&metricnames=BitsInPerSecond,BitsOutPerSecond" MINUTES ALL_OF("PeeringType")      \
	"%20and%20" ALL_OF("DeviceRole")
#define DROPS_API                                                                                    \
	"2018-01-01&metricnames=QosDropBitsInPerSecond,QosDropBitsOutPerSecond&interval=PT5M&aggregation=Average"
#define LOAD_API                                                                                     \
	"2018-01-01&metricnames=ExpressRouteGatewayCpuUtilization,ExpressRouteGatewayPacketsPerSecond,"  \
	"ExpressRouteGatewayBitsPerSecond,ExpressRouteGatewayActiveFlows&interval=PT5M"              \
	"&aggregation=Average&top=128&$filter=" ALL_OF("roleInstance")
#define COUNTS_API                                                                                   \
	"2018-01-01&metricnames=ExpressRouteGatewayCountOfRoutesAdvertisedToPeer,"                   \
	"ExpressRouteGatewayCountOfRoutesLearnedFromPeer&interval=PT5M&aggregation=Maximum&top=128&$filter=" \
	ALL_OF("roleInstance") "%20and%20" ALL_OF("BgpPeerAddress")
#define PORT_STATE_API                                                                               \
	"2018-01-01&metricnames=AdminState,LineProtocol,PortBitsInPerSecond,PortBitsOutPerSecond" MINUTES ALL_OF("Link")
#define PORT_LIGHT_API                                                                               \
	"2018-01-01&metricnames=RxLightLevel,TxLightLevel" MINUTES ALL_OF("Link") "%20and%20" ALL_OF("Lane")

/* The activity log asks for a filter, and knows few; it is kept for 90 days. */
#define ACTIVITY_API                                                                                 \
	"2015-04-01&$filter=eventTimestamp%20ge%20%27<since>%27%20and%20eventTimestamp%20le%20%27<until>%27" \
	"%20and%20resourceUri%20eq%20%27<circuit>%27"
#define EVENTS_API HEALTH_API "&queryStartTime=<day>"
/* Link failover tests came with this version; each public prefix's own validation with the other. */
#define FAILOVER_API "2025-07-01&fetchLatest=true"
#define PEERINGS_API "2024-07-01"

#define HEALTH_PATH "/providers/Microsoft.ResourceHealth"
#define METRICS_PATH "/providers/Microsoft.Insights/metrics"

#define PART(member) offsetof(struct az_snapshot, member.part)
#define TABLE(path, side) "/" path "/" side

const struct op_row ops_table[OPS] = {
	[OP_CIRCUIT] = {"circuit", BASE_CIRCUIT, false, "", NETWORK_API, LINK_NULL, answer_circuit, PART(circuit)},
	[OP_PEERING] = {"peerings/", BASE_PEERING, false, "", NETWORK_API, LINK_NULL, answer_peering, PART(peering)},
	[OP_PEERINGS] = {"peerings", BASE_CIRCUIT, false, "/peerings", PEERINGS_API, LINK_NULL, answer_peerings,
	                 PART(peerings)},
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
	               HEALTH_PATH "/availabilityStatuses/current", HEALTH_API, LINK_NULL, answer_health, PART(health)},
	[OP_METRICS] = {"metrics", BASE_CIRCUIT, false, METRICS_PATH, METRICS_API, LINK_NULL, answer_metrics, PART(metrics)},
	[OP_TRAFFIC] = {"metrics/traffic", BASE_CIRCUIT, false, METRICS_PATH, TRAFFIC_API, LINK_NULL, answer_traffic,
	                PART(traffic)},
	[OP_DROPS] = {"metrics/drops", BASE_CIRCUIT, false, METRICS_PATH, DROPS_API, LINK_NULL, answer_drops, PART(drops)},
	[OP_CIRCUIT_EVENTS] = {"events", BASE_CIRCUIT, false, HEALTH_PATH "/events", HEALTH_API, LINK_NULL,
	                       answer_circuit_events, PART(circuit_events)},
	[OP_SERVICE_EVENTS] = {"events/service", BASE_SUBSCRIPTION, false, HEALTH_PATH "/events", EVENTS_API, LINK_NULL,
	                       answer_service_events, PART(service_events)},
	[OP_ACTIVITY] = {"activity log", BASE_SUBSCRIPTION, false,
	                 "/providers/Microsoft.Insights/eventtypes/management/values", ACTIVITY_API, LINK_NULL,
	                 answer_activity, PART(activity)},
	[OP_FAILOVER_TESTS] = {"link failover tests", BASE_CIRCUIT, true, "/getCircuitLinkFailoverAllTestsDetails",
	                       FAILOVER_API, LINK_NULL, answer_failover_tests, PART(failover_tests)},
	[OP_REACH] = {"peerings/connections", BASE_PEERING, false, "/connections", NETWORK_API, LINK_NULL, answer_reach,
	              PART(reach)},
	[OP_REACH_FROM] = {"peerings/peerConnections", BASE_PEERING, false, "/peerConnections", NETWORK_API, LINK_NULL,
	                   answer_reach_from, PART(reach_from)},
	[OP_GATEWAY] = {"virtualNetworkGateway", BASE_GATEWAY, false, "", NETWORK_API, LINK_NULL, answer_gateway,
	                PART(gateway)},
	[OP_GATEWAY_CONNECTIONS] = {"virtualNetworkGateway/connections", BASE_GATEWAY, false, "/connections",
	                            NETWORK_API, LINK_NULL, answer_connections, PART(connections)},
	[OP_GROUP_CONNECTIONS] = {"connections", BASE_GROUP, false, "/connections", NETWORK_API, LINK_NULL,
	                          answer_circuit_connections, PART(connections)},
	[OP_GATEWAY_PEERS] = {"virtualNetworkGateway/getBgpPeerStatus", BASE_GATEWAY, true, "/getBgpPeerStatus",
	                      NETWORK_API, LINK_NULL, answer_gateway_peers, PART(gateway_peers)},
	[OP_LEARNED] = {"virtualNetworkGateway/getLearnedRoutes", BASE_GATEWAY, true, "/getLearnedRoutes", NETWORK_API,
	                LINK_NULL, answer_learned, PART(gateway_learned)},
	[OP_ADVERTISED_FIRST] = {"virtualNetworkGateway/getAdvertisedRoutes/1", BASE_GATEWAY, true, "/getAdvertisedRoutes",
	                         NETWORK_API "&peer=<peer>", LINK_NULL, answer_advertised_first,
	                         PART(gateway_advertised[0])},
	[OP_ADVERTISED_SECOND] = {"virtualNetworkGateway/getAdvertisedRoutes/2", BASE_GATEWAY, true,
	                          "/getAdvertisedRoutes", NETWORK_API "&peer=<peer>", LINK_NULL, answer_advertised_second,
	                          PART(gateway_advertised[1])},
	[OP_GATEWAY_LOAD] = {"gateway metrics/load", BASE_GATEWAY, false, METRICS_PATH, LOAD_API, LINK_NULL,
	                     answer_gateway_load, PART(gateway_load)},
	[OP_GATEWAY_COUNTS] = {"gateway metrics/routes", BASE_GATEWAY, false, METRICS_PATH, COUNTS_API, LINK_NULL,
	                       answer_gateway_counts, PART(gateway_counts)},
	[OP_HUB_CONNECTIONS] = {"expressRouteGateway/expressRouteConnections", BASE_GATEWAY, false,
	                        "/expressRouteConnections", NETWORK_API, LINK_NULL, answer_connections, PART(connections)},
	[OP_HUB_INBOUND] = {"virtualHub/inboundRoutes", BASE_HUB, true, "/inboundRoutes", NETWORK_API, LINK_NULL,
	                    answer_hub_inbound, PART(gateway_learned)},
	[OP_HUB_OUTBOUND] = {"virtualHub/outboundRoutes", BASE_HUB, true, "/outboundRoutes", NETWORK_API, LINK_NULL,
	                     answer_hub_outbound, PART(gateway_advertised[0])},
	[OP_PORT] = {"expressRoutePort", BASE_PORT, false, "", NETWORK_API, LINK_NULL, answer_port, PART(port)},
	[OP_PORT_STATE] = {"port metrics/state", BASE_PORT, false, METRICS_PATH, PORT_STATE_API, LINK_NULL,
	                   answer_port_state, PART(port_state)},
	[OP_PORT_LIGHT] = {"port metrics/light", BASE_PORT, false, METRICS_PATH, PORT_LIGHT_API, LINK_NULL,
	                   answer_port_light, PART(port_light)},
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

/* ------------------------------------------------------------------ parameters */

/* Appends the day of t as Service Health wants it, "07/24/2020". */
static void put_day(struct strbuf *out, struct wall_ns t)
{
	char text[WALL_TEXT_MAX];
	wall_text(t, text);
	strbuf_addf(out, "%.2s%%2F%.2s%%2F%.4s", text + 5, text + 8, text);
}

static void put_time(struct strbuf *out, struct wall_ns t)
{
	char text[WALL_TEXT_MAX];
	wall_text(t, text);
	strbuf_addf(out, "%.13s%%3A%.2s%%3A%.2sZ", text, text + 14, text + 17);
}

/* The value that a word between angles stands for. False when there is none. */
static bool put_value(struct strbuf *out, const char *word, size_t len, const struct op_ids *ids)
{
	const int64_t day = 86400 * NS_PER_SEC;
	if (len == 5 && memcmp(word, "since", len) == 0)
		put_time(out, wall_add(ids->now, -day));
	else if (len == 5 && memcmp(word, "until", len) == 0)
		put_time(out, ids->now);
	else if (len == 3 && memcmp(word, "day", len) == 0)
		put_day(out, wall_add(ids->now, -OP_EVENT_DAYS * day));
	else if (len == 7 && memcmp(word, "circuit", len) == 0)
		url_encode(out, ids->circuit->resource_id, URL_ALSO_PATH);
	else if (len == 4 && memcmp(word, "peer", len) == 0 && ids->peer && ids->peer[0])
		url_encode(out, ids->peer, URL_ALSO_PATH);
	else
		return false;
	return true;
}

static bool fill_in(const char *query, const struct op_ids *ids, struct strbuf *out)
{
	for (const char *at = query; *at;) {
		size_t len = strcspn(at, "<");
		strbuf_add_bytes(out, at, len);
		at += len;
		if (*at != '<')
			break;
		len = strcspn(++at, ">");
		if (!put_value(out, at, len, ids))
			return false;
		at += len + (at[len] == '>');
	}
	return strbuf_ok(out);
}

/* ------------------------------------------------------------------ URLs */

size_t op_group_length(const char *id)
{
	for (const char *at = strchr(id, '/'); at; at = strchr(at + 1, '/'))
		if (strncasecmp(at, "/providers/", 11) == 0)
			return (size_t)(at - id);
	return 0;
}

/* "/subscriptions/S" of a resource id. */
static size_t subscription_length(const char *id)
{
	if (strncasecmp(id, "/subscriptions/", 15) != 0)
		return 0;
	return 15 + strcspn(id + 15, "/");
}

static bool url_below(const struct url_base *base, const char *id, size_t len, const char *suffix, const char *query,
                      char out[URL_MAX])
{
	char start[RESOURCE_ID_MAX];
	if (len == 0 || len >= sizeof(start))
		return false;
	memcpy(start, id, len);
	start[len] = '\0';
	return url_resource(base, start, suffix, query, out);
}

static bool base_url(const struct op_row *op, const struct url_base *base, const struct op_ids *ids, const char *query,
                     char out[URL_MAX])
{
	const char *circuit = ids->circuit->resource_id;
	char suffix[192];
	switch (op->base) {
	case BASE_CIRCUIT:
		return url_resource(base, circuit, op->path, query, out);
	case BASE_PEERING:
		snprintf(suffix, sizeof(suffix), "/peerings/%s%s", peering_name(ids->circuit->peering), op->path);
		return url_resource(base, circuit, suffix, query, out);
	case BASE_GATEWAY:
		return url_resource(base, ids->gateway, op->path, query, out);
	case BASE_PORT:
		return url_resource(base, ids->port, op->path, query, out);
	case BASE_HUB:
		return url_resource(base, ids->hub, op->path, query, out);
	case BASE_GROUP:
		snprintf(suffix, sizeof(suffix), "/providers/Microsoft.Network%s", op->path);
		return url_below(base, circuit, op_group_length(circuit), suffix, query, out);
	case BASE_SUBSCRIPTION:
		return url_below(base, circuit, subscription_length(circuit), op->path, query, out);
	}
	return false;
}

bool op_url(const struct op_row *op, const struct url_base *base, const struct op_ids *ids, char out[URL_MAX])
{
	struct strbuf query;
	strbuf_init(&query, URL_MAX);
	bool ok = fill_in(op->api_version, ids, &query) && base_url(op, base, ids, query.text, out);
	strbuf_free(&query);
	return ok;
}

bool op_body(enum az_op op, const char *connection_id, char out[OP_BODY_MAX])
{
	struct strbuf b;
	struct json_out j;
	out[0] = '\0';
	if (op != OP_HUB_INBOUND && op != OP_HUB_OUTBOUND)
		return true;
	strbuf_init(&b, OP_BODY_MAX);
	json_begin(&j, &b, true);
	json_object(&j, NULL);
	json_text(&j, "resourceUri", connection_id);
	json_text(&j, "connectionType", "ExpressRouteConnection");
	json_object_end(&j);
	json_finish(&j);
	bool fits = strbuf_ok(&b) && b.len < OP_BODY_MAX;
	if (fits)
		memcpy(out, b.text, b.len + 1);
	strbuf_free(&b);
	return fits;
}

bool op_is_hub_gateway(const char *gateway_id)
{
	for (const char *at = strchr(gateway_id, '/'); at; at = strchr(at + 1, '/'))
		if (strncasecmp(at, "/expressRouteGateways/", 22) == 0)
			return true;
	return false;
}

bool op_connection_url(const struct url_base *base, const char *connection_id, char out[URL_MAX])
{
	return url_resource(base, connection_id, "", NETWORK_API, out);
}
