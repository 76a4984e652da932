/* SPDX-License-Identifier: BSD-2-Clause */
/* The last day, and the live page: nothing unescaped, nothing invented, the same state for
 * the same page. */
#include "analysis/live/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T0 (INT64_C(1795478400) * 1000000) /* 2026-11-24T00:00:00Z */
#define HOSTILE "<img src=x onerror=alert(1)>\"'&\xe2\x80\xae\x1b[31m"

static const int64_t unmeasured[2] = {RECORD_UNKNOWN, RECORD_UNKNOWN};

/* -- the day -- */

static void test_day_keeps_the_worst(void **state)
{
	struct day d = {0};

	(void)state;
	day_take(&d, T0 + 60000000, RECORD_FINISHED, STATUS_HEALTHY, (const int64_t[2]){2000, RECORD_UNKNOWN});
	day_take(&d, T0 + 120000000, RECORD_FINISHED, STATUS_FAULT, unmeasured);
	day_take(&d, T0 + 180000000, RECORD_FINISHED, STATUS_HEALTHY, (const int64_t[2]){4000, 1});
	day_take(&d, T0 + 190000000, RECORD_INTERRUPTED, STATUS_HEALTHY, unmeasured);
	assert_int_equal(day_slot_us(&d, DAY_SLOTS - 1), T0);
	const struct day_slot *s = day_slot(&d, DAY_SLOTS - 1);
	assert_int_equal(s->mark, DAY_FAULT);
	assert_int_equal(s->runs, 3);
	assert_int_equal(s->healthy, 2);
	assert_int_equal(s->wan_sum_us[0], 6000);
	assert_int_equal(s->wan_runs[0], 2);
	assert_int_equal(s->wan_runs[1], 1);
	assert_int_equal(day_slot(&d, DAY_SLOTS - 2)->mark, DAY_NONE);
}

static void test_day_turns(void **state)
{
	struct day d = {0};

	(void)state;
	day_take(&d, T0, RECORD_FAILED, STATUS_HEALTHY, unmeasured);
	assert_int_equal(day_slot(&d, DAY_SLOTS - 1)->mark, DAY_FAILED);
	day_turn(&d, T0 + 95 * DAY_SLOT_US);
	assert_int_equal(day_slot(&d, 0)->mark, DAY_FAILED);
	/* In its place among the slots that are there, also late; older than the day: left out. */
	day_take(&d, T0 + DAY_SLOT_US, RECORD_FINISHED, STATUS_DEGRADED, unmeasured);
	assert_int_equal(day_slot(&d, 1)->mark, DAY_DEGRADED);
	day_take(&d, T0 - DAY_SLOT_US, RECORD_FINISHED, STATUS_FAULT, unmeasured);
	for (int i = 2; i < DAY_SLOTS; i++)
		assert_int_equal(day_slot(&d, i)->mark, DAY_NONE);
	day_turn(&d, T0 + 96 * DAY_SLOT_US);
	assert_int_equal(day_slot(&d, 0)->mark, DAY_DEGRADED);
	/* The clock was stepped by years: all is forgotten, at once. */
	day_turn(&d, T0 * 2);
	for (int i = 0; i < DAY_SLOTS; i++)
		assert_int_equal(day_slot(&d, i)->mark, DAY_NONE);
	assert_int_equal(day_slot_us(&d, DAY_SLOTS - 1), T0 * 2 / DAY_SLOT_US * DAY_SLOT_US);
}

/* -- the page -- */

struct told {
	char *text;
	size_t len, parts;
};

static void take(void *arg, const char *id, const char *text, size_t len)
{
	struct told *t = arg;

	t->text = realloc(t->text, t->len + len + 1);
	memcpy(t->text + t->len, text, len);
	t->len += len;
	t->text[t->len] = '\0';
	t->parts += id[0] != '\0';
}

static struct told tell(const struct live_view *v, char id[LIVE_ID_MAX])
{
	struct told t = {0};

	assert_true(live_page(v, id, take, &t));
	return t;
}

static struct live_view view_of(const struct live_circuit *c, size_t count)
{
	return (struct live_view){.host = "edge", .version = "1", .circuits = c, .count = count, .store_ok = true, .config_ok = true};
}

static void has(const struct told *t, const char *text)
{
	if (!strstr(t->text, text))
		fail_msg("no '%s' in %s", text, t->text);
}

static void lacks(const struct told *t, const char *text)
{
	if (strstr(t->text, text))
		fail_msg("'%s' in %s", text, t->text);
}

static void test_before_the_first_check(void **state)
{
	static const struct day empty;
	static const struct incident_state none;
	const struct live_circuit c = {.name = "a", .trouble = "", .incident = &none, .day = &empty};
	const struct live_view v = view_of(&c, 1);
	char id[LIVE_ID_MAX];
	struct told t = tell(&v, id);

	(void)state;
	has(&t, "<title>… 1 not checked yet");
	has(&t, "class=\"circuit waiting\"");
	has(&t, "Last 24 hours: 0 checks.");
	has(&t, "None so far.");
	lacks(&t, "<table class=\"links");
	assert_int_equal(t.parts, 3);
	free(t.text);
}

static struct run_record *faulty_run(void)
{
	struct run_record *r = calloc(1, sizeof *r);

	r->ended_at.ns = T0 * NS_PER_US;
	r->status = STATUS_FAULT;
	r->domain = DOMAIN_WAN;
	r->link = LINK_PRIMARY;
	r->confidence = 0.97;
	r->contact = CONTACT_PROVIDER;
	snprintf(r->fault, sizeof r->fault, "wan.circuit-down");
	snprintf(r->summary, sizeof r->summary, "It is <down>.");
	r->links[LINK_PRIMARY] = (struct record_link){.present = true, .status = STATUS_FAULT};
	r->links[LINK_PRIMARY].segments[DOMAIN_CORPORATE] = (struct record_segment){true, 1500, {0, 0, 0.03, true}};
	r->links[LINK_PRIMARY].segments[DOMAIN_WAN] = (struct record_segment){true, RECORD_UNKNOWN, {1, 0.9, 1, true}};
	r->links[LINK_SECONDARY] = (struct record_link){.present = true, .status = STATUS_HEALTHY};
	r->links[LINK_SECONDARY].segments[DOMAIN_WAN] = (struct record_segment){true, 2000, {0, 0, 0, false}};
	return r;
}

static void test_a_fault(void **state)
{
	struct run_record *r = faulty_run();
	const struct incident_state open = {.open = true, .opened_at = {T0 * NS_PER_US}};
	struct day d = {0};
	const struct live_circuit c = {.name = "a", .last = r, .up = true, .trouble = "", .incident = &open, .day = &d};
	const struct live_event e = {.kind = LIVE_OPENED, .at_us = T0, .circuit = "a", .status = STATUS_FAULT, .domain = DOMAIN_WAN, .link = LINK_PRIMARY};
	struct live_view v = view_of(&c, 1);
	char id[LIVE_ID_MAX], again[LIVE_ID_MAX];
	struct told t;

	(void)state;
	v.events = &e;
	v.event_count = 1;
	v.store_ok = v.config_ok = false;
	v.waiting = 7;
	day_take(&d, T0, RECORD_FINISHED, STATUS_FAULT, (const int64_t[2]){RECORD_UNKNOWN, 2000});
	t = tell(&v, id);
	has(&t, "1 fault");
	has(&t, "To act: <b>the provider</b>");
	has(&t, "It is &lt;down&gt;.");
	has(&t, "incident since <time datetime=\"2026-11-24T00:00:00Z\" data-since>2026-11-24 00:00:00 UTC</time>");
	/* Where the fault is, what was measured before it, and that behind it nothing was. */
	has(&t, "<td class=\"ok\"><span class=\"ms\">+1.50 ms</span><small>loss ≤ 3.0 %</small></td>"
	        "<td class=\"fault\"><b>✗ fault here</b><small>loss 100 %</small></td><td class=\"unknown\"><span class=\"dim\">not measured</span></td>");
	has(&t, "<td class=\"ok\"><span class=\"ms\">+2.00 ms</span></td>");
	has(&t, "fault 00:00–00:15; WAN adds 2.00 ms.");
	has(&t, "✗ incident opened</td><td>WAN (provider), primary link: ");
	has(&t, "7 runs wait in memory");
	has(&t, "the former configuration is in force");
	free(t.text);
	t = tell(&v, again);
	assert_string_equal(id, again);
	free(t.text);
	r->confidence = 0.5;
	t = tell(&v, again);
	assert_string_not_equal(id, again);
	has(&t, again);
	free(t.text);
	free(r);
}

/* Names from anywhere, in every place that takes one. */
static void test_hostile_texts(void **state)
{
	struct run_record *r = faulty_run();
	static const struct incident_state none;
	static const struct day empty;
	struct live_circuit c[2] = {{.name = HOSTILE, .last = r, .up = true, .trouble = "", .incident = &none, .day = &empty},
	                            {.name = HOSTILE, .trouble = HOSTILE, .incident = &none, .day = &empty}};
	struct live_event e = {.kind = LIVE_PATH, .circuit = HOSTILE, .text = HOSTILE, .link = LINK_NULL};
	struct live_view v = view_of(c, 2);
	char id[LIVE_ID_MAX];
	struct told t;

	(void)state;
	snprintf(r->summary, sizeof r->summary, "%s", HOSTILE);
	snprintf(r->fault, sizeof r->fault, "%.20s", HOSTILE);
	snprintf(r->maintenance, sizeof r->maintenance, "%s", HOSTILE);
	snprintf(r->azure_why_not, sizeof r->azure_why_not, "%s", HOSTILE);
	snprintf(r->targets[0].name, sizeof r->targets[0].name, "%s", HOSTILE);
	snprintf(r->hops[0].address, sizeof r->hops[0].address, "%.20s", HOSTILE);
	r->hops[0].domain = 99;
	r->target_count = r->hop_count = 1;
	v.host = v.version = HOSTILE;
	v.events = &e;
	v.event_count = 1;
	t = tell(&v, id);
	lacks(&t, "<img");
	lacks(&t, "\x1b");
	lacks(&t, "\xe2\x80\xae");
	lacks(&t, "alert(1)>");
	lacks(&t, "style=");
	has(&t, "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
	free(t.text);
	free(r);
}

static void test_many_are_brief(void **state)
{
	struct run_record *healthy = faulty_run(), *faulty = faulty_run();
	static const struct incident_state none;
	static const struct day empty;
	struct live_circuit c[20];
	struct live_view v = view_of(c, 20);
	char id[LIVE_ID_MAX];
	struct told t;

	(void)state;
	healthy->status = healthy->links[LINK_PRIMARY].status = STATUS_HEALTHY;
	for (int i = 0; i < 20; i++)
		c[i] = (struct live_circuit){.name = "x", .last = healthy, .up = true, .trouble = "", .incident = &none, .day = &empty};
	t = tell(&v, id);
	has(&t, "All 20 circuits are healthy");
	assert_int_equal(t.parts, 22);
	lacks(&t, "class=\"summary\"");
	free(t.text);
	for (int i = 0; i < 15; i++)
		c[i].last = faulty;
	t = tell(&v, id);
	has(&t, "15 faults, 5 healthy");
	has(&t, "class=\"summary\"");
	has(&t, " and 3 more");
	free(t.text);
	free(healthy);
	free(faulty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_day_keeps_the_worst), cmocka_unit_test(test_day_turns), cmocka_unit_test(test_before_the_first_check),
		cmocka_unit_test(test_a_fault), cmocka_unit_test(test_hostile_texts), cmocka_unit_test(test_many_are_brief),
	};

	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
