/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_workers.h"

#include "analysis/value/strbuf.h"
#include "probe/sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void serve(int fd, pid_t parent, struct trace_work_sizes sizes, trace_work work)
{
	_Alignas(max_align_t) char question[TRACE_WORK_BYTES], answer[TRACE_WORK_BYTES];
	char err[256];

	/* The terminal's interrupt, and its end, are erprobe's to answer; and nobody outlives it. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It reads what name servers write. */
	if (!sandbox_clear_capabilities(err, sizeof err))
		_exit(1);
	while (getppid() == parent && recv(fd, question, sizes.question, 0) == (ssize_t)sizes.question) {
		memset(answer, 0, sizeof answer);
		work(question, answer);
		if (send(fd, answer, sizes.answer, MSG_NOSIGNAL) != (ssize_t)sizes.answer)
			break;
	}
	_exit(0);
}

static bool start_all(struct trace_workers *w, const int pair[2], unsigned count, struct trace_work_sizes sizes, trace_work work)
{
	pid_t parent = getpid();

	for (unsigned i = 0; i < count && i < TRACE_WORKERS_MAX; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			close(pair[0]);
			serve(pair[1], parent, sizes, work);
		}
		if (pid < 0)
			return i > 0; /* fewer are enough */
		w->pids[i] = pid;
	}
	return true;
}

bool trace_workers_start(struct trace_workers *w, unsigned count, struct trace_work_sizes sizes, trace_work work, char *err, size_t err_size)
{
	int pair[2];

	*w = (struct trace_workers){.fd = -1};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		text_format(err, err_size, "cannot look up names: %s", strerror(errno));
		return false;
	}
	w->fd = pair[0];
	bool ok = fcntl(w->fd, F_SETFL, O_NONBLOCK) == 0 && start_all(w, pair, count, sizes, work);
	close(pair[1]);
	if (!ok) {
		text_format(err, err_size, "cannot look up names: %s", strerror(errno));
		trace_workers_stop(w);
	}
	return ok;
}

void trace_workers_stop(struct trace_workers *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	for (int i = 0; i < TRACE_WORKERS_MAX; i++)
		if (w->pids[i] > 0) {
			/* A look-up may hang for many seconds; nobody waits for its name any more. */
			kill(w->pids[i], SIGKILL);
			while (waitpid(w->pids[i], NULL, 0) < 0 && errno == EINTR)
				continue;
			w->pids[i] = 0;
		}
}
