/* SPDX-License-Identifier: BSD-2-Clause */
/* plan.json: every member comes back equal, and nothing wrong gets in. */
#include "erprobe/baseline.h"
#include "probe/record/plan_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/sample_plan.h"

static void sample_log(struct event_log *l)
{
	struct frame f = {.at = {1}, .cap_len = 10};
	struct event frame = {.kind = EVENT_FRAME, .u.frame = &f};
	struct event first = {.kind = EVENT_NOT_SENT,
	                      .u.not_sent = {{1700000000123456789}, 2, 255, SEND_NO_ROUTE, 101}};
	struct event second = {.kind = EVENT_NOT_SENT, .u.not_sent = {{5}, 0, 1, SEND_REFUSED_SESSION, -1}};
	struct event counters = {.kind = EVENT_COUNTERS, .u.counters = {UINT64_MAX, 0, 9007199254740993u, 7}};
	struct event end = {.kind = EVENT_END, .u.end = {{1700000009123456789}, END_INTERRUPTED}};

	event_log_init(l);
	assert_true(event_log_add(l, &frame));
	assert_true(event_log_add(l, &first));
	assert_true(event_log_add(l, &frame));
	assert_true(event_log_add(l, &second));
	assert_true(event_log_add(l, &counters));
	assert_true(event_log_add(l, &end));
	l->refused = 3;
}

static struct strbuf sample_text(void)
{
	struct plan p;
	struct event_log l;
	struct strbuf out;
	char err[200] = "";

	sample_plan(&p);
	sample_log(&l);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	if (!plan_json_write(&p, &l, &out, err, sizeof err))
		fail_msg("%s", err);
	plan_free(&p);
	event_log_free(&l);
	return out;
}

/* Compares two plans byte by byte, without their pointers. */
static void assert_plans_equal(const struct plan *a, const struct plan *b)
{
	struct plan x = *a, y = *b;

	assert_int_equal(a->circuit_count, b->circuit_count);
	for (size_t i = 0; i < a->circuit_count; i++) {
		struct plan_circuit c = a->circuits[i], d = b->circuits[i];

		assert_int_equal(c.domain_count, d.domain_count);
		assert_int_equal(c.target_count, d.target_count);
		if (c.domain_count > 0)
			assert_memory_equal(c.domains, d.domains, c.domain_count * sizeof *c.domains);
		if (c.target_count > 0)
			assert_memory_equal(c.targets, d.targets, c.target_count * sizeof *c.targets);
		c.domains = d.domains = NULL;
		c.targets = d.targets = NULL;
		assert_memory_equal(&c, &d, sizeof c);
	}
	assert_int_equal(a->flow_count, b->flow_count);
	assert_memory_equal(a->flows, b->flows, a->flow_count * sizeof *a->flows);
	x.circuits = y.circuits = NULL;
	x.flows = y.flows = NULL;
	assert_memory_equal(&x, &y, sizeof x);
}

static void plan_comes_back_equal(void **state)
{
	struct strbuf text = sample_text();
	struct plan want, got;
	struct event_log log;
	uint32_t frames;
	char err[200] = "";

	(void)state;
	sample_plan(&want);
	if (!plan_json_read(text.text, text.len, &got, &log, &frames, err, sizeof err))
		fail_msg("%s", err);
	assert_plans_equal(&want, &got);
	plan_free(&want);
	plan_free(&got);
	event_log_free(&log);
	strbuf_free(&text);
}

/* What was normal is carried by the plan, so that evidence replays without a history. */
static void the_baseline_comes_back_equal(void **state)
{
	struct plan p, back;
	struct event_log l, log;
	struct strbuf text;
	struct baseline *b = calloc(1, sizeof *b);
	struct baseline_way *w = b ? &b->ways[LINK_SECONDARY][FAM6] : NULL;
	char err[200] = "";
	uint32_t frames;

	(void)state;
	assert_non_null(b);
	sample_plan(&p);
	sample_log(&l);
	*w = (struct baseline_way){.runs = 9, .since_s = 1, .last_s = 1700000000, .sample_count = 2, .anchor_us = BASELINE_UNKNOWN};
	w->samples[1] = (struct baseline_sample){1700000000, {1, 2, BASELINE_UNKNOWN, BASELINE_US_MAX, 0}};
	w->week[167] = (struct baseline_hour){-5, 3};
	b->hops[b->hop_count++] = (struct baseline_hop){LINK_ANY, FAM4, 1, {IP_V4, {10, 0, 0, 1}}, 7};
	b->answerers[b->answerer_count++] = (struct baseline_answerer){.link = LINK_ANY, .hop = 3, .asked = 7, .answered = 6, .reply_ttl = 64};
	p.circuits[0].baseline = b;
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	assert_true(plan_json_write(&p, &l, &text, err, sizeof err));
	if (!plan_json_read(text.text, text.len, &back, &log, &frames, err, sizeof err))
		fail_msg("%s", err);
	assert_non_null(back.circuits[0].baseline);
	assert_memory_equal(b, back.circuits[0].baseline, sizeof *b);
	for (size_t i = 1; i < back.circuit_count; i++)
		assert_null(back.circuits[i].baseline);
	plan_free(&p);
	plan_free(&back);
	event_log_free(&l);
	event_log_free(&log);
	strbuf_free(&text);
}

static void events_come_back_equal(void **state)
{
	struct strbuf text = sample_text();
	struct plan p;
	struct event_log want, got;
	uint32_t frames;
	char err[200] = "";

	(void)state;
	sample_log(&want);
	if (!plan_json_read(text.text, text.len, &p, &got, &frames, err, sizeof err))
		fail_msg("%s", err);
	assert_int_equal(frames, 2);
	assert_int_equal(got.frame_count, 0);
	assert_int_equal(got.refused, 3);
	assert_int_equal(got.not_sent_count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(got.not_sent[i].after_frames, want.not_sent[i].after_frames);
		assert_memory_equal(&got.not_sent[i].event, &want.not_sent[i].event, sizeof want.not_sent[i].event);
	}
	assert_true(got.has_counters && got.has_end);
	assert_memory_equal(&got.counters, &want.counters, sizeof want.counters);
	assert_int_equal(got.end.at.ns, want.end.at.ns);
	assert_int_equal(got.end.reason, want.end.reason);
	plan_free(&p);
	event_log_free(&want);
	event_log_free(&got);
	strbuf_free(&text);
}

/* The least that there can be: absent counters and end stay absent. */
static void empty_plan(void **state)
{
	struct plan p = {.run_id = "x"}, got;
	struct event_log log, back;
	struct strbuf text;
	uint32_t frames;
	char err[200] = "";

	(void)state;
	event_log_init(&log);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	assert_true(plan_json_write(&p, &log, &text, err, sizeof err));
	if (!plan_json_read(text.text, text.len, &got, &back, &frames, err, sizeof err))
		fail_msg("%s", err);
	assert_plans_equal(&p, &got);
	assert_false(back.has_counters || back.has_end);
	assert_int_equal(back.not_sent_count, 0);
	assert_int_equal(frames, 0);
	plan_free(&got);
	event_log_free(&back);
	strbuf_free(&text);
}

/* What only a watched mirror port adds. */
static void a_mirror_port_comes_back(void **state)
{
	struct plan p, got;
	struct event_log log, back;
	struct strbuf text;
	uint32_t frames;
	char err[200] = "";

	(void)state;
	sample_plan(&p);
	snprintf(p.circuits[0].links[LINK_SECONDARY].watch_interface, NAME_MAX_LEN, "span");
	p.ifaces[1].mirror = true;
	event_log_init(&log);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	assert_true(plan_json_write(&p, &log, &text, err, sizeof err));
	if (!plan_json_read(text.text, text.len, &got, &back, &frames, err, sizeof err))
		fail_msg("%s", err);
	assert_string_equal(got.circuits[0].links[LINK_SECONDARY].watch_interface, "span");
	assert_string_equal(got.circuits[0].links[LINK_PRIMARY].watch_interface, "");
	assert_true(got.ifaces[1].mirror && !got.ifaces[0].mirror);
	plan_free(&p);
	plan_free(&got);
	event_log_free(&back);
	strbuf_free(&text);
}

static bool read_text(const char *text, size_t len, char *err, size_t err_size)
{
	struct plan p;
	struct event_log log;
	uint32_t frames;
	bool ok = plan_json_read(text, len, &p, &log, &frames, err, err_size);

	if (!ok) {
		assert_null(p.circuits);
		assert_null(p.flows);
		assert_null(log.not_sent);
	}
	plan_free(&p);
	event_log_free(&log);
	return ok;
}

/* A copy of text with the first occurrence of a word replaced; the caller frees. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	size_t size = strlen(text) + strlen(to) + 1;
	char *out = malloc(size);

	assert_non_null(out);
	if (!at)
		fail_msg("the sample has no %s", from);
	snprintf(out, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return out;
}

static void wrong_values_are_named(void **state)
{
	static const struct { const char *from; const char *to; const char *says; } rows[] = {
		{"erprobe.plan/1", "erprobe.plan/2", "schema is not erprobe.plan/1"},
		{"\"erprobe 0.1.0\"", "7", "tool is not a text"},
		{"01890000-", "01890000-0", "run_id is too long"},
		{"01890000-", "018900\xff" "0-", "run_id is not UTF-8"},
		{"\"1700000000123456789\"", "\"-1\"", "started_at_ns is out of range"},
		{"\"1700000000123456789\"", "\"9223372036854775808\"", "started_at_ns is not a whole number"},
		{"\"fff6ed", "\"FFf6ed", "key is not hexadecimal"},
		{"\"fff6ed", "\"ff", "key has not the right number"},
		{"4294967295", "4294967296", "budget is out of range"},
		{"\"inf\"", "\"nan\"", "rate is not a number"},
		{"\"inf\"", "\"1x\"", "rate is not a number"},
		{"\"inf\"", "\"-1\"", "rate is out of range"},
		{"\"0.95\"", "\"1.5\"", "confidence is out of range"},
		{"\"synchronized\": true", "\"synchronized\": 1", "synchronized is neither"},
		{"\"000000000001\"", "\"0000000001\"", "interfaces[0].link_addr"},
		{"MicrosoftPeering", "Peering", "circuits[0].peering is not a word"},
		{"\"direct\"", "\"l4\"", "circuits[0].handoff is not a word"},
		{"\"172.16.3.1\"", "\"172.16.3.256\"", "circuits[0].ipv4 is not an address"},
		{"\"172.16.3.1\"", "\"2001:db8::1\"", "circuits[0].ce has an address of the other family"},
		{"100.64.0.0/10", "100.64.0.1/10", "circuits[0].prefix is not a prefix"},
		{"\"wan\"", "\"lan\"", "circuits[0].domain is not a word"},
		{"443", "0", "circuits[0].tcp has something that is not a port"},
		{"443", "1,2,3,4,5,6,7,8", "circuits[0].tcp has too many"},
		{"\"id\": 1", "\"id\": 2", "flows[1].id is not its place"},
		{"\"circuit\": 1", "\"circuit\": 2", "flows[2].circuit does not exist"},
		{"\"link\": \"any\"", "\"link\": \"both\"", "flows[1].link is not a word"},
		{"\"msee\",", "\"moon\",", "flows[0].role is not a word"},
		{"\"kind\": \"icmp\"", "\"kind\": \"sctp\"", "flows[0].kind is not a word"},
		{"\"interface\": 1", "\"interface\": 8", "flows[1].interface is out of range"},
		{"\"target\": 1", "\"target\": 2", "flows[1].target does not exist"},
		{"\"src_port\": 40001", "\"src_port\": 65536", "flows[1].src_port is out of range"},
		{"\"flow_label\": 1048575", "\"flow_label\": 1048576", "flows[1].flow_label is out of range"},
		{"\"dst\": \"172.16.4.2\"", "\"dst\": null", "flows[2].dst is missing"},
		{"\"dst\": \"172.16.3.2\"", "\"dst\": \"::2\"", "flows[0].src is of another family"},
		{"\"frames\": 2", "\"frames\": 400001", "frames is out of range"},
		{"\"after_frames\": 2", "\"after_frames\": 3", "not_sent[1].after_frames is out of range"},
		{"\"after_frames\": 1", "\"after_frames\": 2", NULL},
		{"\"after_frames\": 2", "\"after_frames\": 1", NULL},
		{"\"after_frames\": 2", "\"after_frames\": 0", "not_sent[1].after_frames is out of range"},
		{"\"flow\": 2", "\"flow\": 3", "not_sent[0].flow is out of range"},
		{"\"no-route\"", "\"none\"", "not_sent[0].result is not a word"},
		{"\"18446744073709551615\"", "\"18446744073709551616\"", "received is out of range"},
		{"\"interrupted\"", "\"bored\"", "reason is not a word"},
		{"{", "[{", "plan.json: not JSON"},
	};
	struct strbuf text = sample_text();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *spoilt = replaced(text.text, rows[i].from, rows[i].to);
		char err[200] = "";
		bool ok = read_text(spoilt, strlen(spoilt), err, sizeof err);

		if (ok != (rows[i].says == NULL) || (rows[i].says && !strstr(err, rows[i].says)))
			fail_msg("row %zu (%s): %s", i, rows[i].to, err);
		free(spoilt);
	}
	strbuf_free(&text);
}

/* Without any one line the document is refused, unless the line is a member of a list. */
static void every_line_is_needed(void **state)
{
	struct strbuf text = sample_text();
	char *without = malloc(text.len + 1);
	int refused = 0;

	(void)state;
	assert_non_null(without);
	for (const char *line = text.text; *line;) {
		const char *end = strchr(line, '\n') + 1;
		size_t before = (size_t)(line - text.text);
		char err[200] = "";
		bool is_port = strspn(line, " 0123456789,") == (size_t)(end - line) - 1;
		bool ok;

		memcpy(without, text.text, before);
		memcpy(without + before, end, text.len - before - (size_t)(end - line));
		ok = read_text(without, text.len - (size_t)(end - line), err, sizeof err);
		if (ok && !is_port)
			fail_msg("nobody misses %.*s", (int)(end - line), line);
		assert_true(ok || strncmp(err, "plan.json: ", 11) == 0);
		refused += !ok;
		line = end;
	}
	assert_true(refused > 150);
	free(without);
	strbuf_free(&text);
}

/* Bundles of earlier builds have no word of it; a run that watched needs it, or its frames were foreign. */
static void watching_is_kept(void **state)
{
	(void)state;
	for (int watch = 0; watch < 2; watch++) {
		struct plan p = {.run_id = "x", .watch = watch}, got;
		struct event_log log, back;
		struct strbuf text;
		uint32_t frames;
		char err[200] = "";

		event_log_init(&log);
		strbuf_init(&text, STRBUF_MAX_DEFAULT);
		assert_true(plan_json_write(&p, &log, &text, err, sizeof err));
		assert_int_equal(strstr(text.text, "\"watch\"") != NULL, watch);
		assert_true(plan_json_read(text.text, text.len, &got, &back, &frames, err, sizeof err));
		assert_int_equal(got.watch, watch);
		plan_free(&got);
		event_log_free(&back);
		strbuf_free(&text);
	}
}

static void bytes_changed(void **state)
{
	static const char others[] = "{\"0-,\x80";
	struct strbuf text = sample_text();

	(void)state;
	for (size_t i = 0; i < text.len; i += 11) {
		char kept = text.text[i];
		char err[200] = "";

		text.text[i] = others[i / 11 % (sizeof others - 1)];
		read_text(text.text, text.len, err, sizeof err);
		text.text[i] = kept;
	}
	strbuf_free(&text);
}

static void too_large_is_said(void **state)
{
	struct plan p = {.run_id = "x"};
	struct event_log log;
	struct strbuf text;
	char err[200] = "";

	(void)state;
	event_log_init(&log);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	p.flow_count = PLAN_JSON_FLOWS_MAX + 1;
	assert_false(plan_json_write(&p, &log, &text, err, sizeof err));
	assert_non_null(strstr(err, "too large"));
	p.flow_count = 0;
	strbuf_free(&text);
	strbuf_init(&text, 100);
	assert_false(plan_json_write(&p, &log, &text, err, sizeof err));
	assert_non_null(strstr(err, "out of memory"));
	strbuf_free(&text);
}

/* The most that a plan may hold reads back too: the JSON reader's own ceilings. */
static void largest_plan_reads_back(void **state)
{
	struct plan p;
	struct event_log log;
	struct strbuf text;
	char err[200] = "";
	struct event e = {.kind = EVENT_NOT_SENT, .u.not_sent = {{1700000000123456789}, 1, 255, SEND_REFUSED_SESSION, -1}};

	(void)state;
	sample_plan(&p);
	free(p.flows);
	p.flow_count = PLAN_JSON_FLOWS_MAX;
	p.flows = calloc(p.flow_count, sizeof *p.flows);
	assert_non_null(p.flows);
	for (size_t i = 0; i < p.flow_count; i++)
		p.flows[i] = (struct plan_flow){.id = (uint16_t)i, .kind = 1, .link = LINK_SECONDARY, .role = FLOW_BGP_MSEE,
		                                .src = sample_addr("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
		                                .dst = sample_addr("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
		                                .next_hop = sample_addr("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
		                                .src_port = 65535, .dst_port = 65535, .icmp_sum = 65535, .flow_label = 0xfffff};
	event_log_init(&log);
	for (size_t i = 0; i < EVENT_LOG_NOT_SENT_MAX; i++)
		assert_true(event_log_add(&log, &e));
	assert_false(event_log_add(&log, &e));
	assert_int_equal(log.refused, 1);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	if (!plan_json_write(&p, &log, &text, err, sizeof err) || !read_text(text.text, text.len, err, sizeof err))
		fail_msg("%s", err);
	plan_free(&p);
	event_log_free(&log);
	strbuf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plan_comes_back_equal),
		cmocka_unit_test(the_baseline_comes_back_equal),
		cmocka_unit_test(events_come_back_equal),
		cmocka_unit_test(empty_plan),
		cmocka_unit_test(a_mirror_port_comes_back),
		cmocka_unit_test(wrong_values_are_named),
		cmocka_unit_test(every_line_is_needed),
		cmocka_unit_test(watching_is_kept),
		cmocka_unit_test(bytes_changed),
		cmocka_unit_test(too_large_is_said),
		cmocka_unit_test(largest_plan_reads_back),
	};

	return cmocka_run_group_tests_name("plan_json", tests, NULL, NULL);
}
