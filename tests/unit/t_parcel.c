/* SPDX-License-Identifier: BSD-2-Clause */
/* Parcels: what goes in comes out with its descriptor, or is asked for again; neither side waits,
 * and little waits between them. */
#include "analysis/web/shelf.h"
#include "probe/web/parcel.h"
#include "probe/web/serve.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_there(void **state)
{
	int ends[2], fd, sent;
	char text[8] = "";
	struct stat st;
	bool gone;

	(void)state;
	assert_true(parcel_pair(ends));
	assert_int_equal(parcel_take(ends[1], &fd, &gone), PARCEL_NONE);
	assert_false(gone);
	sent = parcel_file("abc", 3);
	assert_true(sent >= 0);
	assert_int_equal(write(sent, "x", 1), -1); /* sealed */
	assert_true(parcel_send(ends[0], PARCEL_SHELF, sent));
	close(sent);
	assert_int_equal(parcel_take(ends[1], &fd, &gone), PARCEL_SHELF);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(pread(fd, text, sizeof text, 0), 3);
	assert_string_equal(text, "abc");
	close(fd);
	/* What is none of ours ends the talk: no descriptor, another word. */
	assert_int_equal(send(ends[0], "S", 1, 0), 1);
	assert_int_equal(parcel_take(ends[1], &fd, &gone), PARCEL_NONE);
	assert_true(gone);
	close(ends[0]);
	assert_int_equal(parcel_take(ends[1], &fd, &gone), PARCEL_NONE);
	assert_true(gone);
	assert_false(parcel_send(ends[1], PARCEL_SHELF, ends[1]));
	close(ends[1]);
}

/* A receiver without a number for the descriptor: it is asked for again, and nobody is gone. */
static void test_lost(void **state)
{
	int ends[2], fd, file = parcel_file("abc", 3);
	struct rlimit all, none;
	bool gone;

	(void)state;
	assert_true(parcel_pair(ends));
	assert_false(parcel_again(ends[0]));
	assert_true(parcel_send(ends[0], PARCEL_SHELF, file));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = (struct rlimit){3, all.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(parcel_take(ends[1], &fd, &gone), PARCEL_NONE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_false(gone);
	assert_int_equal(fd, -1);
	assert_true(parcel_again(ends[0]));
	assert_false(parcel_again(ends[0])); /* said once */
	assert_true(parcel_send(ends[0], PARCEL_SHELF, file));
	assert_int_equal(parcel_take(ends[1], &fd, &gone), PARCEL_SHELF);
	close(fd);
	close(file);
	close(ends[1]);
	assert_false(parcel_again(ends[0])); /* nor by one that is gone */
	close(ends[0]);
}

static void test_few_wait(void **state)
{
	int ends[2], file = parcel_file("", 0), sent = 0;

	(void)state;
	assert_true(parcel_pair(ends));
	while (sent < 100 && parcel_send(ends[0], PARCEL_SHELF, file))
		sent++;
	assert_in_range(sent, 1, 16);
	close(file);
	close(ends[0]);
	close(ends[1]);
}

/* What the process that serves says next, at most so many milliseconds later. */
static const char *said(int end, int ms)
{
	static char text[1024];
	struct pollfd p = {.fd = end, .events = POLLIN};
	ssize_t n = poll(&p, 1, ms) == 1 ? read(end, text, sizeof text - 1) : 0;

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void hand_over(int end, const struct strbuf *shelf)
{
	int file = parcel_file(shelf->text, shelf->len);

	assert_true(file >= 0 && parcel_send(end, PARCEL_SHELF, file));
	close(file);
}

/* A state that cannot be used: named once, asked for again each time, and its end is named. */
static void test_no_state(void **state)
{
	struct strbuf good, bad;
	int ends[2], words[2];
	pid_t parent = getpid(), child;

	(void)state;
	strbuf_init(&good, 1000);
	shelf_add(&good, SHELF_METRICS, "", "m 1\n", 4);
	strbuf_init(&bad, 1000);
	strbuf_add_bytes(&bad, good.text, good.len - 1);
	assert_true(parcel_pair(ends));
	assert_int_equal(pipe(words), 0);
	child = fork();
	if (child == 0) {
		dup2(words[1], STDERR_FILENO);
		serve(ends[1], parent);
	}
	close(words[1]);
	close(ends[1]);
	hand_over(ends[0], &bad);
	assert_non_null(strstr(said(words[0], 20000), "page and metrics stand still: the new state cannot be taken: "));
	assert_true(parcel_again(ends[0]));
	hand_over(ends[0], &bad);
	for (int i = 0; i < 200 && !parcel_again(ends[0]); i++)
		usleep(100000);
	assert_string_equal(said(words[0], 0), "");
	hand_over(ends[0], &good);
	assert_non_null(strstr(said(words[0], 20000), "page and metrics are up to date again\n"));
	assert_false(parcel_again(ends[0]));
	hand_over(ends[0], &good);
	close(ends[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_string_equal(said(words[0], 0), ""); /* nothing more was said, to its end */
	close(words[0]);
	strbuf_free(&good);
	strbuf_free(&bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_there), cmocka_unit_test(test_lost), cmocka_unit_test(test_few_wait),
	                                   cmocka_unit_test(test_no_state)};

	return cmocka_run_group_tests_name("parcel", tests, NULL, NULL);
}
