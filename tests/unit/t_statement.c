/* SPDX-License-Identifier: BSD-2-Clause */
/* How an explanation is put into words. */
#include "tests/unit/diagnose_said.h"

static void replace_posterior(struct posterior *p, const struct explanation *list, size_t n)
{
	memcpy(p->list, list, n * sizeof *list);
	p->count = n;
}

static struct explanation of(const char *id, uint8_t link, uint8_t families, double probability)
{
	return (struct explanation){.count = 1, .probability = probability,
	                            .parts = {{.row = fault_find(id), .link = link, .families = families, .kind = PROBE_ICMP_ECHO}}};
}

/* That there is no fault is a row like the others, and is said in words. */
static void no_fault_is_said_in_words(void **state)
{
	const struct explanation list[2] = {of("none", LINK_NULL, 1, .6), of("wan.loss", P, 1, .4)};
	struct said s;

	(void)state;
	fault_see(&s.j, &fault_cases[16], true);
	replace_posterior(&s.j.posterior, list, 2);
	say(&s, .9);
	const struct verdict *v = &s.r.faults[0];
	assert_int_equal(v->status, STATUS_UNDETERMINED);
	assert_non_null(strstr(v->summary, "does not decide: no fault (60 %) or wan.loss (40 %)"));
	assert_non_null(strstr(v->next_steps[0], "To decide on no fault: a longer run"));
	assert_string_equal(v->alternatives[0].fault, "none");
	said_free(&s);
}

/* Which family dies is said where it is sure, and what else looks like it is the first step. */
static void one_family_alone(void **state)
{
	const uint8_t v6 = 1u << FAM6, both = 1u << FAM4 | 1u << FAM6;
	const struct explanation sure[2] = {of("wan.blackhole", P, v6, .97), of("wan.blackhole", P, both, .03)};
	const struct explanation open[2] = {of("wan.blackhole", P, v6, .6), of("wan.blackhole", P, both, .4)};
	struct said s;

	(void)state;
	for (int dual = 0; dual < 2; dual++)
		for (int is_open = 0; is_open < 2; is_open++) {
			bool said = dual && !is_open;
			fault_see(&s.j, &fault_cases[16], true);
			s.j.seen.families[FAM6] = dual;
			replace_posterior(&s.j.posterior, is_open ? open : sure, 2);
			say(&s, .9);
			const struct verdict *v = &s.r.faults[0];
			assert_string_equal(v->fault, "wan.blackhole");
			assert_int_equal(strstr(v->summary, "On the primary link, IPv6 alone: ") != NULL, said);
			assert_int_equal(strstr(v->next_steps[0], "Check that the edge forwards IPv6") != NULL, said);
			size_t of_the_edge = 0;
			for (size_t i = 0; i < v->step_count; i++)
				of_the_edge += strstr(v->next_steps[i], "corp.edge-forwarding") != NULL;
			assert_int_equal(of_the_edge, 1);
			said_free(&s);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_fault_is_said_in_words), cmocka_unit_test(one_family_alone)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
