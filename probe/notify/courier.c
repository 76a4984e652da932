/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* pipe2 */
#include "probe/notify/courier.h"

#include "analysis/value/strbuf.h"
#include "probe/secret/lockdown.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* The receiver's time, the name look-up's, and that of a busy host. */
#define KILL_NS seconds_ns(DELIVER_TIMEOUT_S + 15)

/* Signals as after exec, and no longer life than the service's. */
static bool plain_process(pid_t parent)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		signal(s, SIG_DFL); /* fails for SIGKILL and SIGSTOP, which have no handler */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
	return getppid() == parent;
}

/* A command of the user's keeps the service's rights and environment: it may restart
 * things. All others need none. Does not come back. */
static void work(int fd, pid_t parent, const struct notify_channel *channel, const struct notice *n)
{
	struct deliver_result r;

	if (channel->kind == NOTIFY_COMMAND ? !plain_process(parent) : !lockdown(fd, parent))
		_exit(1);
	deliver(channel, n, &r);
	_exit(write(fd, &r, sizeof r) == (ssize_t)sizeof r ? 0 : 1);
}

bool courier_start(struct courier *c, const struct notify_channel *channel, const struct notice *n, struct mono_ns now, char *err,
                   size_t err_size)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0) {
		text_format(err, err_size, "no pipe for a message: %s", strerror(errno));
		return false;
	}
	c->pid = fork();
	if (c->pid == 0)
		work(ends[1], parent, channel, n);
	close(ends[1]);
	if (c->pid < 0) {
		text_format(err, err_size, "no process for a message: %s", strerror(errno));
		close(ends[0]);
		c->pid = 0;
		return false;
	}
	c->fd = ends[0];
	c->kill_at = mono_add(now, KILL_NS);
	return true;
}

bool courier_ended(struct courier *c, struct mono_ns now, struct deliver_result *r)
{
	int status = 0;

	if (c->pid == 0)
		return false;
	if (mono_since(now, c->kill_at) >= 0)
		kill(c->pid, SIGKILL);
	if (waitpid(c->pid, &status, WNOHANG) != c->pid)
		return false;
	c->pid = 0;
	memset(r, 0, sizeof *r);
	if (read(c->fd, r, sizeof *r) != (ssize_t)sizeof *r) {
		r->retry_after_s = -1;
		if (WIFSIGNALED(status))
			deliver_fail(r, DELIVER_LATER, "its process was killed by signal %d", WTERMSIG(status));
		else
			deliver_fail(r, DELIVER_LATER, "its process ended with exit code %d", WEXITSTATUS(status));
	}
	close(c->fd);
	return true;
}

void courier_kill(struct courier *c)
{
	if (c->pid == 0)
		return;
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	close(c->fd);
	c->pid = 0;
}
