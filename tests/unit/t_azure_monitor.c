/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor: Resource Health and metrics of any shape, and what is judged of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "probe/snapshot/answers.h"
#include "probe/state/judge.h"

static struct az_snapshot s;
static struct plan_circuit c;
static struct answer_for f = {.circuit = &c};

static int teardown(void **state)
{
	(void)state;
	az_snapshot_free(&s);
	memset(&s, 0, sizeof(s));
	return 0;
}

static bool take(answer_fn *fn, const char *text)
{
	char err[160] = "";
	struct json_doc *d = json_read(text, strlen(text), err, sizeof(err));
	assert_non_null(d);
	bool ok = fn(json_root(d), &f, &s, err, sizeof(err));
	assert_int_equal(ok, err[0] == '\0');
	json_doc_free(d);
	return ok;
}

#define METRIC(name, series) "{\"name\":{\"value\":\"" name "\"},\"timeseries\":[" series "]}"
#define SERIES(type, peer, data)                                                                     \
	"{\"metadatavalues\":[{\"name\":{\"value\":\"peeringtype\"},\"value\":\"" type "\"},{\"name\":{\"value\":" \
	"\"PEER\"},\"value\":\"" peer "\"}],\"data\":[" data "]}"

static void reads_the_last_sample(void **state)
{
	(void)state;
	assert_true(take(answer_metrics, "{\"value\":["
	                 METRIC("ArpAvailability", SERIES("Private", "Primary-IPv4", "{\"timeStamp\":\"A\",\"average\":100},"
	                 "{\"timeStamp\":\"B\",\"average\":0.0},{\"timeStamp\":\"C\"}") ","
	                 SERIES("Private", "Secondary", "{\"timeStamp\":\"D\"}")) "]}"));
	assert_int_equal(s.metrics.count, 1); /* a series without a sample says nothing: absent is not zero */
	assert_string_equal(s.metrics.rows[0].name.text, "ArpAvailability");
	assert_string_equal(s.metrics.rows[0].peering_type.text, "Private");
	assert_string_equal(s.metrics.rows[0].peer.text, "Primary-IPv4");
	assert_string_equal(s.metrics.rows[0].average.text, "0");
	assert_string_equal(s.metrics.rows[0].at.text, "B");
}

static void survives_odd_shapes(void **state)
{
	static const char *const odd[] = {
		"{\"value\":[7,null,{},{\"timeseries\":7},{\"timeseries\":[null,{\"data\":{}},{\"data\":[7,null]}]}]}",
		"{\"value\":[{\"timeseries\":[{\"metadatavalues\":[7,{}],\"data\":[{\"average\":\"x\"}]}]}]}"};
	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_true(take(answer_metrics, odd[i]));
		assert_int_equal(s.metrics.count, 0);
	}
	assert_false(take(answer_metrics, "{\"value\":{}}"));
	assert_false(take(answer_metrics, "[]"));
	assert_false(take(answer_health, "{\"properties\":[]}"));
}

static void bounds_the_series(void **state)
{
	static char text[65536];
	size_t len = (size_t)snprintf(text, sizeof(text), "{\"value\":[{\"name\":{\"value\":\"x\"},\"timeseries\":[");
	(void)state;
	for (int i = 0; i < 300; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s{\"data\":[{\"average\":1}]}", i ? "," : "");
	snprintf(text + len, sizeof(text) - len, "]}]}");
	assert_true(take(answer_metrics, text));
	assert_int_equal(s.metrics.count, 256);
	assert_true(s.metrics.part.cut);
}

/* A healthy circuit with one word of monitoring. */
static enum state_status judged(struct judgement *j)
{
	s.circuit.part.read = s.health.part.read = s.metrics.part.read = AZ_OK;
	judge_snapshot(&c, &s, j);
	return j->status;
}

static void judges_health(void **state)
{
	static const struct { const char *word; enum state_status status; } cases[] = {
		{"Available", STATE_HEALTHY}, {"Unknown", STATE_HEALTHY}, {"Degraded", STATE_DEGRADED},
		{"unavailable", STATE_DEGRADED}, {"New", STATE_HEALTHY}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static struct judgement j;
		char text[128];
		teardown(state);
		snprintf(text, sizeof(text), "{\"properties\":{\"availabilityState\":\"%s\",\"occuredTime\":\"T\"}}", cases[i].word);
		assert_true(take(answer_health, text));
		assert_string_equal(s.health.since.text, "T");
		assert_int_equal(judged(&j), cases[i].status);
		s.health.part.read = AZ_FAILED;
		judge_snapshot(&c, &s, &j);
		assert_int_equal(j.status, STATE_HEALTHY);
	}
}

static void judges_metrics(void **state)
{
	static const struct { const char *name, *type, *peer, *value; enum state_status status; size_t count; enum link_id link; } cases[] = {
		{"ArpAvailability", "Private", "Primary", "100", STATE_HEALTHY, 0, LINK_NULL},
		{"ArpAvailability", "Private", "primary-IPv4", "89.9", STATE_DEGRADED, 1, LINK_PRIMARY},
		{"ArpAvailability", "AzurePrivatePeering", "Secondary", "0", STATE_DEGRADED, 1, LINK_SECONDARY},
		{"ArpAvailability", "Microsoft", "Primary", "0", STATE_HEALTHY, 0, LINK_NULL}, /* of the other peering */
		{"BgpAvailability", "Private", "Secondary", "0", STATE_HEALTHY, 1, LINK_SECONDARY},
		{"BgpAvailability", "Private", "?", "50", STATE_HEALTHY, 1, LINK_NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		static struct judgement j;
		char text[512];
		teardown(state);
		snprintf(text, sizeof(text), "{\"value\":[{\"name\":{\"value\":\"%s\"},\"timeseries\":[{\"metadatavalues\":[{\"name\":"
		         "{\"value\":\"PeeringType\"},\"value\":\"%s\"},{\"name\":{\"value\":\"peer\"},\"value\":\"%s\"}],\"data\":["
		         "{\"timeStamp\":\"2026-01-01T00:00:00Z\",\"average\":%s}]}]}]}", cases[i].name, cases[i].type, cases[i].peer,
		         cases[i].value);
		assert_true(take(answer_metrics, text));
		assert_int_equal(judged(&j), cases[i].status);
		assert_int_equal(j.count, cases[i].count);
		if (j.count)
			assert_int_equal(j.findings[0].link, cases[i].link);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_teardown(name, teardown)
	const struct CMUnitTest tests[] = {
		T(reads_the_last_sample), T(survives_odd_shapes), T(bounds_the_series), T(judges_health), T(judges_metrics),
	};
	return cmocka_run_group_tests_name("azure_monitor", tests, NULL, NULL);
}
