/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "erprobe/plan.h"
#include "erprobe/result.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

static struct ip_addr addr(const char *text)
{
	struct ip_addr a = ip_addr_none();

	if (text != NULL && text[0] != '\0')
		assert_true(ip_addr_parse(text, &a));
	return a;
}

static struct plan_circuit circuit(enum handoff handoff)
{
	static struct plan_domain domains[5];
	static const struct { const char *text; enum domain domain; } rows[5] = {
	    {"10.100.7.0/24", DOMAIN_WAN},    {"10.0.0.0/8", DOMAIN_CORPORATE}, {"10.100.0.0/16", DOMAIN_AZURE},
	    {"172.16.3.0/24", DOMAIN_WAN},    {"2001:db8:a::/48", DOMAIN_AZURE},
	};
	struct plan_circuit c = {.handoff = handoff, .domains = domains, .domain_count = 5};

	for (size_t i = 0; i < 5; i++) {
		assert_true(ip_prefix_parse(rows[i].text, &domains[i].prefix));
		domains[i].domain = rows[i].domain;
	}
	c.links[LINK_PRIMARY].ce[FAM4] = addr("172.16.3.1");
	c.links[LINK_PRIMARY].msee[FAM4] = addr("172.16.3.2");
	c.links[LINK_SECONDARY].ce[FAM4] = addr("172.16.4.1");
	c.links[LINK_SECONDARY].msee[FAM4] = addr("172.16.4.2");
	c.links[LINK_SECONDARY].ce[FAM6] = addr("2001:db8:a::1");
	c.links[LINK_SECONDARY].msee[FAM6] = addr("2001:db8:a::2");
	return c;
}

static void domains_of_addresses(void **state)
{
	static const struct { enum handoff handoff; const char *addr; enum domain want; } rows[] = {
	    {HANDOFF_L2, "10.1.1.1", DOMAIN_CORPORATE},
	    {HANDOFF_L2, "10.100.1.1", DOMAIN_AZURE},       /* the longer prefix */
	    {HANDOFF_L2, "10.100.7.1", DOMAIN_WAN},         /* the longest */
	    {HANDOFF_L2, "172.16.3.1", DOMAIN_CORPORATE},   /* a link's own address beats its prefix */
	    {HANDOFF_L3, "172.16.3.1", DOMAIN_WAN},
	    {HANDOFF_DIRECT, "172.16.3.1", DOMAIN_CORPORATE},
	    {HANDOFF_L3, "172.16.3.2", DOMAIN_AZURE},
	    {HANDOFF_L2, "172.16.3.3", DOMAIN_WAN},
	    {HANDOFF_L2, "172.16.4.2", DOMAIN_AZURE},
	    {HANDOFF_L2, "172.16.4.3", DOMAIN_NONE},        /* nothing says */
	    {HANDOFF_L2, "2001:db8:a::1", DOMAIN_CORPORATE},
	    {HANDOFF_L3, "2001:db8:a::1", DOMAIN_WAN},
	    {HANDOFF_L2, "2001:db8:a::9", DOMAIN_AZURE},
	    {HANDOFF_L2, "2001:db8:b::1", DOMAIN_NONE},
	    {HANDOFF_L2, "", DOMAIN_NONE},                  /* unset matches no unset link address */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct plan_circuit c = circuit(rows[i].handoff);
		struct ip_addr a = addr(rows[i].addr);
		if (plan_domain_of(&c, &a) != rows[i].want)
			fail_msg("%s with %s: not %d", rows[i].addr, handoff_name(rows[i].handoff), (int)rows[i].want);
	}
}

static void copies_deeply(void **state)
{
	struct plan_target targets[2] = {{.name = "app", .tcp = {443}, .tcp_count = 1}, {.name = "dc", .control = true}};
	struct plan_circuit circuits[2] = {circuit(HANDOFF_L2), {.name = "empty"}};
	struct plan_flow flows[3] = {{.id = 0}, {.id = 1, .src_port = 40000}, {.id = 2}};
	struct plan p = {.run_id = "r", .circuits = circuits, .circuit_count = 2, .flows = flows, .flow_count = 3};
	struct plan copy;

	(void)state;
	circuits[0].targets = targets;
	circuits[0].target_count = 2;
	assert_true(plan_copy(&copy, &p));
	assert_ptr_not_equal(copy.circuits, circuits);
	assert_ptr_not_equal(copy.circuits[0].targets, targets);
	assert_ptr_not_equal(copy.circuits[0].domains, circuits[0].domains);
	memset(targets, 0xff, sizeof targets);
	memset(flows, 0xff, sizeof flows);
	assert_string_equal(copy.circuits[0].targets[0].name, "app");
	assert_int_equal(copy.flows[1].src_port, 40000);
	assert_string_equal(copy.circuits[1].name, "empty");
	assert_null(copy.circuits[1].targets);
	plan_free(&copy);
	assert_null(copy.circuits);
	plan_free(&copy); /* again is harmless */
	struct plan zero = {0};
	plan_free(&zero);
	assert_true(plan_copy(&copy, &zero));
	plan_free(&copy);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(domain_name(DOMAIN_CORPORATE), "corporate");
	assert_string_equal(domain_name(DOMAIN_WAN), "wan");
	assert_string_equal(domain_name(DOMAIN_AZURE), "azure");
	assert_null(domain_name(DOMAIN_NONE));
	assert_null(domain_name(DOMAINS));
	assert_string_equal(link_name(LINK_PRIMARY), "primary");
	assert_string_equal(link_name(LINK_SECONDARY), "secondary");
	assert_string_equal(link_name(LINK_BOTH), "both");
	assert_null(link_name(LINK_ANY));
	assert_null(link_name(LINK_NULL));
	assert_string_equal(handoff_name(HANDOFF_L3), "l3");
	assert_string_equal(handoff_name(HANDOFF_DIRECT), "direct");
	assert_string_equal(peering_name(PEERING_MICROSOFT), "MicrosoftPeering");
	assert_string_equal(contact_name(CONTACT_MICROSOFT), "microsoft");
	assert_null(contact_name(CONTACT_NONE));
	for (int r = 0; r < FLOW_ROLES; r++)
		assert_non_null(flow_role_name((enum flow_role)r));
	assert_null(flow_role_name(FLOW_ROLES));
	assert_string_equal(status_name(STATUS_UNDETERMINED), "undetermined");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(domains_of_addresses),
	    cmocka_unit_test(copies_deeply),
	    cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
