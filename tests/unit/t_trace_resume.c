/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of --resume: what comes back, what a killed run leaves, what is refused. */
#include "probe/trace/trace_resume.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char path[] = "/tmp/erprobe-resume.XXXXXX";
static char err[512];

static struct ip_addr address(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(text, &a));
	return a;
}

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

static struct trace_resume *reopen(void)
{
	return trace_resume_open(path, "icmp 0 30", err, sizeof err);
}

static bool has(const struct trace_resume *r, const char *text, bool reached)
{
	struct ip_addr a = address(text);
	bool was = !reached;

	return trace_resume_has(r, &a, &was) && was == reached;
}

/* To an output that is no file. */
static void note(struct trace_resume *r, const struct ip_addr *a, bool reached)
{
	int out[2];

	assert_int_equal(pipe(out), 0);
	assert_true(trace_resume_begin(r, out[1], 100));
	trace_resume_add(r, a, reached);
	assert_true(trace_resume_end(r));
	close(out[0]);
	close(out[1]);
}

static void what_was_noted_comes_back(void **state)
{
	struct ip_addr four = address("10.1.2.3"), six = address("2001:db8::1");
	bool reached;

	(void)state;
	put("");
	struct trace_resume *r = reopen();
	assert_non_null(r);
	assert_false(trace_resume_has(r, &four, &reached));
	note(r, &six, false);
	note(r, &four, true);
	assert_null(reopen()); /* in use */
	assert_non_null(strstr(err, "in use"));
	trace_resume_close(r);
	r = reopen();
	assert_non_null(r);
	assert_true(has(r, "10.1.2.3", true) && has(r, "2001:db8::1", false));
	assert_false(has(r, "10.1.2.4", true));
	trace_resume_close(r);
}

static void half_a_line_is_cut_off(void **state)
{
	struct ip_addr next = address("10.0.0.9");

	(void)state;
	put("erprobe.trace.resume/1 icmp 0 30\n10.0.0.1 1\n10.0.0.2");
	struct trace_resume *r = reopen();
	assert_non_null(r);
	assert_true(has(r, "10.0.0.1", true) && !has(r, "10.0.0.2", true) && !has(r, "10.0.0.2", false));
	note(r, &next, true);
	trace_resume_close(r);
	r = reopen();
	assert_non_null(r);
	assert_true(has(r, "10.0.0.9", true));
	trace_resume_close(r);
}

static void expect_output(const char *file, const char *text)
{
	char have[64] = "";
	FILE *f = fopen(file, "r");

	assert_non_null(f);
	size_t n = fread(have, 1, sizeof have - 1, f);

	have[n] = '\0';
	(void)fclose(f);
	assert_string_equal(have, text);
}

/* Killed after it wrote, and before it noted: from the same file that is taken back, and from no other. */
static void what_was_not_noted_is_taken_back(void **state)
{
	struct ip_addr first = address("10.0.0.1"), second = address("10.0.0.2");
	char file[] = "/tmp/erprobe-output.XXXXXX", other[] = "/tmp/erprobe-output.XXXXXX";
	int out = mkstemp(file), elsewhere = mkstemp(other);

	(void)state;
	assert_true(out >= 0 && elsewhere >= 0 && write(elsewhere, "a longer text\n", 14) == 14);
	for (int which = 0; which < 3; which++) {
		bool same = which == 1, grown = which == 2; /* somebody else wrote more behind it */

		put("");
		assert_true(ftruncate(out, 0) == 0 && lseek(out, 0, SEEK_SET) == 0);
		struct trace_resume *r = reopen();
		assert_true(trace_resume_settle(r, out) && trace_resume_begin(r, out, 6) && write(out, "first\n", 6) == 6);
		trace_resume_add(r, &first, true);
		assert_true(trace_resume_end(r) && trace_resume_begin(r, out, 13) && write(out, "second\nthi", 10) == 10);
		trace_resume_add(r, &second, true);
		trace_resume_close(r);
		r = reopen();
		assert_non_null(r);
		assert_true(has(r, "10.0.0.1", true) && !has(r, "10.0.0.2", true));
		assert_true(!grown || write(out, "of others\n", 10) == 10);
		assert_true(trace_resume_settle(r, same || grown ? out : elsewhere));
		expect_output(file, same ? "first\n" : grown ? "first\nsecond\nthiof others\n" : "first\nsecond\nthi");
		expect_output(other, "a longer text\n");
		note(r, &second, false);
		trace_resume_close(r);
		r = reopen();
		assert_non_null(r);
		assert_true(has(r, "10.0.0.1", true) && has(r, "10.0.0.2", false));
		trace_resume_close(r);
	}
	close(out);
	close(elsewhere);
	unlink(file);
	unlink(other);
}

/* The head of a table leaves before the first trace has ended: an interruption between them does not bring it twice. */
static void a_head_leaves_once(void **state)
{
	char file[] = "/tmp/erprobe-output.XXXXXX";
	int out = mkstemp(file);

	(void)state;
	assert_true(out >= 0);
	put("");
	struct trace_resume *r = reopen();
	assert_non_null(r);
	assert_false(trace_resume_begun(r));
	assert_true(trace_resume_begin(r, out, 5) && write(out, "head\n", 5) == 5);
	trace_resume_close(r);
	/* Killed before it was noted: taken back, and written anew. */
	r = reopen();
	assert_true(trace_resume_settle(r, out) && !trace_resume_begun(r));
	expect_output(file, "");
	assert_true(trace_resume_begin(r, out, 5) && write(out, "head\n", 5) == 5 && trace_resume_end(r));
	trace_resume_close(r);
	r = reopen();
	assert_true(trace_resume_settle(r, out) && trace_resume_begun(r));
	expect_output(file, "head\n");
	trace_resume_close(r);
	/* As builds noted it that wrote no head by itself. */
	put("erprobe.trace.resume/1 icmp 0 30\n10.0.0.1 1\n");
	r = reopen();
	assert_true(trace_resume_begun(r));
	trace_resume_close(r);
	close(out);
	unlink(file);
}

static void refused(void **state)
{
	static const struct { const char *text, *says; } rows[] = {
		{"erprobe.trace.resume/1 tcp 80 30\n", "other traces"},
		{"erprobe.trace.resume/1 icmp 0 300\n", "other traces"},
		{"10.0.0.1\n", "other traces"},
		{"erprobe.trace.resume/1 icmp 0 30\n10.0.0.1 1\nrubbish\n", ":3:"},
		{"erprobe.trace.resume/1 icmp 0 30\n10.0.0.1 2\n", ":2:"},
		{"erprobe.trace.resume/1 icmp 0 30\n\n", ":2:"},
		{"erprobe.trace.resume/1 icmp 0 30\n@ 1 2 3\n", ":2:"},
		{"erprobe.trace.resume/1 icmp 0 30\n@ 1 2 3 4 5\n", ":2:"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		put(rows[i].text);
		assert_null(reopen());
		assert_non_null(strstr(err, rows[i].says));
	}
	FILE *f = fopen(path, "w");
	assert_true(f && fwrite("erprobe.trace.resume/1 icmp 0 30\n\0\n", 1, 35, f) == 35 && fclose(f) == 0);
	assert_null(reopen());
	assert_non_null(strstr(err, ": it is no text"));
	assert_null(trace_resume_open("/dev/null", "icmp 0 30", err, sizeof err));
	assert_null(trace_resume_open("/nonexistent/x", "icmp 0 30", err, sizeof err));
	assert_non_null(strstr(err, "/nonexistent/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_noted_comes_back),
		cmocka_unit_test(half_a_line_is_cut_off),
		cmocka_unit_test(what_was_not_noted_is_taken_back),
		cmocka_unit_test(a_head_leaves_once),
		cmocka_unit_test(refused),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests_name("trace_resume", tests, NULL, NULL);
	unlink(path);
	return failed;
}
