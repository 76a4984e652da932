/* SPDX-License-Identifier: BSD-2-Clause */
/* A program of the user's, with a fixed argument list and no shell: facts come by
 * environment (ERPROBE_…) and as erprobe.event/1 on standard input. */
#define _GNU_SOURCE /* close_range */
#include "probe/notify/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOT_STARTED 127
#define LOOK_NS 20000000L

/* The document as a file without a name: the command may read it or not. */
static int document(const struct notice *n)
{
	struct strbuf body;
	int fd = memfd_create("event", MFD_CLOEXEC);
	bool ok = false;

	strbuf_init(&body, STRBUF_MAX_DEFAULT);
	notice_body(NOTICE_JSON, n, NULL, &body);
	if (fd >= 0 && strbuf_ok(&body) && body.text)
		ok = write(fd, body.text, body.len) == (ssize_t)body.len && lseek(fd, 0, SEEK_SET) == 0;
	strbuf_free(&body);
	if (!ok && fd >= 0)
		close(fd);
	return ok ? fd : -1;
}

static void set_facts(const struct notice *n)
{
	char variable[64], value[NOTICE_TITLE_MAX];
	const char *name;

	for (size_t i = 0; notice_fact(n, i, &name, value, sizeof value); i++) {
		snprintf(variable, sizeof variable, "ERPROBE_%s", name);
		setenv(variable, value, 1);
	}
}

static void become(const struct notify_channel *c, int in)
{
	char *argv[NOTIFY_LIST_MAX + 1] = {NULL};
	struct text_list list = c->command;
	int null = open("/dev/null", O_RDWR);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, (long)SIGTERM, 0L, 0L, 0L);
	for (size_t i = 0; i < list.count; i++)
		argv[i] = list.text[i];
	if (!argv[0] || null < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(NOT_STARTED);
	close_range(3, ~0U, 0);
	execv(argv[0], argv);
	_exit(NOT_STARTED);
}

/* Waits, then kills it with all that it started. False when it did not end in time. */
static bool wait_for(pid_t pid, int *status)
{
	const struct timespec look = {0, LOOK_NS};

	for (long looks = (long)DELIVER_TIMEOUT_S * (1000000000L / LOOK_NS); looks > 0; looks--) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		nanosleep(&look, NULL);
	}
	kill(-pid, SIGKILL);
	waitpid(pid, status, 0);
	return false;
}

void deliver_command(const struct notify_channel *c, const struct notice *n, struct deliver_result *r)
{
	int in = document(n), status = 0;
	pid_t pid;

	if (in < 0) {
		deliver_fail(r, DELIVER_LATER, "the command's input cannot be made: %s", strerror(errno));
		return;
	}
	set_facts(n);
	pid = fork();
	if (pid == 0)
		become(c, in);
	close(in);
	if (pid < 0)
		deliver_fail(r, DELIVER_LATER, "no process for the command: %s", strerror(errno));
	else if (!wait_for(pid, &status))
		deliver_fail(r, DELIVER_LATER, "the command %s did not end within %d s", c->command.text[0], (int)DELIVER_TIMEOUT_S);
	else if (WIFSIGNALED(status))
		deliver_fail(r, DELIVER_LATER, "the command %s was killed by signal %d", c->command.text[0], WTERMSIG(status));
	else if (WEXITSTATUS(status) == NOT_STARTED)
		deliver_fail(r, DELIVER_LATER, "the command %s cannot be started", c->command.text[0]);
	else if (WEXITSTATUS(status) != 0)
		deliver_fail(r, DELIVER_LATER, "the command %s ended with exit code %d", c->command.text[0], WEXITSTATUS(status));
}
