/* SPDX-License-Identifier: BSD-2-Clause */
/* What is normal: learned, faded, dropped, and back from JSON. */
#include "erprobe/baseline.h"
#include "probe/record/baseline_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START_S INT64_C(1790000000)
#define FIVE_MIN 300
#define DAY_S (24 * INT64_C(3600))

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(text, &a));
	return a;
}

/* A run over the primary link: hop, then edge, in IPv4, at this time, with this delay. */
static void run_at(struct baseline *b, int64_t at_s, int32_t wan_us, const char *hop)
{
	struct baseline_run *r = calloc(1, sizeof *r);
	struct baseline_way *w;

	assert_non_null(r);
	r->at.ns = at_s * NS_PER_SEC;
	w = &r->seen.ways[LINK_PRIMARY][FAM4];
	*w = (struct baseline_way){.ce = addr("172.16.3.1"), .msee = addr("172.16.3.2"), .runs = 1, .sample_count = 1};
	w->samples[0] = (struct baseline_sample){at_s, {1000, wan_us, 1000 + wan_us, BASELINE_UNKNOWN, 200}};
	r->seen.hops[r->seen.hop_count++] = (struct baseline_hop){.link = LINK_ANY, .fam = FAM4, .ttl = 1, .addr = addr("10.10.1.1")};
	r->seen.hops[r->seen.hop_count++] = (struct baseline_hop){.link = LINK_PRIMARY, .fam = FAM4, .ttl = 2, .addr = addr(hop)};
	r->seen.answerers[r->seen.answerer_count++] =
		(struct baseline_answerer){.link = LINK_PRIMARY, .fam = FAM4, .place = 0, .hop = 2, .kind = 1, .asked = 100, .answered = 40, .reply_ttl = 62};
	baseline_take(b, r);
	free(r);
}

static struct baseline *fresh(void)
{
	struct baseline *b = calloc(1, sizeof *b);

	assert_non_null(b);
	return b;
}

static struct baseline_usual wan(const struct baseline *b, int64_t at_s)
{
	return baseline_usual(&b->ways[LINK_PRIMARY][FAM4], BASELINE_WAN, at_s);
}

static void each_run_says_something(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	assert_false(wan(b, START_S).known);
	run_at(b, START_S, 4000, "10.10.3.1");
	assert_int_equal(1, wan(b, START_S).runs);
	assert_int_equal(4000, wan(b, START_S).median_us);
	run_at(b, START_S, 9000, "10.10.3.1"); /* the same run again */
	assert_int_equal(1, b->ways[LINK_PRIMARY][FAM4].runs);
	run_at(b, START_S + FIVE_MIN, 4200, "10.10.3.1");
	assert_true(wan(b, START_S).known);
	assert_int_equal(4100, wan(b, START_S).median_us);
	assert_int_equal(100, wan(b, START_S).widest_us);
	assert_true(wan(b, START_S).squares_us2 == 2 * 100 * 100);
	assert_false(baseline_usual(&b->ways[LINK_PRIMARY][FAM4], BASELINE_TARGET, START_S).known); /* never measured */
	assert_false(baseline_usual(&b->ways[LINK_SECONDARY][FAM4], BASELINE_WAN, START_S).known);
	free(b);
}

/* A fifth of all runs far off moves neither what is usual nor how much it differs. */
static void odd_runs_move_nothing(void **state)
{
	struct baseline *b = fresh();

	(void)state;
	for (int i = 0; i < 300; i++)
		run_at(b, START_S + i * FIVE_MIN, i % 5 == 0 ? 90000 : 4000 + i % 3 * 10, "10.10.3.1");
	assert_int_equal(BASELINE_SAMPLES, wan(b, START_S).runs);
	assert_in_range(wan(b, START_S).median_us, 4000, 4020);
	assert_in_range(wan(b, START_S).sigma_us, 0, 20);
	free(b);
}

/* The older half of what is remembered is about a half-life old, however often runs came. */
static void old_runs_fade(void **state)
{
	const int every[] = {FIVE_MIN, 3600};

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct baseline *b = fresh();
		const struct baseline_way *w = &b->ways[LINK_PRIMARY][FAM4];
		int64_t end = START_S + 60 * DAY_S, ages[BASELINE_SAMPLES] = {0};
		size_t older = 0;

		for (int64_t at = START_S; at < end; at += every[k])
			run_at(b, at, 4000, "10.10.3.1");
		for (int i = 0; i < BASELINE_SAMPLES; i++) {
			ages[i] = end - w->samples[i].at_s;
			older += ages[i] > BASELINE_HALF_LIFE_S;
		}
		assert_in_range(older, BASELINE_SAMPLES / 4, BASELINE_SAMPLES * 3 / 4);
		free(b);
	}
}

static void an_hour_of_the_week(void **state)
{
	struct baseline *b = fresh();
	int64_t monday_nine = START_S - START_S % (7 * DAY_S) + 4 * DAY_S + 9 * 3600; /* 1970 began on a Thursday */
	struct baseline_usual u;

	(void)state;
	for (int64_t at = START_S; at < START_S + 42 * DAY_S; at += 1200)
		run_at(b, at, (at / 3600) % BASELINE_WEEK == (monday_nine / 3600) % BASELINE_WEEK ? 7000 : 4000, "10.10.3.1");
	u = baseline_usual(&b->ways[LINK_PRIMARY][FAM4], BASELINE_MSEE, monday_nine);
	assert_in_range(u.median_us, 7500, 8100);
	assert_in_range(u.week_us, 4990, 5010);
	assert_in_range(baseline_usual(&b->ways[LINK_PRIMARY][FAM4], BASELINE_MSEE, monday_nine + 2 * 3600).median_us, 4990, 5010);
	/* the whole way's hour may be the corporate network's: nothing of it is the WAN's */
	assert_in_range(wan(b, monday_nine).median_us, 3990, 4010);
	free(b);
}

static void another_path_begins_anew(void **state)
{
	struct baseline *b = fresh(), *seen = fresh();
	const struct baseline_hop *usual = NULL, *now;

	(void)state;
	for (int i = 0; i < 10; i++)
		run_at(b, START_S + i * FIVE_MIN, 4000, "10.10.3.1");
	seen->hops[seen->hop_count++] = (struct baseline_hop){.link = LINK_PRIMARY, .fam = FAM4, .ttl = 2, .addr = addr("10.10.3.1")};
	assert_null(baseline_new_hop(b, seen, LINK_PRIMARY, FAM4, &usual));
	seen->hops[0].addr = addr("10.10.3.77");
	now = baseline_new_hop(b, seen, LINK_PRIMARY, FAM4, &usual);
	assert_non_null(now);
	assert_true(ip_addr_equal(&usual->addr, &(struct ip_addr){.family = IP_V4, .bytes = {10, 10, 3, 1}}));
	/* one of several equal routers that is new beside one that is known is no other path */
	seen->hops[seen->hop_count++] = (struct baseline_hop){.link = LINK_PRIMARY, .fam = FAM4, .ttl = 2, .addr = addr("10.10.3.1")};
	assert_null(baseline_new_hop(b, seen, LINK_PRIMARY, FAM4, &usual));
	/* a hop where nobody was known says nothing */
	seen->hops[0].ttl = seen->hops[1].ttl = 3;
	assert_null(baseline_new_hop(b, seen, LINK_PRIMARY, FAM4, &usual));
	run_at(b, START_S + 10 * FIVE_MIN, 9000, "10.10.3.77");
	assert_int_equal(1, b->ways[LINK_PRIMARY][FAM4].runs);
	assert_int_equal(9000, wan(b, START_S).median_us);
	free(b);
	free(seen);
}

/* A run over both links, which part behind this shared hop. A way that was not timed has no sample. */
static void run_of_both(struct baseline *b, int64_t at_s, const char *shared, bool secondary_timed)
{
	struct baseline_run *r = calloc(1, sizeof *r);

	assert_non_null(r);
	r->at.ns = at_s * NS_PER_SEC;
	r->seen.hops[r->seen.hop_count++] = (struct baseline_hop){.link = LINK_ANY, .fam = FAM4, .ttl = 1, .addr = addr(shared)};
	for (uint8_t l = 0; l < LINKS; l++) {
		struct baseline_way *w = &r->seen.ways[l][FAM4];

		*w = (struct baseline_way){.ce = addr(l ? "172.16.4.1" : "172.16.3.1"), .msee = addr(l ? "172.16.4.2" : "172.16.3.2"),
		                           .runs = 1, .sample_count = l == LINK_PRIMARY || secondary_timed};
		w->samples[0] = (struct baseline_sample){at_s, {1000, 4000, 5000, BASELINE_UNKNOWN, 200}};
		r->seen.hops[r->seen.hop_count++] =
			(struct baseline_hop){.link = l, .fam = FAM4, .ttl = 2, .addr = addr(l ? "10.10.4.1" : "10.10.3.1")};
	}
	baseline_take(b, r);
	free(r);
}

/* Behind another shared hop both links are other ways, also the one that was not timed just then. */
static void another_shared_hop_is_another_path_of_both(void **state)
{
	(void)state;
	for (uint32_t timed = 0; timed < 2; timed++) {
		struct baseline *b = fresh();

		for (int i = 0; i < 10; i++)
			run_of_both(b, START_S + i * FIVE_MIN, "10.10.1.1", true);
		assert_int_equal(10, b->ways[LINK_SECONDARY][FAM4].runs);
		run_of_both(b, START_S + 10 * FIVE_MIN, "10.10.1.77", timed == 1);
		assert_int_equal(1, b->ways[LINK_PRIMARY][FAM4].runs);
		assert_int_equal(timed, b->ways[LINK_SECONDARY][FAM4].runs);
		free(b);
	}
}

static void answers_are_counted(void **state)
{
	struct baseline *b = fresh();
	const struct baseline_answerer like = {.link = LINK_PRIMARY, .fam = FAM4, .hop = 2, .kind = 1}, other = {.link = LINK_PRIMARY, .hop = 3};
	const struct baseline_answerer *a;

	(void)state;
	for (int i = 0; i < 50; i++)
		run_at(b, START_S + i * FIVE_MIN, 4000, "10.10.3.1");
	a = baseline_answerer(b, &like);
	assert_non_null(a);
	assert_in_range(a->asked, 200, 400);
	assert_in_range(100 * a->answered / a->asked, 38, 41);
	assert_int_equal(62, a->reply_ttl);
	assert_null(baseline_answerer(b, &other));
	free(b);
}

/* 60 us a day: no run stands out, and in a month all of them do. It is noted once, ends when
 * what is usual is back, and is what is normal when it stays for a month. */
static void a_slow_drift(void **state)
{
	struct baseline *b = fresh();
	const struct baseline_way *w = &b->ways[LINK_PRIMARY][FAM4];
	int64_t at = START_S, since;
	unsigned begins = 0, ends = 0;

	(void)state;
	for (int day = 0; day < 60; day++)
		for (int i = 0; i < 24; i++, at += 3600) {
			since = w->drift_since_s;
			run_at(b, at, 4000 + 60 * day, "10.10.3.1");
			begins += since == 0 && w->drift_since_s > 0;
			ends += since > 0 && w->drift_since_s == 0;
		}
	assert_int_equal(1, begins);
	assert_int_equal(0, ends);
	assert_in_range(w->drift_since_s, START_S + 15 * DAY_S, START_S + 45 * DAY_S);
	for (int i = 0; i < 24 * 120 && w->drift_since_s > 0; i++, at += 3600)
		run_at(b, at, 4000, "10.10.3.1");
	assert_int_equal(0, w->drift_since_s);
	free(b);
}

static void a_drift_that_stays_is_normal(void **state)
{
	struct baseline *b = fresh();
	const struct baseline_way *w = &b->ways[LINK_PRIMARY][FAM4];
	int64_t at = START_S;

	(void)state;
	for (int i = 0; i < 24 * 14; i++, at += 3600)
		run_at(b, at, 4000, "10.10.3.1");
	assert_int_equal(4000, w->anchor_us);
	assert_int_equal(BASELINE_WAN, w->anchor_of);
	for (int i = 0; i < 24 * 21; i++, at += 3600)
		run_at(b, at, 6000, "10.10.3.1");
	assert_true(w->drift_since_s > 0);
	for (int i = 0; i < 24 * 31; i++, at += 3600)
		run_at(b, at, 6000, "10.10.3.1");
	assert_int_equal(0, w->drift_since_s);
	assert_int_equal(6000, w->anchor_us);
	free(b);
}

/* A way that became shorter is nothing to open an incident for; it is what is normal from then on. */
static void shorter_is_no_drift(void **state)
{
	struct baseline *b = fresh();
	const struct baseline_way *w = &b->ways[LINK_PRIMARY][FAM4];
	int64_t at = START_S;

	(void)state;
	for (int i = 0; i < 24 * 14; i++, at += 3600)
		run_at(b, at, 8000, "10.10.3.1");
	assert_int_equal(8000, w->anchor_us);
	for (int i = 0; i < 24 * 40; i++, at += 3600) {
		run_at(b, at, 5000, "10.10.3.1");
		assert_int_equal(0, w->drift_since_s);
	}
	assert_in_range(w->anchor_us, 5000, 6000);
	free(b);
}

/* A clock that was a year ahead for a day must not keep it from learning for a year. */
static void the_clock_stepped_back(void **state)
{
	struct baseline *b = fresh();
	const struct baseline_way *w = &b->ways[LINK_PRIMARY][FAM4];

	(void)state;
	for (int i = 0; i < 100; i++)
		run_at(b, START_S + 365 * DAY_S + i * FIVE_MIN, 4000, "10.10.3.1");
	for (int i = 0; i < 24 * 30; i++)
		run_at(b, START_S + i * 3600, 5000, "10.10.3.1");
	assert_int_equal(820, w->runs);
	assert_in_range(wan(b, START_S).median_us, 5000, 5300);
	for (int i = 0; i < BASELINE_SAMPLES; i++)
		assert_true(w->samples[i].at_s < START_S + 31 * DAY_S);
	free(b);
}

static void json_comes_back_equal(void **state)
{
	struct baseline *b = fresh(), *back = fresh();
	struct strbuf text;
	char err[200] = "";

	(void)state;
	for (int i = 0; i < 500; i++)
		run_at(b, START_S + i * 3600, 4000 + i, "10.10.3.1");
	b->ways[LINK_PRIMARY][FAM4].link_addr[2] = 0xab;
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	assert_true(baseline_json_write(b, &text));
	if (!baseline_json_read(text.text, text.len, back, err, sizeof err))
		fail_msg("%s", err);
	assert_memory_equal(b, back, sizeof *b);
	assert_true(text.len < 20000);
	/* cut anywhere, it is refused */
	for (size_t n = 0; n + 2 < text.len; n += 7)
		assert_false(baseline_json_read(text.text, n, back, err, sizeof err));
	strbuf_free(&text);
	free(b);
	free(back);
}

#define WAY(samples, anchor, week) \
	"{\"schema\":\"erprobe.baseline/1\",\"ways\":[{\"link\":0,\"family\":0,\"ce\":null,\"msee\":null,\"link_addr\":\"000000000000\"," \
	"\"runs\":2,\"since_s\":1,\"last_s\":2,\"anchor_us\":" anchor ",\"anchor_of\":1,\"drift_since_s\":0,\"samples\":[" samples "]," \
	"\"week\":[" week "]}],\"hops\":[],\"answerers\":[]}"

/* Times of a foreign bundle are summed: none is longer than a minute. */
static void json_refuses_times_that_overflow(void **state)
{
	static const char *const bad[] = {
		WAY("[1,-1,-1,2147483647,-1,-1]", "5000", "[3,120,3]"), WAY("[1,-1,-1,5000,-1,-1]", "2147483647", "[3,120,3]"),
		WAY("[1,-1,-1,5000,-1,-1]", "5000", "[3,2147483647,3]"), WAY("[1,-1,-1,5000,-1,-1]", "5000", "[3,-2147483647,3]"),
		WAY("[1,-1,-1,60000001,-1,-1]", "5000", "[3,120,3]")};
	static const char good[] = WAY("[1,-1,-1,60000000,-1,-1],[2,-1,-1,60000000,-1,0]", "60000000", "[0,60000000,3],[3,-60000000,3]");
	struct baseline *b = fresh();
	char err[200] = "";

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(baseline_json_read(bad[i], strlen(bad[i]), b, err, sizeof err));
		assert_true(err[0] != '\0');
	}
	if (!baseline_json_read(good, sizeof good - 1, b, err, sizeof err))
		fail_msg("%s", err);
	assert_int_equal(120000000, baseline_usual(&b->ways[LINK_PRIMARY][FAM4], BASELINE_MSEE, 2).median_us);
	free(b);
}

static void json_refuses(void **state)
{
	static const char *const bad[] = {
		"{\"schema\":\"erprobe.baseline/2\",\"ways\":[],\"hops\":[],\"answerers\":[]}",
		"{\"schema\":\"erprobe.baseline/1\",\"ways\":[],\"hops\":[]}",
		"{\"schema\":\"erprobe.baseline/1\",\"ways\":[{\"link\":2,\"family\":0}],\"hops\":[],\"answerers\":[]}",
		"{\"schema\":\"erprobe.baseline/1\",\"ways\":[],\"hops\":[{\"link\":0,\"ttl\":1,\"address\":null,\"last_s\":1}],\"answerers\":[]}",
		"{\"schema\":\"erprobe.baseline/1\",\"ways\":[],\"hops\":[],\"answerers\":[[0,0,0,1,1,0,0,5,6,64,1]]}",
		"{\"schema\":\"erprobe.baseline/1\",\"ways\":[],\"hops\":[],\"answerers\":[[0,0,0,1,1,0,0,5,64,1]]}",
		"{\"schema\":\"erprobe.baseline/1\",\"ways\":[],\"hops\":[],\"answerers\":[[0,0,0,1,1,0,0,5,4,64,9e18]]}"};
	struct baseline *b = fresh();
	char err[200];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		err[0] = '\0';
		assert_false(baseline_json_read(bad[i], strlen(bad[i]), b, err, sizeof err));
		assert_true(err[0] != '\0');
	}
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_run_says_something),
		cmocka_unit_test(odd_runs_move_nothing),
		cmocka_unit_test(old_runs_fade),
		cmocka_unit_test(an_hour_of_the_week),
		cmocka_unit_test(another_path_begins_anew),
		cmocka_unit_test(another_shared_hop_is_another_path_of_both),
		cmocka_unit_test(answers_are_counted),
		cmocka_unit_test(a_slow_drift),
		cmocka_unit_test(a_drift_that_stays_is_normal),
		cmocka_unit_test(shorter_is_no_drift),
		cmocka_unit_test(the_clock_stepped_back),
		cmocka_unit_test(json_comes_back_equal),
		cmocka_unit_test(json_refuses),
		cmocka_unit_test(json_refuses_times_that_overflow),
	};

	return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}
