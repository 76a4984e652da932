/* SPDX-License-Identifier: BSD-2-Clause */
/* What `erprobe init` writes must be a configuration, whatever Azure's tables hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "probe/config/config.h"
#include "probe/state/init_text.h"

#define ID "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/"
#define AZURE "azure: {auth: {method: azure_cli}}\n"

static struct az_text text_of(const char *text)
{
	struct az_text t = {.present = true};
	snprintf(t.text, sizeof(t.text), "%s", text);
	return t;
}

struct world { struct plan_circuit circuit; struct az_snapshot s; struct az_route_row rows[8]; struct strbuf out; };

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->circuit.name, sizeof(w->circuit.name), "c");
	snprintf(w->circuit.resource_id, sizeof(w->circuit.resource_id), ID "expressRouteCircuits/c");
	w->s.peering.part.read = w->s.circuit.part.read = AZ_OK;
	w->s.peering.present = true;
	w->s.peering.peer_asn = (struct az_int){true, 65010};
	w->s.peering.prefix[LINK_PRIMARY] = text_of("172.16.3.0/30");
	w->s.peering.prefix[LINK_SECONDARY] = text_of("172.16.4.0/30");
	w->s.routes[LINK_PRIMARY].rows = w->rows;
	strbuf_init(&w->out, STRBUF_MAX_DEFAULT);
}

static void route(struct world *w, const char *network, const char *path)
{
	w->rows[w->s.routes[LINK_PRIMARY].count++] = (struct az_route_row){.network = text_of(network), .path = text_of(path)};
}

static struct config written(struct world *w)
{
	struct config c;
	struct strbuf errors;
	init_text(AZURE, &w->circuit, &w->s, &w->out);
	assert_true(strbuf_ok(&w->out));
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	if (!config_parse("made", w->out.text, w->out.len, &c, &errors))
		fail_msg("%s\n%s", errors.text, w->out.text);
	strbuf_free(&errors);
	return c;
}

static size_t prefixes_of(const struct config *c, enum domain d)
{
	size_t n = 0;
	for (size_t i = 0; i < c->circuits[0].domain_count; i++)
		n += c->circuits[0].domains[i].domain == d;
	return n;
}

/* Both sides announce 10.9.0.0/16: it stands once. */
static void a_prefix_of_both_sides(void **state)
{
	struct world w;
	(void)state;
	begin(&w);
	route(&w, "10.100.0.0/16", "65515");
	route(&w, "10.9.0.0/16", "65515");
	route(&w, "10.9.0.0/16", "65010");
	route(&w, "10.10.0.0/16", "65010");
	route(&w, "0.0.0.0/0", "65010");
	struct config c = written(&w);
	assert_int_equal(prefixes_of(&c, DOMAIN_AZURE), 2);
	assert_int_equal(prefixes_of(&c, DOMAIN_CORPORATE), 1);
	config_free(&c);
	strbuf_free(&w.out);
}

/* With layer 3 of the provider's, what no other AS stands behind is its own; the same prefix of a site too is the site's. */
static void a_prefix_of_provider_and_site(void **state)
{
	struct world w;
	(void)state;
	begin(&w);
	w.s.peering.last_modified_by = text_of("Provider");
	route(&w, "10.8.0.0/16", "65010");
	route(&w, "10.8.0.0/16", "65010 65020");
	route(&w, "100.64.0.0/10", "65010");
	struct config c = written(&w);
	assert_int_equal(c.circuits[0].handoff, HANDOFF_L3);
	assert_int_equal(prefixes_of(&c, DOMAIN_CORPORATE), 1);
	assert_int_equal(prefixes_of(&c, DOMAIN_WAN), 1);
	config_free(&c);
	strbuf_free(&w.out);
}

static void a_gateway_in_small_letters(void **state)
{
	struct world w;
	(void)state;
	begin(&w);
	w.s.gateway.part.read = AZ_OK;
	w.s.gateway.id = text_of("/subscriptions/0/resourcegroups/rg/providers/microsoft.network/virtualnetworkgateways/gw");
	struct config c = written(&w);
	assert_string_equal(c.circuits[0].gateway_id, w.s.gateway.id.text);
	config_free(&c);
	strbuf_free(&w.out);
}

/* One of the four prefixes is enough for the links to be written; without any, what is missing is said in their place. */
static void links_of_what_is_told(void **state)
{
	(void)state;
	for (int told = -1; told < 4; told++) {
		struct world w;
		begin(&w);
		w.s.peering.prefix[LINK_PRIMARY].present = told == 0;
		w.s.peering.prefix[LINK_SECONDARY].present = told == 1;
		if (told > 1)
			w.s.peering.prefix6[told - 2] = text_of("fd00:3::/126");
		init_text(AZURE, &w.circuit, &w.s, &w.out);
		assert_true(strbuf_ok(&w.out));
		if (!strstr(w.out.text, "\n    links:\n") != (told < 0) || !strstr(w.out.text, "      primary: {") != (told != 0 && told != 2) ||
		    !strstr(w.out.text, "      secondary: {") != (told != 1 && told != 3) ||
		    !strstr(w.out.text, "# links: Azure did not tell") != (told >= 0))
			fail_msg("prefix %d: %s", told, w.out.text);
		strbuf_free(&w.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_of_both_sides), cmocka_unit_test(a_prefix_of_provider_and_site),
		cmocka_unit_test(a_gateway_in_small_letters), cmocka_unit_test(links_of_what_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
