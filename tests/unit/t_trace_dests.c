/* SPDX-License-Identifier: BSD-2-Clause */
/* Destinations as they are written: what is taken, and what is named and left out. */
#include "probe/trace/trace_dests.h"

#include "erprobe/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_NS (60 * NS_PER_SEC)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct fixture { struct progress progress; struct trace_dests dests; FILE *said; int saved; };

/* Standard error goes to a file, to be read back. */
static void begin(struct fixture *f, uint8_t family)
{
	memset(f, 0, sizeof *f);
	f->said = tmpfile();
	assert_non_null(f->said);
	fflush(stderr);
	f->saved = dup(STDERR_FILENO);
	assert_true(dup2(fileno(f->said), STDERR_FILENO) >= 0);
	f->progress = progress_make("erprobe trace", false);
	trace_dests_init(&f->dests, family, family == IP_V4 ? "-4 asks" : "-6 asks", &f->progress);
}

static void end(struct fixture *f, char *said, size_t size)
{
	fflush(stderr);
	assert_true(dup2(f->saved, STDERR_FILENO) >= 0);
	close(f->saved);
	rewind(f->said);
	size_t n = fread(said, 1, size - 1, f->said);
	said[n] = '\0';
	fclose(f->said);
	trace_dests_free(&f->dests);
}

static void words(void **state)
{
	static const struct { const char *word; uint8_t family; size_t count; const char *said; } rows[] = {
		{"10.1.2.3", 0, 1, ""},
		{"2001:db8::1", 0, 1, ""},
		{"10.1.2.3/32", 0, 1, ""},
		{"10.1.2.0/31", 0, 2, ""},
		{"10.1.2.0/30", 0, 2, ""},
		{"10.1.2.0/24", 0, 254, ""},
		{"2001:db8::/124", 0, 16, ""},
		{"10.0.0.0/8", 0, 0, "holds more addresses"},
		{"2001:db8::/64", 0, 0, "holds more addresses"},
		{"10.1.2.3/24", 0, 0, "is no prefix"},
		{"10.1.2.3/", 0, 0, "is no prefix"},
		{"224.0.0.5", 0, 0, "multicast"},
		{"ff02::1", 0, 0, "multicast"},
		{"255.255.255.255", 0, 0, "broadcast"},
		{"0.0.0.0", 0, 0, "unspecified"},
		{"0.0.0.0/32", 0, 0, "unspecified"},
		{"0.0.0.1", 0, 0, "is of 0.0.0.0/8, \"this network\""},
		{"0.0.0.0/30", 0, 0, "this network"},
		{"0.0.0.0/31", 0, 0, "unspecified"},
		{"0.255.255.252/30", 0, 0, "this network"},
		{"1.0.0.0/30", 0, 2, ""},
		{"fe80::1", 0, 0, "link-local"},
		{"fe80::1%eth0", 0, 0, "has a zone index: a link-local address has no path"},
		{"fe80::1%2/64", 0, 0, "has a zone index"},
		{"app%eth0", 0, 0, "is no address, prefix or name"},
		{"10.1.2", 0, 0, "is no address"},
		{"10.1.2.256", 0, 0, "is no address"},
		{"-x", 0, 0, "is no address"},
		{"", 0, 0, "is no address"},
		{"a b", 0, 0, "is no address"},
		{"exa\033mple", 0, 0, "is no address"},
		{"10.1.2.3", IP_V6, 0, "is not IPv6"},
		{"2001:db8::1", IP_V4, 0, "is not IPv4, as -4 asks"},
		{"::ffff:10.1.2.3", 0, 0, "is an IPv4 address written as IPv6"},
		{"::ffff:10.1.2.0/126", 0, 0, "is an IPv4 address written as IPv6"},
		/* Names as resolvers take them, for which no server is asked. */
		{"0x0a010203", 0, 1, ""},
		{"0x0a010203", IP_V6, 0, "'0x0a010203': "},
		{"0xe0000001", 0, 0, "multicast"},
		{"0x00000007", 0, 0, "this network"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char said[4096];
		begin(&f, rows[i].family);
		bool ok = trace_dests_add(&f.dests, rows[i].word) && trace_dests_resolve(&f.dests, LONG_NS);
		size_t count = f.dests.count, bad = f.dests.bad;
		end(&f, said, sizeof said);
		assert_true(ok);
		assert_int_equal(count, rows[i].count);
		assert_int_equal(bad, rows[i].count == 0);
		if (rows[i].said[0] != '\0')
			assert_non_null(strstr(said, rows[i].said));
		else
			assert_string_equal(said, "");
		assert_null(strchr(said, '\033'));
	}
}

static void a_file_goes_on_after_bad_lines(void **state)
{
	static const char text[] = "# a comment\n10.0.0.1\n\n  10.0.0.2 # two\r\nrub bish\n10.0.0.1\n999.1.1.1\n"
	                           "10.0.0.0/31\n";
	char path[] = "/tmp/t_trace_dests.XXXXXX", said[4096], longer[700];
	struct fixture f;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\n';
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	assert_int_equal(write(fd, longer, sizeof longer), sizeof longer);
	assert_int_equal(write(fd, "10.0.0.9\0\n10.0.0.3", 18), 18);
	close(fd);
	begin(&f, 0);
	bool ok = trace_dests_read(&f.dests, path) && trace_dests_unique(&f.dests);
	size_t count = f.dests.count, bad = f.dests.bad;
	char first[IP_TEXT_MAX], last[IP_TEXT_MAX];
	snprintf(first, sizeof first, "%s", trace_dest_text(&f.dests.list[0], first));
	ip_addr_text(&f.dests.list[count - 1].addr, last);
	end(&f, said, sizeof said);
	unlink(path);
	assert_true(ok);
	assert_int_equal(count, 4);
	assert_int_equal(bad, 4);
	assert_string_equal(first, "10.0.0.1");
	assert_string_equal(last, "10.0.0.3");
	assert_non_null(strstr(said, ":5: 'rub bish': expected one destination a line"));
	assert_non_null(strstr(said, ":7: '999.1.1.1': is no address"));
	assert_non_null(strstr(said, ":9: 'xxx"));
	assert_non_null(strstr(said, ":10: "));
	assert_non_null(strstr(said, "2 destinations are named more than once"));
}

/* A file of this text, read and its names looked up. */
static bool read_text(struct fixture *f, const char *text, size_t len)
{
	char path[] = "/tmp/t_trace_dests.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	bool ok = trace_dests_read(&f->dests, path) && trace_dests_resolve(&f->dests, LONG_NS);
	unlink(path);
	return ok;
}

static void names_keep_their_place_and_line(void **state)
{
	static const char text[] = "10.0.0.1\n0x0a000002\n10.0.0.3\n0xffffffff\n0x0a000004\n";
	struct fixture f;
	char said[1024], last[IP_TEXT_MAX];

	(void)state;
	begin(&f, 0);
	bool ok = read_text(&f, text, sizeof text - 1);
	size_t count = f.dests.count, bad = f.dests.bad;
	for (size_t i = 0; i < count; i++)
		assert_int_equal(f.dests.list[i].addr.bytes[3], i + 1);
	snprintf(last, sizeof last, "%s", trace_dest_text(&f.dests.list[count - 1], last));
	end(&f, said, sizeof said);
	assert_true(ok);
	assert_int_equal(count, 4);
	assert_int_equal(bad, 1);
	assert_string_equal(last, "0x0a000004");
	assert_non_null(strstr(said, ":4: '0xffffffff': is the broadcast address"));
}

static void what_is_beyond_is_said_once(void **state)
{
	struct fixture f;
	char said[4096];

	(void)state;
	begin(&f, 0);
	bool ok = trace_dests_add(&f.dests, "2001:db8::/113") && trace_dests_add(&f.dests, "2001:db8:1::/114") &&
	          trace_dests_add(&f.dests, "2001:db8:2::/115");
	for (size_t i = 0; i < 4000 && ok; i++)
		ok = trace_dests_add(&f.dests, i % 2 ? "10.1.2.3" : "host.example");
	ok = ok && trace_dests_resolve(&f.dests, 1);
	size_t beyond = f.dests.beyond, bad = f.dests.bad;
	end(&f, said, sizeof said);
	assert_true(ok);
	assert_int_equal(32768 + 16384 + 8192 + 4000 - TRACE_DESTS_MAX, beyond);
	assert_in_range(bad, beyond, beyond + 2000); /* names that nobody looked up */
	assert_non_null(strstr(said, "more than 60000 destinations"));
	assert_null(strstr(strstr(said, "more than 60000 destinations") + 1, "more than 60000"));
}

/* A list of another kind, such as a log, is thousands of bad lines. */
static void of_many_bad_lines_the_first_are_named(void **state)
{
	enum { MANY = 250 };
	static const struct { bool all; size_t named; const char *rest; } rows[] = {
		{false, TRACE_DESTS_NAMED, "erprobe trace: 150 more are left out: -v names each\n"},
		{true, MANY, NULL},
	};
	char path[] = "/tmp/t_trace_dests.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	for (int i = 0; i < MANY; i++)
		dprintf(fd, "rub bish\n");
	dprintf(fd, "10.0.0.1\n");
	close(fd);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct trace_run_options o = {.file = path, .verbose = rows[i].all};
		char said[64 * 1024];
		size_t named = 0;
		struct fixture f;
		begin(&f, IP_NONE);
		bool ok = trace_dests_take(&f.dests, &o, LONG_NS, &f.progress);
		size_t count = f.dests.count, bad = f.dests.bad;
		trace_dests_say_unnamed(&f.dests);
		end(&f, said, sizeof said);
		for (const char *c = said; (c = strstr(c, ": 'rub bish': ")) != NULL; c++)
			named++;
		assert_true(ok);
		assert_int_equal(count, 1);
		assert_int_equal(bad, MANY);
		assert_int_equal(named, rows[i].named);
		assert_non_null(strstr(said, ":100: 'rub bish'"));
		const char *more = strstr(said, " more ");
		assert_true(rows[i].rest ? more && strstr(said, rows[i].rest) && !strstr(more + 1, " more ") : !more);
	}
	unlink(path);
}

static void texts_from_windows(void **state)
{
	static const struct { const char *text; size_t len, count; const char *said; } rows[] = {
		{"\xef\xbb\xbf" "10.0.0.1\r\n10.0.0.2\r\n", 23, 2, ""},
		{"\xef\xbb" "10.0.0.1\n10.0.0.2\n", 20, 1, ":1: "},
		{"\xef", 1, 0, ":1: "},
		{"\xff\xfe" "1\0.\0", 6, 0, "is text in UTF-16: convert it first"},
		{"\xfe\xff\0" "1\0.", 6, 0, "is text in UTF-16: convert it first"},
		{"", 0, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char said[1024];
		begin(&f, 0);
		(void)read_text(&f, rows[i].text, rows[i].len);
		size_t count = f.dests.count;
		end(&f, said, sizeof said);
		assert_int_equal(count, rows[i].count);
		if (rows[i].said[0] != '\0')
			assert_non_null(strstr(said, rows[i].said));
		else
			assert_string_equal(said, "");
	}
}

static void a_missing_file_is_said(void **state)
{
	struct fixture f;
	char said[1024];

	(void)state;
	begin(&f, 0);
	bool ok = trace_dests_read(&f.dests, "/nonexistent/list");
	end(&f, said, sizeof said);
	assert_false(ok);
	assert_string_equal(said, "erprobe trace: cannot open /nonexistent/list: No such file or directory\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(a_file_goes_on_after_bad_lines),
		cmocka_unit_test(names_keep_their_place_and_line),
		cmocka_unit_test(what_is_beyond_is_said_once),
		cmocka_unit_test(of_many_bad_lines_the_first_are_named),
		cmocka_unit_test(texts_from_windows),
		cmocka_unit_test(a_missing_file_is_said),
	};

	return cmocka_run_group_tests_name("trace_dests", tests, NULL, NULL);
}
