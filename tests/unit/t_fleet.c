/* SPDX-License-Identifier: BSD-2-Clause */
/* What several edges see of one circuit, joined. */
#include "analysis/fleet/fleet.h"

#include "analysis/fleet/fleet_report.h"
#include "probe/cli/fleet_read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct fleet_seen see(const char *edge, const char *id, enum status status, enum domain domain, double confidence)
{
	struct fleet_seen s = {.status = status, .domain = domain, .confidence = confidence, .link = LINK_PRIMARY};

	snprintf(s.edge, sizeof s.edge, "%s", edge);
	snprintf(s.id, sizeof s.id, "%s", id);
	snprintf(s.circuit, sizeof s.circuit, "%s", id);
	return s;
}

#define JOIN(seen, out) fleet_join(seen, sizeof(seen) / sizeof((seen)[0]), out)

static void test_two_sites_clear_corporate(void **state)
{
	struct fleet_seen seen[] = {see("a", "c", STATUS_FAULT, DOMAIN_WAN, 0.65), see("b", "c", STATUS_FAULT, DOMAIN_WAN, 0.65)};
	struct fleet_circuit out[2];

	(void)state;
	/* One alone would not be sure; two are. */
	assert_int_equal(fleet_join(seen, 1, out), 1);
	assert_int_equal(out[0].domain, DOMAIN_NONE);
	assert_false(out[0].corporate_cleared);
	assert_int_equal(JOIN(seen, out), 1);
	assert_int_equal(out[0].domain, DOMAIN_WAN);
	assert_true(out[0].corporate_cleared && out[0].confidence > 0.89);
	assert_non_null(strstr(out[0].why, "clears their corporate networks"));
}

/* Both suspect their own network: one of the two may be right, both at once is unlikely. */
static void test_two_that_suspect_themselves(void **state)
{
	struct fleet_seen seen[] = {see("a", "c", STATUS_FAULT, DOMAIN_CORPORATE, 0.7), see("b", "c", STATUS_FAULT, DOMAIN_CORPORATE, 0.7)};
	struct fleet_circuit out[2];

	(void)state;
	JOIN(seen, out);
	assert_int_not_equal(out[0].domain, DOMAIN_CORPORATE);
	assert_int_equal(out[0].status, STATUS_FAULT);
	assert_true(out[0].corporate_cleared == (out[0].confidence > 0 && strstr(out[0].why, "clears") != NULL));
}

static void test_healthy_elsewhere_clears_what_is_shared(void **state)
{
	struct fleet_seen seen[] = {see("a", "c", STATUS_FAULT, DOMAIN_CORPORATE, 0.7), see("b", "c", STATUS_HEALTHY, DOMAIN_NONE, 0.99),
	                            see("d", "c", STATUS_HEALTHY, DOMAIN_NONE, 0.99)};
	struct fleet_circuit out[3];

	(void)state;
	JOIN(seen, out);
	assert_int_equal(out[0].domain, DOMAIN_CORPORATE);
	assert_true(out[0].shared_cleared);
	assert_int_equal(out[0].bad, 1);
	assert_int_equal(out[0].healthy, 2);
	/* An edge that is sure of the WAN, and another that finds it healthy: nobody is accused. */
	seen[0] = see("a", "c", STATUS_DEGRADED, DOMAIN_WAN, 0.95);
	seen[1] = see("b", "c", STATUS_HEALTHY, DOMAIN_NONE, 0.99);
	fleet_join(seen, 2, out);
	assert_int_equal(out[0].domain, DOMAIN_NONE);
}

static void test_order_and_groups(void **state)
{
	struct fleet_seen seen[] = {see("a", "fine", STATUS_HEALTHY, DOMAIN_NONE, 0.99),
	                            see("a", "slow", STATUS_DEGRADED, DOMAIN_AZURE, 0.99),
	                            see("b", "odd", STATUS_UNDETERMINED, DOMAIN_NONE, 0.3),
	                            see("a", "dead", STATUS_FAULT, DOMAIN_WAN, 0.99),
	                            see("a", "deader", STATUS_FAULT, DOMAIN_WAN, 0.99),
	                            see("b", "deader", STATUS_DEGRADED, DOMAIN_WAN, 0.99),
	                            see("b", "fine", STATUS_HEALTHY, DOMAIN_NONE, 0.99)};
	static const char *const order[] = {"deader", "dead", "slow", "odd", "fine"};
	struct fleet_circuit out[7];

	(void)state;
	assert_int_equal(JOIN(seen, out), 5);
	for (int i = 0; i < 5; i++)
		assert_string_equal(out[i].first->id, order[i]);
	assert_int_equal(out[0].status, STATUS_FAULT);
	assert_string_equal(out[0].first->edge, "a");
	assert_int_equal(out[4].edges, 2);
	assert_int_equal(fleet_join(seen, 0, out), 0);
}

static void test_no_answer_of_an_edge_is_no_number(void **state)
{
	static const double odd[] = {-1, 0, 2, 1};
	struct fleet_circuit out[2];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct fleet_seen seen[] = {see("a", "c", STATUS_FAULT, DOMAIN_WAN, odd[i]), see("b", "c", STATUS_FAULT, DOMAIN_AZURE, odd[i])};

		JOIN(seen, out);
		assert_true(out[0].confidence >= 1.0 / 3 - 1e-9 && out[0].confidence <= 1);
		assert_int_equal(out[0].domain, DOMAIN_NONE);
	}
}

static void test_lines(void **state)
{
	static const char good[] =
		"{\"kind\":\"edge\",\"edge\":\"a\",\"seen_us\":1795478400000000,\"version\":\"0.1.0\"}\n"
		"{\"kind\":\"state\",\"edge\":\"a\\u001b[2J\",\"circuit\":\"c\",\"circuit_id\":\"/x\",\"provider\":null,\"at_us\":1795478400000000,"
		"\"status\":\"fault\",\"domain\":\"wan\",\"fault\":\"wan.loss\",\"link\":\"both\",\"confidence\":0.97,\"contact\":\"provider\","
		"\"summary\":\"s\",\"maintenance\":null}\n"
		"{\"kind\":\"incidents\",\"circuit_id\":\"/x\",\"count\":3}\n{\"kind\":\"later\"}\n";
	static const char *const bad[] = {"x\n", "[]\n", "{}\n", "{\"kind\":1}\n", "{\"kind\":\"state\"", "\n"};
	struct fleet_found f;
	char err[200];

	(void)state;
	assert_true(fleet_read(good, sizeof good - 1, &f, err, sizeof err));
	assert_int_equal(f.edge_count, 1);
	assert_int_equal(f.seen_count, 1);
	assert_null(strchr(f.seen[0].edge, 0x1b));
	assert_int_equal(f.seen[0].status, STATUS_FAULT);
	assert_int_equal(f.seen[0].link, LINK_BOTH);
	assert_int_equal(f.counts[0].incidents, 3);
	fleet_found_free(&f);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(fleet_read(bad[i], strlen(bad[i]), &f, err, sizeof err));
		fleet_found_free(&f);
	}
}

static void test_exit_code(void **state)
{
	static const struct { enum status status; int code; } cases[] = {
		{STATUS_HEALTHY, 0}, {STATUS_DEGRADED, 1}, {STATUS_FAULT, 2}, {STATUS_UNDETERMINED, 3}};
	struct fleet_circuit c = {0};
	struct fleet_view v = {.circuits = &c, .count = 0};

	(void)state;
	assert_int_equal(fleet_exit_code(&v), 3);
	v.count = 1;
	for (size_t i = 0; i < 4; i++) {
		c.status = cases[i].status;
		assert_int_equal(fleet_exit_code(&v), cases[i].code);
	}
}

/* The counts of the first line, who is named beside each circuit, what of a provider's is bad, who fell silent. */
static void test_text(void **state)
{
	static const char *const lines[] = {
		"4 circuits, 3 bad: corporate 1, WAN 1, Azure 0, undecided 1; 2 edges\n", "bad at 1 of 2 edges, 3 incidents in 30 d\n",
		"Providers\nnorth                       2 circuits, 2 bad, 1 of them theirs\nnot known                   2 circuits, 1 bad, 0 of them theirs\n",
		"Silent edges\nquiet                       nothing for 2 h",
	};
	static const struct { enum domain domain; const char *provider; size_t bad; } rows[] = {
		{DOMAIN_WAN, "north", 1}, {DOMAIN_CORPORATE, "", 1}, {DOMAIN_NONE, "north", 1}, {DOMAIN_NONE, "", 0}};
	static const struct fleet_edge edges[] = {{"lively", "1", {3 * INT64_C(3600) * NS_PER_SEC}}, {"quiet", "1", {INT64_C(3600) * NS_PER_SEC}}};
	const struct text_style style = {.width = 120};
	struct fleet_seen seen[4][2];
	struct fleet_circuit c[4];
	struct strbuf out;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		seen[i][0] = seen[i][1] = see("lively", "c", rows[i].bad > 0 ? STATUS_FAULT : STATUS_HEALTHY, rows[i].domain, 0.9);
		snprintf(seen[i][0].provider, sizeof seen[i][0].provider, "%s", rows[i].provider);
		c[i] = (struct fleet_circuit){.first = seen[i], .edges = 2, .bad = rows[i].bad, .domain = rows[i].domain, .status = seen[i][0].status};
	}
	c[0].incidents = 3;
	const struct fleet_view v = {.at = edges[0].seen_at, .circuits = c, .count = 4, .edges = edges, .edge_count = 2, .since_ns = INT64_C(3600) * NS_PER_SEC};
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	fleet_text(&v, &style, &out);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (!strstr(out.text, lines[i]))
			fail_msg("no \"%s\" in:\n%s", lines[i], out.text);
	strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_sites_clear_corporate), cmocka_unit_test(test_two_that_suspect_themselves),
		cmocka_unit_test(test_healthy_elsewhere_clears_what_is_shared), cmocka_unit_test(test_order_and_groups),
		cmocka_unit_test(test_no_answer_of_an_edge_is_no_number), cmocka_unit_test(test_lines), cmocka_unit_test(test_exit_code), cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
