/* SPDX-License-Identifier: BSD-2-Clause */
/* Events in the forms that receivers read: nothing from outside becomes markup, a line, a
 * member or a mention; and when a try is made again. */
#include "analysis/notice/notice_report.h"

#include "probe/json/json_in.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOSTILE "\"}],\\x\r\nBcc: a@b\x1b[2J\xe2\x80\xae<!channel> ]\xff@here"

static struct notice sample(enum incident_step step)
{
	struct notice n = {
		.key = "01a20a79-58c4-71d2-bed5-7d35db230001.changed", .incident = "01a20a79-58c4-71d2-bed5-7d35db230000.opened", .step = step,
		.at = {INT64_C(1795478400000000000)}, .opened_at = {INT64_C(1795471200000000000)}, .status = STATUS_FAULT, .domain = DOMAIN_WAN,
		.link = LINK_PRIMARY, .confidence = 0.97, .contact = CONTACT_PROVIDER, .fault = "wan.loss",
		.run_id = "01a20a79-58c4-71d2-bed5-7d35db230001", .edge = "edge-1",
	};

	snprintf(n.circuit, sizeof n.circuit, "%s", HOSTILE);
	snprintf(n.summary, sizeof n.summary, "%s", HOSTILE);
	snprintf(n.maintenance, sizeof n.maintenance, "%s", HOSTILE);
	return n;
}

static void assert_one_line(const char *text)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			fail_msg("control character %d in: %s", *c, text);
	assert_null(strstr(text, "\xe2\x80\xae"));
}

static void test_every_form_is_json(void **state)
{
	(void)state;
	for (int form = 0; form < NOTICE_FORMS; form++) {
		for (int step = INCIDENT_OPENED; step <= INCIDENT_CLOSED; step++) {
			struct notice n = sample((enum incident_step)step);
			struct strbuf out;
			struct json_doc *doc;
			char err[200];

			strbuf_init(&out, STRBUF_MAX_DEFAULT);
			notice_body((enum notice_form)form, &n, "key", &out);
			assert_true(strbuf_ok(&out));
			doc = json_read(out.text, out.len, err, sizeof err);
			if (!doc)
				fail_msg("%s: %s\n%s", notice_form_name((enum notice_form)form), err, out.text);
			out.text[strcspn(out.text, "\n")] = '\0';
			assert_one_line(out.text);
			json_doc_free(doc);
			strbuf_free(&out);
		}
	}
}

static void test_json_members(void **state)
{
	struct notice n = sample(INCIDENT_CLOSED);
	struct strbuf out;
	struct json_doc *doc;
	char err[200];

	(void)state;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	notice_body(NOTICE_JSON, &n, NULL, &out);
	doc = json_read(out.text, out.len, err, sizeof err);
	assert_string_equal(json_as_text(json_get(json_root(doc), "id")), n.key);
	assert_string_equal(json_as_text(json_get(json_root(doc), "closed_at")), "2026-11-24T00:00:00.000000Z");
	assert_string_equal(json_as_text(json_get(json_root(doc), "opened_at")), "2026-11-23T22:00:00.000000Z");
	assert_non_null(strstr(json_as_text(json_get(json_root(doc), "title")), "healthy again after 2 h 0 min"));
	json_doc_free(doc);
	strbuf_free(&out);
}

static void test_chat_has_no_mention(void **state)
{
	static const enum notice_form rooms[] = {NOTICE_SLACK, NOTICE_TEAMS};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct notice n = sample(INCIDENT_OPENED);
		struct strbuf out;

		strbuf_init(&out, STRBUF_MAX_DEFAULT);
		notice_body(rooms[i], &n, NULL, &out);
		assert_null(strchr(out.text, '@'));
		if (rooms[i] == NOTICE_SLACK)
			assert_non_null(strstr(out.text, "&lt;!channel&gt;"));
		strbuf_free(&out);
	}
}

/* Headers end at the first empty line; each begins with a name that we wrote. */
static void test_mail_headers(void **state)
{
	static const char *const to[] = {"noc@example.net", "b@example.net"};
	struct notice n = sample(INCIDENT_OPENED);
	struct strbuf out;
	char *end, *line;
	int count = 0;

	(void)state;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	notice_mail(&n, "e@example.net", to, 2, &out);
	end = strstr(out.text, "\r\n\r\n");
	assert_non_null(end);
	for (line = out.text; line < end; line = strstr(line, "\r\n") + 2) {
		size_t len = (size_t)(strstr(line, "\r\n") - line);

		count += *line != ' ';
		assert_true(len <= 78);
		assert_null(memchr(line, '\n', len));
		for (size_t i = 0; i < len; i++)
			assert_true((unsigned char)line[i] >= ' ' && (unsigned char)line[i] < 0x7f);
		assert_int_not_equal(strncmp(line, "Bcc", 3), 0);
	}
	assert_int_equal(count, 12);
	assert_non_null(strstr(out.text, "Date: Tue, 24 Nov 2026 00:00:00 +0000\r\n"));
	strbuf_free(&out);
}

static void test_syslog_is_one_element(void **state)
{
	struct notice n = sample(INCIDENT_OPENED);
	struct strbuf out;
	const char *c;

	(void)state;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	notice_syslog(&n, 7, &out);
	assert_one_line(out.text);
	/* Planned maintenance: a notice of facility daemon. */
	assert_int_equal(strncmp(out.text, "<29>1 2026-11-24T00:00:00.000000Z edge-1 erprobe 7 opened [erprobe@32473 id=\"", 76), 0);
	/* The element ends at the first "]" without a backslash, and that is its own. */
	for (c = strchr(out.text, '['); *c && !(*c == ']' && c[-1] != '\\'); c++)
		;
	assert_int_equal(strncmp(c, "] \xef\xbb\xbf" "ExpressRoute ", 18), 0);
	n.maintenance[0] = '\0';
	assert_int_equal(notice_priority(&n), 26);
	strbuf_free(&out);
}

static void test_facts_are_lines(void **state)
{
	struct notice n = sample(INCIDENT_OPENED);
	char value[NOTICE_TITLE_MAX];
	const char *name;
	size_t i;

	(void)state;
	for (i = 0; notice_fact(&n, i, &name, value, sizeof value); i++)
		assert_one_line(value);
	assert_int_equal(i, 17);
}

/* With ExpressRoute Direct no message blames a provider; what programs read stays as it was. */
static void test_direct(void **state)
{
	struct notice n = sample(INCIDENT_OPENED);
	struct strbuf text, chat, json;
	char title[NOTICE_TITLE_MAX];

	(void)state;
	assert_non_null(strstr(notice_title(&n, title), ", WAN (provider), primary link"));
	n.handoff = HANDOFF_DIRECT;
	assert_non_null(strstr(notice_title(&n, title), ", WAN (cross-connect), primary link"));
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	strbuf_init(&chat, STRBUF_MAX_DEFAULT);
	strbuf_init(&json, STRBUF_MAX_DEFAULT);
	notice_text(&n, &text);
	notice_body(NOTICE_TEAMS, &n, NULL, &chat);
	notice_body(NOTICE_JSON, &n, NULL, &json);
	assert_non_null(strstr(text.text, "Who must act: whoever runs the cross-connect"));
	assert_non_null(strstr(chat.text, "Who must act: whoever runs the cross-connect"));
	assert_null(strstr(text.text, "(provider)"));
	assert_non_null(strstr(json.text, "\"contact\":\"provider\""));
	strbuf_free(&text);
	strbuf_free(&chat);
	strbuf_free(&json);
}

static void test_retry(void **state)
{
	int64_t before = 0;

	(void)state;
	for (unsigned tries = 1; tries < 200; tries++) {
		for (uint64_t seed = 0; seed < 50; seed++) {
			int64_t full = NOTICE_RETRY_LEAST_NS << (tries < 20 ? tries - 1 : 19), wait = notice_retry_ns(seed, tries, -1);

			full = full < NOTICE_RETRY_MOST_NS ? full : NOTICE_RETRY_MOST_NS;
			assert_true(wait >= full / 2 && wait <= full);
		}
		assert_int_equal(notice_retry_ns(3, tries, -1), notice_retry_ns(3, tries, -1));
	}
	assert_int_not_equal(notice_retry_ns(1, 4, -1), notice_retry_ns(2, 4, -1));
	before = notice_retry_ns(1, 1, 60);
	assert_int_equal(before, 60 * NS_PER_SEC);
	assert_int_equal(notice_retry_ns(1, 1, INT64_C(9000000000000000)), 3600 * NS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_is_json), cmocka_unit_test(test_json_members), cmocka_unit_test(test_chat_has_no_mention),
		cmocka_unit_test(test_mail_headers),       cmocka_unit_test(test_syslog_is_one_element), cmocka_unit_test(test_facts_are_lines),
		cmocka_unit_test(test_direct),             cmocka_unit_test(test_retry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
