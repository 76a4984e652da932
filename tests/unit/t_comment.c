/* SPDX-License-Identifier: BSD-2-Clause */
/* The line that the evidence says about each frame. */
#include "analysis/record/comment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct plan_circuit circuit = {.name = "frank furt-1"};
static struct plan_flow flows[] = {
	{.id = 0, .link = LINK_PRIMARY, .role = FLOW_MSEE, .kind = PROBE_ICMP_ECHO},
	{.id = 1, .link = LINK_ANY, .role = FLOW_TARGET, .kind = PROBE_TCP_SYN},
	{.id = 2, .link = LINK_SECONDARY, .role = FLOW_NEIGHBOUR, .kind = PROBE_NEIGHBOUR},
};

static struct plan sample_plan(void)
{
	struct plan p = {
		.run_id = "01890000-0000-7000-8000-000000000001",
		.tool = "erprobe 0.1.0",
		.circuits = &circuit,
		.circuit_count = 1,
		.flows = flows,
		.flow_count = sizeof flows / sizeof flows[0],
	};

	for (size_t i = 0; i < RUN_KEY_BYTES; i++)
		p.key[i] = (uint8_t)(i * 17);
	return p;
}

#define BIT(t) (uint16_t)(1u << (t))
#define P_ICMP "probe=17 circuit=frank_furt-1 flow=0 link=primary role=msee kind=icmp ttl=2 "
#define P_TCP "probe=17 circuit=frank_furt-1 flow=1 link=any role=target kind=tcp ttl=2 "

/* All of probe 16 (the 17th) of flow 0 or 1 with TTL 2; the answer from 10.10.0.1. */
static const struct { struct match m; uint32_t to; const char *says; } rows[] = {
	{{.cls = MATCH_OUT, .has_probe = true, .flow = 0}, 0, P_ICMP "out"},
	{{.cls = MATCH_OUT_RESET, .has_probe = true, .flow = 1}, 0,
	 "probe=17 circuit=frank_furt-1 flow=1 link=any role=target kind=rst ttl=2 out"},
	{{.cls = MATCH_OUT_RESET}, 0, "out"},
	{{.cls = MATCH_ANSWER, .has_probe = true, .answer = ANSWER_TIME_EXCEEDED, .icmp_type = 11, .rtt_ns = 312450,
	  .reply_ttl = 63},
	 12,
	 P_ICMP "in answer=time-exceeded from=10.10.0.1 to_frame=12 rtt_us=312.450 icmp=11/0 reply_ttl=63 counted"},
	{{.cls = MATCH_ANSWER, .has_probe = true, .answer = ANSWER_UNREACHABLE, .icmp_type = 3, .icmp_code = 4,
	  .mtu = 1400, .rtt_ns = 5, .reply_ttl = 1, .failed = BIT(MATCH_T5_KEYED_QUOTE)},
	 0, P_ICMP "in answer=unreachable from=10.10.0.1 rtt_us=0.005 icmp=3/4 mtu=1400 reply_ttl=1 counted in spite of: T5"},
	{{.cls = MATCH_ANSWER, .has_probe = true, .answer = ANSWER_TIME_EXCEEDED, .icmp_type = 11, .rtt_ns = 1000000000,
	  .extensions = {.present = true, .mpls_count = 2, .mpls = {{.label = 16001}, {.label = 3}}}},
	 1, P_ICMP "in answer=time-exceeded from=10.10.0.1 to_frame=1 rtt_us=1000000.000 icmp=11/0 reply_ttl=0 "
	           "mpls=16001,3 counted"},
	{{.cls = MATCH_ANSWER, .has_probe = true, .flow = 1, .answer = ANSWER_SYN_ACK, .rtt_ns = 1999, .reply_ttl = 64}, 2,
	 P_TCP "in answer=syn-ack from=10.10.0.1 to_frame=2 rtt_us=1.999 reply_ttl=64 counted"},
	{{.cls = MATCH_ANSWER, .has_probe = true, .flow = 2, .answer = ANSWER_NEIGHBOUR, .rtt_ns = 1000}, 2,
	 "probe=17 circuit=frank_furt-1 flow=2 link=secondary role=neighbour kind=neighbour ttl=2 in answer=neighbour "
	 "from=10.10.0.1 to_frame=2 rtt_us=1.000 counted"},
	{{.cls = MATCH_DUPLICATE, .has_probe = true, .flow = 1, .answer = ANSWER_RST, .rtt_ns = -1500, .reply_ttl = 9,
	  .failed = BIT(MATCH_T6_WINDOW) | BIT(MATCH_T7_FIRST)},
	 2, P_TCP "in answer=rst from=10.10.0.1 to_frame=2 rtt_us=-1.500 reply_ttl=9 class=DUP not counted: T6, T7"},
	{{.cls = MATCH_FORGED, .failed = BIT(MATCH_T4_KEYED)}, 0, "in from=10.10.0.1 class=FORGED not counted: T4"},
	{{.cls = MATCH_MALFORMED, .failed = BIT(MATCH_T1_DECODED)}, 0,
	 "direction=unknown from=10.10.0.1 class=MALFORMED not counted: T1"},
	{{.cls = MATCH_FOREIGN}, 0, "direction=unknown from=10.10.0.1 class=FOREIGN not counted"},
	/* A place in the plan that does not exist is not followed. */
	{{.cls = MATCH_OUT, .has_probe = true, .flow = 3}, 0, "out"},
};

/* The words of tests and classes are the matcher's: they are put in here. */
static void expand(const char *text, char *out, size_t size)
{
	static const struct { const char *mark; int cls, test; } marks[] = {
		{"DUP", MATCH_DUPLICATE, 0}, {"FORGED", MATCH_FORGED, 0}, {"MALFORMED", MATCH_MALFORMED, 0},
		{"FOREIGN", MATCH_FOREIGN, 0}, {"T1", 0, MATCH_T1_DECODED}, {"T4", 0, MATCH_T4_KEYED},
		{"T5", 0, MATCH_T5_KEYED_QUOTE}, {"T6", 0, MATCH_T6_WINDOW}, {"T7", 0, MATCH_T7_FIRST},
	};
	size_t at = 0;

	while (*text && at + 1 < size) {
		const char *word = NULL;

		for (size_t i = 0; i < sizeof marks / sizeof marks[0] && !word; i++) {
			if (strncmp(text, marks[i].mark, strlen(marks[i].mark)) != 0)
				continue;
			word = marks[i].cls ? match_class_name((enum match_class)marks[i].cls)
			                    : match_test_name((enum match_test)marks[i].test);
			text += strlen(marks[i].mark);
			at += (size_t)snprintf(out + at, size - at, "%s", word);
		}
		if (!word)
			out[at++] = *text++;
	}
	out[at] = '\0';
}

static void each_class(void **state)
{
	struct plan p = sample_plan();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct match m = rows[i].m;
		struct strbuf out;
		char want[400];

		m.probe = 16;
		m.ttl = 2;
		assert_true(ip_addr_parse("10.10.0.1", &m.from));
		expand(rows[i].says, want, sizeof want);
		strbuf_init(&out, 4096);
		comment_frame(&p, &m, rows[i].to, &out);
		if (strcmp(out.text, want) != 0)
			fail_msg("row %zu says\n%s\nnot\n%s", i, out.text, want);
		strbuf_free(&out);
	}
}

static void directions(void **state)
{
	static const struct { enum match_class cls; int direction; } want[] = {
		{MATCH_OUT, 1}, {MATCH_OUT_RESET, 1}, {MATCH_ANSWER, 0}, {MATCH_DUPLICATE, 0}, {MATCH_LATE, 0},
		{MATCH_FORGED, 0}, {MATCH_FOREIGN, -1}, {MATCH_MALFORMED, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		struct match m = {.cls = want[i].cls};

		assert_int_equal(comment_direction(&m), want[i].direction);
	}
}

static void section_line(void **state)
{
	struct plan p = sample_plan();
	struct event_counters c = {1, UINT64_MAX, 3, 0};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 4096);
	comment_section(&p, NULL, &out);
	assert_string_equal(out.text, "erprobe run=01890000-0000-7000-8000-000000000001 tool=erprobe_0.1.0 "
	                              "key=00112233445566778899aabbccddeeff");
	out.len = 0;
	comment_section(&p, &c, &out);
	assert_non_null(strstr(out.text, "ddeeff received=1 dropped=18446744073709551615 foreign=3"));
	strbuf_free(&out);
}

/* A hostile name must not end the line or steer a terminal. */
static void names_are_one_safe_word(void **state)
{
	struct plan_circuit hostile = {.name = "a b\n\x1b[31m\xe2\x80\xae"};
	struct plan p = sample_plan();
	struct match m = {.cls = MATCH_OUT, .has_probe = true};
	struct strbuf out;

	(void)state;
	p.circuits = &hostile;
	strbuf_init(&out, 4096);
	comment_frame(&p, &m, 0, &out);
	assert_non_null(strstr(out.text, " circuit=a_b\xef\xbf\xbd\xef\xbf\xbd[31m\xef\xbf\xbd flow="));
	strbuf_free(&out);
}

static void every_value_has_a_word(void **state)
{
	(void)state;
	for (uint8_t k = 1; k < PROBE_KINDS; k++)
		assert_string_not_equal(comment_kind_name(k), "unknown");
	assert_string_equal(comment_kind_name(0), "unknown");
	assert_string_equal(comment_kind_name(PROBE_KINDS), "unknown");
	for (int a = ANSWER_ECHO_REPLY; a <= ANSWER_NEIGHBOUR; a++)
		assert_string_not_equal(comment_answer_name((enum answer_kind)a), "none");
	assert_string_equal(comment_answer_name(ANSWER_NONE), "none");
	for (uint8_t r = 0; r < SEND_RESULTS; r++)
		assert_string_not_equal(comment_send_result_name(r), "unknown");
	assert_string_equal(comment_send_result_name(SEND_RESULTS), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class),
		cmocka_unit_test(directions),
		cmocka_unit_test(section_line),
		cmocka_unit_test(names_are_one_safe_word),
		cmocka_unit_test(every_value_has_a_word),
	};

	return cmocka_run_group_tests_name("comment", tests, NULL, NULL);
}
