/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of --resume: what comes back, what a killed run leaves, what is refused. */
#include "probe/run/trace_resume.h"

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

static void what_was_noted_comes_back(void **state)
{
	struct ip_addr four = address("10.1.2.3"), six = address("2001:db8::1");
	bool reached;

	(void)state;
	put("");
	struct trace_resume *r = reopen();
	assert_non_null(r);
	assert_false(trace_resume_has(r, &four, &reached));
	assert_true(trace_resume_note(r, &six, false) && trace_resume_note(r, &four, true));
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
	assert_true(trace_resume_note(r, &next, true));
	trace_resume_close(r);
	r = reopen();
	assert_non_null(r);
	assert_true(has(r, "10.0.0.9", true));
	trace_resume_close(r);
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
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		put(rows[i].text);
		assert_null(reopen());
		assert_non_null(strstr(err, rows[i].says));
	}
	assert_null(trace_resume_open("/dev/null", "icmp 0 30", err, sizeof err));
	assert_null(trace_resume_open("/nonexistent/x", "icmp 0 30", err, sizeof err));
	assert_non_null(strstr(err, "/nonexistent/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_noted_comes_back),
		cmocka_unit_test(half_a_line_is_cut_off),
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
