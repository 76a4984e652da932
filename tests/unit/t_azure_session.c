/* SPDX-License-Identifier: BSD-2-Clause */
/* session: which reads start, which follow, and that one failure ends no other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/azure_session.h"

static const struct wall_ns wall = {INT64_C(1700000000000000000)};

static void begin(const char *gateway)
{
	memset(&plan, 0, sizeof(plan));
	snprintf(plan.resource_id, sizeof(plan.resource_id), CIRCUIT);
	snprintf(plan.gateway_id, sizeof(plan.gateway_id), "%s", gateway);
	session_begin(s, &plan, &base, now, later, wall);
}

static void answer(size_t index, int status, const char *body)
{
	static struct http_answer a;
	memset(&a, 0, sizeof(a));
	a.status = status;
	a.retry_after_s = -1;
	a.body = body ? strdup(body) : NULL;
	a.len = body ? strlen(body) : 0;
	assert_int_equal(s->calls[index].state, ARM_READY);
	arm_take(&s->calls[index], &base, &a, now, 1.0);
	free(a.body);
	if (s->calls[index].renew_token)
		arm_renewed(&s->calls[index], false);
	session_advance(s, index, now, wall);
}

static void starts_at_once(void **state)
{
	static const struct { enum az_op op; const char *url; bool post; } asked[] = {
		{OP_CIRCUIT, HOST CIRCUIT "?api-version=2023-09-01", false},
		{OP_PEERING, HOST CIRCUIT "/peerings/AzurePrivatePeering?api-version=2023-09-01", false},
		{OP_CIRCUIT_STATS, HOST CIRCUIT "/stats?api-version=2023-09-01", false},
		{OP_PEERING_STATS, HOST CIRCUIT "/peerings/AzurePrivatePeering/stats?api-version=2023-09-01", false},
		{OP_ARP_PRIMARY, HOST CIRCUIT "/peerings/AzurePrivatePeering/arpTables/primary?api-version=2023-09-01", true},
		{OP_BGP_SECONDARY, HOST CIRCUIT "/peerings/AzurePrivatePeering/routeTablesSummary/secondary?api-version=2023-09-01",
		 true},
		{OP_ROUTES_PRIMARY, HOST CIRCUIT "/peerings/AzurePrivatePeering/routeTables/primary?api-version=2023-09-01", true},
		{OP_GROUP_CONNECTIONS, HOST GROUP "/connections?api-version=2023-09-01", false},
	};
	(void)state;
	begin("");
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const struct arm_call *c = &s->calls[asked[i].op];
		assert_int_equal(c->state, ARM_READY);
		assert_string_equal(c->url, asked[i].url);
		assert_int_equal(c->post, asked[i].post);
	}
	assert_int_equal(s->calls[OP_GATEWAY].state, ARM_IDLE);
	assert_string_equal(s->calls[OP_PEERINGS].url, HOST CIRCUIT "/peerings?api-version=2024-07-01");
	session_free(s);
	begin(GATEWAY);
	assert_string_equal(s->calls[OP_GATEWAY].url, HOST GATEWAY "?api-version=2023-09-01");
	assert_string_equal(s->calls[OP_GATEWAY_CONNECTIONS].url, HOST GATEWAY "/connections?api-version=2023-09-01");
	assert_string_equal(s->calls[OP_GATEWAY_PEERS].url, HOST GATEWAY "/getBgpPeerStatus?api-version=2023-09-01");
	assert_int_equal(s->calls[OP_GROUP_CONNECTIONS].state, ARM_IDLE);
}

/* Nothing in the table may change Azure: GETs, and the POSTs that Azure's reads are. */
static void only_reads(void **state)
{
	static const char *const posts[] = {"/arpTables/", "/routeTables/", "/routeTablesSummary/", "/getBgpPeerStatus",
	                                    "/getLearnedRoutes", "/getAdvertisedRoutes", "/inboundRoutes", "/outboundRoutes",
	                                    "/getCircuitLinkFailoverAllTestsDetails"};
	(void)state;
	for (size_t op = 0; op < OPS; op++) {
		bool known = !ops_table[op].post;
		for (size_t i = 0; i < sizeof(posts) / sizeof(posts[0]); i++)
			known = known || strncmp(ops_table[op].path, posts[i], strlen(posts[i])) == 0;
		assert_true(known);
		assert_null(strstr(ops_table[op].path, "uthorization"));
	}
}

static void one_failure_ends_no_other(void **state)
{
	(void)state;
	begin("");
	answer(OP_CIRCUIT, 403, "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"no\"}}");
	answer(OP_ARP_PRIMARY, 200, "{\"value\":[{\"ipAddress\":\"1.2.3.4\"}]}");
	assert_int_equal(s->snapshot.circuit.part.read, AZ_FAILED);
	assert_string_equal(s->snapshot.circuit.part.error, "circuit: 403 AuthorizationFailed: no");
	assert_int_equal(s->snapshot.circuit.part.http_status, 403);
	assert_int_equal(s->snapshot.arp[LINK_PRIMARY].part.read, AZ_OK);
	assert_string_equal(s->snapshot.arp[LINK_PRIMARY].part.error, "");
	assert_string_equal(s->snapshot.arp[LINK_PRIMARY].part.operation, "arpTables/primary");
	assert_true(s->snapshot.arp[LINK_PRIMARY].part.at.ns == wall.ns);
	assert_int_equal(s->snapshot.arp[LINK_PRIMARY].count, 1);
	assert_int_equal(s->calls[OP_PEERING].state, ARM_READY);
	assert_false(session_ended(s) || s->snapshot.finished);
	assert_true(s->dirty);
}

static void looks_for_a_missing_peering(void **state)
{
	(void)state;
	begin("");
	answer(OP_PEERING, 404, "{\"error\":{\"code\":\"NotFound\"}}");
	assert_int_equal(s->snapshot.peering.part.read, AZ_NOT_ASKED); /* not decided yet */
		answer(OP_PEERINGS, 200, "{\"value\":[]}");
	assert_int_equal(s->snapshot.peering.part.read, AZ_OK);
	assert_false(s->snapshot.peering.present);
	session_free(s);
	begin("");
	answer(OP_PEERING, 404, NULL);
	answer(OP_PEERINGS, 200, "{\"value\":[{\"name\":\"AzurePrivatePeering\",\"properties\":{\"state\":\"Enabled\"}}]}");
	assert_true(s->snapshot.peering.present);
	session_free(s);
	begin("");
	answer(OP_PEERING, 404, NULL);
	answer(OP_PEERINGS, 404, "{\"error\":{\"code\":\"ResourceNotFound\"}}"); /* the circuit itself is missing */
	assert_int_equal(s->snapshot.peering.part.read, AZ_FAILED);
}

/* Whichever comes first, and also where the list fails as well. */
static void takes_the_peering_from_another_answer(void **state)
{
	static const char list[] = "{\"value\":[{\"name\":\"AzurePrivatePeering\",\"properties\":{\"state\":\"Disabled\",\"peerASN\":65010}}]}";
	static const char circuit[] = "{\"properties\":{\"peerings\":[{\"name\":\"MicrosoftPeering\",\"properties\":{\"state\":\"Enabled\"}},"
	                              "{\"name\":\"azurePrivatePeering\",\"properties\":{\"state\":\"Disabled\",\"vlanId\":300}}]}}";
	const struct az_peering *p = &s->snapshot.peering;
	(void)state;
	begin("");
	answer(OP_PEERING, 403, "{\"error\":{\"code\":\"AuthorizationFailed\"}}");
	assert_int_equal(p->part.read, AZ_FAILED);
	answer(OP_PEERINGS, 200, list);
	assert_int_equal(p->part.read, AZ_OK);
	assert_string_equal(p->part.error, "");
	assert_string_equal(p->part.operation, s->names[OP_PEERING]);
	assert_string_equal(p->state.text, "Disabled");
	assert_int_equal(p->peer_asn.value, 65010);
	session_free(s);
	begin("");
	answer(OP_CIRCUIT, 200, circuit);
	assert_int_equal(p->part.read, AZ_NOT_ASKED); /* its own answer is awaited */
	answer(OP_PEERINGS, 403, "{\"error\":{\"code\":\"AuthorizationFailed\"}}");
	answer(OP_PEERING, 403, "{\"error\":{\"code\":\"AuthorizationFailed\"}}");
	assert_int_equal(p->part.read, AZ_OK);
	assert_string_equal(p->state.text, "Disabled");
	assert_int_equal(p->vlan.value, 300);
	session_free(s);
	begin("");
	answer(OP_PEERING, 403, "{\"error\":{\"code\":\"AuthorizationFailed\"}}");
	answer(OP_PEERINGS, 200, "{\"value\":[]}");
	answer(OP_CIRCUIT, 200, "{\"properties\":{\"peerings\":[]}}");
	assert_int_equal(p->part.read, AZ_FAILED); /* nobody has shown it; that it is missing its own read alone says */
	assert_false(p->present);
}

static void finds_the_gateway(void **state)
{
	static const char page1[] = "{\"value\":[{\"name\":\"er\",\"id\":\"" GROUP "/connections/er\",\"properties\":{\"connectionType\":"
	                            "\"ExpressRoute\",\"peer\":{\"id\":\"" CIRCUIT "\"},\"virtualNetworkGateway1\":{\"id\":\"" GATEWAY
	                            "\"}}}],\"nextLink\":\"" HOST "/page2\"}";
	(void)state;
	begin("");
	answer(OP_GROUP_CONNECTIONS, 200, page1);
	assert_string_equal(s->calls[OP_GROUP_CONNECTIONS].url, HOST "/page2");
	assert_int_equal(s->snapshot.connections.part.read, AZ_NOT_ASKED);
	answer(OP_GROUP_CONNECTIONS, 200, "{\"value\":[]}");
	assert_int_equal(s->snapshot.connections.part.read, AZ_OK);
	assert_int_equal(s->snapshot.connections.count, 1);
	assert_string_equal(s->calls[OP_GATEWAY].url, HOST GATEWAY "?api-version=2023-09-01");
	assert_true(s->calls[OP_GATEWAY_PEERS].post);
	/* The list has no status: the connection is read by itself. */
	assert_string_equal(s->calls[OPS].url, HOST GROUP "/connections/er?api-version=2023-09-01");
	answer(OPS, 200, "{\"id\":\"" GROUP "/connections/er\",\"properties\":{\"connectionStatus\":\"Connected\"}}");
	assert_string_equal(s->snapshot.connections.rows[0].status.text, "Connected");
}

static void a_failed_page_spoils_the_table(void **state)
{
	(void)state;
	begin("");
	answer(OP_ARP_SECONDARY, 200, "{\"value\":[{\"ipAddress\":\"1.2.3.4\"}],\"nextLink\":\"https://evil.example/2\"}");
	assert_int_equal(s->snapshot.arp[LINK_SECONDARY].part.read, AZ_FAILED);
	assert_int_equal(s->snapshot.arp[LINK_SECONDARY].count, 0);
	answer(OP_BGP_PRIMARY, 200, "{\"value\":7}");
	assert_string_equal(s->snapshot.bgp[LINK_PRIMARY].part.error,
	                    "routeTablesSummary/primary: 200, but the answer is no table: \"value\" is not a list");
}

static void finishes(void **state)
{
	(void)state;
	begin("");
	for (size_t i = 0; i < SESSION_CALLS; i++)
		if (s->calls[i].state == ARM_READY)
			answer(i, 401, "{\"error\":{\"code\":\"InvalidAuthenticationToken\",\"message\":\"bad\"}}");
	assert_true(session_ended(s) && s->snapshot.finished);
	assert_string_equal(s->snapshot.why_not, "401 InvalidAuthenticationToken: bad: renew the token");
	assert_int_equal(s->snapshot.gateway.part.read, AZ_NOT_ASKED);
	assert_non_null(strstr(s->snapshot.gateway.part.error, "no gateway_id is configured"));
	assert_true(s->snapshot.done_at.ns == wall.ns);
}

static void expires(void **state)
{
	const struct az_part *parts[AZ_PARTS_MAX];
	(void)state;
	begin(GATEWAY);
	answer(OP_CIRCUIT, 200, "{\"properties\":{}}");
	session_expire(s, wall);
	assert_true(session_ended(s) && s->snapshot.finished);
	assert_string_equal(s->snapshot.why_not, ""); /* something was read */
	size_t count = az_snapshot_parts(&s->snapshot, parts);
	assert_int_equal(parts[0]->read, AZ_OK);
	size_t failed = 0;
	for (size_t i = 1; i < count; i++) {
		bool asked = parts[i]->read != AZ_NOT_ASKED;
		failed += asked;
		assert_int_equal(parts[i]->read, asked ? AZ_FAILED : AZ_NOT_ASKED);
		assert_non_null(strstr(parts[i]->error, asked ? "no answer before the deadline" : "not asked: "));
	}
	assert_int_equal(failed, count - 1 - 5); /* no port (3), and nothing told which peers the gateway announces to (2) */
}

static void an_id_without_a_url_fails(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof(plan));
	snprintf(plan.resource_id, sizeof(plan.resource_id), "/subscriptions/../x");
	session_begin(s, &plan, &base, now, later, wall);
	assert_true(session_ended(s) && s->snapshot.finished);
	assert_string_equal(s->snapshot.why_not, "the resource id gives no URL: check it in the configuration");
}

/* What may have changed is asked once more, but not what was refused; a later answer replaces the first, a failure does not. */
static void asks_once_more(void **state)
{
	struct az_snapshot told;
	(void)state;
	begin("");
	answer(OP_CIRCUIT, 200, "{\"properties\":{\"circuitProvisioningState\":\"Enabled\"}}");
	answer(OP_ARP_PRIMARY, 200, "{\"value\":[{\"ipAddress\":\"1.2.3.4\"}]}");
	answer(OP_BGP_PRIMARY, 200, "{\"value\":[{\"neighbor\":\"1.2.3.4\",\"statePfxRcd\":\"4\"}]}");
	answer(OP_ROUTES_PRIMARY, 403, "{\"error\":{\"code\":\"AuthorizationFailed\"}}");
	session_expire(s, wall);
	s->dirty = false;
	session_again(s, now, wall_add(wall, NS_PER_SEC));
	assert_true(s->dirty && !session_ended(s));
	assert_int_equal(s->calls[OP_ARP_PRIMARY].state, ARM_READY);
	assert_int_equal(s->calls[OP_ROUTES_PRIMARY].state, ARM_IDLE);
	assert_int_equal(s->calls[OP_METRICS].state, ARM_IDLE); /* samples are minutes old */
	assert_true(session_tell(s, &told));
	assert_false(told.finished);
	assert_int_equal(told.arp[LINK_PRIMARY].count, 1);
	az_snapshot_free(&told);
	answer(OP_CIRCUIT, 200, "{\"properties\":{\"circuitProvisioningState\":\"Disabled\"}}");
	answer(OP_ARP_PRIMARY, 500, "no");
	session_expire(s, wall_add(wall, 2 * NS_PER_SEC));
	assert_true(session_tell(s, &told));
	assert_true(told.finished);
	assert_string_equal(told.circuit.circuit_state.text, "Disabled");
	assert_int_equal(told.arp[LINK_PRIMARY].count, 1);
	assert_true(told.arp[LINK_PRIMARY].part.at.ns == wall.ns && told.asked_at.ns == wall.ns);
	assert_int_equal(told.routes[LINK_PRIMARY].part.http_status, 403);
	az_snapshot_free(&told);
	session_again(s, now, wall); /* once */
	assert_true(session_ended(s));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(starts_at_once), T(only_reads), T(one_failure_ends_no_other), T(looks_for_a_missing_peering),
		T(takes_the_peering_from_another_answer), T(finds_the_gateway), T(a_failed_page_spoils_the_table), T(finishes), T(expires), T(an_id_without_a_url_fails), T(asks_once_more),
	};
	return cmocka_run_group_tests_name("azure_session", tests, NULL, NULL);
}
