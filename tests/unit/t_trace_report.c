/* SPDX-License-Identifier: BSD-2-Clause */
/* One trace in each format. What routers and name servers wrote must neither break a
 * format nor move a cursor. */
#include "tests/unit/trace_net.h"

#include "analysis/trace_report/trace_report.h"

#include <stdio.h>
#include <stdlib.h>

struct shown { struct net net; struct trace_result result; struct trace_entry entry; struct trace_run run; struct strbuf out; };

static void begin(struct shown *s, bool v6)
{
	memset(s, 0, sizeof *s);
	net_new(&s->net, PROBE_ICMP_ECHO, v6, 1);
	snprintf(s->net.plan.host, sizeof s->net.plan.host, "prober");
	s->net.hops = 3;
	s->net.silent[2] = true;
	net_start(&s->net, 30, 2, INFINITY);
	net_run(&s->net, 5000);
	assert_true(trace_result_make(s->net.engine, 0, &s->result));
	s->entry = (struct trace_entry){.destination = "app.example", .iface = "eth0", .result = &s->result,
	                                .started_at = {NS_PER_SEC}, .ended_at = {2 * NS_PER_SEC}};
	s->run = (struct trace_run){.plan = &s->net.plan, .count = 2, .max_ttl = 30, .end_reason = END_DECIDED};
	strbuf_init(&s->out, STRBUF_MAX_DEFAULT);
}

static void end(struct shown *s)
{
	strbuf_free(&s->out);
	trace_result_free(&s->result);
	net_free(&s->net);
}

static void has(const struct shown *s, const char *text)
{
	if (!strstr(s->out.text, text))
		fail_msg("'%s' is not in:\n%s", text, s->out.text);
}

static void text(void **state)
{
	const struct text_style style = {.width = 100};
	struct shown s;

	(void)state;
	begin(&s, false);
	report_trace_text(&s.entry, &style, &s.out);
	has(&s, "app.example (10.101.7.10): ICMP echo from 10.10.1.1 over eth0\n");
	has(&s, "   1  172.16.1.1           2/2    0 % (≤ 84.2 %)    2.00    2.00    2.00    2.00    0.00\n");
	has(&s, "   2  *                    0/2                 -");
	has(&s, "✓ reached in 3 hops: answers\n");
	end(&s);
}

static void text_of_hostile_names(void **state)
{
	static const struct text_style styles[] = {{.width = 72}, {.width = 200, .color = true}};
	struct shown s;

	(void)state;
	for (size_t i = 0; i < COUNT(styles); i++) {
		begin(&s, true);
		s.result.hops[0].names[0] = "x\033]0;owned\007\n\xff.example";
		s.result.hops[0].has_interface = true;
		snprintf(s.result.hops[0].interface_name, sizeof s.result.hops[0].interface_name, "ge-0\033[2J");
		s.result.hops[0].hop.mpls[0] = (struct mpls_label){.label = 24001, .exp = 3, .bottom = 1, .ttl = 1};
		s.result.hops[0].hop.mpls_count = 1;
		report_trace_text(&s.entry, &styles[i], &s.out);
		has(&s, "MPLS label 24001 exp 3 bottom ttl 1");
		assert_null(strstr(s.out.text, "\033]"));
		assert_null(strstr(s.out.text, "\033[2J"));
		assert_null(strchr(s.out.text, '\007'));
		end(&s);
	}
}

/* All paths of a line of routers: one stop a hop, and the flows compared at the end. */
static void all_paths(void **state)
{
	const struct text_style style = {.width = 100};
	struct shown s;

	(void)state;
	memset(&s, 0, sizeof s);
	net_new(&s.net, PROBE_UDP, false, 32);
	for (size_t i = 0; i < 32; i++) {
		s.net.flows[i].dst = s.net.flows[0].dst;
		s.net.flows[i].src_port = (uint16_t)(40001 + i);
	}
	s.net.hops = 3;
	s.net.end = END_PORT;
	const struct trace_options o = {.max_ttl = 30, .hop_rate = INFINITY, .flows = 32, .alpha = 0.05, .rounds = 3};
	s.net.engine = trace_engine_new(&s.net.plan, &o, (struct mono_ns){0});
	net_run(&s.net, 5000);
	assert_true(trace_engine_done(s.net.engine));
	assert_int_equal(s.net.told_count, 1);
	assert_true(trace_result_make(s.net.engine, 0, &s.result));
	assert_true(s.result.has_paths && s.result.paths.complete && s.result.paths.count == 4);
	s.entry = (struct trace_entry){.destination = "app.example", .iface = "eth0", .result = &s.result};
	strbuf_init(&s.out, STRBUF_MAX_DEFAULT);
	report_trace_text(&s.entry, &style, &s.out);
	has(&s, "All paths: 3 nodes, 0 where the way divides; 7 flows, 114 probes");
	has(&s, "asked for 5.0 %, over 3 hops)\n");
	has(&s, "   0  this host → 172.16.1.1\n   1  172.16.1.1 → 172.16.1.2\n");
	has(&s, "32 flows to the end in turn: 96 of 96 answered");
	report_trace_jsonl(&s.entry, NULL, &s.out);
	has(&s, "\"paths\":{\"alpha\":0.05,");
	has(&s, "{\"ttl\":1,\"address\":\"172.16.1.1\",\"end\":false,");
	end(&s);
}

/* A plan that somebody wrote may have any deadline; no number of microseconds stands for one without end. */
static void deadlines(void **state)
{
	static const struct { double s; const char *text; } rows[] = {
		{60, "\"deadline_us\":60000000"}, {0.5, "\"deadline_us\":500000"}, {INFINITY, "\"deadline_us\":null"}, {1e300, "\"deadline_us\":null"}};
	struct shown s;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct json_out j;

		begin(&s, false);
		s.net.plan.limits.deadline_s = rows[i].s;
		s.run.compact = true;
		report_trace_json_begin(&j, &s.run, &s.out);
		report_trace_json_end(&j, &s.run);
		has(&s, rows[i].text);
		end(&s);
	}
}

static void jsonl(void **state)
{
	struct shown s;

	(void)state;
	begin(&s, false);
	report_trace_jsonl(&s.entry, NULL, &s.out);
	has(&s, "{\"destination\":\"app.example\",\"address\":\"10.101.7.10\"");
	has(&s, "\"reached\":true");
	has(&s, "\"quoted_ttl\":null"); /* silence quotes nothing */
	has(&s, "\"rtt_us\":null");
	assert_ptr_equal(strchr(s.out.text, '\n'), s.out.text + s.out.len - 1);
	end(&s);
}

/* The text is what it would be without those that are kept, whatever of a hop has changed since. */
static void same_as_anew(struct shown *s, struct trace_hop_texts *kept, const char *what)
{
	struct strbuf anew;

	strbuf_init(&anew, STRBUF_MAX_DEFAULT);
	for (int twice = 0; twice < 2; twice++) {
		s->out.len = anew.len = 0;
		report_trace_jsonl(&s->entry, kept, &s->out);
		report_trace_jsonl(&s->entry, NULL, &anew);
		if (strcmp(s->out.text, anew.text) != 0)
			fail_msg("%s:\n%s%s", what, s->out.text, anew.text);
	}
	strbuf_free(&anew);
}

static void kept_hops(void **state)
{
	struct trace_hop_texts *kept = calloc(1, sizeof *kept);
	struct shown s;

	(void)state;
	begin(&s, false);
	struct trace_hop *h = &s.result.hops[0];
	same_as_anew(&s, kept, "first");
	assert_true(kept->at[0].begin_len > 0 && kept->at[1].begin_len > 0 && kept->at[TRACE_HOP_TEXTS - 1].begin_len == 0);
	/* That it is used at all: what is kept is what comes out. */
	char *place = strstr(kept->at[0].text, "172.16.1.1");
	assert_non_null(place);
	place[9] = '7';
	s.out.len = 0;
	report_trace_jsonl(&s.entry, kept, &s.out);
	has(&s, "172.16.1.7");
	place[9] = '1';
	struct trace_hop was;
#define AFTER(...) do { __VA_ARGS__; same_as_anew(&s, kept, #__VA_ARGS__); } while (0)
	AFTER(h->hop.rtt.median_ns = 77 * NS_PER_MS);
	AFTER(h->hop.rtt.known = false);
	AFTER(h->last_ns = 5, h->mean_ns = 6, h->deviation_ns = 7);
	AFTER(h->hop.addresses[0].bytes[3]++);
	AFTER(h->hop.addresses[1] = h->hop.addresses[0], h->hop.address_count = 2);
	AFTER(h->hop.domain = DOMAIN_WAN);
	AFTER(memcpy(h->hop.role, "edge", 5));
	AFTER(h->hop.sent++);
	AFTER(h->hop.answered--);
	AFTER(h->hop.loss.ratio = 0.25);
	AFTER(h->hop.path_loss.high = 0.125);
	AFTER(h->hop.mpls[0].label = 16, h->hop.mpls_count = 1);
	AFTER(h->hop.mpls[0].ttl = 3);
	AFTER(h->hop.reply_ttl = 9);
	AFTER(memcpy(h->hop.note, "a\"b", 4));
	AFTER(h->has_icmp = true, h->icmp_type = 11);
	AFTER(h->icmp_type = 3);
	AFTER(h->icmp_code = 13);
	AFTER(h->return_length = 4);
	AFTER(h->has_quote = true);
	AFTER(h->quoted_ttl = 3);
	AFTER(h->quoted_tos = 0xb9);
	AFTER(h->has_interface = true);
	AFTER(h->interface_role = INTERFACE_NEXT_HOP);
	AFTER(h->interface_index = 12);
	AFTER(h->interface_addr = h->hop.addresses[0]);
	AFTER(memcpy(h->interface_name, "ge-0", 5));
	AFTER(h->mtu = 1400);
	AFTER(memcpy(h->remarks[0], "one", 4), h->remark_count = 1);
	AFTER(h->remarks[0][2] = 'f');
	AFTER(h->known = true);
	AFTER(h->names[1] = "name.example");
	AFTER(h->names[1] = NULL);
	AFTER(s.result.sizes.full = 1500, s.result.sizes.places[1].carried = 1400);
	AFTER(s.result.sizes.full = 0);
	memcpy(&was, h, sizeof was); /* with its padding */
	AFTER(memset(h->remarks[0], 'x', sizeof h->remarks[0] - 1); h->remark_count = TRACE_REMARKS_MAX;
	      for (int i = 1; i < TRACE_REMARKS_MAX; i++) memcpy(h->remarks[i], h->remarks[0], sizeof h->remarks[0]);
	      memset(h->interface_name, 'y', sizeof h->interface_name - 1); h->hop.mpls_count = MPLS_LABELS_MAX);
	assert_int_equal(kept->at[0].begin_len, 0); /* too long */
	AFTER(memcpy(h, &was, sizeof was)); /* what was kept before it is gone with it */
	AFTER(h->remark_count = 0);
	AFTER(h->hop.ttl = TRACE_HOP_TEXTS + 1);
	AFTER(h->hop.ttl = 1);
#undef AFTER
	end(&s);
	/* Nor, of a hop alike in all else, what an ICMP error is called in the other family. */
	begin(&s, false);
	s.result.hops[0].has_icmp = true;
	s.result.hops[0].icmp_type = 3;
	same_as_anew(&s, kept, "IPv4");
	s.net.flows[0].dst.family = IP_V6;
	same_as_anew(&s, kept, "the same in IPv6");
	s.net.flows[0].dst.family = IP_V4;
	end(&s);
	/* Of the other family's run nothing of this one's. */
	begin(&s, true);
	same_as_anew(&s, kept, "IPv6");
	end(&s);
	free(kept);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

/* What is known of a hop's size: either side of it, or nothing. */
static void sizes_of_hops(void **state)
{
	struct shown s;

	(void)state;
	begin(&s, false);
	s.result.sizes.full = 1500;
	s.result.sizes.places[1].carried = 1400;
	s.result.sizes.places[2].refused = 1401;
	report_trace_jsonl(&s.entry, NULL, &s.out);
	const char *first = strstr(s.out.text, "\"path_mtu\":{\"carried\":1400,\"refused\":null}");
	const char *second = strstr(s.out.text, "\"path_mtu\":{\"carried\":null,\"refused\":1401}");
	const char *third = strstr(s.out.text, "\"path_mtu\":null");
	if (!first || !second || !third || first > second || second > third)
		fail_msg("%s", s.out.text);
	end(&s);
}

static void csv(void **state)
{
	struct shown s;

	(void)state;
	begin(&s, false);
	s.result.hops[0].names[0] = "=cmd|\"x\",y";
	report_trace_csv_head(&s.out);
	size_t columns = count_of(s.out.text, ",");
	report_trace_csv(&s.entry, &s.out);
	assert_int_equal(count_of(s.out.text, "\r\n"), 4);
	has(&s, "\"'=cmd|\"\"x\"\",y\"");
	has(&s, ",path_mtu,known\r\n");
	assert_int_equal(count_of(s.out.text, ",false\r\n"), 3);
	/* Taken from another trace: nothing was asked here, and nothing is lost. */
	s.result.hops[1].known = true;
	s.out.len = 0;
	report_trace_csv(&s.entry, &s.out);
	assert_int_equal(count_of(s.out.text, ",true\r\n"), 1);
	/* A trace without a hop has as many columns. */
	struct trace_result none = s.result;
	none.hop_count = 0;
	s.entry.result = &none;
	s.out.len = 0;
	report_trace_csv(&s.entry, &s.out);
	assert_int_equal(count_of(s.out.text, ","), columns);
	end(&s);
}

static void mtr(void **state)
{
	struct shown s;

	(void)state;
	begin(&s, false);
	report_trace_mtr(&s.entry, &s.run, &s.out);
	has(&s, "\"src\": \"prober\"");
	has(&s, "\"tests\": 2");
	has(&s, "\"psize\": \"42\"");
	has(&s, "\"host\": \"???\"");
	has(&s, "\"Loss%\": 100.0");
	has(&s, "\"Avg\": 2.0");
	end(&s);
}

static void atlas(void **state)
{
	struct shown s;
	struct json_out j;

	(void)state;
	begin(&s, false);
	report_trace_atlas_begin(&j, &s.out);
	report_trace_atlas(&j, &s.entry, &s.run);
	report_trace_atlas_end(&j);
	assert_true(strbuf_ok(&s.out));
	has(&s, "\"dst_name\": \"app.example\"");
	assert_int_equal(count_of(s.out.text, "\"x\": \"*\""), 2);
	assert_int_equal(count_of(s.out.text, "\"from\": \"172.16.1.1\""), 2);
	end(&s);
}

/* --explain-rate: one address is no "1 addresses". */
static void a_given_rate_in_words(void **state)
{
	const struct trace_hop_rate one = {.rate = 20, .addresses = 1}, three = {.rate = 60, .addresses = 3};
	char words[TRACE_RATE_WORDS_MAX];

	(void)state;
	trace_rate_words(&one, 4, 20, words);
	assert_string_equal(words, "TTL 4: at most 20.0 a second (--hop-rate 20, times 1 address)");
	trace_rate_words(&three, 4, 20, words);
	assert_string_equal(words, "TTL 4: at most 60.0 a second (--hop-rate 20, times 3 addresses)");
}

static void marks(void **state)
{
	static const struct { uint8_t family, type, code; const char *mark; } rows[] = {
		{IP_V4, 3, 0, "N"}, {IP_V4, 3, 1, "H"}, {IP_V4, 3, 3, "p"}, {IP_V4, 3, 13, "A"}, {IP_V4, 3, 7, ""},
		{IP_V4, 3, 255, ""}, {IP_V4, 11, 0, ""}, {IP_V6, 1, 1, "A"}, {IP_V6, 1, 4, "p"}, {IP_V6, 3, 0, ""}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(trace_mark(rows[i].family, rows[i].type, rows[i].code), rows[i].mark);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text), cmocka_unit_test(text_of_hostile_names), cmocka_unit_test(all_paths),
		cmocka_unit_test(deadlines), cmocka_unit_test(jsonl), cmocka_unit_test(kept_hops), cmocka_unit_test(sizes_of_hops), cmocka_unit_test(csv),
		cmocka_unit_test(mtr), cmocka_unit_test(atlas), cmocka_unit_test(marks),
		cmocka_unit_test(a_given_rate_in_words),
	};

	return cmocka_run_group_tests_name("trace_report", tests, NULL, NULL);
}
