/* SPDX-License-Identifier: BSD-2-Clause */
/* The history: what goes in comes out, once; damaged and foreign files; forgetting. */
#include "probe/history/history.h"

#include "probe/history/history_baseline.h"
#include "probe/history/db.h"
#include "probe/history/history_list.h"
#include "probe/history/history_recent.h"
#include "probe/host/files.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define T0 INT64_C(1795478400000000) /* 2026-11-24T00:00:00Z, in microseconds */
#define MINUTE INT64_C(60000000)

static char folder[64], path[96];
static const struct incident_rule rule = {2, 3, 0.9};

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/erprobe-t-history-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/deep/er/history.db", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	files_remove_tree(AT_FDCWD, folder);
	return 0;
}

static struct history *must_open(void)
{
	char note[400], err[HISTORY_ERROR_MAX] = "";
	struct history *h = history_open(path, note, sizeof note, err, sizeof err);

	if (!h)
		fail_msg("%s", err);
	assert_string_equal(note, "");
	return h;
}

static void a_folder_is_no_history(void **state)
{
	char note[400], err[HISTORY_ERROR_MAX] = "";

	(void)state;
	assert_null(history_open(folder, note, sizeof note, err, sizeof err));
	assert_non_null(strstr(err, "Is a directory"));
}

static void fill_link(struct run_record *r, enum link_id link, const char *second_hop, int64_t added_us)
{
	r->links[link] = (struct record_link){.present = true, .status = STATUS_HEALTHY};
	r->links[link].segments[DOMAIN_WAN] = (struct record_segment){true, added_us, {0.25, 0.2, 0.3, true}};
	r->links[link].segments[DOMAIN_AZURE] = (struct record_segment){true, RECORD_UNKNOWN, {0, 0, 0, false}};
	for (uint8_t ttl = 1; ttl <= 3; ttl++) {
		struct record_hop *h = &r->hops[r->hop_count++];

		*h = (struct record_hop){.link = (uint8_t)link, .family = 4, .ttl = ttl, .domain = DOMAIN_CORPORATE, .sent = 4,
		                         .answered = ttl == 3 ? 0 : 4, .rtt = {1, 2, 3, 4}};
		if (ttl == 3)
			h->rtt = (struct record_rtt){RECORD_UNKNOWN, RECORD_UNKNOWN, RECORD_UNKNOWN, RECORD_UNKNOWN};
		else
			snprintf(h->address, sizeof h->address, "%s", ttl == 2 ? second_hop : "10.0.0.1");
	}
}

static struct run_record make(const char *circuit, int minute, enum status status)
{
	struct run_record r = {
		.outcome = RECORD_FINISHED, .status = status, .link = status == STATUS_HEALTHY ? LINK_NULL : LINK_PRIMARY,
		.domain = status == STATUS_HEALTHY ? DOMAIN_NONE : DOMAIN_WAN, .confidence = 0.97, .probes_sent = 400,
		.started_at = {(T0 + minute * MINUTE) * 1000}, .ended_at = {(T0 + minute * MINUTE + 5000000) * 1000},
		.azure_available = true, .fact_count = 1, .facts = {{"circuit_state", "Enabled"}},
	};

	snprintf(r.run_id, sizeof r.run_id, "01a20a79-58c4-71d2-bed5-7d35db23%04d", minute);
	snprintf(r.circuit, sizeof r.circuit, "%s", circuit);
	snprintf(r.summary, sizeof r.summary, "minute %d", minute);
	if (status != STATUS_HEALTHY)
		snprintf(r.fault, sizeof r.fault, "wan.loss");
	fill_link(&r, LINK_PRIMARY, "10.0.0.2", 1500);
	fill_link(&r, LINK_SECONDARY, "10.0.1.2", 2500);
	return r;
}

static int64_t add(struct history *h, struct incident_state *s, const struct run_record *r)
{
	enum incident_step step = incident_take(s, &rule, r);
	struct history_added added;

	if (!history_add(h, r, step, s, &added))
		fail_msg("%s", history_error(h));
	return added.event ? added.event : added.drift;
}

static struct history_found list(struct history *h, bool runs)
{
	const struct history_query q = {
		.since_us = T0, .until_us = T0 + 600 * MINUTE,
		.kinds = {[HISTORY_INCIDENT] = true, [HISTORY_PATH_CHANGE] = true, [HISTORY_AZURE_CHANGE] = true, [HISTORY_RUN] = runs,
		          [HISTORY_HOP] = runs}};
	struct history_found f;
	char err[HISTORY_ERROR_MAX];

	if (!history_list(h, &q, &f, err, sizeof err))
		fail_msg("%s", err);
	return f;
}

/* A circuit that goes and comes is told so, over restarts of the service. */
static void test_flapping(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	static const char runs[] = "ffhfhfhhhhhhffhhh"; /* the second incident opens soon after the first */
	struct history_found f;

	(void)state;
	for (int i = 0; runs[i]; i++) {
		struct run_record r = make("a", i, runs[i] == 'h' ? STATUS_HEALTHY : STATUS_DEGRADED);
		struct history_memory m;

		add(h, &s, &r);
		history_close(h);
		h = must_open();
		assert_true(history_memory(h, "a", &m));
		assert_int_equal(m.incident.spells, s.spells);
		assert_int_equal(m.incident.calm, s.calm);
		s = m.incident;
		if (i == 4) {
			f = list(h, false);
			assert_int_equal(f.item_count, 1);
			assert_false(f.items[0].flapping);
			history_found_free(&f);
		}
	}
	f = list(h, false);
	assert_int_equal(f.item_count, 2);
	assert_true(f.items[0].flapping && f.items[0].until_us > 0);
	assert_true(f.items[1].flapping && f.items[1].until_us < 0); /* the fourth time: three healthy runs do not close it */
	history_found_free(&f);
	history_close(h);
}

static void test_incident_lives_through_a_restart(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	static const enum status runs[] = {STATUS_HEALTHY, STATUS_FAULT, STATUS_FAULT, STATUS_FAULT, STATUS_HEALTHY, STATUS_HEALTHY,
	                                   STATUS_HEALTHY};
	int events = 0;

	(void)state;
	for (int i = 0; i < 7; i++) {
		struct run_record r = make("a", i * 5, runs[i]);
		struct history_memory m;

		events += add(h, &s, &r) != 0;
		/* Each run in a life of its own. */
		history_close(h);
		h = must_open();
		assert_true(history_memory(h, "a", &m));
		assert_true(m.has_last);
		assert_string_equal(m.last.summary, r.summary);
		assert_int_equal(m.last.links[LINK_PRIMARY].segments[DOMAIN_WAN].added_us, 1500);
		assert_true(m.last.links[LINK_SECONDARY].segments[DOMAIN_AZURE].added_us == RECORD_UNKNOWN);
		assert_int_equal(m.incident.open, i >= 2 && i < 6);
		assert_int_equal(m.incident.bad, s.bad);
		s = m.incident;
	}
	assert_int_equal(events, 2);
	struct history_found f = list(h, false);
	assert_int_equal(f.item_count, 1);
	assert_int_equal(f.items[0].kind, HISTORY_INCIDENT);
	assert_int_equal(f.items[0].at_us, T0 + 5 * MINUTE);
	assert_int_equal(f.items[0].until_us, T0 + 30 * MINUTE);
	assert_string_equal(f.items[0].what, "wan.loss");
	assert_int_equal(f.sum_count, 1);
	assert_int_equal(f.sums[0].runs, 7);
	assert_int_equal(f.sums[0].fault, 3);
	assert_int_equal(f.sums[0].incidents, 1);
	history_found_free(&f);
	history_close(h);
}

static void test_told_twice_counts_once(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	struct run_record r = make("a", 0, STATUS_HEALTHY);

	(void)state;
	add(h, &s, &r);
	add(h, &s, &r);
	struct history_found f = list(h, true);
	assert_int_equal(f.sums[0].runs, 1);
	assert_int_equal(f.item_count, 1 + 6); /* the run, and three hops a link */
	assert_string_equal(f.items[0].run_id, r.run_id);
	assert_string_equal(f.items[3].what, "*");
	assert_int_equal(f.items[3].answered, 0);
	assert_int_equal(f.items[3].median_us, -1);
	history_found_free(&f);
	history_close(h);
}

static void test_changes(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	struct run_record r = make("a", 0, STATUS_HEALTHY);

	(void)state;
	add(h, &s, &r);
	r = make("a", 5, STATUS_HEALTHY);
	r.hops[1].address[0] = '\0'; /* silent: no change */
	add(h, &s, &r);
	r = make("a", 10, STATUS_HEALTHY);
	snprintf(r.hops[1].address, sizeof r.hops[1].address, "10.0.0.9");
	snprintf(r.facts[0].value, sizeof r.facts[0].value, "Disabled");
	add(h, &s, &r);
	r = make("a", 15, STATUS_FAULT); /* the path of a fault is no new path */
	snprintf(r.facts[0].value, sizeof r.facts[0].value, "Disabled");
	add(h, &s, &r);
	struct history_found f = list(h, false);
	assert_int_equal(f.item_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct history_item *it = &f.items[i];

		assert_int_equal(it->at_us, T0 + 10 * MINUTE);
		if (it->kind == HISTORY_PATH_CHANGE) {
			assert_string_equal(it->link, "primary");
			assert_string_equal(it->before, "10.0.0.1 10.0.0.2 *");
			assert_string_equal(it->after, "10.0.0.1 10.0.0.9 *");
		} else {
			assert_string_equal(it->what, "circuit_state");
			assert_string_equal(it->after, "Disabled");
		}
	}
	history_found_free(&f);
	history_close(h);
}

static void test_runs_without_a_verdict(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	struct run_record r = {.outcome = RECORD_FAILED, .link = LINK_NULL, .started_at = {T0 * 1000}, .ended_at = {T0 * 1000}};

	(void)state;
	snprintf(r.circuit, sizeof r.circuit, "x'; DROP TABLE run; --\"<b>");
	snprintf(r.trouble, sizeof r.trouble, "killed by signal 11");
	add(h, &s, &r);
	add(h, &s, &r); /* without an id they are two */
	struct history_found f = list(h, true);
	assert_int_equal(f.item_count, 2);
	assert_string_equal(f.items[0].what, "failed");
	assert_string_equal(f.items[0].status, "");
	assert_string_equal(f.items[0].summary, "killed by signal 11");
	assert_int_equal(f.sums[0].lost, 2);
	assert_true(history_availability(&f.sums[0]) < 0);
	history_found_free(&f);
	/* One that was told to end is kept, and is none of those that failed. */
	r.outcome = RECORD_INTERRUPTED;
	add(h, &s, &r);
	f = list(h, true);
	assert_int_equal(f.item_count, 3);
	assert_int_equal(f.sums[0].lost, 2);
	assert_int_equal(f.sums[0].runs, 2);
	history_found_free(&f);
	history_close(h);
}

static void test_diff(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	struct run_record a = make("a", 1, STATUS_HEALTHY), b = make("a", 2, STATUS_FAULT);
	struct strbuf out;
	char err[HISTORY_ERROR_MAX];

	(void)state;
	b.links[LINK_PRIMARY].segments[DOMAIN_WAN].added_us = 9000;
	add(h, &s, &a);
	add(h, &s, &b);
	strbuf_init(&out, 65536);
	assert_true(history_diff(h, a.run_id, b.run_id, DIFF_TEXT, &out, err, sizeof err));
	assert_non_null(strstr(out.text, "status\thealthy\tfault\n"));
	assert_non_null(strstr(out.text, "primary wan added\t1.50 ms\t9.00 ms\n"));
	assert_null(strstr(out.text, "secondary"));
	strbuf_free(&out);
	strbuf_init(&out, 65536);
	assert_true(history_diff(h, a.run_id, b.run_id, DIFF_JSONL, &out, err, sizeof err));
	assert_non_null(strstr(out.text, "\"differences\":[{"));
	assert_non_null(strstr(out.text, "{\"what\":\"primary wan added\",\"a\":\"1.50 ms\",\"b\":\"9.00 ms\"}"));
	strbuf_free(&out);
	strbuf_init(&out, 65536);
	assert_true(history_diff(h, a.run_id, a.run_id, DIFF_JSONL, &out, err, sizeof err));
	assert_non_null(strstr(out.text, "\"differences\":[]}\n"));
	assert_false(history_diff(h, "01a20a79", b.run_id, DIFF_TEXT, &out, err, sizeof err));
	assert_non_null(strstr(err, "more than one run"));
	assert_false(history_diff(h, "01a2", b.run_id, DIFF_TEXT, &out, err, sizeof err));
	assert_false(history_diff(h, "ffffffff", b.run_id, DIFF_TEXT, &out, err, sizeof err));
	assert_non_null(strstr(err, "holds no run"));
	strbuf_free(&out);
	history_close(h);
}

static void put(const char *text, size_t at)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), (off_t)at), (ssize_t)strlen(text));
	close(fd);
}

static void test_damaged_is_kept_aside(void **state)
{
	char note[400], err[HISTORY_ERROR_MAX] = "";
	struct history *h = must_open();

	(void)state;
	history_close(h);
	put("this is no database, whatever it was before", 0);
	assert_null(history_read(path, err, sizeof err));
	assert_non_null(strstr(err, "is damaged"));
	h = history_open(path, note, sizeof note, err, sizeof err);
	assert_non_null(h);
	assert_non_null(strstr(note, "it was moved to"));
	assert_non_null(strstr(note, ".damaged-20"));
	history_close(h);
	h = must_open();
	history_close(h);
}

static void test_foreign_and_newer_are_refused(void **state)
{
	char note[400], err[HISTORY_ERROR_MAX] = "";
	struct history *h = must_open();

	(void)state;
	assert_null(history_read("/nowhere/at/all.db", err, sizeof err));
	assert_non_null(strstr(err, "there is no history yet"));
	history_close(h);
	put("\x01\x01\x01\x63", 60); /* user_version lies at offset 60 of the header, big-endian */
	assert_null(history_open(path, note, sizeof note, err, sizeof err));
	assert_non_null(strstr(err, "newer erprobe"));
	assert_null(history_read(path, err, sizeof err));
	assert_non_null(strstr(err, "newer erprobe"));
	put("\x7f", 0); /* even then nothing is moved */
}

/* By who writes: reading alone leaves it as it is. */
static void test_older_is_brought_up(void **state)
{
	static const char *const undo[] = {"ALTER TABLE memory DROP COLUMN spells", "ALTER TABLE memory DROP COLUMN calm",
	                                   "ALTER TABLE incident DROP COLUMN spells", "PRAGMA user_version=4"};
	char err[HISTORY_ERROR_MAX] = "";
	struct history *h = must_open();

	(void)state;
	for (size_t i = 0; i < sizeof undo / sizeof undo[0]; i++)
		assert_true(db_script(history_db(h), undo[i]));
	history_close(h);
	assert_null(history_read(path, err, sizeof err));
	assert_non_null(strstr(err, "history version 4"));
	assert_true(history_bring_up(path));
	h = history_read(path, err, sizeof err);
	assert_non_null(h);
	history_close(h);
	assert_false(history_bring_up(path)); /* nothing is left to do */
	put("\x01\x01\x01\x63", 60);
	assert_false(history_bring_up(path));
	put("this is no database, whatever it was before", 0);
	assert_false(history_bring_up(path)); /* and it stays where it is */
	assert_int_equal(access(path, F_OK), 0);
	assert_false(history_bring_up("/nowhere/at/all.db"));
}

static void test_forgetting(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	int calls = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct run_record r = make("a", i, STATUS_HEALTHY);

		add(h, &s, &r);
	}
	while (!history_prune(h, T0 + 100 * MINUTE, T0 + 450 * MINUTE))
		assert_true(++calls < 10);
	struct history_found f = list(h, true);
	assert_int_equal(f.item_count, 400 + 6);
	assert_int_equal(f.items[0].at_us, T0 + 100 * MINUTE);
	assert_int_equal(f.items[400].sent, 50 * 4);
	assert_int_equal(f.sums[0].runs, 500 - 60); /* whole hours: the first is gone */
	history_found_free(&f);
	history_close(h);
}

/* Three incidents of the past, one of them open for years: over and old ones go, with their events. */
static void test_incidents_are_forgotten(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	int minute = 0, calls = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		for (int k = 0; k < 3; k++, minute += 5) {
			struct run_record r = make("a", minute, STATUS_FAULT);
			add(h, &s, &r);
		}
		for (int k = 0; k < 4 && i < 2; k++, minute += 5) {
			struct run_record r = make("a", minute, STATUS_HEALTHY);
			add(h, &s, &r);
		}
	}
	struct history_found f = list(h, false);
	assert_int_equal(f.item_count, 3);
	history_found_free(&f);
	while (!history_prune(h, T0 + 35 * MINUTE, T0 + 35 * MINUTE))
		assert_true(++calls < 10);
	f = list(h, false);
	assert_int_equal(f.item_count, 2);
	assert_int_equal(f.items[0].at_us, T0 + 35 * MINUTE);
	history_found_free(&f);
	calls = 0;
	while (!history_prune(h, T0 + 5000 * MINUTE, T0 + 5000 * MINUTE))
		assert_true(++calls < 10);
	f = list(h, false);
	assert_int_equal(f.item_count, 1); /* the open one */
	assert_int_equal(f.items[0].until_us, -1);
	history_found_free(&f);
	history_close(h);
}

static bool baseline_runs(struct history *h, uint32_t *runs)
{
	static struct baseline b;
	char err[HISTORY_ERROR_MAX];
	bool known;

	assert_true(history_baseline(h, "a", &b, &known, err, sizeof err));
	assert_string_equal(err, "");
	*runs = known ? b.ways[LINK_PRIMARY][FAM4].runs : 0;
	return known;
}

/* Kept beside the runs, also before there is one; not while an incident is open. */
static void test_baseline(void **state)
{
	static struct baseline b;
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	uint32_t runs;

	(void)state;
	assert_false(baseline_runs(h, &runs));
	b.ways[LINK_PRIMARY][FAM4] = (struct baseline_way){.runs = 7, .anchor_us = BASELINE_UNKNOWN, .since_s = 5, .last_s = 9};
	assert_true(history_baseline_keep(h, "a", &b));
	assert_true(baseline_runs(h, &runs));
	assert_int_equal(7, runs);
	for (int i = 0; i < 3; i++) {
		struct run_record r = make("a", i * 5, STATUS_FAULT);
		add(h, &s, &r);
	}
	assert_true(s.open);
	b.ways[LINK_PRIMARY][FAM4].runs = 8;
	assert_true(history_baseline_keep(h, "a", &b));
	baseline_runs(h, &runs);
	assert_int_equal(7, runs);
	for (int i = 3; i < 7; i++) {
		struct run_record r = make("a", i * 5, STATUS_HEALTHY);
		add(h, &s, &r);
	}
	assert_true(history_baseline_keep(h, "a", &b));
	baseline_runs(h, &runs);
	assert_int_equal(8, runs);
	history_close(h);
}

/* A drift is an incident of its own: opened once, closed once, beside that of a fault. */
static void test_drift(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	int64_t events = 0;

	(void)state;
	for (int i = 0; i < 12; i++) {
		struct run_record r = make("a", i * 5, i >= 4 && i < 7 ? STATUS_FAULT : STATUS_HEALTHY);

		r.drift = (struct record_drift){.known = i != 6, .open = i >= 2 && i < 10 && i != 6, .link = LINK_PRIMARY, .domain = DOMAIN_WAN,
		                                .since = {(T0 + 10 * MINUTE) * 1000}, .summary = "A slow drift."};
		events += add(h, &s, &r) != 0;
	}
	assert_int_equal(4, events);
	struct history_found f = list(h, false);
	assert_int_equal(f.item_count, 2);
	assert_int_equal(f.items[0].at_us, T0 + 10 * MINUTE);
	assert_int_equal(f.items[0].until_us, T0 + 50 * MINUTE);
	assert_string_equal(f.items[0].summary, "A slow drift.");
	history_found_free(&f);
	history_close(h);
}

/* The page's events: while they cannot be read, those that were read last stand. */
static void test_events_stand(void **state)
{
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	struct live_event *events = calloc(LIVE_EVENTS_MAX, sizeof *events);
	size_t count = 0;

	(void)state;
	assert_non_null(events);
	for (int i = 0; i < 7; i++) {
		struct run_record r = make("a", i * 5, i < 3 ? STATUS_FAULT : STATUS_HEALTHY);

		add(h, &s, &r);
	}
	assert_true(history_events(h, events, &count));
	assert_int_equal(count, 2);
	assert_int_equal(events[0].kind, LIVE_CLOSED);
	assert_int_equal(events[0].status, STATUS_FAULT); /* what ended, not what the last run found */
	assert_string_equal(events[0].text, events[1].text);
	assert_true(db_script(history_db(h), "ALTER TABLE event RENAME TO elsewhere"));
	assert_false(history_events(h, events, &count));
	assert_int_equal(count, 2);
	assert_int_equal(events[0].kind, LIVE_CLOSED);
	free(events);
	history_close(h);
}

/* The page's events, and another process that writes meanwhile, as a check does that learns what is normal: a question
 * that was left half read would hold the history as it was, and nothing could be added to it any more. */
static void test_events_hold_nothing(void **state)
{
	struct history *h = must_open(), *other = must_open();
	struct incident_state s = {.link = LINK_NULL};
	struct live_event *events = calloc(LIVE_EVENTS_MAX, sizeof *events);
	size_t count = 0;
	struct run_record r;

	(void)state;
	assert_non_null(events);
	for (int i = 0; i < LIVE_EVENTS_MAX + 2; i++) {
		r = make("a", i, STATUS_HEALTHY);
		r.hop_count = 0;
		fill_link(&r, LINK_PRIMARY, i % 2 == 0 ? "10.0.0.2" : "10.0.0.9", 1500);
		add(h, &s, &r);
	}
	assert_true(history_events(h, events, &count));
	assert_int_equal(count, LIVE_EVENTS_MAX); /* there are more */
	assert_true(db_script(history_db(other), "INSERT INTO circuit(name) VALUES('b')"));
	r = make("a", LIVE_EVENTS_MAX + 2, STATUS_HEALTHY);
	add(h, &s, &r);
	free(events);
	history_close(other);
	history_close(h);
}

/* A history that cannot be read is not one that knows nothing: what is normal would be learned anew over what is known, and
 * an incident that is open be opened once more. */
static void test_unreadable_is_not_empty(void **state)
{
	static struct baseline b;
	static struct history_memory m;
	static struct day day;
	struct history *h = must_open();
	struct incident_state s = {.link = LINK_NULL};
	char err[HISTORY_ERROR_MAX];
	bool known;

	(void)state;
	b.ways[LINK_PRIMARY][FAM4] = (struct baseline_way){.runs = 7, .anchor_us = BASELINE_UNKNOWN, .since_s = 5, .last_s = 9};
	assert_true(history_baseline_keep(h, "a", &b));
	for (int i = 0; i < 3; i++) {
		struct run_record r = make("a", i * 5, STATUS_FAULT);

		add(h, &s, &r);
	}
	assert_true(history_baseline(h, "a", &b, &known, err, sizeof err));
	assert_true(known);
	assert_true(history_memory(h, "a", &m));
	assert_true(m.incident.open);
	assert_true(history_day(h, "a", T0 + 30 * MINUTE, &day));
	for (size_t i = 0; i < 5; i++) {
		static const char *const tables[] = {"baseline", "memory", "incident", "run", "segment"};
		char sql[96];

		snprintf(sql, sizeof sql, "ALTER TABLE %s RENAME TO elsewhere", tables[i]);
		assert_true(db_script(history_db(h), sql));
		assert_int_equal(history_baseline(h, "a", &b, &known, err, sizeof err), i != 0);
		assert_int_equal(history_memory(h, "a", &m), i == 0);
		assert_int_equal(history_day(h, "a", T0 + 30 * MINUTE, &day), i < 3);
		snprintf(sql, sizeof sql, "ALTER TABLE elsewhere RENAME TO %s", tables[i]);
		assert_true(db_script(history_db(h), sql));
	}
	history_close(h);
}

/* One fault in thirty thousand runs: 100 % is all of them. */
static void almost_all_is_not_all(void **state)
{
	const struct history_sum sums[] = {{.circuit = "c", .runs = 30000, .healthy = 29999, .fault = 1}, {.circuit = "d", .runs = 3, .healthy = 3}};
	const struct history_view v = {.since = {NS_PER_SEC}, .until = {2 * NS_PER_SEC}, .sums = sums, .sum_count = 2};
	const struct text_style style = {.width = 100};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	history_text(&v, &style, &out);
	assert_non_null(strstr(out.text, " 99.99%"));
	assert_non_null(strstr(out.text, "100.00%"));
	assert_null(strstr(strstr(out.text, "100.00%") + 1, "100.00%"));
	strbuf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_folder_is_no_history, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_incidents_are_forgotten, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_baseline, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_drift, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flapping, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_incident_lives_through_a_restart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_told_twice_counts_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_runs_without_a_verdict, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_diff, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged_is_kept_aside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_and_newer_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_older_is_brought_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forgetting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_events_stand, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_events_hold_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unreadable_is_not_empty, set_up, tear_down),
		cmocka_unit_test(almost_all_is_not_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
