/* SPDX-License-Identifier: BSD-2-Clause */
/* One SYN a second to a BGP port among all runs of a host. */
#include "probe/run/syn_turns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[64], folder[80], path[128];

static int make_home(void **state)
{
	(void)state;
	snprintf(home, sizeof home, "/tmp/t_syn_turns.XXXXXX");
	if (!mkdtemp(home))
		return 1;
	snprintf(folder, sizeof folder, "%s/erprobe", home);
	snprintf(path, sizeof path, "%s/bgp-syn-turns", folder);
	return 0;
}

static int remove_home(void **state)
{
	(void)state;
	unlink(path);
	rmdir(folder);
	unlink(folder);
	return rmdir(home);
}

static struct syn_turns *opened(void)
{
	char err[512] = "";
	struct syn_turns *t = syn_turns_open(NULL, folder, err, sizeof err);

	assert_string_equal(err, "");
	assert_non_null(t);
	return t;
}

static struct ip_addr addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(text, &a));
	return a;
}

static struct mono_ns at(int64_t ms)
{
	return (struct mono_ns){(1000000 + ms) * NS_PER_MS};
}

static void runs_take_turns(void **state)
{
	struct syn_turns *one = opened(), *two = opened(), *three = opened();
	struct ip_addr a = addr("172.16.3.2"), b = addr("fd00:3::2");

	(void)state;
	assert_int_equal(syn_turns_take(one, &a, at(0)), 0);
	assert_int_equal(syn_turns_take(one, &b, at(10)), 0);              /* another port */
	assert_int_equal(syn_turns_take(two, &a, at(200)), SYN_TURN_NS - 200 * NS_PER_MS);
	assert_int_equal(syn_turns_take(three, &a, at(1050)), -1);         /* behind the one that waits */
	assert_int_equal(syn_turns_take(three, &a, at(1150)), SYN_TURN_NS - 50 * NS_PER_MS);
	assert_int_equal(syn_turns_take(one, &a, at(3300)), 0);
	assert_int_equal(syn_turns_take(one, &b, at(3300)), 0);
	syn_turns_close(one);
	/* Also of a run that has ended. */
	assert_int_equal(syn_turns_take(two, &a, at(3400)), SYN_TURN_NS - 100 * NS_PER_MS);
	assert_int_equal(syn_turns_take(NULL, &a, at(3400)), 0);
	syn_turns_close(two);
	syn_turns_close(three);
}

static void rubbish_and_restarts_hold_nobody(void **state)
{
	struct syn_turns *t = opened();
	struct ip_addr a = addr("172.16.3.2");
	struct stat s;

	(void)state;
	assert_int_equal(syn_turns_take(t, &a, at(1000000000)), 0);
	assert_int_equal(syn_turns_take(t, &a, at(5)), 0); /* the clock began anew */
	assert_int_equal(syn_turns_take(t, &a, at(6)), SYN_TURN_NS - NS_PER_MS);
	int fd = open(path, O_WRONLY | O_TRUNC);
	for (int i = 0; i < 4000; i++)
		assert_int_equal(write(fd, "\xff\x04\x80\x7f\0rubbish", 12), 12);
	close(fd);
	assert_int_equal(syn_turns_take(t, &a, at(7)), 0);
	/* What somebody filled the disk with is given back. */
	assert_int_equal(stat(path, &s), 0);
	assert_in_range(s.st_size, 1, SYN_TURNS * 64);
	assert_int_equal(truncate(path, 3), 0);
	assert_int_equal(syn_turns_take(t, &a, at(8)), 0);
	assert_int_equal(syn_turns_take(t, &a, at(9)), SYN_TURN_NS - NS_PER_MS);
	/* Bounded, however many there are. */
	for (unsigned i = 0; i < 5 * SYN_TURNS; i++) {
		struct ip_addr many = ip_addr_from(IP_V4, (uint8_t[]){10, 0, (uint8_t)(i >> 8), (uint8_t)i});
		assert_int_equal(syn_turns_take(t, &many, at(10 + (int64_t)i)), 0);
	}
	assert_int_equal(stat(path, &s), 0);
	assert_in_range(s.st_size, 1, SYN_TURNS * 64);
	syn_turns_close(t);
}

static void a_stopped_run_stops_nobody(void **state)
{
	struct syn_turns *t = opened();
	struct ip_addr a = addr("172.16.3.2");
	int fd = open(path, O_RDONLY);

	(void)state;
	assert_int_equal(syn_turns_take(t, &a, at(0)), 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(syn_turns_take(t, &a, at(100)), 0);
	close(fd);
	assert_true(syn_turns_take(t, &a, at(200)) > 0);
	syn_turns_close(t);
}

static struct syn_turns *shared_in(const char *shared)
{
	char err[512] = "";

	return syn_turns_open(shared, folder, err, sizeof err);
}

/* Is a turn noted in this file, which is emptied before? */
static bool goes_by(const char *file, struct syn_turns *t)
{
	static int64_t ms;
	struct ip_addr a = addr("10.0.0.1");
	struct stat s;

	assert_non_null(t);
	if (lstat(file, &s) == 0 && S_ISREG(s.st_mode))
		assert_int_equal(truncate(file, 0), 0);
	assert_int_equal(syn_turns_take(t, &a, at(ms += 10000)), 0);
	syn_turns_close(t);
	return stat(file, &s) == 0 && s.st_size > 0;
}

static void accounts_share_a_file_that_none_can_squat(void **state)
{
	char shared[96], file[128], other[128];
	struct stat s;

	(void)state;
	snprintf(shared, sizeof shared, "%s/shared", home);
	snprintf(file, sizeof file, "%s/syn-turns", shared);
	snprintf(other, sizeof other, "%s/other", home);
	umask(077);
	assert_true(goes_by(file, shared_in(shared)));
	umask(022);
	assert_int_equal(stat(file, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0666);
	assert_int_equal(stat(shared, &s), 0);
	assert_int_equal(s.st_mode & 07777, 0755);
	assert_int_equal(access(path, F_OK), -1); /* nothing of the account's own beside it */
	/* A folder that others may write to, a link, a pipe and a second name in the file's place: not believed. */
	assert_int_equal(chmod(shared, 01777), 0);
	assert_false(goes_by(file, shared_in(shared)));
	assert_true(goes_by(path, shared_in(shared)));
	assert_int_equal(chmod(shared, 0755), 0);
	assert_int_equal(link(file, other), 0);
	assert_false(goes_by(file, shared_in(shared)));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink(other, file), 0);
	assert_false(goes_by(other, shared_in(shared)));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0666), 0);
	assert_false(goes_by(file, shared_in(shared)));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(shared), 0);
	assert_int_equal(symlink(home, shared), 0);
	assert_true(goes_by(path, shared_in(shared)));
	unlink(shared);
	unlink(other);
	/* Nor can one be made. */
	snprintf(shared, sizeof shared, "%s/not/there", home);
	assert_true(goes_by(path, shared_in(shared)));
}

static void without_a_file_it_is_said(void **state)
{
	char err[512] = "";

	(void)state;
	int fd = open(folder, O_WRONLY | O_CREAT, 0600); /* in the folder's place */
	close(fd);
	assert_null(syn_turns_open(NULL, folder, err, sizeof err));
	assert_non_null(strstr(err, folder));
	assert_null(strchr(err, '\n'));
	unlink(folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(symlink("/dev/null", path), 0);
	err[0] = '\0';
	assert_null(syn_turns_open(NULL, folder, err, sizeof err));
	assert_non_null(strstr(err, "bgp-syn-turns"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(runs_take_turns, make_home, remove_home),
		cmocka_unit_test_setup_teardown(rubbish_and_restarts_hold_nobody, make_home, remove_home),
		cmocka_unit_test_setup_teardown(a_stopped_run_stops_nobody, make_home, remove_home),
		cmocka_unit_test_setup_teardown(accounts_share_a_file_that_none_can_squat, make_home, remove_home),
		cmocka_unit_test_setup_teardown(without_a_file_it_is_said, make_home, remove_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
