/* SPDX-License-Identifier: BSD-2-Clause */
/* answers: canned answers of the official shapes, real dialects, and hostile ones. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/value/strbuf.h"
#include "probe/snapshot/answers.h"

#define CIRCUIT "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/c-1"

static struct plan_circuit plan;
static struct az_snapshot snap;
static struct answer_for what;
static char err[160];

static int setup(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof(plan));
	snprintf(plan.resource_id, sizeof(plan.resource_id), "%s", CIRCUIT);
	memset(&snap, 0, sizeof(snap));
	memset(&what, 0, sizeof(what));
	what.circuit = &plan;
	what.link = LINK_PRIMARY;
	err[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	az_snapshot_free(&snap);
	return 0;
}

static bool take(answer_fn *fn, const char *text)
{
	char why[128];
	struct json_doc *d = json_read(text, strlen(text), why, sizeof(why));
	if (!d)
		fail_msg("test's own JSON: %s", why);
	bool ok = fn(json_root(d), &what, &snap, err, sizeof(err));
	json_doc_free(d);
	return ok;
}

static void expect_text(const struct az_text *t, const char *text)
{
	if (t->present != (text != NULL) || (text && strcmp(t->text, text) != 0))
		fail_msg("expected %s, got %s", text ? text : "(absent)", t->present ? t->text : "(absent)");
}

static void expect_int(const struct az_int *i, int64_t value)
{
	assert_true(i->present);
	assert_true(i->value == value);
}

/* ------------------------------------------------------------------ resources */

static void reads_a_circuit(void **state)
{
	(void)state;
	assert_true(take(answer_circuit,
	                 "{\"name\":\"c-1\",\"location\":\"westeurope\",\"properties\":{\"provisioningState\":\"Succeeded\","
	                 "\"peerings\":[],\"authorizations\":[{\"properties\":{\"authorizationKey\":\"TOPSECRET\"}}],"
	                 "\"authorizationKey\":\"TOPSECRET\",\"serviceProviderProperties\":{\"serviceProviderName\":\"Carrier\","
	                 "\"peeringLocation\":\"Frankfurt\",\"bandwidthInMbps\":1000},\"circuitProvisioningState\":\"Enabled\","
	                 "\"serviceKey\":\"k\",\"serviceProviderProvisioningState\":\"Provisioned\",\"stag\":\"12\"},"
	                 "\"sku\":{\"tier\":\"Premium\",\"family\":\"MeteredData\"}}"));
	const struct az_circuit *c = &snap.circuit;
	expect_text(&c->name, "c-1");
	expect_text(&c->circuit_state, "Enabled");
	expect_text(&c->provider_state, "Provisioned");
	expect_text(&c->provider_name, "Carrier");
	expect_int(&c->bandwidth_mbps, 1000);
	expect_text(&c->sku_tier, "Premium");
	expect_int(&c->stag, 12); /* a number as text is a number */
	expect_text(&c->express_route_port, NULL);
	const char *bytes = (const char *)&snap;
	for (size_t i = 0; i + 9 < sizeof(snap); i++)
		assert_int_not_equal(memcmp(bytes + i, "TOPSECRET", 9), 0);
}

static void reads_a_direct_circuit(void **state)
{
	(void)state;
	assert_true(take(answer_circuit, "{\"properties\":{\"bandwidthInGbps\":2.5,\"stag\":7,\"expressRoutePort\":{\"id\":\"/p\"}}}"));
	expect_text(&snap.circuit.provider_state, NULL); /* absent is not a state */
	expect_int(&snap.circuit.bandwidth_mbps, 2500);
	expect_text(&snap.circuit.express_route_port, "/p");
}

static void reads_a_peering(void **state)
{
	(void)state;
	assert_true(take(answer_peering,
	                 "{\"name\":\"AzurePrivatePeering\",\"properties\":{\"peeringType\":\"AzurePrivatePeering\",\"azureASN\":12076,"
	                 "\"peerASN\":4200000001,\"primaryPeerAddressPrefix\":\"172.16.3.0/30\",\"secondaryPeerAddressPrefix\":"
	                 "\"172.16.4.0/30\",\"state\":\"Enabled\",\"vlanId\":\"300\",\"lastModifiedBy\":\"Provider\",\"sharedKey\":\"TOPSECRET\","
	                 "\"provisioningState\":\"Succeeded\",\"ipv6PeeringConfig\":{\"primaryPeerAddressPrefix\":\"2001:db8::/126\","
	                 "\"state\":\"Disabled\"},\"microsoftPeeringConfig\":{\"advertisedPublicPrefixesState\":\"NotConfigured\"},"
	                 "\"routeFilter\":{\"id\":\"/f\"}}}"));
	const struct az_peering *p = &snap.peering;
	assert_true(p->present && p->has_route_filter);
	expect_int(&p->peer_asn, 4200000001);
	expect_int(&p->vlan, 300);
	expect_text(&p->prefix[LINK_SECONDARY], "172.16.4.0/30");
	expect_text(&p->prefix6[LINK_PRIMARY], "2001:db8::/126");
	expect_text(&p->prefix6[LINK_SECONDARY], NULL);
	expect_text(&p->state6, "Disabled");
	expect_text(&p->advertised_prefixes_state, "NotConfigured");
}

static void finds_its_peering_in_the_list(void **state)
{
	static const char list[] = "{\"value\":[{\"name\":\"MicrosoftPeering\",\"properties\":{\"state\":\"Disabled\"}},7,"
	                           "{\"name\":\"azureprivatepeering\",\"properties\":{\"state\":\"Enabled\"}}]}";
	(void)state;
	assert_true(take(answer_peerings, list));
	assert_true(answer_pick_peering(&plan, &snap));
	expect_text(&snap.peering.state, "Enabled");
	assert_int_equal(snap.peerings.count, 2);
	teardown(state);
	setup(state);
	assert_true(take(answer_peerings, "{\"value\":[]}"));
	assert_false(answer_pick_peering(&plan, &snap));
	assert_false(snap.peering.present); /* Azure says that there is none */
	assert_false(take(answer_peerings, "{}"));
	assert_false(take(answer_peerings, "null"));
}

static void reads_counters_and_gateway(void **state)
{
	(void)state;
	assert_true(take(answer_circuit_stats, "{\"primarybytesIn\":1,\"primarybytesOut\":\"2\",\"secondarybytesIn\":0}"));
	expect_int(&snap.circuit_stats.bytes_in[LINK_PRIMARY], 1);
	expect_int(&snap.circuit_stats.bytes_out[LINK_PRIMARY], 2);
	expect_int(&snap.circuit_stats.bytes_in[LINK_SECONDARY], 0);
	assert_false(snap.circuit_stats.bytes_out[LINK_SECONDARY].present); /* absent is not zero */
	assert_false(take(answer_peering_stats, "[]"));
	assert_true(take(answer_gateway, "{\"name\":\"g\",\"properties\":{\"provisioningState\":\"Updating\",\"sku\":{\"name\":\"ErGw1AZ\"},"
	                                 "\"gatewayType\":\"ExpressRoute\"}}"));
	expect_text(&snap.gateway.sku, "ErGw1AZ");
	expect_text(&snap.gateway.provisioning_state, "Updating");
}

static void refuses_other_shapes(void **state)
{
	static const char *const texts[] = {"null", "[]", "7", "{}", "{\"properties\":null}", "{\"properties\":[]}"};
	static answer_fn *const fns[] = {answer_circuit, answer_peering, answer_gateway};
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t f = 0; f < 3; f++) {
			err[0] = '\0';
			assert_false(take(fns[f], texts[i]));
			assert_non_null(strstr(err, "has no properties"));
		}
	assert_false(snap.peering.present);
}

/* ------------------------------------------------------------------ tables */

static void reads_tables(void **state)
{
	(void)state;
	assert_true(take(answer_arp, "{\"value\":[{\"age\":3,\"interface\":\"On-Prem\",\"ipAddress\":\"172.16.3.1\",\"macAddress\":"
	                             "\"02cf.2b02.c22b\"},{\"age\":\"0\",\"interface\":\"Microsoft\",\"macAddress\":null}],\"nextLink\":null}"));
	assert_int_equal(snap.arp[LINK_PRIMARY].count, 2);
	expect_text(&snap.arp[LINK_PRIMARY].rows[0].mac, "02cf.2b02.c22b");
	expect_int(&snap.arp[LINK_PRIMARY].rows[1].age, 0);
	expect_text(&snap.arp[LINK_PRIMARY].rows[1].mac, NULL);
	what.link = LINK_SECONDARY;
	assert_true(take(answer_bgp, "{\"value\":[{\"neighbor\":\"172.16.4.1\",\"v\":4,\"as\":65010,\"upDown\":\"8w4d\",\"statePfxRcd\":12},"
	                             "{\"neighbor\":\"10.0.0.4\",\"asn\":65515,\"stateOrPrefixesReceived\":\"Active\"}]}"));
	assert_int_equal(snap.bgp[LINK_SECONDARY].count, 2);
	expect_text(&snap.bgp[LINK_SECONDARY].rows[0].state, "12"); /* a number where Azure says text */
	expect_int(&snap.bgp[LINK_SECONDARY].rows[1].as, 65515);    /* the provider's API calls it asn */
	expect_text(&snap.bgp[LINK_SECONDARY].rows[1].state, "Active");
	assert_true(take(answer_routes, "{\"value\":[{\"network\":\"10.0.0.0/8\",\"nextHop\":\"10.1.1.1*\",\"locPrf\":\"\",\"weight\":0,"
	                                "\"path\":\"65515 I\\n                    \"}]}"));
	expect_text(&snap.routes[LINK_SECONDARY].rows[0].path, "65515 I\n                    "); /* as sent */
	expect_text(&snap.routes[LINK_SECONDARY].rows[0].loc_prf, "");
	assert_int_equal(snap.routes[LINK_PRIMARY].count, 0);
}

static void empty_is_no_error(void **state)
{
	static const char *const texts[] = {"{\"value\":[]}", "{\"value\":null}", "{}", "{\"value\":[1,null,\"x\",[]]}"};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_true(take(answer_arp, texts[i]));
		assert_true(take(answer_gateway_peers, texts[i]));
	}
	assert_true(answer_bgp(NULL, &what, &snap, err, sizeof(err))); /* 204 */
	assert_int_equal(snap.arp[LINK_PRIMARY].count + snap.bgp[LINK_PRIMARY].count + snap.gateway_peers.count, 0);
	assert_false(take(answer_routes, "{\"value\":7}"));
	assert_false(take(answer_routes, "[]"));
	assert_false(take(answer_routes, "null"));
	assert_non_null(strstr(err, "not a list"));
}

static char *many_routes(size_t rows, const char *path)
{
	struct strbuf b;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	strbuf_add(&b, "{\"value\":[");
	for (size_t i = 0; i < rows; i++)
		strbuf_addf(&b, "%s{\"network\":\"10.%zu.%zu.0/24\",\"path\":\"%s\"}", i ? "," : "", i / 256, i % 256, path);
	strbuf_add(&b, "]}");
	return strbuf_take(&b);
}

static void adds_pages_and_cuts(void **state)
{
	const struct az_routes *r = &snap.routes[LINK_PRIMARY];
	char *page = many_routes(1000, "65515");
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(take(answer_routes, page));
	assert_int_equal(r->count, 4000);
	assert_false(r->part.cut);
	expect_text(&r->rows[3999].network, "10.3.231.0/24");
	assert_true(take(answer_routes, page));
	assert_int_equal(r->count, AZ_ROWS_MAX);
	assert_true(r->part.cut);
	free(page);
}

/* Hostile rows are as long as can be and grow most when written: the byte ceiling holds. */
static void cuts_by_bytes(void **state)
{
	char path[AZ_TEXT_MAX * 2];
	(void)state;
	for (size_t i = 0; i + 6 < sizeof(path); i += 6)
		memcpy(path + i, "\\u0001", 7);
	char *page = many_routes(3000, path);
	assert_true(take(answer_routes, page));
	assert_true(snap.routes[LINK_PRIMARY].part.cut);
	assert_true(snap.routes[LINK_PRIMARY].count > 100 && snap.routes[LINK_PRIMARY].count < 3000);
	size_t bytes = 0;
	for (size_t i = 0; i < snap.routes[LINK_PRIMARY].count; i++)
		bytes += 2 * answer_json_size(&snap.routes[LINK_PRIMARY].rows[i].path);
	assert_true(bytes < AZ_TABLE_BYTES_MAX);
	free(page);
}

static void reads_connections(void **state)
{
	static const char list[] =
		"{\"value\":[{\"name\":\"vpn\",\"id\":\"/v\",\"properties\":{\"connectionType\":\"IPsec\",\"sharedKey\":\"TOPSECRET\"}},"
		"{\"name\":\"er\",\"id\":\"/e\",\"properties\":{\"connectionType\":\"ExpressRoute\",\"peer\":{\"id\":\"" CIRCUIT "\"},"
		"\"authorizationKey\":\"TOPSECRET\",\"expressRouteGatewayBypass\":true,\"virtualNetworkGateway1\":{\"id\":\"/gw\"}}}]}";
	(void)state;
	assert_true(take(answer_connections, list));
	assert_int_equal(snap.connections.count, 2);
	assert_string_equal(what.gateway_id, "/gw");
	teardown(state);
	setup(state);
	assert_true(take(answer_circuit_connections, list));
	assert_int_equal(snap.connections.count, 1);
	expect_text(&snap.connections.rows[0].name, "er");
	expect_text(&snap.connections.rows[0].status, NULL);
	assert_true(snap.connections.rows[0].fast_path);
	assert_true(take(answer_connection, "{\"id\":\"/E\",\"name\":\"er\",\"properties\":{\"connectionStatus\":\"Connected\","
	                                    "\"ingressBytesTransferred\":9}}"));
	expect_text(&snap.connections.rows[0].status, "Connected");
	expect_int(&snap.connections.rows[0].ingress_bytes, 9);
	assert_false(take(answer_connection, "{\"id\":\"/other\",\"properties\":{\"connectionStatus\":\"Connected\"}}"));
	assert_false(take(answer_connection, "null"));
	assert_int_equal(snap.connections.count, 1);
}

static void reads_gateway_peers(void **state)
{
	(void)state;
	assert_true(take(answer_gateway_peers, "{\"value\":[{\"localAddress\":\"10.0.0.12\",\"neighbor\":\"10.0.0.4\",\"asn\":12076,"
	                                       "\"state\":\"Connected\",\"connectedDuration\":\"3.03:14:13.1796961\",\"routesReceived\":5},"
	                                       "{\"neighbor\":\"10.0.0.13\",\"asn\":65515,\"state\":\"Connecting\",\"connectedDuration\":null}]}"));
	expect_int(&snap.gateway_peers.rows[0].asn, 12076);
	expect_text(&snap.gateway_peers.rows[0].connected_for, "3.03:14:13.1796961");
	expect_text(&snap.gateway_peers.rows[1].connected_for, NULL);
}

/* ------------------------------------------------------------------ values */

static void keeps_texts(void **state)
{
	static const struct { const char *json, *text; } cases[] = {
		{"\"Enabled\"", "Enabled"}, {"\"\"", ""}, {"12", "12"}, {"1.5", "1.5"}, {"true", NULL}, {"null", NULL},
		{"{}", NULL}, {"[\"x\"]", NULL}, {"\"a\\u0000b\"", "a"}, {"\"\xff x\"", "\xef\xbf\xbd x"},
		{"\"\\u001b[31m\"", "\x1b[31m"}, {"4294967295", "4294967295"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct json_doc *d = json_read(cases[i].json, strlen(cases[i].json), err, sizeof(err));
		struct az_text t;
		answer_text(json_root(d), &t);
		expect_text(&t, cases[i].text);
		json_doc_free(d);
	}
}

static void cuts_long_texts(void **state)
{
	(void)state;
	for (size_t len = AZ_TEXT_MAX - 5; len < AZ_TEXT_MAX + 5; len++)
		for (size_t wide = 0; wide < 3; wide++) {
			struct strbuf b;
			struct az_text t;
			strbuf_init(&b, 4096);
			strbuf_add_char(&b, '"');
			for (size_t i = 0; i < len - wide * 2; i++)
				strbuf_add_char(&b, 'a');
			for (size_t i = 0; i < wide; i++)
				strbuf_add(&b, "\xc3\xa9");
			strbuf_add_char(&b, '"');
			struct json_doc *d = json_read(b.text, b.len, err, sizeof(err));
			answer_text(json_root(d), &t);
			size_t got = strlen(t.text);
			if (len < AZ_TEXT_MAX)
				assert_int_equal(got, len);
			else
				assert_string_equal(t.text + got - 3, "\xe2\x80\xa6"); /* "…" and no half character before it */
			assert_true(len < AZ_TEXT_MAX || (got > AZ_TEXT_MAX - 6 && t.text[got - 4] != '\xc3'));
			json_doc_free(d);
			strbuf_free(&b);
		}
}

/* ------------------------------------------------------------------ official examples */

static const char *folder(void)
{
	const char *named = getenv("AZURE_EXAMPLES");
	return named ? named
	             : "../shared/azure-rest-api-specs/specification/network/resource-manager/Microsoft.Network/stable/"
	               "2024-01-01/examples";
}

static char *read_file(const char *name, size_t *len)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", folder(), name);
	FILE *f = fopen(path, "rb");
	char *text = f ? malloc((size_t)1 << 20) : NULL;
	*len = text ? fread(text, 1, (size_t)1 << 20, f) : 0;
	if (f)
		fclose(f);
	return text;
}

/* Which answer an example holds, by the beginning of its file's name. */
static answer_fn *function_of(const char *name)
{
	static const struct { const char *begins; answer_fn *fn; } known[] = {
		{"ExpressRouteCircuitGet", answer_circuit}, {"ExpressRouteCircuitUpdateTags", answer_circuit},
		{"ExpressRouteCircuitPeeringGet", answer_peering}, {"ExpressRouteCircuitPeeringList", answer_peerings},
		{"ExpressRouteCircuitPeeringStats", answer_peering_stats}, {"ExpressRouteCircuitStats", answer_circuit_stats},
		{"ExpressRouteCircuitARPTableList", answer_arp}, {"ExpressRouteCircuitRouteTableList", answer_routes},
		{"ExpressRouteCircuitRouteTableSummaryList", answer_bgp}, {"ExpressRouteCrossConnectionsArpTable", answer_arp},
		{"ExpressRouteCrossConnectionsRouteTable.", answer_routes},
		{"ExpressRouteCrossConnectionsRouteTableSummary", answer_bgp}, {"VirtualNetworkGatewayGet.", answer_gateway},
		{"VirtualNetworkGatewayGetBGPPeerStatus", answer_gateway_peers},
		{"VirtualNetworkGatewaysListConnections", answer_connections},
		{"VirtualNetworkGatewayConnectionsList", answer_connections},
	};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(name, known[i].begins, strlen(known[i].begins)) == 0)
			return known[i].fn;
	return NULL;
}

static bool try_example(const char *name)
{
	size_t len;
	answer_fn *fn = function_of(name);
	char *text = read_file(name, &len);
	struct json_doc *d = text ? json_read(text, len, err, sizeof(err)) : NULL;
	const struct json_value *body = json_path(json_root(d), "responses", "200", "body", NULL);
	if (!d)
		fail_msg("%s: %s", name, err);
	bool used = fn && body;
	if (used && !fn(body, &what, &snap, err, sizeof(err)))
		fail_msg("%s: %s", name, err);
	json_doc_free(d);
	free(text);
	return used;
}

static void takes_the_official_examples(void **state)
{
	DIR *dir = opendir(folder());
	size_t used = 0, all = 0;
	(void)state;
	if (!dir) {
		print_message("skipped: no folder %s (set AZURE_EXAMPLES)\n", folder());
		skip();
	}
	for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
		if (strstr(e->d_name, ".json")) {
			all++;
			used += try_example(e->d_name);
		}
	closedir(dir);
	print_message("%zu examples read, %zu of them are answers of ours\n", all, used);
	assert_true(used >= 14);
	expect_int(&snap.peering.azure_asn, 12076);
	expect_int(&snap.circuit_stats.bytes_in[LINK_PRIMARY], 537408);
	assert_true(snap.bgp[LINK_PRIMARY].count >= 3); /* the customer's and the provider's form */
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(reads_a_circuit), T(reads_a_direct_circuit), T(reads_a_peering), T(finds_its_peering_in_the_list),
		T(reads_counters_and_gateway), T(refuses_other_shapes), T(reads_tables), T(empty_is_no_error),
		T(adds_pages_and_cuts), T(cuts_by_bytes), T(reads_connections), T(reads_gateway_peers), T(keeps_texts),
		T(cuts_long_texts), T(takes_the_official_examples),
	};
	return cmocka_run_group_tests_name("azure_answers", tests, NULL, NULL);
}
