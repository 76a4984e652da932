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

/* A clock that was ahead came back, by hours or by years: runs of now count, those of the future are gone. */
static void test_day_after_a_clock_that_was_ahead(void **state)
{
	static const int64_t ahead[] = {40, 4000};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct day d = {0};

		day_take(&d, T0, RECORD_FINISHED, STATUS_HEALTHY, unmeasured);
		day_take(&d, T0 + ahead[i] * DAY_SLOT_US, RECORD_FINISHED, STATUS_FAULT, unmeasured);
		day_turn(&d, T0 + DAY_SLOT_US);
		day_take(&d, T0 + DAY_SLOT_US, RECORD_FINISHED, STATUS_DEGRADED, unmeasured);
		assert_int_equal(day_slot(&d, DAY_SLOTS - 1)->mark, DAY_DEGRADED);
		assert_int_equal(day_slot_us(&d, DAY_SLOTS - 1), T0 / DAY_SLOT_US * DAY_SLOT_US + DAY_SLOT_US);
		assert_int_equal(day_slot(&d, DAY_SLOTS - 2)->mark, i == 0 ? DAY_HEALTHY : DAY_NONE);
		for (int k = 0; k < DAY_SLOTS - 2; k++)
			assert_int_equal(day_slot(&d, k)->mark, DAY_NONE);
	}
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

#define RUN "01a20a79-58c4-71d2-bed5-7d35db230001"

static struct run_reasons *some_reasons(size_t count)
{
	struct run_reasons *w = calloc(1, sizeof *w + count * sizeof w->faults[0]);

	w->count = count;
	for (size_t i = 0; i < count; i++) {
		struct verdict *v = &w->faults[i];

		snprintf(v->fault, sizeof v->fault, i == 0 ? "wan.circuit-down" : "wan.loss");
		snprintf(v->summary, sizeof v->summary, "Something <else>.");
		snprintf(v->evidence_for[0], SENTENCE_MAX, "The <i>MSEE</i> is silent.");
		snprintf(v->evidence_against[0], SENTENCE_MAX, "The provider is sure.");
		snprintf(v->next_steps[0], SENTENCE_MAX, "Call \"them\".");
		v->for_count = v->against_count = v->step_count = 1;
		v->status = STATUS_FAULT;
		v->domain = DOMAIN_WAN;
		v->link = LINK_SECONDARY;
		v->contact = CONTACT_PROVIDER;
		v->confidence = 0.9;
	}
	struct contest *c = &w->faults[0].runner_up;
	*c = (struct contest){.known = true, .next = {.fault = "wan.vlan", .link = LINK_PRIMARY, .probability = 0.038}, .pro_count = 1, .contra_count = 1};
	c->pro[0] = (struct weighed){.statement = "ARP is incomplete.", .log_ratio = 2.4849066, .source = EVIDENCE_AZURE, .as_of = {T0 * NS_PER_US}};
	c->contra[0] = (struct weighed){.statement = "No tag was heard.", .log_ratio = 0.3364722, .source = EVIDENCE_WIRE, .as_of = {T0 * NS_PER_US}};
	w->contradiction_count = 1;
	snprintf(w->contradictions[0].azure, SENTENCE_MAX, "Azure says that it lives.");
	snprintf(w->contradictions[0].wire, SENTENCE_MAX, "it is dead");
	return w;
}

/* From a circuit that is not healthy the reader is led to the evidence: why, with weights, what to do, the run, its bundle. */
static void test_why(void **state)
{
	struct run_record *r = faulty_run();
	struct run_reasons *why = some_reasons(1);
	static const struct incident_state none;
	static const struct day empty;
	struct live_circuit c[3] = {{.name = "a", .last = r, .up = true, .trouble = "", .incident = &none, .day = &empty, .why = why, .evidence = "/var/e&v", .report = true}};
	struct live_view v = view_of(c, 1);
	char id[LIVE_ID_MAX];
	struct told t;

	(void)state;
	c[1] = c[2] = c[0];
	snprintf(r->run_id, sizeof r->run_id, RUN);
	snprintf(r->facts[0].key, sizeof r->facts[0].key, "provider_name");
	snprintf(r->facts[0].value, sizeof r->facts[0].value, "Lab <Networks>");
	r->fact_count = 1;
	t = tell(&v, id);
	has(&t, "To act: <b>the provider, Lab &lt;Networks&gt;</b>");
	has(&t, "<details id=\"c-0-why\" class=\"why\" open><summary>Why, and what to do next");
	has(&t, "<h4>Why</h4>\n<ul>\n<li>The &lt;i&gt;MSEE&lt;/i&gt; is silent.</li>");
	has(&t, "<h4>What speaks against it</h4>\n<ul>\n<li>The provider is sure.</li>");
	/* Azure and the wire at odds: then with the times, as the text report has it. */
	has(&t, "<h4>Weighed against the next best, wan.vlan, primary link (3.8 %)</h4>");
	has(&t, "<span aria-hidden=\"true\">+</span> 12 : 1<span class=\"vh\">:</span></b> <span>ARP is incomplete. [Azure, 00:00:00Z]</span>");
	has(&t, "<span class=\"vh\">against, </span><span aria-hidden=\"true\">−</span> 1.4 : 1");
	has(&t, "<h4>What to do next</h4>\n<ol>\n<li>Call &quot;them&quot;.</li>");
	has(&t, "Azure says that it lives.");
	has(&t, "Run <code>" RUN "</code> · evidence <code>/var/e&amp;v/" RUN "</code> · <a id=\"c-0-report\" href=\"/report/" RUN "\">");
	free(t.text);
	/* More than two circuits: folded, or nobody sees them all. */
	v.count = 3;
	t = tell(&v, id);
	has(&t, "<details id=\"c-2-why\" class=\"why\"><summary>");
	free(t.text);
	v.count = 1;
	/* No bundle, no page: nothing is promised. */
	c[0].evidence = NULL;
	c[0].report = false;
	t = tell(&v, id);
	has(&t, "its evidence is not there");
	lacks(&t, "/report/");
	free(t.text);
	/* A healthy run, and one that failed: no reasons of an older one. */
	c[0].up = false;
	t = tell(&v, id);
	lacks(&t, "c-0-why");
	lacks(&t, RUN);
	free(t.text);
	c[0].up = true;
	r->status = STATUS_HEALTHY;
	t = tell(&v, id);
	lacks(&t, "c-0-why");
	free(t.text);
	free(why);
	free(r);
}

/* Several faults each have theirs. With ExpressRoute Direct nobody is a provider. */
static void test_several_faults_and_direct(void **state)
{
	struct run_record *r = faulty_run();
	struct run_reasons *why = some_reasons(2);
	static const struct incident_state none;
	static const struct day empty;
	const struct live_circuit c = {.name = "a", .last = r, .up = true, .trouble = "", .incident = &none, .day = &empty, .why = why};
	const struct live_event e = {.kind = LIVE_OPENED, .at_us = T0, .circuit = "a", .status = STATUS_FAULT, .domain = DOMAIN_WAN, .link = LINK_PRIMARY};
	struct live_view v = view_of(&c, 1);
	char id[LIVE_ID_MAX];
	struct told t;

	(void)state;
	v.events = &e;
	v.event_count = 1;
	t = tell(&v, id);
	has(&t, "<p><b>At the same time:</b> wan.loss, WAN (provider), secondary link, confidence 0.90. Something &lt;else&gt;. To act: the provider.</p>");
	has(&t, "<h4>wan.circuit-down: Why</h4>");
	has(&t, "<h4>wan.loss: What to do next</h4>");
	has(&t, "<th scope=\"col\">WAN (provider)</th>");
	free(t.text);
	r->handoff = HANDOFF_DIRECT;
	why->faults[0].evidence_against[0][0] = '\0';
	why->faults[1].evidence_against[0][0] = '\0';
	t = tell(&v, id);
	has(&t, "<th scope=\"col\">WAN (cross-connect)</th>");
	has(&t, "To act: <b>whoever runs the cross-connect or fibre");
	has(&t, "incident opened</td><td>WAN (cross-connect), primary link");
	lacks(&t, "WAN (provider)");
	lacks(&t, "the provider");
	free(t.text);
	free(why);
	free(r);
}

/* When everything fails at once the page stays in bounds: the last circuits have their report alone. */
static void test_reasons_are_bounded(void **state)
{
	struct run_record *r = faulty_run();
	struct run_reasons *why = some_reasons(4);
	static const struct incident_state none;
	static const struct day empty;
	static struct live_circuit c[400];
	struct live_view v = view_of(c, 400);
	char id[LIVE_ID_MAX];
	struct told t;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct verdict *f = &why->faults[i];

		f->for_count = EVIDENCE_MAX;
		for (size_t k = 0; k < EVIDENCE_MAX; k++)
			memset(f->evidence_for[k], '<', SENTENCE_MAX - 1);
	}
	for (int i = 0; i < 400; i++)
		c[i] = (struct live_circuit){.name = "x", .last = r, .up = true, .trouble = "", .incident = &none, .day = &empty, .why = why};
	t = tell(&v, id);
	has(&t, "c-0-why");
	lacks(&t, "c-399-why");
	has(&t, "too much is wrong at once to say here why: it stands in the evidence");
	assert_true(t.len < ((size_t)4 << 20));
	free(t.text);
	free(why);
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

static void test_each_status_has_its_word(void **state)
{
	static const struct { enum status status; const char *word; } rows[] = {
		{STATUS_HEALTHY, "<b>Healthy</b>"}, {STATUS_DEGRADED, "<b>Degraded</b>"}, {STATUS_FAULT, "<b>Fault</b>"}, {STATUS_UNDETERMINED, "<b>Undetermined</b>"}};
	struct run_record *r = faulty_run();
	static const struct incident_state none;
	static const struct day empty;
	struct live_circuit c = {.name = "x", .last = r, .up = true, .trouble = "", .incident = &none, .day = &empty};
	struct live_view v = view_of(&c, 1);
	char id[LIVE_ID_MAX];
	struct told t;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		r->status = rows[i].status;
		t = tell(&v, id);
		has(&t, rows[i].word);
		free(t.text);
	}
	c.up = false;
	c.trouble = "it crashed";
	t = tell(&v, id);
	has(&t, "<b>Check failed</b>");
	free(t.text);
	c.trouble = "";
	t = tell(&v, id);
	has(&t, "<b>Not checked yet</b>");
	free(t.text);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_day_keeps_the_worst), cmocka_unit_test(test_day_turns), cmocka_unit_test(test_day_after_a_clock_that_was_ahead), cmocka_unit_test(test_before_the_first_check),
		cmocka_unit_test(test_a_fault), cmocka_unit_test(test_why), cmocka_unit_test(test_several_faults_and_direct),
		cmocka_unit_test(test_reasons_are_bounded), cmocka_unit_test(test_hostile_texts), cmocka_unit_test(test_many_are_brief), cmocka_unit_test(test_each_status_has_its_word),
	};

	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
