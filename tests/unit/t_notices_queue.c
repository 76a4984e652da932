/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of messages in the history: written with the event, told in order, once. */
#include "probe/history/db.h"
#include "probe/history/history_export.h"
#include "probe/history/history_notices.h"
#include "probe/history/history_recent.h"

#include "probe/host/files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define T0 INT64_C(1795478400000000)

static char folder[64], path[96];

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/erprobe-t-queue-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/history.db", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	files_remove_tree(AT_FDCWD, folder);
	return 0;
}

static struct history *open_it(void)
{
	char note[400], err[HISTORY_ERROR_MAX] = "";
	struct history *h = history_open(path, note, sizeof note, err, sizeof err);

	if (!h)
		fail_msg("%s", err);
	return h;
}

static struct run_record run_at(int minute, enum status status, const char *fault)
{
	struct run_record r = {.outcome = RECORD_FINISHED, .status = status, .link = LINK_PRIMARY, .domain = DOMAIN_WAN, .confidence = 0.99,
	                       .contact = CONTACT_PROVIDER, .started_at = {(T0 + minute * INT64_C(60000000)) * 1000}};

	r.ended_at = r.started_at;
	snprintf(r.run_id, sizeof r.run_id, "01a20a79-58c4-71d2-bed5-7d35db23%04d", minute);
	snprintf(r.circuit, sizeof r.circuit, "c");
	snprintf(r.fault, sizeof r.fault, "%s", fault);
	snprintf(r.summary, sizeof r.summary, "minute %d", minute);
	if (status == STATUS_FAULT)
		snprintf(r.maintenance, sizeof r.maintenance, "router upgrade");
	return r;
}

/* Opened at 1, changed at 2, closed at 3. */
static void live(struct history *h)
{
	static const struct incident_rule rule = {1, 1, 0.9};
	static const struct { enum status status; const char *fault; } runs[] = {
		{STATUS_HEALTHY, ""}, {STATUS_FAULT, "wan.loss"}, {STATUS_FAULT, "wan.delay"}, {STATUS_HEALTHY, ""}};
	struct incident_state s = {.link = LINK_NULL};
	struct history_added added;

	for (int i = 0; i < 4; i++) {
		struct run_record r = run_at(i, runs[i].status, runs[i].fault);
		enum incident_step step = incident_take(&s, &rule, &r);

		assert_true(history_add(h, &r, step, &s, &added));
		/* The same run again adds no message. */
		assert_true(history_add(h, &r, step, &s, &added));
	}
}

static void test_in_order_and_once(void **state)
{
	static const struct history_channel channels[] = {{"all", ~0u}, {"ends", 1u << INCIDENT_CLOSED}};
	static const char *const keys[] = {"01a20a79-58c4-71d2-bed5-7d35db230001.opened", "01a20a79-58c4-71d2-bed5-7d35db230002.changed",
	                                   "01a20a79-58c4-71d2-bed5-7d35db230003.closed"};
	struct history *h = open_it();
	struct history_notice n;
	int64_t dropped;
	bool failed;

	(void)state;
	assert_true(history_channels(h, channels, 2, &dropped));
	live(h);
	assert_int_equal(history_notices_waiting(h), 4);
	for (int i = 0; i < 3; i++) {
		history_close(h);
		h = open_it(); /* nothing of it is in memory */
		assert_true(history_notice_first(h, "all", &n, &failed));
		assert_string_equal(n.notice.key, keys[i]);
		assert_string_equal(n.notice.incident, keys[0]);
		assert_string_equal(n.notice.circuit, "c");
		assert_string_equal(n.notice.fault, i == 0 ? "wan.loss" : "wan.delay");
		assert_string_equal(n.notice.maintenance, "router upgrade");
		assert_int_equal(n.notice.contact, CONTACT_PROVIDER);
		assert_int_equal(n.notice.opened_at.ns, (T0 + 60000000) * 1000);
		/* A try that failed keeps its place. */
		assert_true(history_notice_tried(h, n.id, HISTORY_NOTICE_WAITING, T0, T0 + 5, "no answer"));
		assert_true(history_notice_first(h, "all", &n, &failed));
		assert_string_equal(n.notice.key, keys[i]);
		assert_int_equal(n.tries, 1);
		assert_int_equal(n.due_us, T0 + 5);
		assert_true(history_notice_tried(h, n.id, HISTORY_NOTICE_TOLD, T0, T0, NULL));
	}
	assert_false(history_notice_first(h, "all", &n, &failed));
	assert_false(failed);
	/* What cannot be read is not an empty queue. */
	assert_true(db_script(history_db(h), "ALTER TABLE notice RENAME TO elsewhere"));
	assert_false(history_notice_first(h, "all", &n, &failed));
	assert_true(failed);
	assert_true(db_script(history_db(h), "ALTER TABLE elsewhere RENAME TO notice"));
	assert_true(history_notice_first(h, "ends", &n, &failed));
	assert_string_equal(n.notice.key, keys[2]);
	history_close(h);
}

static void test_channels_come_and_go(void **state)
{
	static const struct history_channel first = {"a", ~0u}, second = {"b", ~0u};
	struct history *h = open_it();
	struct history_notice n;
	int64_t dropped;
	bool failed;

	(void)state;
	live(h);
	assert_int_equal(history_notices_waiting(h), 0);
	assert_true(history_channels(h, &first, 1, &dropped));
	assert_int_equal(dropped, 0);
	live(h); /* the same runs: nothing new */
	assert_int_equal(history_notices_waiting(h), 0);
	history_close(h);
	remove(path);
	h = open_it();
	assert_true(history_channels(h, &first, 1, &dropped));
	live(h);
	assert_true(history_channels(h, &second, 1, &dropped));
	assert_int_equal(dropped, 3);
	assert_false(history_notice_first(h, "a", &n, &failed));
	history_close(h);
}

static const char *same_name(void *arg, const char *name)
{
	(void)arg;
	return name;
}

static void add_with_drift(struct history *h, struct incident_state *s, int minute, enum status status, bool drifts)
{
	static const struct incident_rule rule = {1, 1, 0.9};
	struct run_record r = run_at(minute, status, status == STATUS_HEALTHY ? "" : "wan.loss");
	enum incident_step step;
	struct history_added added;

	if (status == STATUS_HEALTHY) {
		r.domain = DOMAIN_NONE;
		r.link = LINK_NULL;
		r.contact = CONTACT_NONE;
	}
	r.drift = (struct record_drift){.known = true, .open = drifts, .link = LINK_SECONDARY, .domain = DOMAIN_WAN, .since = r.started_at,
	                                .summary = "A slow drift."};
	step = incident_take(s, &rule, &r);
	assert_true(history_add(h, &r, step, s, &added));
	assert_int_equal(step != INCIDENT_SAME, added.event != 0);
	assert_true(added.drift != 0);
}

/* A drift opens in one run and ends in another, whose verdicts are told in messages of their
 * own: what is said of each is its own, and so are the keys by which receivers know it. */
static void drift_is_told_as_itself(enum status status)
{
	static const struct history_channel all = {"all", ~0u};
	const struct { const char *key, *incident; enum status status; enum link_id link; const char *summary; } want[] = {
		{"01a20a79-58c4-71d2-bed5-7d35db230001.opened", "01a20a79-58c4-71d2-bed5-7d35db230001.opened", STATUS_FAULT, LINK_PRIMARY, "minute 1"},
		{"01a20a79-58c4-71d2-bed5-7d35db230001.drift.opened", "01a20a79-58c4-71d2-bed5-7d35db230001.drift.opened", STATUS_DEGRADED,
		 LINK_SECONDARY, "A slow drift."},
		{"01a20a79-58c4-71d2-bed5-7d35db230002.closed", "01a20a79-58c4-71d2-bed5-7d35db230001.opened", STATUS_FAULT, LINK_PRIMARY, "minute 1"},
		{"01a20a79-58c4-71d2-bed5-7d35db230002.drift.closed", "01a20a79-58c4-71d2-bed5-7d35db230001.drift.opened", STATUS_DEGRADED,
		 LINK_SECONDARY, "A slow drift."}};
	struct history *h = open_it();
	struct incident_state s = {.link = LINK_NULL};
	struct live_event events[LIVE_EVENTS_MAX];
	struct export_rows rows;
	struct history_notice n;
	size_t count, seen = 0;
	int64_t dropped;
	bool failed;

	assert_true(history_channels(h, &all, 1, &dropped));
	add_with_drift(h, &s, 1, status, true);
	add_with_drift(h, &s, 2, STATUS_HEALTHY, false);
	assert_true(history_events(h, events, &count));
	assert_true(history_export_rows(h, &export_events, "edge", 0, 10, same_name, NULL, &rows));
	for (size_t i = 0; i < 4; i++) {
		char *const *row = rows.values + seen * export_events.count;

		if (status == STATUS_HEALTHY && i % 2 == 0)
			continue; /* the verdict opened nothing */
		assert_true(history_notice_first(h, "all", &n, &failed));
		assert_string_equal(n.notice.key, want[i].key);
		assert_string_equal(n.notice.incident, want[i].incident);
		assert_int_equal(n.notice.status, want[i].status);
		assert_int_equal(n.notice.domain, DOMAIN_WAN);
		assert_int_equal(n.notice.link, want[i].link);
		assert_int_equal(n.notice.contact, CONTACT_PROVIDER);
		assert_string_equal(n.notice.summary, want[i].summary);
		assert_true(history_notice_tried(h, n.id, HISTORY_NOTICE_TOLD, T0, T0, NULL));
		assert_string_equal(row[1], want[i].key);
		assert_string_equal(row[4], want[i].incident);
		assert_string_equal(row[8], status_name(want[i].status));
		assert_string_equal(row[11], link_name(want[i].link));
		assert_string_equal(row[14], want[i].summary);
		seen++;
	}
	assert_int_equal(rows.rows, seen);
	assert_int_equal(count, seen);
	seen = 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(events[i].text, "A slow drift.") == 0) {
			assert_int_equal(events[i].domain, DOMAIN_WAN);
			assert_int_equal(events[i].link, LINK_SECONDARY);
			assert_string_equal(events[i].fault, "");
			if (events[i].kind == LIVE_OPENED)
				assert_int_equal(events[i].status, STATUS_DEGRADED);
			seen++;
		}
	assert_int_equal(seen, 2);
	history_export_free(&rows);
	history_close(h);
}

static void test_drift_in_a_healthy_run(void **state)
{
	(void)state;
	drift_is_told_as_itself(STATUS_HEALTHY);
}

static void test_drift_beside_a_fault(void **state)
{
	(void)state;
	drift_is_told_as_itself(STATUS_FAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_in_order_and_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drift_in_a_healthy_run, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drift_beside_a_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_channels_come_and_go, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
