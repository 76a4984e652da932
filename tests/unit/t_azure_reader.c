/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* F_SETPIPE_SZ: records are larger than a pipe's usual 64 KiB */
/* reader: the parent's side. Records whole, in pieces, rubbish, and a child that dies;
 * the child's own work is tested end to end (tests/azure). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "azure_random.h"
#include "probe/azure/reader.h"
#include "probe/azure/record.h"
#include "probe/snapshot/answers.h"

static struct azure_reader reader;
static int feed = -1;
static struct az_snapshot got;
static size_t circuit;
static char err[256];

static int setup(void **state)
{
	int ends[2];
	(void)state;
	if (pipe(ends) != 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 || fcntl(ends[0], F_SETPIPE_SZ, 1 << 20) < 0)
		return -1;
	memset(&reader, 0, sizeof(reader));
	reader.fd = ends[0];
	reader.circuits = 3;
	feed = ends[1];
	err[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	azure_reader_stop(&reader);
	if (feed >= 0)
		close(feed);
	feed = -1;
	return 0;
}

static enum azure_take take(void)
{
	return azure_reader_take(&reader, &circuit, &got, err, sizeof(err));
}

static struct strbuf record_of(size_t of, uint64_t seed)
{
	struct strbuf b;
	struct az_snapshot s;
	strbuf_init(&b, RECORD_HEADER + RECORD_JSON_MAX + 1);
	random_snapshot(seed, &s);
	assert_true(record_snapshot(&b, of, &s));
	az_snapshot_free(&s);
	return b;
}

static void put(const void *data, size_t len)
{
	assert_int_equal(write(feed, data, len), len);
}

static void takes_records_in_pieces(void **state)
{
	struct strbuf b = record_of(2, 5);
	size_t steps[] = {1, 3, 4, 10, b.len - 18};
	const char *at = b.text;
	(void)state;
	assert_int_equal(take(), AZURE_TAKE_NONE);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(take(), AZURE_TAKE_NONE);
		put(at, steps[i]);
		at += steps[i];
	}
	assert_int_equal(take(), AZURE_TAKE_SNAPSHOT);
	assert_int_equal(circuit, 2);
	az_snapshot_free(&got);
	assert_int_equal(take(), AZURE_TAKE_NONE);
	strbuf_free(&b);
}

static void takes_several_at_once(void **state)
{
	struct strbuf end;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct strbuf b = record_of(i, i + 1);
		put(b.text, b.len);
		strbuf_free(&b);
	}
	strbuf_init(&end, 128);
	assert_true(record_end(&end));
	put(end.text, end.len);
	strbuf_free(&end);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(take(), AZURE_TAKE_SNAPSHOT);
		assert_int_equal(circuit, i);
		az_snapshot_free(&got);
	}
	assert_int_equal(take(), AZURE_TAKE_END);
	assert_int_equal(take(), AZURE_TAKE_NONE);
	close(feed);
	feed = -1;
	assert_int_equal(take(), AZURE_TAKE_NONE); /* after END nothing is an error */
}

static void frame(const char *json)
{
	unsigned char header[8] = {'A', 'Z', 'R', '1', 0, 0, (unsigned char)(strlen(json) >> 8), (unsigned char)strlen(json)};
	put(header, sizeof(header));
	put(json, strlen(json));
}

static void refuses_rubbish(void **state)
{
	static const char *const wrong[] = {"{}", "7", "{\"circuit\":0}", "{\"circuit\":-1,\"snapshot\":{}}", "{\"end\":1}",
	                                    "{\"circuit\":0,\"snapshot\":{}}", "not json"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		frame(wrong[i]);
		if (take() != AZURE_TAKE_ERROR)
			fail_msg("accepted: %s", wrong[i]);
		assert_non_null(strstr(err, "sent rubbish"));
		assert_int_equal(take(), AZURE_TAKE_NONE);
		teardown(state);
		setup(state);
	}
	struct strbuf b = record_of(3, 1); /* a circuit too many */
	put(b.text, b.len);
	strbuf_free(&b);
	assert_int_equal(take(), AZURE_TAKE_ERROR);
	assert_non_null(strstr(err, "not asked for"));
}

static void refuses_bad_frames(void **state)
{
	static const struct { unsigned char bytes[8]; size_t len; } wrong[] = {
		{{'X'}, 1}, {{'A', 'Z', 'R', '2'}, 4}, {{'A', 'Z', 'R', '1', 0xff, 0xff, 0xff, 0xff}, 8},
		{{'A', 'Z', 'R', '1', 0, 0, 0, 0}, 8}, {{'A', 'Z', 'R', '1', 1, 0, 0, 1}, 8},
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		put(wrong[i].bytes, wrong[i].len);
		assert_int_equal(take(), AZURE_TAKE_ERROR);
		assert_non_null(strstr(err, "no record of ours"));
		teardown(state);
		setup(state);
	}
}

static void says_how_the_child_died(void **state)
{
	(void)state;
	close(feed);
	feed = -1;
	assert_int_equal(take(), AZURE_TAKE_ERROR);
	assert_non_null(strstr(err, "is gone"));
	teardown(state);
	setup(state);
	reader.pid = fork();
	if (reader.pid == 0)
		raise(SIGKILL);
	close(feed);
	feed = -1;
	struct pollfd p = {.fd = reader.fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 10000), 1); /* the child has its copy until it dies */
	assert_int_equal(take(), AZURE_TAKE_ERROR);
	assert_non_null(strstr(err, "died of signal 9"));
	assert_int_equal(reader.pid, 0); /* reaped */
}

static void stops_a_child_that_hangs(void **state)
{
	char ready;
	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGTERM, SIG_IGN);
		put("!", 1);
		for (;;)
			pause();
	}
	struct pollfd p = {.fd = reader.fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 10000), 1); /* from now on it ignores SIGTERM */
	assert_int_equal(read(reader.fd, &ready, 1), 1);
	reader.pid = pid;
	azure_reader_stop(&reader);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), -1);
	memset(&reader, 0, sizeof(reader));
	azure_reader_stop(&reader); /* safe on a zeroed reader */
}

/* The largest snapshot that answers can make still fits one record and comes back. */
static void the_largest_snapshot_fits(void **state)
{
	struct az_snapshot s, back;
	struct plan_circuit plan = {0};
	struct answer_for f = {.circuit = &plan};
	struct strbuf page, record;
	(void)state;
	memset(&s, 0, sizeof(s));
	strbuf_init(&page, STRBUF_MAX_DEFAULT);
	strbuf_add(&page, "{\"value\":[");
	char worst[1800] = "";
	for (size_t i = 0; i < 253 * 6; i += 6)
		memcpy(worst + i, "\\u0001", 7);
	for (int i = 0; i < 700; i++)
		strbuf_addf(&page, "%s{\"network\":\"%s\",\"nextHop\":\"%s\",\"path\":\"%s\",\"interface\":\"%s\",\"ipAddress\":\"%s\","
		            "\"neighbor\":\"%s\",\"name\":\"%s\",\"id\":\"%s\",\"asPath\":\"%s\",\"testGuid\":\"%s\",\"caller\":\"%s\","
		            "\"properties\":{\"title\":\"%s\",\"advertisedPublicPrefixes\":[]}}", i ? "," : "", worst, worst, worst,
		            worst, worst, worst, worst, worst, worst, worst, worst, worst);
	strbuf_add(&page, "]}");
	struct json_doc *d = json_read(page.text, page.len, err, sizeof(err));
	assert_non_null(d);
	static answer_fn *const others[] = {
		answer_learned, answer_advertised_first, answer_advertised_second, answer_reach, answer_reach_from,
		answer_circuit_events, answer_activity, answer_failover_tests, answer_peerings};
	for (size_t k = 0; k < 4 * sizeof(others) / sizeof(others[0]); k++)
		assert_true(others[k / 4](json_root(d), &f, &s, err, sizeof(err)));
	assert_true(s.gateway_learned.part.cut && s.reach_from.part.cut && s.activity.part.cut && s.peerings.part.cut);
	for (int round = 0; round < 4; round++)
		for (int l = 0; l < LINKS; l++) {
			f.link = (enum link_id)l;
			assert_true(answer_arp(json_root(d), &f, &s, err, sizeof(err)));
			assert_true(answer_bgp(json_root(d), &f, &s, err, sizeof(err)));
			assert_true(answer_routes(json_root(d), &f, &s, err, sizeof(err)));
			assert_true(answer_connections(json_root(d), &f, &s, err, sizeof(err)));
			assert_true(answer_gateway_peers(json_root(d), &f, &s, err, sizeof(err)));
		}
	assert_true(s.arp[0].part.cut && s.bgp[1].part.cut && s.routes[0].part.cut && s.connections.part.cut);
	strbuf_init(&record, RECORD_HEADER + RECORD_JSON_MAX + 1);
	assert_true(record_snapshot(&record, 0, &s));
	print_message("largest record: %zu bytes of %zu\n", record.len, (size_t)RECORD_JSON_MAX);
	assert_int_equal(record_read(record.text + RECORD_HEADER, record.len - RECORD_HEADER, &circuit, &back, err, sizeof(err)),
	                 RECORD_IS_SNAPSHOT);
	assert_int_equal(back.routes[0].count, s.routes[0].count);
	az_snapshot_free(&back);
	az_snapshot_free(&s);
	strbuf_free(&record);
	strbuf_free(&page);
	json_doc_free(d);
}

static void refuses_to_start(void **state)
{
	static struct azure_settings settings;
	static struct plan_circuit plan;
	(void)state;
	teardown(state);
	settings.auth = AUTH_NONE;
	assert_false(azure_reader_start(&reader, &settings, &plan, 1, 5, AZURE_ENDS, err, sizeof(err)));
	assert_non_null(strstr(err, "there is no Azure side to read"));
	settings.auth = AUTH_TOKEN_FILE;
	snprintf(settings.management, sizeof(settings.management), "http://management.azure.com");
	assert_false(azure_reader_start(&reader, &settings, &plan, 1, 5, AZURE_ENDS, err, sizeof(err)));
	assert_non_null(strstr(err, "plain http"));
}

/* Takes what comes until a snapshot is the last of its kind, or the child says no more. */
static enum azure_take take_until_finished(bool *finished)
{
	enum azure_take took = AZURE_TAKE_NONE;
	*finished = false;
	while (took != AZURE_TAKE_END && took != AZURE_TAKE_ERROR && !*finished) {
		struct pollfd p = {.fd = reader.fd, .events = POLLIN};
		assert_int_equal(poll(&p, 1, 15000), 1);
		while (!*finished && (took = take()) == AZURE_TAKE_SNAPSHOT) {
			*finished = got.finished;
			assert_false(az_snapshot_available(&got));
			if (*finished)
				assert_non_null(strstr(got.why_not, "refused"));
			az_snapshot_free(&got);
		}
	}
	return took;
}

/* Nothing listens at the discard port: every part fails, and that within the tries. */
static void start_unreachable(double deadline_s, enum azure_stay stay)
{
	static struct azure_settings settings;
	static struct plan_circuit plan;
	char token[] = "/tmp/t_azure_reader.XXXXXX";
	int fd = mkstemp(token);
	assert_int_equal(write(fd, "SECRETTOKEN", 11), 11);
	close(fd);
	settings.auth = AUTH_TOKEN_FILE;
	snprintf(settings.management, sizeof(settings.management), "http://127.0.0.1:9");
	snprintf(settings.token_path, sizeof(settings.token_path), "%s", token);
	snprintf(settings.state_folder, sizeof(settings.state_folder), "/proc/erprobe");
	snprintf(plan.resource_id, sizeof(plan.resource_id), "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/"
	         "expressRouteCircuits/c");
	assert_true(azure_reader_start(&reader, &settings, &plan, 1, deadline_s, stay, err, sizeof(err)));
	bool finished;
	assert_int_equal(take_until_finished(&finished), AZURE_TAKE_SNAPSHOT);
	assert_true(finished);
	unlink(token);
}

static void reports_an_unreachable_azure(void **state)
{
	bool finished;
	teardown(state);
	start_unreachable(10, AZURE_ENDS);
	assert_int_equal(take_until_finished(&finished), AZURE_TAKE_END);
	assert_false(azure_reader_again(&reader, 0)); /* it has gone */
}

/* One that stays says no more until it is asked, and goes at the deadline. */
static void stays_to_be_asked_again(void **state)
{
	bool finished;
	teardown(state);
	start_unreachable(12, AZURE_STAYS);
	assert_int_equal(take(), AZURE_TAKE_NONE);
	assert_false(azure_reader_again(&reader, 1));
	assert_true(azure_reader_again(&reader, 0));
	assert_int_equal(take_until_finished(&finished), AZURE_TAKE_SNAPSHOT);
	assert_true(finished);
	assert_int_equal(take_until_finished(&finished), AZURE_TAKE_END);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(takes_records_in_pieces), T(takes_several_at_once), T(refuses_rubbish), T(refuses_bad_frames),
		T(says_how_the_child_died), T(stops_a_child_that_hangs), T(the_largest_snapshot_fits), T(refuses_to_start),
		T(reports_an_unreachable_azure), T(stays_to_be_asked_again),
	};
	return cmocka_run_group_tests_name("azure_reader", tests, NULL, NULL);
}
