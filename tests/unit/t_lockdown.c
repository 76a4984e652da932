/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process that holds a token has given up: told by itself, and shown by a crash. */
#define _GNU_SOURCE
#include "probe/secret/lockdown.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct told {
	bool locked, other_open, has_environment, wants_proxy;
	int dumpable, no_new_privs, death_signal;
	struct rlimit core;
};

static void tell(int fd, int other, pid_t parent)
{
	struct told t = {.locked = lockdown(fd, parent)};
	t.dumpable = prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L);
	t.no_new_privs = prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L);
	prctl(PR_GET_PDEATHSIG, &t.death_signal);
	getrlimit(RLIMIT_CORE, &t.core);
	t.other_open = fcntl(other, F_GETFD) >= 0;
	t.has_environment = getenv("SSLKEYLOGFILE") != NULL || getenv("LD_PRELOAD") != NULL || getenv("AZURE_CLIENT_SECRET") != NULL;
	t.wants_proxy = getenv("https_proxy") != NULL;
	_exit(write(fd, &t, sizeof t) == (ssize_t)sizeof t ? 0 : 1);
}

static struct told ask(pid_t parent)
{
	struct told t = {.locked = false};
	int ends[2], other = open("/dev/null", O_RDONLY);
	assert_true(other >= 0 && pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0)
		tell(ends[1], other, parent);
	close(ends[1]);
	assert_int_equal(read(ends[0], &t, sizeof t), sizeof t);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(ends[0]);
	close(other);
	return t;
}

static void what_it_gives_up(void **state)
{
	(void)state;
	setenv("SSLKEYLOGFILE", "/nonexistent/keys", 1);
	setenv("AZURE_CLIENT_SECRET", "a secret that is none of ours", 1);
	setenv("https_proxy", "http://127.0.0.1:9", 1);
	struct told t = ask(getpid());
	assert_true(t.locked && t.wants_proxy);
	assert_false(t.has_environment || t.other_open);
	assert_int_equal(t.dumpable, 0);
	assert_int_equal(t.no_new_privs, 1);
	assert_int_equal(t.death_signal, SIGKILL);
	assert_true(t.core.rlim_cur == 0 && t.core.rlim_max == 0);
}

/* What every holder of a secret has, also one that keeps its descriptors and environment. */
static void no_dump(void **state)
{
	struct rlimit core;
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(lockdown_no_dump() && prctl(PR_GET_DUMPABLE, 0L, 0L, 0L, 0L) == 0 && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The parent died before its death could be noticed. */
static void an_orphan(void **state)
{
	(void)state;
	assert_false(ask(getpid() + 1).locked);
}

/* --- crashes --- */

/* Dies of SIGABRT, as large a core file being allowed as can be. */
static bool dumps_core(bool locked)
{
	struct rlimit most;
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		getrlimit(RLIMIT_CORE, &most);
		most.rlim_cur = most.rlim_max;
		setrlimit(RLIMIT_CORE, &most);
		if (locked && !lockdown(STDERR_FILENO, parent))
			_exit(1);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	int status = 0;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	return WCOREDUMP(status);
}

static size_t clear(const char *folder)
{
	DIR *d = opendir(folder);
	size_t count = 0;
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		count++;
		unlinkat(dirfd(d), e->d_name, 0);
	}
	closedir(d);
	return count;
}

static void no_core_file(void **state)
{
	char folder[] = "/tmp/erprobe-core.XXXXXX", before[4096];

	(void)state;
	assert_non_null(getcwd(before, sizeof before));
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	bool open = dumps_core(false);
	clear(folder);
	bool locked = dumps_core(true);
	size_t left = clear(folder);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(rmdir(folder), 0);
	if (!open)
		print_message("this machine writes no core files: nothing to compare with\n");
	assert_false(locked);
	assert_int_equal(left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_it_gives_up),
	    cmocka_unit_test(an_orphan),
	    cmocka_unit_test(no_core_file),
	    cmocka_unit_test(no_dump),
	};

	return cmocka_run_group_tests_name("lockdown", tests, NULL, NULL);
}
