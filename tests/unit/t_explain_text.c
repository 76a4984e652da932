/* SPDX-License-Identifier: BSD-2-Clause */
/* The catalogue explained: every row has its words, and says what its letters say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/catalogue/catalogue.h"
#include "analysis/report/explain_text.h"
#include "analysis/value/utf8.h"

static char *explained(const char *id, int width)
{
	struct strbuf b;
	struct text_style style = {.width = width};
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	if (id)
		assert_true(explain_fault_text(id, &style, &b));
	else
		explain_list_text(&style, &b);
	char *text = strbuf_take(&b);
	assert_non_null(text);
	return text;
}

static void every_row_is_explained(void **state)
{
	(void)state;
	char *list = explained(NULL, 100);
	for (size_t i = 0; i < fault_row_count; i++) {
		const char *id = fault_rows[i].id;
		char *text = explained(id, 100);
		if (!strstr(list, id))
			fail_msg("%s is not in the list", id);
		if (!strstr(text, "What it means"))
			fail_msg("%s has no meaning", id);
		bool fault = fault_rows[i].scope != SCOPE_NONE;
		if (fault && (!strstr(text, "How it shows on the wire") || !strstr(text, "What Azure reports") ||
		              !strstr(text, "What to do") || !strstr(text, "Whom to call")))
			fail_msg("%s lacks a section", id);
		free(text);
	}
	free(list);
}

static void letters_become_words(void **state)
{
	static const struct { const char *id, *words; } rows[] = {
		{"wan.circuit-down", "host unreachable, from the edge"},
		{"wan.circuit-down", "on-premises entry Incomplete"},
		{"wan.circuit-down", "your connectivity provider; with ExpressRoute Direct, which has none, whoever runs the cross-connect"},
		{"wan.edge-down", "Whom to call\n  your connectivity provider\n"}, /* the edge is a provider's */
		{"wan.loss", "Domain: WAN\n"}, /* of every kind of circuit */
		{"corp.edge-bgp", "answers on the edge itself"},
		{"corp.edge-bgp", "on both links at once"},
		{"corp.edge-bgp", "on one link"},
		{"wan.loss", "only where answers return by the faulty link"},
		{"wan.latency", "higher on this link"},
		{"wan.jitter", "spreads wider"},
		{"wan.mtu", "full-size datagrams"},
		{"wan.filter", "For this protocol or port alone"},
		{"azure.circuit-disabled", "not Enabled"},
		{"azure.gateway-down", "not connected"},
		{"azure.peering-config", "AS or /30 disagree with the edge's"}, /* of Azure's settings */
		{"azure.udr", "this target"},
		{"corp.path-down", "Nothing: circuit, peering"},
		{"azure.msee-down", "Microsoft (a support request"},
		{"azure.failover-test", "Running on this link; Starting or Stopping, perhaps"},
		{"azure.maintenance", "planned maintenance of the circuit goes on"},
		{"azure.maintenance", "all of it takes the other link"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *text = explained(rows[i].id, 200);
		if (!strstr(text, rows[i].words))
			fail_msg("%s does not say \"%s\":\n%s", rows[i].id, rows[i].words, text);
		free(text);
	}
}

/* What has a name and no row: no fault, and not the circuit's. */
static void what_is_no_fault_is_explained(void **state)
{
	static const struct { const char *id, *words; } rows[] = {
		{"own.capture", "set aside"}, {"own.api", "never a fault by itself"}, {"conflict", "follows the stronger evidence"},
	};
	static const char *const sections[] = {"What it means", "How it shows on the wire", "What Azure reports", "What to do", "Whom to call"};
	(void)state;
	char *list = explained(NULL, 100), *none = explained("none", 100);
	assert_non_null(strstr(none, "answers no expired TTL"));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char *text = explained(rows[i].id, 200);
		assert_non_null(strstr(list, rows[i].id));
		assert_non_null(strstr(text, rows[i].words));
		for (size_t k = 0; k < sizeof sections / sizeof sections[0]; k++)
			if (!strstr(text, sections[k]))
				fail_msg("%s lacks \"%s\"", rows[i].id, sections[k]);
		free(text);
	}
	free(list);
	free(none);
}

/* A line is never wider than the terminal, and nothing is coloured unasked. */
static void lines_keep_the_width(void **state)
{
	const char *id;
	(void)state;
	for (size_t i = 0; (id = explain_id(i)) != NULL; i++) {
		char *text = explained(id, 80);
		assert_null(strchr(text, '\x1b'));
		for (char *line = text; *line != '\0';) {
			size_t len = strcspn(line, "\n");
			bool last = line[len] == '\0';
			line[len] = '\0';
			if (utf8_columns(line) > 80)
				fail_msg("%s: too wide: %s", id, line);
			line += last ? len : len + 1;
		}
		free(text);
	}
}

static void each_id_once(void **state)
{
	size_t count = 0, ids = 0;
	(void)state;
	for (size_t i = 0; i < fault_row_count; i++)
		ids += fault_find(fault_rows[i].id) == &fault_rows[i];
	while (explain_id(count))
		count++;
	assert_int_equal(count, ids + 3); /* own.capture, own.api, conflict */
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(explain_id(i), explain_id(k));
}

static void unknown_is_refused(void **state)
{
	struct strbuf b;
	struct text_style style = {0};
	(void)state;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	assert_false(explain_fault_text("wan.circuit", &style, &b));
	assert_false(explain_fault_text("", &style, &b));
	assert_int_equal(b.len, 0);
	strbuf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_explained),
		cmocka_unit_test(letters_become_words),
		cmocka_unit_test(what_is_no_fault_is_explained),
		cmocka_unit_test(lines_keep_the_width),
		cmocka_unit_test(each_id_once),
		cmocka_unit_test(unknown_is_refused),
	};
	return cmocka_run_group_tests_name("explain_text", tests, NULL, NULL);
}
