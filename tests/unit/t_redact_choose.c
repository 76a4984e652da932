/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for a key under which no address becomes another one of the recording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe/evidence/redact.h"

#include <string.h>

#define FLOWS 2000

static struct ip_addr parsed(const char *text)
{
	struct ip_addr a = ip_addr_none();

	assert_true(ip_addr_parse(text, &a));
	return a;
}

/* So many destinations; the last lies beside 192.0.2.1, which stays: all that it can become is itself. */
static void record(struct recording *rec, struct plan_flow flows[FLOWS], size_t count)
{
	memset(rec, 0, sizeof *rec);
	memset(flows, 0, FLOWS * sizeof flows[0]);
	for (size_t i = 0; i + 1 < count; i++) {
		flows[i].dst = parsed("10.20.0.0");
		flows[i].dst.bytes[2] = (uint8_t)(i >> 8);
		flows[i].dst.bytes[3] = (uint8_t)i;
	}
	flows[count - 1].dst = parsed("192.0.2.0");
	rec->plan.flows = flows;
	rec->plan.flow_count = count;
}

static void a_search_without_hope_ends(void **state)
{
	static const struct { size_t flows; struct redact_search most, spent; const char *says; } rows[] = {
		/* By the keys, where there are few addresses; by the addresses, where there are many. */
		{1, {7, 1000000}, {7, 0}, "so near to one that stays"},
		{3, {50, 1000000}, {50, 0}, "so near to one that stays"},
		{FLOWS, {1000000, 5000}, {0, 5000}, "so many addresses"},
		{FLOWS, {1000000, 1}, {0, 1}, "so many addresses"},
	};
	static struct plan_flow flows[FLOWS];
	static struct recording rec;
	static struct anon a;
	struct redact_rule rule = {.audience = AUDIENCE_PROVIDER, .kept = {{parsed("192.0.2.1"), 32}}, .kept_count = 1};
	char err[300];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct redact_search s = rows[i].most;
		record(&rec, flows, rows[i].flows);
		assert_false(redact_choose_within(&a, &rec, &rule, &s, err, sizeof err));
		assert_non_null(strstr(err, rows[i].says));
		if (rows[i].spent.keys > 0)
			assert_int_equal(s.keys, rows[i].spent.keys);
		/* A key that was begun is tried to its end. */
		if (rows[i].spent.tried > 0)
			assert_in_range(s.tried, rows[i].spent.tried, rows[i].spent.tried + rows[i].flows);
	}
	/* And by itself. */
	record(&rec, flows, 1);
	assert_false(redact_choose(&a, &rec, &rule, err, sizeof err));
	assert_non_null(strstr(err, "so near to one that stays"));
}

/* Without that neighbour a key is found: all are replaced, by none of their own. */
static void a_key_is_found(void **state)
{
	static struct plan_flow flows[FLOWS];
	static struct recording rec;
	static struct anon a;
	struct redact_rule rule = {.audience = AUDIENCE_PROVIDER};
	char err[300];

	(void)state;
	record(&rec, flows, 40);
	assert_true(redact_choose(&a, &rec, &rule, err, sizeof err));
	for (size_t i = 0; i < 40; i++) {
		struct ip_addr to = anon_addr(&a, &flows[i].dst);
		for (size_t k = 0; k < 40; k++)
			assert_false(ip_addr_equal(&to, &flows[k].dst));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_search_without_hope_ends),
		cmocka_unit_test(a_key_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
