/* SPDX-License-Identifier: BSD-2-Clause */
/* A hop's line in mtr.txt: each figure under its head, "-" for what nobody knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "analysis/report/evidence_text.h"

static void a_hop(void **state)
{
	struct hop_result hop = {.ttl = 3, .address_count = 2, .role = "CE", .sent = 20, .answered = 19, .domain = DOMAIN_WAN, .note = "slow"};
	struct strbuf out;

	(void)state;
	assert_true(ip_addr_parse("192.0.2.1", &hop.addresses[0]));
	assert_true(ip_addr_parse("192.0.2.9", &hop.addresses[1]));
	hop.loss = (struct ratio_bound){.known = true, .ratio = 0.05};
	hop.path_loss = (struct ratio_bound){.known = true, .high = 0.123};
	hop.rtt = (struct rtt_summary){.known = true, .min_ns = 1000000, .median_ns = 2000000, .p95_ns = 3000000, .max_ns = 4000000};
	hop.mpls_count = 1;
	hop.mpls[0].label = 16001;
	hop.mpls[0].ttl = 1;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	report_mtr_hop(&hop, &out);
	assert_string_equal(out.text,
	                    "  3.|-- 192.0.2.1 (CE)                                        5.0%    20    19     1.00     2.00     3.00     4.00  <=  12.3%  wan; slow\n"
	                    "    |  `|-- 192.0.2.9\n"
	                    "       [MPLS: Lbl 16001 TC 0 S 0 TTL 1]\n");
	strbuf_free(&out);
}

static void a_silent_hop(void **state)
{
	struct hop_result hop = {.ttl = 12};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	report_mtr_hop(&hop, &out);
	assert_string_equal(out.text,
	                    " 12.|-- ???                                                      -     0     0        -        -        -        -          -  -\n");
	strbuf_free(&out);
}

/* Where a word ends in the text. */
static long end_of(const struct strbuf *b, const char *word)
{
	const char *at = strstr(b->text, word);

	assert_non_null(at);
	return at - b->text + (long)strlen(word);
}

static void heads_stand_above_their_figures(void **state)
{
	static const char *const pairs[][2] = {{"Loss%", "5.0%"}, {"Snt", "   20"}, {"Rcv", "   19"}, {"Best", "1.00"}, {"Median", "2.00"},
	                                       {"p95", "3.00"}, {"Wrst", "4.00"}, {"path loss", "12.3%"}};
	struct hop_result hop = {.ttl = 3, .sent = 20, .answered = 19};
	struct strbuf heads, figures;

	(void)state;
	hop.loss = (struct ratio_bound){.known = true, .ratio = 0.05};
	hop.path_loss = (struct ratio_bound){.known = true, .high = 0.123};
	hop.rtt = (struct rtt_summary){.known = true, .min_ns = 1000000, .median_ns = 2000000, .p95_ns = 3000000, .max_ns = 4000000};
	strbuf_init(&heads, STRBUF_MAX_DEFAULT);
	strbuf_init(&figures, STRBUF_MAX_DEFAULT);
	report_mtr_columns("edge-1", &heads);
	report_mtr_hop(&hop, &figures);
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		assert_int_equal(end_of(&heads, pairs[i][0]), end_of(&figures, pairs[i][1]));
	strbuf_free(&heads);
	strbuf_free(&figures);
}

/* One table a link and family that has hops, named so; a link without a name has none in its head. */
static void tables(void **state)
{
	static struct circuit_result c;
	struct hop_result hop = {.ttl = 1};
	struct plan_circuit circuit = {.name = "frankfurt-1"};
	const struct plan plan = {.host = "edge-1"};
	const struct report_place utc = {{0}, 0};
	const struct run_result r = {.plan = &plan, .circuits = &c, .circuit_count = 1};
	struct strbuf out;

	(void)state;
	c = (struct circuit_result){.plan = &circuit, .link_count = 2};
	c.links[0].id = LINK_PRIMARY;
	c.links[1].id = LINK_NULL;
	for (int fam = 0; fam < FAMILIES; fam++)
		c.links[0].hops[fam] = c.links[1].hops[fam] = &hop;
	c.links[0].hop_count[FAM4] = c.links[0].hop_count[FAM6] = c.links[1].hop_count[FAM6] = 1;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	report_mtr_text(&r, &utc, &out);
	assert_non_null(strstr(out.text, "\nfrankfurt-1, primary link, IPv4\n"));
	assert_non_null(strstr(out.text, "\nfrankfurt-1, primary link, IPv6\n"));
	assert_non_null(strstr(out.text, "\nfrankfurt-1, - link, IPv6\n"));
	assert_null(strstr(out.text, "- link, IPv4"));
	strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_hop), cmocka_unit_test(a_silent_hop),
	                                   cmocka_unit_test(heads_stand_above_their_figures), cmocka_unit_test(tables)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
