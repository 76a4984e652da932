/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ends of the packet channel: what each refuses, and erprobe's end against a
 * helper that this very program plays, well or badly. */
#define _GNU_SOURCE /* F_GET_SEALS */
#include "probe/channel/helper.h"
#include "probe/packet/request.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

extern char **environ;

static struct channel_head head(unsigned kind)
{
	return (struct channel_head){CHANNEL_MAGIC, CHANNEL_VERSION, (uint16_t)kind};
}

/* --- the helper's end ------------------------------------------------------ */

static void requests_of_every_size_and_kind(void **state)
{
	uint8_t message[2048];
	union channel_request r;
	char err[200];
	unsigned good = 0;

	(void)state;
	for (unsigned kind = 0; kind < 300; kind++)
		for (size_t len = 0; len < sizeof(message); len++) {
			const struct channel_head h = head(kind);
			enum channel_kind got;

			memset(message, 0x55, sizeof(message));
			memcpy(message, &h, sizeof(h));
			err[0] = '\0';
			got = request_check(message, len, &r, err, sizeof(err));
			good += got != 0;
			if (got == 0)
				assert_true(err[0] != '\0' && strchr(err, '\n') == NULL);
			else
				assert_true(got == kind && memcmp(&r, message, len) == 0);
		}
	assert_int_equal(good, 3); /* PROBE, COUNT and STOP at their one size */
}

static void requests_of_others(void **state)
{
	struct channel_plain r = {head(CHANNEL_COUNT)};
	union channel_request out;
	char err[200];

	(void)state;
	assert_int_equal(request_check(&r, sizeof(r), &out, err, sizeof(err)), CHANNEL_COUNT);
	r.head.magic++;
	assert_int_equal(request_check(&r, sizeof(r), &out, err, sizeof(err)), 0);
	r.head = head(CHANNEL_COUNT), r.head.version++;
	assert_int_equal(request_check(&r, sizeof(r), &out, err, sizeof(err)), 0);
}

/* --- erprobe's end --------------------------------------------------------- */

static size_t answer_size(unsigned kind)
{
	switch (kind) {
	case CHANNEL_READY: return sizeof(struct channel_ready);
	case CHANNEL_START_FAILED: return sizeof(struct channel_start_failed);
	case CHANNEL_SENT: return sizeof(struct channel_sent);
	case CHANNEL_FRAME: return channel_frame_size(60);
	case CHANNEL_COUNTERS: return sizeof(struct channel_counters);
	case CHANNEL_BYE: return sizeof(struct channel_plain);
	default: return 0;
	}
}

static union helper_record answer(unsigned kind)
{
	union helper_record r;

	memset(&r, 0, sizeof(r));
	r.head = head(kind);
	if (kind == CHANNEL_READY)
		r.ready.ifaces = 2, r.ready.port_base = 40000, r.ready.port_count = 4;
	if (kind == CHANNEL_START_FAILED)
		memcpy(r.failed.text, "no right", 9);
	if (kind == CHANNEL_FRAME)
		r.frame.frame.cap_len = 60, r.frame.frame.wire_len = 60, r.frame.frame.iface = 1;
	if (kind == CHANNEL_COUNTERS)
		r.counters.ifaces = 2;
	return r;
}

static enum channel_kind checked(const union helper_record *r)
{
	union helper_record out;
	char err[HELPER_ERROR_MAX] = "";
	size_t size = r->head.kind == CHANNEL_FRAME ? channel_frame_size(r->frame.frame.cap_len) : answer_size(r->head.kind);
	enum channel_kind got = helper_check(r, size, 2, &out, err, sizeof(err));

	assert_int_equal(got == 0, err[0] != '\0');
	return got;
}

static void answers_of_every_size(void **state)
{
	uint8_t message[2048];
	union helper_record out;
	char err[HELPER_ERROR_MAX];
	unsigned good = 0;

	(void)state;
	for (unsigned kind = 0; kind < 300; kind++)
		for (size_t len = 0; len < sizeof(message); len++) {
			const union helper_record r = answer(kind);

			memset(message, 0, sizeof(message));
			memcpy(message, &r, sizeof(r));
			if (helper_check(message, len, 2, &out, err, sizeof(err)) != 0) {
				assert_int_equal(len, answer_size(kind));
				good++;
			}
		}
	assert_int_equal(good, 6);
}

/* One field of a sound record spoiled at a time. */
static void answers_with_impossible_values(void **state)
{
	union helper_record r;

	(void)state;
#define SPOIL(KIND, CHANGE) \
	r = answer(KIND); \
	assert_int_equal(checked(&r), KIND); \
	CHANGE; \
	assert_int_equal(checked(&r), 0)

	SPOIL(CHANNEL_READY, r.ready.ifaces = 0);
	SPOIL(CHANNEL_READY, r.ready.ifaces = 9);
	SPOIL(CHANNEL_READY, r.ready.port_base = 179);
	SPOIL(CHANNEL_READY, r.ready.port_base = 65533);
	SPOIL(CHANNEL_START_FAILED, memset(r.failed.text, 'x', sizeof(r.failed.text)));
	SPOIL(CHANNEL_START_FAILED, r.failed.text[2] = '\n');
	SPOIL(CHANNEL_START_FAILED, r.failed.text[2] = '\x1b');
	SPOIL(CHANNEL_SENT, r.sent.result = SEND_RESULTS);
	SPOIL(CHANNEL_FRAME, r.frame.frame.iface = 2);
	SPOIL(CHANNEL_FRAME, (r.frame.frame.cap_len = 513, r.frame.frame.wire_len = 600));
	SPOIL(CHANNEL_FRAME, r.frame.frame.cap_len = 61);
	SPOIL(CHANNEL_FRAME, r.frame.frame.at.ns = -1);
	SPOIL(CHANNEL_COUNTERS, r.counters.ifaces = 1);
	SPOIL(CHANNEL_BYE, r.head.magic ^= 1);
	SPOIL(CHANNEL_BYE, r.head.version++);
	r = answer(CHANNEL_FRAME), r.frame.frame.cap_len = 512, r.frame.frame.wire_len = 1514;
	assert_int_equal(checked(&r), CHANNEL_FRAME);
	r = answer(CHANNEL_READY), r.ready.port_base = 0, r.ready.port_count = 0;
	assert_int_equal(checked(&r), CHANNEL_READY);
	/* the one record that other versions may send */
	r = answer(CHANNEL_START_FAILED), r.head.version = 9;
	assert_int_equal(checked(&r), CHANNEL_START_FAILED);
}

/* --- a helper of our own --------------------------------------------------- */

static void tell(const void *record, size_t size)
{
	if (send(CHANNEL_FD, record, size, MSG_NOSIGNAL) != (ssize_t)size)
		_exit(9);
}

static void tell_kind(unsigned kind)
{
	union helper_record r = answer(kind);

	if (kind == CHANNEL_READY)
		r.ready.ifaces = 1, r.ready.port_count = 4;
	if (kind == CHANNEL_COUNTERS)
		r.counters.ifaces = 1;
	if (kind == CHANNEL_FRAME)
		r.frame.frame.iface = 0;
	tell(&r, answer_size(kind));
}

static int last_line(const char *text, int code)
{
	fputs(text, stderr);
	return code;
}

/* The list of targets on its descriptor: sealed, and all of it. */
static bool list_is_whole(void)
{
	off_t size = lseek(CHANNEL_ALLOW_FD, 0, SEEK_END);
	const int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

	return size == (off_t)(20000 * sizeof(struct ip_prefix)) && (fcntl(CHANNEL_ALLOW_FD, F_GET_SEALS) & seals) == seals;
}

/* Answers as erprobe-packet would, and checks that every request is sound. */
static int play_well(void)
{
	union channel_request request;
	uint8_t message[REQUEST_BYTES_MAX];
	char err[200];
	ssize_t n;

	tell_kind(CHANNEL_READY);
	for (size_t at = 0, size; (n = at > 0 ? n : recv(CHANNEL_FD, message, sizeof(message), 0)) > 0;
	     at = at + size < (size_t)n ? at + size : 0)
		switch (size = request_size(message + at, (size_t)n - at), request_check(message + at, size, &request, err, sizeof(err))) {
		case CHANNEL_PROBE: {
			union helper_record r = answer(CHANNEL_SENT);

			r.sent.probe_id = request.probe.spec.id;
			tell(&r, sizeof(r.sent));
			tell_kind(CHANNEL_FRAME);
			break;
		}
		case CHANNEL_COUNT:
			tell_kind(CHANNEL_COUNTERS);
			break;
		case CHANNEL_STOP:
			tell_kind(CHANNEL_COUNTERS);
			tell_kind(CHANNEL_BYE);
			return 0;
		default:
			return last_line(err, 9);
		}
	return 0;
}

/* Three records and a half in one message. */
static void tell_together(void)
{
	union helper_record sent = answer(CHANNEL_SENT), frame = answer(CHANNEL_FRAME), count = answer(CHANNEL_COUNTERS);
	uint8_t message[2048];
	size_t at = 0;

	frame.frame.frame.iface = 0; /* there is one interface */
	count.counters.ifaces = 1;
	memcpy(message, &sent, sizeof(sent.sent)), at += sizeof(sent.sent);
	memcpy(message + at, &frame, answer_size(CHANNEL_FRAME)), at += answer_size(CHANNEL_FRAME);
	memcpy(message + at, &count, sizeof(count.counters)), at += sizeof(count.counters);
	memcpy(message + at, &sent, sizeof(sent.sent) / 2), at += sizeof(sent.sent) / 2;
	tell(message, at);
}

/* The part to play is the name of the first interface. */
static int play(const char *part, int argc)
{
	struct pollfd channel = {CHANNEL_FD, 0, 0};

	if (strcmp(part, "well") == 0)
		return play_well();
	if (strcmp(part, "many") == 0)
		return argc == 11 && list_is_whole() ? play_well() : last_line("the list is not whole\n", 3);
	if (strcmp(part, "fails") == 0)
		tell_kind(CHANNEL_START_FAILED);
	else if (strcmp(part, "early") == 0)
		tell_kind(CHANNEL_SENT);
	else if (strcmp(part, "rubbish") == 0)
		tell("rubbish", 7);
	else if (strcmp(part, "words") == 0)
		return last_line("first line\nerprobe-packet: last \x1b line\n", 3);
	else if (strcmp(part, "killed") == 0)
		raise(SIGKILL);
	else if (strcmp(part, "bare") == 0 && (environ[0] != NULL || dup(CHANNEL_FD) != CHANNEL_FD + 1))
		return last_line("something was inherited\n", 3);
	tell_kind(CHANNEL_READY);
	if (strcmp(part, "lingers") == 0) { /* as one that takes its capture apart */
		close(CHANNEL_FD);
		poll(NULL, 0, 1500);
		return 3;
	}
	if (strcmp(part, "dies") == 0)
		return last_line("erprobe-packet: too hot\n", 3);
	if (strcmp(part, "again") == 0)
		tell_kind(CHANNEL_READY);
	if (strcmp(part, "chatty") == 0) {
		tell_kind(CHANNEL_BYE);
		tell_kind(CHANNEL_COUNTERS);
	}
	if (strcmp(part, "together") == 0)
		tell_together();
	if (strcmp(part, "long") == 0)
		tell((char[2000]){0}, 2000);
	/* "deaf" does not even see the channel's end, and is killed. */
	poll(&channel, strcmp(part, "deaf") == 0 ? 0 : 1, 5000);
	return 0;
}

static struct helper *start(const char *part, size_t allowed, char *err)
{
	static struct ip_prefix allow[20000];
	static char self[4096];
	const char *const ifaces[] = {part};
	struct helper_options o = {.path = self, .ifaces = ifaces, .iface_count = 1, .allow = allow,
	                           .allow_count = allowed, .rate = HUGE_VAL, .ports = 4};
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	assert_true(n > 0);
	for (size_t i = 0; i < allowed; i++)
		assert_true(ip_prefix_parse("2001:db8:1234:5678:9abc:def0:1234:5678", &allow[i]));
	err[0] = '\0';
	return helper_start(&o, err, HELPER_ERROR_MAX);
}

static enum helper_take next(struct helper *h, union helper_record *r, char *err)
{
	struct pollfd fd = {helper_fd(h), POLLIN, 0};
	enum helper_take kind;

	do { /* between its channel's end and its own there is nothing */
		assert_int_equal(poll(&fd, 1, 5000), 1);
		kind = helper_take(h, r, err, HELPER_ERROR_MAX);
	} while (kind == HELPER_TAKE_NONE);
	return kind;
}

static void a_whole_conversation(void **state)
{
	struct probe_spec s = {.id = 77};
	union helper_record r;
	char err[HELPER_ERROR_MAX];
	struct helper *h = start("well", 1, err);

	(void)state;
	assert_non_null(h);
	assert_int_equal(helper_ready(h)->port_base, 40000);
	assert_int_equal(helper_take(h, &r, err, sizeof(err)), HELPER_TAKE_NONE);
	assert_true(helper_send_probe(h, &s));
	assert_int_equal(next(h, &r, err), HELPER_TAKE_SENT);
	assert_int_equal(r.sent.probe_id, 77);
	assert_int_equal(next(h, &r, err), HELPER_TAKE_FRAME);
	assert_int_equal(r.frame.frame.cap_len, 60);
	assert_true(helper_count(h));
	assert_int_equal(next(h, &r, err), HELPER_TAKE_COUNTERS);
	assert_true(helper_stop(h));
	assert_int_equal(next(h, &r, err), HELPER_TAKE_COUNTERS);
	assert_int_equal(next(h, &r, err), HELPER_TAKE_BYE);
	assert_int_equal(next(h, &r, err), HELPER_TAKE_END);
	assert_int_equal(next(h, &r, err), HELPER_TAKE_END); /* and stays so */
	assert_false(helper_count(h));
	helper_close(h);
	helper_close(NULL);
}

/* More requests than the channel holds: told, not waited for. */
static void a_full_channel_is_told(void **state)
{
	struct probe_spec s = {.id = 1};
	char err[HELPER_ERROR_MAX];
	struct helper *h = start("deaf", 1, err);
	unsigned n = 0;

	(void)state;
	assert_non_null(h);
	while (n < 100000 && helper_send_probe(h, &s))
		n++;
	assert_in_range(n, 50, 99999);
	helper_close(h);
}

static void bad_starts(void **state)
{
	static const struct { const char *part; const char *says; } rows[] = {
		{"fails", "erprobe-packet: no right"},
		{"early", "did not open what it was asked to"},
		{"rubbish", "no record"},
		{"words", "erprobe-packet ended: last ? line"},
		{"killed", "killed by signal 9"},
	};
	char err[HELPER_ERROR_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_null(start(rows[i].part, 1, err));
		if (strstr(err, rows[i].says) == NULL || strchr(err, '\n') != NULL)
			fail_msg("%s: \"%s\"", rows[i].part, err);
	}
}

static void bad_ends(void **state)
{
	static const struct { const char *part; const char *says; } rows[] = {
		{"dies", "erprobe-packet ended: too hot"},
		{"again", "out of turn"},
		{"long", "no record"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		union helper_record r;
		char err[HELPER_ERROR_MAX];
		struct helper *h = start(rows[i].part, 1, err);

		assert_non_null(h);
		assert_int_equal(next(h, &r, err), HELPER_TAKE_ERROR);
		if (strstr(err, rows[i].says) == NULL)
			fail_msg("%s: \"%s\"", rows[i].part, err);
		helper_close(h);
	}
}

/* Who reads of two helpers is not held up by the one that ends. */
static void an_end_holds_nobody_up(void **state)
{
	union helper_record r;
	char err[HELPER_ERROR_MAX];
	struct helper *h = start("lingers", 1, err);
	struct pollfd fd;
	unsigned turns = 0;

	(void)state;
	assert_non_null(h);
	fd = (struct pollfd){helper_fd(h), POLLIN, 0};
	assert_int_equal(poll(&fd, 1, 5000), 1);
	while (helper_take(h, &r, err, sizeof(err)) == HELPER_TAKE_NONE)
		turns++;
	assert_true(turns > 0);
	assert_string_equal(err, "erprobe-packet closed the channel"); /* it was not waited for any longer */
	helper_close(h);
}

/* Looks that are far apart were our own standstill; whatever it says ends the silence. */
static void silence_is_counted_in_looks(void **state)
{
	struct mono_ns now = {NS_PER_SEC};
	union helper_record r;
	char err[HELPER_ERROR_MAX];
	struct helper *h = start("well", 1, err);

	(void)state;
	assert_non_null(h);
	assert_int_equal(helper_quiet_ns(h, now), 0);
	assert_int_equal(helper_quiet_ns(h, mono_add(now, 40 * NS_PER_MS)), 40 * NS_PER_MS);
	now = mono_add(now, NS_PER_SEC);
	assert_int_equal(helper_quiet_ns(h, now), 140 * NS_PER_MS);
	assert_int_equal(helper_take(h, &r, err, sizeof(err)), HELPER_TAKE_NONE);
	assert_int_equal(helper_quiet_ns(h, now), 140 * NS_PER_MS);
	assert_true(helper_count(h));
	assert_int_equal(next(h, &r, err), HELPER_TAKE_COUNTERS);
	assert_int_equal(helper_quiet_ns(h, now), 0);
	for (int i = 0; i < 30; i++)
		(void)helper_quiet_ns(h, now = mono_add(now, 100 * NS_PER_MS));
	helper_give_up(h, err, sizeof(err));
	assert_string_equal(err, "erprobe-packet has answered nothing for 3 s: it was stopped, or got no time of a processor");
	assert_int_equal(next(h, &r, err), HELPER_TAKE_ERROR);
	assert_string_equal(err, "erprobe-packet was killed by signal 9");
	helper_close(h);
}

static void nothing_follows_bye(void **state)
{
	union helper_record r;
	char err[HELPER_ERROR_MAX];
	struct helper *h = start("chatty", 1, err);

	(void)state;
	assert_non_null(h);
	assert_int_equal(next(h, &r, err), HELPER_TAKE_BYE);
	assert_int_equal(next(h, &r, err), HELPER_TAKE_ERROR);
	helper_close(h);
}

static void nothing_is_inherited(void **state)
{
	char err[HELPER_ERROR_MAX];
	int leak = fcntl(0, F_DUPFD, CHANNEL_FD + 1);
	struct helper *h = start("bare", 1, err);

	(void)state;
	if (h == NULL)
		fail_msg("%s", err);
	helper_close(h);
	close(leak);
}

/* All probes of a message are answered, and messages hold many answers too. */
static void many_in_a_message(void **state)
{
	struct probe_spec specs[CHANNEL_BATCH] = {{0}};
	union helper_record r;
	char err[HELPER_ERROR_MAX];
	struct helper *h = start("well", 1, err);

	(void)state;
	assert_non_null(h);
	for (uint32_t i = 0; i < CHANNEL_BATCH; i++)
		specs[i].id = i + 1;
	assert_false(helper_send_probes(h, specs, 0));
	assert_false(helper_send_probes(h, specs, CHANNEL_BATCH + 1));
	assert_true(helper_send_probes(h, specs, CHANNEL_BATCH));
	for (uint32_t i = 0; i < CHANNEL_BATCH; i++) {
		assert_int_equal(next(h, &r, err), HELPER_TAKE_SENT);
		assert_int_equal(r.sent.probe_id, i + 1);
		assert_int_equal(next(h, &r, err), HELPER_TAKE_FRAME);
	}
	helper_close(h);
	h = start("together", 1, err);
	assert_non_null(h);
	assert_int_equal(next(h, &r, err), HELPER_TAKE_SENT);
	assert_int_equal(helper_take(h, &r, err, sizeof(err)), HELPER_TAKE_FRAME);
	assert_int_equal(helper_take(h, &r, err, sizeof(err)), HELPER_TAKE_COUNTERS);
	/* what follows them is rubbish, and nothing of it is taken */
	assert_int_equal(helper_take(h, &r, err, sizeof(err)), HELPER_TAKE_ERROR);
	helper_close(h);
}

static void thousands_of_destinations(void **state)
{
	char err[HELPER_ERROR_MAX];
	struct helper *h = start("many", 20000, err);

	(void)state;
	if (h == NULL)
		fail_msg("%s", err);
	helper_close(h);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_of_every_size_and_kind),
		cmocka_unit_test(requests_of_others),
		cmocka_unit_test(answers_of_every_size),
		cmocka_unit_test(answers_with_impossible_values),
		cmocka_unit_test(a_whole_conversation),
		cmocka_unit_test(many_in_a_message),
		cmocka_unit_test(a_full_channel_is_told),
		cmocka_unit_test(bad_starts),
		cmocka_unit_test(bad_ends),
		cmocka_unit_test(an_end_holds_nobody_up),
		cmocka_unit_test(silence_is_counted_in_looks),
		cmocka_unit_test(nothing_follows_bye),
		cmocka_unit_test(nothing_is_inherited),
		cmocka_unit_test(thousands_of_destinations),
	};

	/* Started by a test above as its helper: _exit, for a leak check would report to nobody. */
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "--iface") == 0)
			_exit(play(argv[i + 1], argc));
	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
