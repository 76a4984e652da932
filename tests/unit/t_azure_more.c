/* SPDX-License-Identifier: BSD-2-Clause */
/* The wider reads: events, activity log, failover tests, Global Reach, Direct ports, and
 * the gateways of virtual network and Virtual WAN, from their URLs to the snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/azure_session.h"

#define HUB_GATEWAY GROUP "/expressRouteGateways/hub-gw"

static const struct wall_ns wall = {INT64_C(1764003723000000000)}; /* 2025-11-24T17:02:03Z */

static void begin(enum peering_type peering, const char *gateway)
{
	memset(&plan, 0, sizeof(plan));
	plan.peering = peering;
	snprintf(plan.resource_id, sizeof(plan.resource_id), CIRCUIT);
	snprintf(plan.gateway_id, sizeof(plan.gateway_id), "%s", gateway);
	session_begin(s, &plan, &base, now, later, wall);
}

static void answer(size_t op, const char *body)
{
	struct http_answer a = {.status = 200, .retry_after_s = -1, .body = strdup(body), .len = strlen(body)};
	assert_int_equal(s->calls[op].state, ARM_READY);
	arm_take(&s->calls[op], &base, &a, now, 1.0);
	free(a.body);
	session_advance(s, op, now, wall);
}

static void expect(const struct az_text *t, const char *text)
{
	if (t->present != (text != NULL) || (text && strcmp(t->text, text) != 0))
		fail_msg("expected %s, got %s", text ? text : "(absent)", t->present ? t->text : "(absent)");
}

static void asks_with_times_and_ids(void **state)
{
	(void)state;
	begin(PEERING_PRIVATE, "");
	assert_string_equal(s->calls[OP_ACTIVITY].url,
	                    HOST SUB "/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01"
	                    "&$filter=eventTimestamp%20ge%20%272025-11-23T17%3A02%3A03Z%27%20and%20eventTimestamp%20le%20"
	                    "%272025-11-24T17%3A02%3A03Z%27%20and%20resourceUri%20eq%20%27" CIRCUIT "%27");
	assert_string_equal(s->calls[OP_SERVICE_EVENTS].url, HOST SUB "/providers/Microsoft.ResourceHealth/events?api-version="
	                    "2024-02-01&queryStartTime=10%2F25%2F2025");
	assert_string_equal(s->calls[OP_FAILOVER_TESTS].url, HOST CIRCUIT "/getCircuitLinkFailoverAllTestsDetails?api-version="
	                    "2025-07-01&fetchLatest=true");
	assert_true(s->calls[OP_FAILOVER_TESTS].post);
	assert_string_equal(s->calls[OP_REACH].url, HOST CIRCUIT "/peerings/AzurePrivatePeering/connections?api-version=2023-09-01");
	session_free(s);
	begin(PEERING_MICROSOFT, "");
	assert_int_equal(s->calls[OP_REACH].state, ARM_IDLE);
	session_expire(s, wall);
	assert_string_equal(s->snapshot.reach.part.error, "peerings/connections: not asked: Global Reach is of private peerings");
}

#define EVENT(name, service, ended) "{\"name\":\"" name "\",\"properties\":{\"eventType\":\"PlannedMaintenance\",\"status\":"  \
	"\"Active\",\"title\":\"t\",\"level\":\"Warning\",\"impactStartTime\":\"2025-11-24T16:00:00Z\"" ended ",\"impact\":[{"  \
	"\"impactedService\":\"Virtual Machines\"},{\"impactedService\":\"" service "\",\"impactedRegions\":[{\"impactedRegion\":"  \
	"\"West US\"},{\"impactedRegion\":\"East US\"}]}]}}"

static void reads_events(void **state)
{
	const struct az_events *e = &s->snapshot.service_events;
	(void)state;
	begin(PEERING_PRIVATE, "");
	answer(OP_SERVICE_EVENTS, "{\"value\":[" EVENT("A-1", "ExpressRoute \\\\ ExpressRoute Circuits", "") ","
	       EVENT("A-2", "Storage", "") "," EVENT("A-3", "ExpressRoute", ",\"impactMitigationTime\":\"2025-11-01T00:00:00Z\"") ",7]}");
	assert_int_equal(e->count, 1); /* neither another service nor what is long over */
	expect(&e->rows[0].id, "A-1");
	expect(&e->rows[0].kind, "PlannedMaintenance");
	expect(&e->rows[0].service, "ExpressRoute \\ ExpressRoute Circuits");
	expect(&e->rows[0].region, "West US, East US");
	expect(&e->rows[0].ended, NULL);
	answer(OP_CIRCUIT_EVENTS, "{\"value\":[" EVENT("B-1", "Storage", "") "]}");
	assert_int_equal(s->snapshot.circuit_events.count, 1); /* of the circuit itself, whatever the service */
	answer(OP_ACTIVITY, "{\"value\":[{\"correlationId\":\"c\",\"operationName\":{\"value\":\"X/write\",\"localizedValue\":\"Change X\"},"
	       "\"status\":{\"value\":\"Succeeded\"},\"eventTimestamp\":\"2025-11-24T10:00:00.1234567Z\",\"caller\":\"ann@example.com\","
	       "\"category\":{\"value\":\"Administrative\"},\"claims\":{\"aud\":\"TOPSECRET\"}}]}");
	expect(&s->snapshot.activity.rows[0].title, "Change X");
	expect(&s->snapshot.activity.rows[0].operation, "X/write");
	expect(&s->snapshot.activity.rows[0].caller, "ann@example.com");
	answer(OP_FAILOVER_TESTS, "[{\"testGuid\":\"g\",\"status\":\"Running\",\"linkType\":\"Primary\",\"circuitTestCategory\":\"BgpDisconnect\","
	       "\"startTime\":\"2025-11-24T16:59:00Z\",\"wasSimulationSuccessful\":false}]");
	expect(&s->snapshot.failover_tests.rows[0].status, "Running");
	assert_true(s->snapshot.failover_tests.rows[0].succeeded.present && !s->snapshot.failover_tests.rows[0].succeeded.value);
}

static void reads_global_reach_and_peerings(void **state)
{
	(void)state;
	begin(PEERING_PRIVATE, "");
	answer(OP_REACH, "{\"value\":[{\"name\":\"to-b\",\"properties\":{\"circuitConnectionStatus\":\"Connected\",\"authorizationKey\":"
	       "\"TOPSECRET\",\"addressPrefix\":\"10.0.0.0/29\",\"peerExpressRouteCircuitPeering\":{\"id\":\"/b\"}}}]}");
	expect(&s->snapshot.reach.rows[0].status, "Connected");
	expect(&s->snapshot.reach.rows[0].other, "/b");
	answer(OP_PEERINGS, "{\"value\":[{\"name\":\"MicrosoftPeering\",\"properties\":{\"vlanId\":7,\"expressRouteConnection\":\"\","
	       "\"microsoftPeeringConfig\":{\"advertisedPublicPrefixes\":[\"203.0.113.0/24\"],\"customerASN\":23,\"advertisedPublicPrefixInfo\":["
	       "{\"prefix\":\"203.0.113.0/24\",\"validationState\":\"ValidationFailed\"}]},\"ipv6PeeringConfig\":{\"routeFilter\":{\"id\":"
	       "\"/f6\"},\"microsoftPeeringConfig\":{\"advertisedPublicPrefixes\":[\"2001:db8::/48\"]}}}}]}");
	const struct az_peerings *p = &s->snapshot.peerings;
	assert_int_equal(p->count, 1);
	assert_true(p->rows[0].has_route_filter); /* of IPv6 alone */
	assert_int_equal(p->rows[0].customer_asn.value, 23);
	expect(&p->rows[0].hub_connection, NULL);
	assert_int_equal(p->prefix_count, 2);
	expect(&p->prefixes[0].state, "ValidationFailed");
	expect(&p->prefixes[1].prefix, "2001:db8::/48");
	expect(&p->prefixes[1].state, NULL);
}

static void follows_the_port(void **state)
{
	(void)state;
	begin(PEERING_PRIVATE, "");
	assert_int_equal(s->calls[OP_PORT].state, ARM_IDLE);
	answer(OP_CIRCUIT, "{\"properties\":{\"globalReachEnabled\":true,\"expressRoutePort\":{\"id\":\"" GROUP "/expressRoutePorts/p\"}}}");
	assert_true(s->snapshot.circuit.global_reach.present && s->snapshot.circuit.global_reach.value);
	assert_string_equal(s->calls[OP_PORT].url, HOST GROUP "/expressRoutePorts/p?api-version=2023-09-01");
	answer(OP_PORT, "{\"name\":\"p\",\"properties\":{\"mtu\":\"1500\",\"bandwidthInGbps\":100,\"provisionedBandwidthInGbps\":0.5,\"links\":[{"
	       "\"name\":\"link1\",\"properties\":{\"adminState\":\"Disabled\",\"macSecConfig\":{\"cakSecretIdentifier\":\"TOPSECRET\"}}},7]}}");
	expect(&s->snapshot.port.provisioned_gbps, "0.5");
	assert_int_equal(s->snapshot.port.count, 1);
	expect(&s->snapshot.port.rows[0].admin_state, "Disabled");
	answer(OP_PORT_LIGHT, "{\"value\":[{\"name\":{\"value\":\"RxLightLevel\"},\"unit\":\"Count\",\"timeseries\":[{\"metadatavalues\":[{\"name\":{"
	       "\"value\":\"link\"},\"value\":\"link1\"},{\"name\":{\"value\":\"Lane\"},\"value\":\"0\"}],\"data\":[{\"average\":-3.5},{\"average\":-21},"
	       "{\"average\":-4},{}]}]}]}");
	const struct az_metric *m = &s->snapshot.port_light.rows[0];
	expect(&m->average, "-4");
	expect(&m->lowest, "-21");
	expect(&m->highest, "-3.5");
	expect(&m->link, "link1");
	expect(&m->lane, "0");
	expect(&m->falls, NULL); /* light has no availability */
	answer(OP_METRICS, "{\"value\":[{\"name\":{\"value\":\"ArpAvailability\"},\"unit\":\"Percent\",\"timeseries\":[{\"metadatavalues\":[{\"name\":{"
	       "\"value\":\"peer\"},\"value\":\"Primary-IPv4\"}],\"data\":[{\"average\":100},{\"average\":40},{\"average\":0},{},{\"average\":100},"
	       "{\"average\":95},{\"average\":20},{\"average\":100}]}]}]}");
	expect(&s->snapshot.metrics.rows[0].falls, "2"); /* each time it went down, not each minute */
}

static void follows_the_gateway(void **state)
{
	(void)state;
	begin(PEERING_PRIVATE, GATEWAY);
	answer(OP_GATEWAY_PEERS, "{\"value\":[{\"neighbor\":\"10.0.0.12\",\"asn\":65515},{\"neighbor\":\"10.0.0.4\",\"asn\":12076},"
	       "{\"neighbor\":\"10.0.0.5\",\"asn\":12076}]}");
	assert_string_equal(s->calls[OP_ADVERTISED_FIRST].url, HOST GATEWAY "/getAdvertisedRoutes?api-version=2023-09-01&peer=10.0.0.4");
	assert_string_equal(s->calls[OP_ADVERTISED_SECOND].url, HOST GATEWAY "/getAdvertisedRoutes?api-version=2023-09-01&peer=10.0.0.5");
	answer(OP_ADVERTISED_SECOND, "{\"value\":[{\"network\":\"10.1.0.0/16\",\"origin\":\"Igp\",\"weight\":0}]}");
	expect(&s->snapshot.gateway_advertised[1].to, "10.0.0.5");
	expect(&s->snapshot.gateway_advertised[1].rows[0].network, "10.1.0.0/16");
	answer(OP_LEARNED, "{\"value\":[{\"network\":\"10.9.0.0/16\",\"asPath\":\"12076-65010\",\"sourcePeer\":\"10.0.0.4\"}]}");
	expect(&s->snapshot.gateway_learned.rows[0].as_path, "12076-65010");
}

static void follows_the_hub(void **state)
{
	(void)state;
	begin(PEERING_PRIVATE, "");
	answer(OP_PEERING, "{\"properties\":{\"expressRouteConnection\":{\"id\":\"" HUB_GATEWAY "/expressRouteConnections/c\"}}}");
	assert_string_equal(s->calls[OP_HUB_CONNECTIONS].url, HOST HUB_GATEWAY "/expressRouteConnections?api-version=2023-09-01");
	assert_int_equal(s->calls[OP_GATEWAY_PEERS].state, ARM_IDLE);
	answer(OP_HUB_CONNECTIONS, "{\"value\":[{\"name\":\"c\",\"id\":\"" HUB_GATEWAY "/expressRouteConnections/c\",\"properties\":{\"routingWeight\":1,"
	       "\"expressRouteCircuitPeering\":{\"id\":\"" CIRCUIT "/peerings/AzurePrivatePeering\"}}}]}");
	assert_int_equal(s->calls[OP_HUB_INBOUND].state, ARM_IDLE);
	answer(OP_GATEWAY, "{\"name\":\"hub-gw\",\"properties\":{\"virtualHub\":{\"id\":\"" GROUP "/virtualHubs/h\"},\"autoScaleConfiguration\":{"
	       "\"bounds\":{\"min\":1,\"max\":2}}}}");
	expect(&s->snapshot.connections.rows[0].circuit_id, CIRCUIT);
	arm_fail(&s->calls[OP_GROUP_CONNECTIONS], "403"); /* the group's list has no say in it */
	session_advance(s, OP_GROUP_CONNECTIONS, now, wall);
	assert_int_equal(s->snapshot.connections.part.read, AZ_OK);
	assert_int_equal(s->snapshot.connections.rows[0].routing_weight.value, 1);
	assert_string_equal(s->calls[OP_HUB_INBOUND].url, HOST GROUP "/virtualHubs/h/inboundRoutes?api-version=2023-09-01");
	assert_string_equal(s->calls[OP_HUB_INBOUND].body, "{\"resourceUri\":\"" HUB_GATEWAY "/expressRouteConnections/c\","
	                    "\"connectionType\":\"ExpressRouteConnection\"}\n");
	answer(OP_HUB_INBOUND, "{\"value\":[{\"prefix\":\"10.9.0.0/16\",\"bgpCommunities\":\"\",\"asPath\":\"12076-65010\"}]}");
	expect(&s->snapshot.gateway_learned.rows[0].network, "10.9.0.0/16");
	session_expire(s, wall);
	assert_string_equal(s->snapshot.gateway_peers.part.error,
	                    "virtualNetworkGateway/getBgpPeerStatus: not asked: a gateway of Virtual WAN has no such read");
}

static void a_metric_may_fail_alone(void **state)
{
	(void)state;
	begin(PEERING_PRIVATE, "");
	answer(OP_DROPS, "{\"value\":[{\"errorCode\":\"InvalidSamplingType\",\"timeseries\":[]}]}");
	assert_string_equal(s->snapshot.drops.part.error,
	                    "metrics/drops: 200, but Azure Monitor could not read them: InvalidSamplingType");
	answer(OP_TRAFFIC, "{\"value\":[{\"errorCode\":\"InvalidSamplingType\"},{\"name\":{\"value\":\"BitsInPerSecond\"},\"errorCode\":\"Success\","
	       "\"timeseries\":[{\"data\":[{\"average\":5}]}]}]}");
	assert_int_equal(s->snapshot.traffic.count, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(asks_with_times_and_ids), T(reads_events), T(reads_global_reach_and_peerings), T(follows_the_port),
		T(follows_the_gateway), T(follows_the_hub), T(a_metric_may_fail_alone),
	};
	return cmocka_run_group_tests_name("azure_more", tests, NULL, NULL);
}
