/* SPDX-License-Identifier: BSD-2-Clause */
/* What observations weigh between two explanations, and who comes next. */
#include "analysis/verdict/explain.h"
#include "analysis/diagnose/scoring.h"
#include "analysis/diagnose/weigh.h"
#include "analysis/verdict/contest.h"
#include "tests/unit/diagnose_said.h"

#include <math.h>

/* Both links died since Azure was read: to Azure all is well. */
static void make_down_before_azure(struct judged *j)
{
	struct judged now = *j;
	make_both_down(&now);
	j->w = now.w;
}

/* The score that the posterior's own arithmetic gives without one of the observations. */
static double score_without(const struct posterior *p, const struct observation *obs, size_t n, size_t left_out,
                            const struct explanation *e)
{
	struct scoring s = {.p = p, .obs = calloc(n + 1, sizeof *obs), .known = calloc((n + 1) * LETTERS, sizeof(double))};
	const struct explanation *none = posterior_none(p);
	uint8_t *ranks = calloc(n + 1, 1), *more = calloc(n + 1, 1);
	struct explanation again = *e;

	assert_true(s.obs && s.known && ranks && more);
	for (size_t i = 0; i < n; i++)
		if (i != left_out) {
			s.said_none += obs[i].of_azure ? observation_log(p, &obs[i], none, 0) : 0;
			s.obs[s.n++] = obs[i];
		}
	for (size_t i = 0; i < (n + 1) * LETTERS; i++)
		s.known[i] = NAN;
	scoring_ranks(&s, &e->parts[0], ranks);
	for (uint8_t part = 1; part < e->count; part++) {
		scoring_ranks(&s, &e->parts[part], more);
		scoring_merge(&s, ranks, more);
	}
	scoring_score(&s, &again, ranks);
	free(s.obs);
	free(s.known);
	free(ranks);
	free(more);
	return again.log_score;
}

/* Of all that the first explanations differ in: by so much the odds fall without it. */
static void a_weight_is_what_would_be_missing(void **state)
{
	(void)state;
	for (size_t c = 0; c < COUNT(fault_cases); c++) {
		struct judged j;
		fault_see(&j, &fault_cases[c], true);
		const struct posterior *p = &j.posterior;
		struct observation *obs = calloc(observations_room(&j.seen), sizeof *obs);
		double *w = calloc(observations_room(&j.seen), sizeof *w);
		assert_true(obs && w);
		size_t n = observations_list(&j.seen, obs);
		for (size_t r = 1; r < 6 && r < p->count; r++) {
			const struct explanation *e = &p->list[0], *rival = &p->list[r];
			weigh_observations(p, obs, n, e, rival, w);
			for (size_t i = 0; i < n; i++) {
				double without = score_without(p, obs, n, i, e) - score_without(p, obs, n, i, rival);
				double missing = e->log_score - rival->log_score - without;
				if (fabs(missing - w[i]) > 1e-6)
					fail_msg("case %zu ('%s'), rival %zu (%s), observation %zu: %g, not %g", c, fault_cases[c].id, r,
					         rival->parts[0].row->id, i, w[i], missing);
			}
		}
		free(obs);
		free(w);
		judged_free(&j);
	}
}

/* Azure that still tells of the circuit before the fault: however many of its answers agree, they deny a fault by no more
 * than that is rare; what they say for one counts whole. */
static void late_azure_denies_so_far(void **state)
{
	(void)state;
	assert_true(fabs(azure_word_log(-3, -3) + 3) < 1e-9);
	assert_true(azure_word_log(-40, -3) > -3 - log(505) && azure_word_log(-40, -3) < -3 - log(495));
	assert_true(fabs(azure_word_log(-3, -40) - log(.998) + 3) < 1e-9);
}

/* All that was seen, how common each is and the unknown rate of a loss are the odds, to the last digit; also where Azure still
 * tells of the circuit before the fault. */
static void the_odds(const struct judged *j, const char *what)
{
	const struct posterior *p = &j->posterior;
	struct observation *obs = calloc(observations_room(&j->seen), sizeof *obs);
	double *w = calloc(observations_room(&j->seen), sizeof *w);
	assert_true(obs && w);
	size_t n = observations_list(&j->seen, obs);
	for (size_t r = 1; r < 40 && r < p->count; r++) {
		struct weigh_rest rest;
		weigh_shares(p, obs, n, &p->list[0], &p->list[r], w, &rest);
		double sum = rest.prior + rest.rate;
		for (size_t i = 0; i < n; i++)
			sum += w[i];
		if (fabs(sum - (p->list[0].log_score - p->list[r].log_score)) > 1e-6)
			fail_msg("%s, rival %zu (%s): %g, not %g", what, r, p->list[r].parts[0].row->id, sum,
			         p->list[0].log_score - p->list[r].log_score);
	}
	free(obs);
	free(w);
}

/* What is printed: the weights above the sum, each rounded to a hundredth, are the sum. */
static void the_table(const struct judged *j, const char *versus, bool late)
{
	struct strbuf b;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	explain_posterior(&j->posterior, versus, &b);
	assert_true(strbuf_ok(&b));
	char *text = strbuf_take(&b), *line = strstr(text, "weights of the first");
	double sum = 0, total = NAN;
	size_t rows = 0;
	for (line = line ? strchr(line, '\n') : NULL; line && line[1] != '\0'; line = strchr(line + 1, '\n')) {
		char *end;
		double weight = strtod(line + 1, &end);
		if (end == line + 1)
			continue; /* a remark */
		if (strncmp(end, "  in all", 8) == 0)
			total = weight;
		else
			sum += weight;
		rows++;
	}
	if (rows < 2 || !(fabs(sum - total) <= .005 * (double)rows + 1e-9))
		fail_msg("%zu rows, %g, not %g:\n%s", rows, sum, total, text);
	assert_true(!late || strstr(text, "they may be late together"));
	free(text);
}

static void weights_add_up_to_the_odds(void **state)
{
	const struct fault_case stale[] = {{"wan.circuit-down", LINK_BOTH, STATUS_FAULT, make_down_before_azure, true, false}};

	(void)state;
	for (size_t c = 0; c < COUNT(fault_cases) + COUNT(stale); c++) {
		bool late = c >= COUNT(fault_cases);
		const struct fault_case *of = late ? &stale[c - COUNT(fault_cases)] : &fault_cases[c];
		struct judged j;
		fault_see(&j, of, true);
		the_odds(&j, of->id);
		the_table(&j, late ? "none" : NULL, late);
		judged_free(&j);
	}
}

/* None of Azure's late answers weighs anything where the others say the same: one line has what all of them weigh. */
static void late_azure_stands_as_a_whole(void **state)
{
	const struct fault_case stale = {"", LINK_BOTH, STATUS_FAULT, make_down_before_azure, true, false};
	struct judged j;
	struct verdict v = {.link = LINK_NULL};
	size_t joined = 0;

	(void)state;
	fault_see(&j, &stale, true);
	struct explanation list[2] = {j.posterior.list[0], *posterior_none(&j.posterior)};
	struct posterior two = j.posterior;
	two.list = list;
	two.count = 2;
	contests_fill(&two, &list[0], 0, &v);
	assert_true(v.runner_up.known && v.runner_up.contra_count > 0);
	for (size_t i = 0; i < v.runner_up.contra_count; i++) {
		const struct weighed *w = &v.runner_up.contra[i];
		if (w->source != EVIDENCE_AZURE)
			continue;
		assert_non_null(strstr(w->statement, "more of its answers agree, and all of them may be late."));
		assert_true(fabs(w->log_ratio - log(500)) < .1);
		joined++;
	}
	assert_int_equal(joined, 1);
	judged_free(&j);
}

static void contest_holds(const struct contest *c, const char *what)
{
	assert_true(c->known);
	assert_false(strcmp(c->leader.fault, c->next.fault) == 0 && c->leader.link == c->next.link);
	assert_true(c->next.probability >= 0 && c->next.probability <= 1);
	for (int side = 0; side < 2; side++) {
		const struct weighed *list = side ? c->contra : c->pro;
		size_t count = side ? c->contra_count : c->pro_count;
		assert_true(count <= WEIGHED_MAX);
		for (size_t i = 0; i < count; i++) {
			if (!(list[i].log_ratio >= 0.3) || strlen(list[i].statement) < 12 || list[i].as_of.ns == 0)
				fail_msg("%s: '%s' weighs %g", what, list[i].statement, list[i].log_ratio);
			assert_true(i == 0 || list[i].log_ratio <= list[i - 1].log_ratio);
			assert_true((list[i].source == EVIDENCE_AZURE) == (strncmp(list[i].statement, "Azure", 5) == 0));
			for (size_t k = 0; k < i; k++)
				assert_string_not_equal(list[i].statement, list[k].statement);
		}
	}
}

static void each_verdict_has_its_contest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fault_cases); i++) {
		struct said s;
		of_case(&s, i, true);
		const struct verdict *v = &s.r.faults[0];
		contest_holds(&v->runner_up, fault_cases[i].id);
		assert_string_equal(v->runner_up.leader.fault, v->fault);
		assert_true(v->runner_up.leader.probability > v->runner_up.next.probability);
		bool same = v->domain != DOMAIN_NONE && v->runner_up.next.domain == v->domain;
		assert_true(same || !v->other_domain.known);
		if (v->other_domain.known) {
			contest_holds(&v->other_domain, fault_cases[i].id);
			assert_int_not_equal(v->other_domain.next.domain, v->domain);
			assert_true(v->other_domain.next.probability <= v->runner_up.next.probability + 1e-9);
		}
		said_free(&s);
	}
}

static size_t case_of(const char *id)
{
	for (size_t i = 0; i < COUNT(fault_cases); i++)
		if (strcmp(fault_cases[i].id, id) == 0)
			return i;
	fail_msg("no case '%s'", id);
	return 0;
}

static void undecided_names_what_leads(void **state)
{
	(void)state;
	struct said s;
	fault_see(&s.j, &fault_cases[case_of("wan.circuit-down")], true);
	say(&s, 2);
	const struct verdict *v = &s.r.faults[0];
	assert_int_equal(v->status, STATUS_UNDETERMINED);
	assert_string_equal(v->fault, "");
	assert_string_equal(v->runner_up.leader.fault, "wan.circuit-down");
	contest_holds(&v->runner_up, "undetermined");
	said_free(&s);
}

/* What weighs most between two is not what weighs most against "no fault". */
static void the_heaviest_of_azure(void **state)
{
	(void)state;
	struct said s;
	of_case(&s, case_of("corp.edge-bgp"), true);
	const struct contest *c = &s.r.faults[0].runner_up;
	assert_true(c->pro_count > 0);
	assert_non_null(strstr(c->pro[0].statement, "ARP entry"));
	assert_int_equal(c->pro[0].source, EVIDENCE_AZURE);
	assert_true(c->pro[0].of_link);
	assert_true(c->pro[0].as_of.ns == s.j.a.s.done_at.ns);
	/* It is of the time at which that answer came, not of the whole. */
	struct wall_ns came = {s.j.a.s.done_at.ns - 3 * NS_PER_SEC};
	s.j.a.s.arp[LINK_PRIMARY].part.at = s.j.a.s.arp[LINK_SECONDARY].part.at = came;
	unsay(&s);
	judged_forget(&s.j);
	judged_weigh(&s.j);
	say(&s, ASKED);
	assert_non_null(strstr(c->pro[0].statement, "ARP entry"));
	assert_true(c->pro[0].as_of.ns == came.ns);
	said_free(&s);
}

/* The more was asked, the closer the range of what is lost; the likeliest share lies in it. */
static void how_much_is_lost(void **state)
{
	double before = 1;

	(void)state;
	for (int times = 20; times <= 160; times *= 8) {
		struct judged j;
		judged_standard(&j, HANDOFF_L2);
		j.w.lose_every[LINK_PRIMARY] = 10;
		world_run(&j.w, times);
		judged_weigh(&j);
		size_t at = 0;
		while (at < j.posterior.count && strcmp(j.posterior.list[at].parts[0].row->id, "wan.loss") != 0)
			at++;
		assert_true(at < j.posterior.count && j.posterior.list[at].parts[0].link == LINK_PRIMARY);
		struct loss_range r = weigh_loss(&j.posterior, &j.posterior.list[at]), none = weigh_loss(&j.posterior, posterior_none(&j.posterior));
		double likeliest = loss_grid(j.posterior.list[at].grid);
		if (r.low > likeliest || r.high < likeliest || r.high - r.low >= before)
			fail_msg("%d times: %.3f to %.3f", times, r.low, r.high);
		assert_true(none.low == 0 && none.high == 0);
		before = r.high - r.low;
		judged_free(&j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_weight_is_what_would_be_missing),
		cmocka_unit_test(late_azure_denies_so_far), cmocka_unit_test(weights_add_up_to_the_odds),
		cmocka_unit_test(late_azure_stands_as_a_whole), cmocka_unit_test(each_verdict_has_its_contest),
		cmocka_unit_test(undecided_names_what_leads), cmocka_unit_test(the_heaviest_of_azure),
		cmocka_unit_test(how_much_is_lost)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
