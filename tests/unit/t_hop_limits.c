/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of ICMP errors, learned from a check's own probes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analysis/observables/hop_limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 600
#define TTL 3

struct case_ {
	struct plan plan;
	struct plan_flow flows[2];      /* of the primary link, of the secondary */
	struct observations seen;
	struct hop_limits *limits;
};

static void begin(struct case_ *c)
{
	memset(c, 0, sizeof *c);
	for (uint8_t i = 0; i < 2; i++) {
		c->flows[i] = (struct plan_flow){.id = i, .link = i, .role = FLOW_MSEE, .kind = PROBE_ICMP_ECHO};
		assert_true(ip_addr_parse("172.16.3.2", &c->flows[i].dst));
	}
	c->plan.flows = c->flows;
	c->plan.flow_count = 2;
	assert_true(observations_init(&c->seen, &c->plan));
	c->seen.records = calloc(RECORDS, sizeof *c->seen.records);
	c->seen.size = RECORDS;
	c->limits = calloc(1, sizeof *c->limits);
	assert_non_null(c->seen.records);
	assert_non_null(c->limits);
}

static void end(struct case_ *c)
{
	observations_free(&c->seen);
	free(c->limits);
}

static void probe(struct case_ *c, uint16_t flow, int64_t at_ms, const char *from)
{
	struct probe_record *r = &c->seen.records[c->seen.count++];

	*r = (struct probe_record){.flow = flow, .ttl = TTL, .size = 42, .sent_at = {at_ms * NS_PER_MS}};
	if (from) {
		r->answer = ANSWER_TIME_EXCEEDED;
		r->rtt_ns = NS_PER_MS;
		assert_true(ip_addr_parse(from, &r->from));
	}
	if (c->seen.now.ns < r->sent_at.ns)
		c->seen.now = r->sent_at;
}

/* Asked every 100 ms for six seconds; the router answers by a bucket of this rate and three. */
static void bucket(struct case_ *c, uint16_t flow, double rate, const char *from)
{
	double tokens = 3;

	for (int64_t ms = 1000; ms < 7000; ms += 100) {
		tokens = fmin(3, tokens + rate / 10);
		probe(c, flow, ms, tokens >= 1 ? from : NULL);
		tokens -= tokens >= 1;
	}
	c->seen.now.ns += 5 * NS_PER_SEC;
}

static void a_limit_is_kept(void **state)
{
	struct case_ c;

	(void)state;
	begin(&c);
	bucket(&c, 0, 2, "10.0.0.3");
	hop_limits_take(c.limits, &c.seen);
	assert_true(c.limits->scanned == c.seen.count);
	assert_true(fabs(hop_limits_rate(c.limits, FAM4, TTL, 20) - 0.8 * 2) < 0.3);
	assert_true(hop_limits_rate(c.limits, FAM4, TTL, 1) == 1);      /* what was asked for stays the most */
	assert_true(hop_limits_rate(c.limits, FAM4, TTL + 1, 20) == 20);
	assert_true(hop_limits_rate(c.limits, FAM6, TTL, 20) == 20);
	struct trace_hop_rate told = hop_limits_told(c.limits, LINK_PRIMARY, FAM4, TTL, 20);
	assert_true(told.fit.known && told.addresses == 1 && told.asked == 60 && told.answered + told.silent == 60);
	assert_int_equal(hop_limits_told(c.limits, LINK_SECONDARY, FAM4, TTL, 20).addresses, 0);
	end(&c);
}

/* The slower of two links' routers counts; several routers at one place tell nothing. */
static void whose_limit_it_is(void **state)
{
	struct case_ c;

	(void)state;
	begin(&c);
	bucket(&c, 0, 4, "10.0.0.3");
	bucket(&c, 1, 2, "10.0.1.3");
	hop_limits_take(c.limits, &c.seen);
	assert_true(fabs(hop_limits_rate(c.limits, FAM4, TTL, 20) - 0.8 * 2) < 0.3);
	end(&c);
	begin(&c);
	probe(&c, 0, 900, "10.0.9.9");
	bucket(&c, 0, 2, "10.0.0.3");
	hop_limits_take(c.limits, &c.seen);
	assert_true(hop_limits_rate(c.limits, FAM4, TTL, 20) == 20);
	end(&c);
}

/* No limit where all is answered, where nothing ever was, and where a few get lost. */
static void what_is_no_limit(void **state)
{
	struct case_ c;

	(void)state;
	for (int lost = 0; lost < 3; lost++) {
		begin(&c);
		for (int64_t k = 0; k < 60; k++)
			probe(&c, 0, 1000 + 100 * k, lost == 2 || (lost == 1 && k % 12 == 5) ? NULL : "10.0.0.3");
		c.seen.now.ns += 5 * NS_PER_SEC;
		hop_limits_take(c.limits, &c.seen);
		assert_true(hop_limits_rate(c.limits, FAM4, TTL, 20) == 20);
		end(&c);
	}
}

/* What may still be answered is looked at later, and each record once. */
static void open_probes_wait(void **state)
{
	struct case_ c;

	(void)state;
	begin(&c);
	probe(&c, 0, 1000, "10.0.0.3");
	probe(&c, 0, 1100, NULL);
	probe(&c, 0, 1200, "10.0.0.3");
	hop_limits_take(c.limits, &c.seen);
	assert_int_equal(c.limits->scanned, 1);
	c.seen.now.ns += 5 * NS_PER_SEC;
	hop_limits_take(c.limits, &c.seen);
	hop_limits_take(c.limits, &c.seen);
	struct trace_hop_rate told = hop_limits_told(c.limits, LINK_PRIMARY, FAM4, TTL, 20);
	assert_true(told.asked == 3 && told.answered == 2 && told.silent == 1);
	end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_is_kept), cmocka_unit_test(whose_limit_it_is), cmocka_unit_test(what_is_no_limit),
		cmocka_unit_test(open_probes_wait),
	};

	return cmocka_run_group_tests_name("hop_limits", tests, NULL, NULL);
}
