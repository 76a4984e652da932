/* SPDX-License-Identifier: BSD-2-Clause */
/* Which values of Azure's answers are kept: nothing that is not named here goes further,
 * so a secret in an answer (an authorization key, a MACsec secret's name) ends here. */
#include "probe/snapshot/fields.h"

#define TEXT(type, member, from) {#member, from, NULL, FIELD_TEXT, offsetof(type, member)}
#define INT(type, member, from) {#member, from, NULL, FIELD_INT, offsetof(type, member)}
#define FLAG(type, member, from) {#member, from, NULL, FIELD_FLAG, offsetof(type, member)}
#define SET(list, type) {list, sizeof(list) / sizeof((list)[0]), sizeof(type)}

/* ------------------------------------------------------------------ circuit */

static const struct field circuit_more[] = {
	FLAG(struct az_circuit, global_reach, "properties/globalReachEnabled"),
	FLAG(struct az_circuit, rate_limited, "properties/enableDirectPortRateLimit"),
};
const struct field_set fields_circuit_more = SET(circuit_more, struct az_circuit);

#define CONFIG "properties/microsoftPeeringConfig/"
#define CONFIG6 "properties/ipv6PeeringConfig/microsoftPeeringConfig/"
static const struct field peering_more[] = {
	TEXT(struct az_peering, advertised_prefixes_state6, CONFIG6 "advertisedPublicPrefixesState"),
	{"route_filter", "properties/routeFilter/id", "properties/ipv6PeeringConfig/routeFilter/id", FIELD_TEXT,
	 offsetof(struct az_peering, route_filter)},
	{"registry", CONFIG "routingRegistryName", CONFIG6 "routingRegistryName", FIELD_TEXT,
	 offsetof(struct az_peering, registry)},
	{"customer_asn", CONFIG "customerASN", CONFIG6 "customerASN", FIELD_INT, offsetof(struct az_peering, customer_asn)},
	{"primary_azure_port", "properties/primaryAzurePort", NULL, FIELD_TEXT,
	 offsetof(struct az_peering, azure_port[LINK_PRIMARY])},
	{"secondary_azure_port", "properties/secondaryAzurePort", NULL, FIELD_TEXT,
	 offsetof(struct az_peering, azure_port[LINK_SECONDARY])},
	TEXT(struct az_peering, hub_connection, "properties/expressRouteConnection/id"),
};
const struct field_set fields_peering_more = SET(peering_more, struct az_peering);

static const struct field public_prefix[] = {
	TEXT(struct az_public_prefix, peering, "peering"),
	TEXT(struct az_public_prefix, prefix, "prefix"),
	TEXT(struct az_public_prefix, state, "validationState"),
};
const struct field_set fields_public_prefix = SET(public_prefix, struct az_public_prefix);

/* The same shape for connections that we made and for those that the other side made. */
static const struct field reach[] = {
	TEXT(struct az_reach, name, "name"),
	TEXT(struct az_reach, status, "properties/circuitConnectionStatus"),
	TEXT(struct az_reach, status6, "properties/ipv6CircuitConnectionConfig/circuitConnectionStatus"),
	TEXT(struct az_reach, provisioning_state, "properties/provisioningState"),
	TEXT(struct az_reach, prefix, "properties/addressPrefix"),
	TEXT(struct az_reach, prefix6, "properties/ipv6CircuitConnectionConfig/addressPrefix"),
	TEXT(struct az_reach, other, "properties/peerExpressRouteCircuitPeering/id"),
};
const struct field_set fields_reach = SET(reach, struct az_reach);

/* Of API version 2025-07-01; single tests name their times with "Utc". */
static const struct field failover_test[] = {
	TEXT(struct az_failover_test, id, "testGuid"),
	TEXT(struct az_failover_test, type, "testType"),
	TEXT(struct az_failover_test, category, "circuitTestCategory"),
	TEXT(struct az_failover_test, status, "status"),
	TEXT(struct az_failover_test, link, "linkType"),
	{"began", "startTime", "startTimeUtc", FIELD_TEXT, offsetof(struct az_failover_test, began)},
	{"ended", "endTime", "endTimeUtc", FIELD_TEXT, offsetof(struct az_failover_test, ended)},
	FLAG(struct az_failover_test, succeeded, "wasSimulationSuccessful"),
};
const struct field_set fields_failover_test = SET(failover_test, struct az_failover_test);

/* ------------------------------------------------------------------ ExpressRoute Direct */

static const struct field port[] = {
	TEXT(struct az_port, name, "name"),
	TEXT(struct az_port, provisioning_state, "properties/provisioningState"),
	TEXT(struct az_port, peering_location, "properties/peeringLocation"),
	TEXT(struct az_port, mtu, "properties/mtu"),
	TEXT(struct az_port, encapsulation, "properties/encapsulation"),
	TEXT(struct az_port, ether_type, "properties/etherType"),
	INT(struct az_port, bandwidth_gbps, "properties/bandwidthInGbps"),
	TEXT(struct az_port, provisioned_gbps, "properties/provisionedBandwidthInGbps"),
};
const struct field_set fields_port = SET(port, struct az_port);

static const struct field port_link[] = {
	TEXT(struct az_port_link, name, "name"),
	TEXT(struct az_port_link, router, "properties/routerName"),
	TEXT(struct az_port_link, interface, "properties/interfaceName"),
	TEXT(struct az_port_link, patch_panel, "properties/patchPanelId"),
	TEXT(struct az_port_link, rack, "properties/rackId"),
	TEXT(struct az_port_link, colocation, "properties/coloLocation"),
	TEXT(struct az_port_link, connector, "properties/connectorType"),
	TEXT(struct az_port_link, admin_state, "properties/adminState"),
	TEXT(struct az_port_link, provisioning_state, "properties/provisioningState"),
};
const struct field_set fields_port_link = SET(port_link, struct az_port_link);

/* ------------------------------------------------------------------ gateway */

static const struct field connection_more[] = {
	INT(struct az_connection, routing_weight, "properties/routingWeight"),
};
const struct field_set fields_connection_more = SET(connection_more, struct az_connection);

#define SCALE "properties/autoScaleConfiguration/"
static const struct field gateway_more[] = {
	TEXT(struct az_gateway, hub, "properties/virtualHub/id"),
	INT(struct az_gateway, asn, "properties/bgpSettings/asn"),
	{"scale_min", SCALE "bounds/min", NULL, FIELD_INT, offsetof(struct az_gateway, scale_min)},
	{"scale_max", SCALE "bounds/max", NULL, FIELD_INT, offsetof(struct az_gateway, scale_max)},
};
const struct field_set fields_gateway_more = SET(gateway_more, struct az_gateway);

static const struct field gateway_route[] = {
	TEXT(struct az_gateway_route, network, "network"),
	TEXT(struct az_gateway_route, next_hop, "nextHop"),
	TEXT(struct az_gateway_route, local, "localAddress"),
	TEXT(struct az_gateway_route, peer, "sourcePeer"),
	TEXT(struct az_gateway_route, origin, "origin"),
	TEXT(struct az_gateway_route, as_path, "asPath"),
	INT(struct az_gateway_route, weight, "weight"),
};
const struct field_set fields_gateway_route = SET(gateway_route, struct az_gateway_route);

/* A virtual hub's inbound and outbound routes have two of these values. */
static const struct field hub_route[] = {
	TEXT(struct az_gateway_route, network, "prefix"),
	TEXT(struct az_gateway_route, as_path, "asPath"),
};
const struct field_set fields_hub_route = SET(hub_route, struct az_gateway_route);

/* ------------------------------------------------------------------ events */

static const struct field event[] = {
	TEXT(struct az_event, id, "name"),
	TEXT(struct az_event, kind, "properties/eventType"),
	TEXT(struct az_event, status, "properties/status"),
	TEXT(struct az_event, level, "properties/level"),
	TEXT(struct az_event, title, "properties/title"),
	TEXT(struct az_event, service, "properties/impact/0/impactedService"),
	TEXT(struct az_event, region, "properties/impact/0/impactedRegions/0/impactedRegion"),
	TEXT(struct az_event, began, "properties/impactStartTime"),
	TEXT(struct az_event, ended, "properties/impactMitigationTime"),
	TEXT(struct az_event, updated, "properties/lastUpdateTime"),
	TEXT(struct az_event, operation, "properties/operationName"),
	TEXT(struct az_event, caller, "properties/caller"),
};
const struct field_set fields_event = SET(event, struct az_event);

static const struct field activity[] = {
	TEXT(struct az_event, id, "correlationId"),
	TEXT(struct az_event, kind, "category/value"),
	TEXT(struct az_event, status, "status/value"),
	TEXT(struct az_event, level, "level"),
	{"title", "operationName/localizedValue", "operationName/value", FIELD_TEXT, offsetof(struct az_event, title)},
	TEXT(struct az_event, service, "resourceProviderName/value"),
	TEXT(struct az_event, began, "eventTimestamp"),
	TEXT(struct az_event, updated, "submissionTimestamp"),
	TEXT(struct az_event, operation, "operationName/value"),
	TEXT(struct az_event, caller, "caller"),
};
const struct field_set fields_activity = SET(activity, struct az_event);

/* ------------------------------------------------------------------ metrics */

/* What a row of a metric has in our document; the first five are those of earlier versions.
 * Azure's series are decoded by answers_monitor.c. */
static const struct field metric[] = {
	TEXT(struct az_metric, name, ""), TEXT(struct az_metric, peering_type, ""), TEXT(struct az_metric, peer, ""),
	TEXT(struct az_metric, average, ""), {"sampled_at", "", NULL, FIELD_TEXT, offsetof(struct az_metric, at)},
};
const struct field_set fields_metric = SET(metric, struct az_metric);

static const struct field metric_more[] = {
	TEXT(struct az_metric, lowest, ""), TEXT(struct az_metric, highest, ""), TEXT(struct az_metric, unit, ""),
	TEXT(struct az_metric, instance, ""), TEXT(struct az_metric, link, ""), TEXT(struct az_metric, lane, ""),
	TEXT(struct az_metric, bgp_peer, ""),
};
const struct field_set fields_metric_more = SET(metric_more, struct az_metric);

/* What came after those: bundles that are kept for years do not have it. */
static const struct field metric_falls[] = {TEXT(struct az_metric, falls, "")};
const struct field_set fields_metric_falls = SET(metric_falls, struct az_metric);
