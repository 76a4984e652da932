/* SPDX-License-Identifier: BSD-2-Clause */
/* The live view: what it shows of a check, of one that goes on, of none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/golden.h"
#include "tests/unit/report_samples.h"

#include "analysis/live/watch_screen.h"
#include "analysis/report/report.h"
#include "analysis/value/utf8.h"
#include "probe/json/json_in.h"
#include "probe/audit/reasons_read.h"
#include "probe/watch/watch_read.h"

/* The screen of a circuit after the document of this sample, as text. */
static char *screen_of(struct watch_circuit *c, enum watch_page page, bool color, int width, int height)
{
	struct watch_view v = {.circuits = c, .count = 1, .page = page, .now = {INT64_C(1764385200) * NS_PER_SEC}};
	struct strbuf b;

	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	watch_screen(&v, color, width, height, &b);
	char *text = strbuf_take(&b);
	assert_non_null(text);
	return text;
}

static struct watch_circuit *circuit(const char *name)
{
	struct watch_circuit *c = calloc(1, sizeof *c);

	assert_non_null(c);
	text_format(c->name, sizeof c->name, "%s", name);
	return c;
}

/* Gives the sample's document to the circuit, as its check would print it. */
static void feed(struct watch_circuit *c, const struct run_result *r)
{
	struct strbuf b;
	char err[300] = "";

	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	report_check_json(r, true, &b);
	assert_true(strbuf_ok(&b));
	/* As the configuration has it: a name there is valid UTF-8. */
	struct json_doc *doc = json_read(b.text, b.len, err, sizeof err);
	text_format(c->name, sizeof c->name, "%s", json_as_text(json_get(json_first(json_get(json_root(doc), "circuits")), "name")));
	json_doc_free(doc);
	if (!watch_read(c, b.text, b.len, err, sizeof err))
		fail_msg("%s", err);
	strbuf_free(&b);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* With ExpressRoute Direct no page of the screen names a provider, in any width. */
static void direct_has_no_provider(void **state)
{
	(void)state;
	struct sample *s = sample_circuit_down();
	struct watch_circuit *c = circuit("x");

	s->circuit.handoff = HANDOFF_DIRECT;
	feed(c, &s->result);
	for (int page = WATCH_LINKS; page <= WATCH_HOPS; page++)
		for (int width = 60; width <= 140; width += 40) {
			char *text = screen_of(c, (enum watch_page)page, false, width, 60);

			assert_null(strstr(text, "(provider)"));
			assert_non_null(strstr(text, "WAN (cross-connect)"));
			assert_non_null(strstr(text, "who must act: whoever runs"));
			free(text);
		}
	free(c);
	sample_free(s);
}

/* What the live page says of a run is what its document says: every reason, in its order, with its weight. */
static void reasons_are_the_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof sample_rows / sizeof sample_rows[0]; i++) {
		struct sample *s = sample_rows[i].make();
		const struct circuit_result *r = &s->result.circuits[0];
		struct strbuf b;

		s->result.circuits[0].faults[0].alternatives[0].beside = true;
		strbuf_init(&b, STRBUF_MAX_DEFAULT);
		report_check_json(&s->result, true, &b);
		struct run_reasons *w = reasons_read(b.text, b.len);
		assert_non_null(w);
		assert_int_equal(w->count, r->fault_count > 1 ? r->fault_count : 1);
		assert_int_equal(w->contradiction_count, r->contradiction_count);
		for (size_t k = 0; k < w->count; k++) {
			const struct verdict *is = &w->faults[k], *was = &r->faults[k];

			assert_int_equal(is->for_count, was->for_count);
			assert_int_equal(is->against_count, was->against_count);
			assert_int_equal(is->step_count, was->step_count);
			assert_int_equal(is->decider_count, was->decider_count);
			assert_int_equal(is->alternative_count, was->alternative_count);
			for (size_t n = 0; n < was->alternative_count; n++)
				assert_int_equal(is->alternatives[n].beside, was->alternatives[n].beside);
			assert_int_equal(is->runner_up.known, was->runner_up.known);
			assert_int_equal(is->runner_up.pro_count, was->runner_up.pro_count);
			assert_int_equal(is->contact, was->contact);
			assert_int_equal(is->direction, was->direction);
			for (size_t n = 0; n < was->runner_up.pro_count; n++) {
				assert_true(is->runner_up.pro[n].log_ratio - was->runner_up.pro[n].log_ratio < 0.01);
				assert_int_equal(is->runner_up.pro[n].source, was->runner_up.pro[n].source);
			}
			if (!strstr(sample_rows[i].name, "hostile"))
				for (size_t n = 0; n < was->for_count; n++)
					assert_string_equal(is->evidence_for[n], was->evidence_for[n]);
		}
		/* Cut anywhere, or no such document: none, or whole. */
		for (size_t len = 0; len < b.len; len += 997)
			free(reasons_read(b.text, len));
		free(w);
		strbuf_free(&b);
		sample_free(s);
	}
	assert_null(reasons_read("{}", 2));
	struct run_reasons *odd = reasons_read("{\"circuits\":[{\"verdict\":{\"evidence_for\":[1,null,\"a\\u001b[2J\"],\"runner_up\":{\"evidence_for\":[{\"log_ratio\":1e999}]}}}]}",
	                                       strlen("{\"circuits\":[{\"verdict\":{\"evidence_for\":[1,null,\"a\\u001b[2J\"],\"runner_up\":{\"evidence_for\":[{\"log_ratio\":1e999}]}}}]}"));
	if (odd) {
		assert_int_equal(odd->faults[0].for_count, 1);
		assert_null(strchr(odd->faults[0].evidence_for[0], '\x1b'));
		assert_int_equal(odd->faults[0].runner_up.pro_count, 0);
	}
	free(odd);
}

static void golden_screens(void **state)
{
	static const char *const pages[] = {"links", "hops", "why", "help"};

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct sample *s = sample_rows[i].make();
		struct watch_circuit *c = circuit(s->result.circuits[0].plan->name);
		char name[80];

		if (s->result.circuit_count == 1) {
			feed(c, &s->result);
			for (int page = 0; page < WATCH_PAGES; page++) {
				char *text = screen_of(c, (enum watch_page)page, false, 100, 60);

				text_format(name, sizeof name, "%s.watch-%s.txt", sample_rows[i].name, pages[page]);
				if (page != WATCH_HELP || i == 0)
					golden_compare(name, text);
				free(text);
			}
		}
		free(c);
		sample_free(s);
	}
}

static void never_more_than_the_terminal_has(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++)
		for (int height = 1; height < 40; height += 6)
			for (int width = 54; width <= 200; width += 18) {
				struct sample *s = sample_rows[i].make();
				struct watch_circuit *c = circuit(s->result.circuits[0].plan->name);

				if (s->result.circuit_count == 1)
					feed(c, &s->result);
				char *text = screen_of(c, height % 12 == 1 ? WATCH_LINKS : WATCH_HOPS, false, width, height);
				assert_true(count_lines(text) <= (size_t)height);
				for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
					*end = '\0';
					if (utf8_columns(line) > (size_t)width)
						fail_msg("%s at %d: %s", sample_rows[i].name, width, line);
				}
				free(text);
				free(c);
				sample_free(s);
			}
}

static struct run_record finished(enum status status, const char *fault)
{
	struct run_record r = {.status = status, .link = LINK_NULL, .confidence = 0.97, .domain = DOMAIN_WAN,
	                       .links[0] = {.present = true, .status = status}};

	text_format(r.fault, sizeof r.fault, "%s", fault);
	return r;
}

static void a_check_that_goes_on_does_not_turn_the_verdict(void **state)
{
	struct watch_circuit *c = circuit("frankfurt-1");
	const struct watch_reasons none = {0};
	struct run_record healthy = finished(STATUS_HEALTHY, "none"), loss = finished(STATUS_DEGRADED, "wan.loss"),
	                  doubt = finished(STATUS_UNDETERMINED, "");

	(void)state;
	healthy.domain = DOMAIN_NONE;
	watch_take(c, &healthy, &none, false);
	watch_take(c, &doubt, &none, true);
	char *text = screen_of(c, WATCH_LINKS, false, 100, 40);
	assert_non_null(strstr(text, "HEALTHY"));
	assert_null(strstr(text, "so far"));
	free(text);
	watch_take(c, &loss, &none, true);
	text = screen_of(c, WATCH_LINKS, false, 100, 40);
	assert_non_null(strstr(text, "HEALTHY"));
	assert_non_null(strstr(text, "this check so far: ! DEGRADED"));
	free(text);
	watch_take(c, &loss, &none, false);
	text = screen_of(c, WATCH_LINKS, false, 100, 40);
	assert_null(strstr(text, "HEALTHY"));
	assert_non_null(strstr(text, "last checks ✓!"));
	free(text);
	free(c);
}

static void the_strip_forgets_the_oldest(void **state)
{
	struct watch_circuit *c = circuit("frankfurt-1");
	const struct watch_reasons none = {0};
	struct run_record bad = finished(STATUS_FAULT, "wan.both-down"), good = finished(STATUS_HEALTHY, "none");

	(void)state;
	bad.started_at.ns = NS_PER_SEC;
	watch_take(c, &bad, &none, false);
	watch_note_failed(c);
	for (int i = 0; i < 2 * WATCH_STRIP_MAX; i++) {
		good.started_at.ns = (i + 10) * NS_PER_SEC;
		watch_take(c, &good, &none, false);
	}
	assert_int_equal(c->strip_count, WATCH_STRIP_MAX);
	assert_int_equal(c->strip[0].status, STATUS_HEALTHY);
	assert_int_equal(c->since.ns, 10 * NS_PER_SEC); /* a run that failed in between is no change */
	watch_note_failed(c);
	assert_true(c->strip[WATCH_STRIP_MAX - 1].failed);
	free(c);
}

static void documents_of_others_are_refused(void **state)
{
	struct watch_circuit *c = circuit("frankfurt-1");
	static const char *const bad[] = {"", "{", "[]", "{\"schema\":\"erprobe.check/1\"}",
	                                  "{\"schema\":\"erprobe.check/1\",\"circuits\":[{\"name\":\"other\"}]}"};
	char err[300];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		err[0] = '\0';
		assert_false(watch_read(c, bad[i], strlen(bad[i]), err, sizeof err));
		assert_true(err[0] != '\0');
		assert_false(c->known);
	}
	text_format(c->trouble, sizeof c->trouble, "exit code 3: no right\x1b[2J");
	char *text = screen_of(c, WATCH_LINKS, false, 100, 40);
	assert_non_null(strstr(text, "gave no result"));
	assert_null(strchr(text, '\x1b'));
	free(text);
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_screens), cmocka_unit_test(direct_has_no_provider), cmocka_unit_test(reasons_are_the_documents),
		cmocka_unit_test(never_more_than_the_terminal_has),
		cmocka_unit_test(a_check_that_goes_on_does_not_turn_the_verdict),
		cmocka_unit_test(the_strip_forgets_the_oldest),
		cmocka_unit_test(documents_of_others_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
