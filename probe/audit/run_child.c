/* SPDX-License-Identifier: BSD-2-Clause */
/* memfd_create(), pipe2() and close_range() are Linux's own. */
#define _GNU_SOURCE
#include "probe/audit/run_child.h"

#include "analysis/value/strbuf.h"
#include "probe/host/now.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONFIG_FD 3
#define CONFIG_PATH "/proc/self/fd/3"
#define GRACE_NS (10 * NS_PER_SEC) /* after the deadline, and between SIGTERM and SIGKILL */
#define ARGUMENTS_MAX 32
#define NUMBER_MAX 32

/* -- the child's side -- */

struct arguments {
	const char *list[ARGUMENTS_MAX];
	size_t count;
	char budget[NUMBER_MAX], rate[NUMBER_MAX], deadline[NUMBER_MAX], interim[NUMBER_MAX];
};

static void add(struct arguments *a, const char *word)
{
	if (a->count + 1 < ARGUMENTS_MAX)
		a->list[a->count++] = word;
}

static void make_arguments(struct arguments *a, const struct run_order *o)
{
	snprintf(a->budget, sizeof a->budget, "%u", (unsigned)o->budget);
	snprintf(a->rate, sizeof a->rate, "%.3f", o->rate);
	snprintf(a->deadline, sizeof a->deadline, "%.0f", o->deadline_s);
	const char *const fixed[] = {o->erprobe, "check", "-q", o->interim_s > 0 ? "--jsonl" : "--json", "-c", CONFIG_PATH, "--budget", a->budget, "--rate", a->rate,
	                             "--deadline", a->deadline};

	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		add(a, fixed[i]);
	if (o->interim_s > 0) {
		snprintf(a->interim, sizeof a->interim, "%.3f", o->interim_s);
		add(a, "--interim");
		add(a, a->interim);
	}
	if (o->packet_helper) {
		add(a, "--packet-helper");
		add(a, o->packet_helper);
	}
	if (o->evidence_dir) {
		add(a, "--evidence");
		add(a, o->evidence_dir);
		add(a, "--evidence-of");
		add(a, "unhealthy");
	}
	a->list[a->count] = NULL;
}

/* Only what is safe after fork(). Does not come back. */
static void become_check(const struct arguments *a, const char *program, int config, int out, int err, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* A service that is killed leaves no prober behind. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	setpgid(0, 0); /* Ctrl-C at a terminal is the service's to handle */
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* The pipes' own descriptors are far above 3 or are moved over by now. */
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
	    dup2(config, CONFIG_FD) < 0)
		_exit(127);
	close_range(CONFIG_FD + 1, ~0U, 0);
	execv(program, (char *const *)(uintptr_t)a->list);
	_exit(127);
}

/* -- the service's side -- */

/* The configuration as a file that only the child can name; above the low descriptors. */
static int config_file(const char *text)
{
	size_t len = strlen(text);
	int low = memfd_create("erprobe.yaml", MFD_CLOEXEC), fd = -1;

	if (low >= 0 && write(low, text, len) == (ssize_t)len && lseek(low, 0, SEEK_SET) == 0)
		fd = fcntl(low, F_DUPFD_CLOEXEC, CONFIG_FD + 1);
	if (low >= 0)
		close(low);
	return fd;
}

static bool make_pipe(int pipe_fds[2])
{
	int low[2];

	pipe_fds[0] = pipe_fds[1] = -1;
	if (pipe2(low, O_CLOEXEC) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		pipe_fds[i] = fcntl(low[i], F_DUPFD_CLOEXEC, CONFIG_FD + 1);
		close(low[i]);
	}
	return pipe_fds[0] >= 0 && pipe_fds[1] >= 0 && fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK) == 0;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool room(struct run_child *c, size_t more)
{
	size_t size = c->size ? c->size : 65536;
	char *grown;

	if (c->len + more + 1 <= c->size)
		return true;
	while (size < c->len + more + 1)
		size *= 2;
	grown = size <= RUN_DOCUMENT_MAX * 2 ? realloc(c->document, size) : NULL;
	if (!grown)
		return false;
	c->document = grown;
	c->size = size;
	return true;
}

/* Hands over what are whole lines by now, and keeps the rest. */
static void hand_lines(struct run_child *c)
{
	char *from = c->document, *end;

	while ((end = memchr(from, '\n', c->len - (size_t)(from - c->document))) != NULL) {
		*end = '\0';
		c->on_line(c->on_line_arg, from, (size_t)(end - from));
		from = end + 1;
	}
	c->len -= (size_t)(from - c->document);
	memmove(c->document, from, c->len + 1);
}

static void take_out(struct run_child *c, const char *data, size_t len)
{
	if (c->too_long || c->len + len > RUN_DOCUMENT_MAX || !room(c, len)) {
		c->too_long = true;
		return;
	}
	memcpy(c->document + c->len, data, len);
	c->len += len;
	c->document[c->len] = '\0';
	if (c->on_line)
		hand_lines(c);
}

/* Keeps the last line that is not empty. */
static void take_err(struct run_child *c, const char *data, size_t len)
{
	size_t at = strlen(c->complaint);

	for (size_t i = 0; i < len; i++) {
		if (at > 0 && c->complaint[at - 1] == '\n')
			at = 0;
		if (data[i] != '\0' && at + 1 < sizeof c->complaint && (at > 0 || data[i] != '\n'))
			c->complaint[at++] = data[i];
		c->complaint[at] = '\0';
	}
}

/* Reads what is there; closes at the end. */
static void drain(struct run_child *c, int *fd, struct loop_event **event, void (*take)(struct run_child *, const char *, size_t))
{
	char data[16384];
	ssize_t n;

	while (*fd >= 0 && (n = read(*fd, data, sizeof data)) != 0) {
		if (n > 0) {
			take(c, data, (size_t)n);
		} else if (errno != EINTR) {
			if (errno == EAGAIN || errno == EWOULDBLOCK)
				return;
			break;
		}
	}
	loop_drop(c->loop, *event);
	*event = NULL;
	close_one(fd);
}

static void on_out(void *arg)
{
	struct run_child *c = arg;

	drain(c, &c->out, &c->on_out, take_out);
}

static void on_err(void *arg)
{
	struct run_child *c = arg;

	drain(c, &c->err, &c->on_err, take_err);
}

static bool launch(struct run_child *c, const struct run_order *o)
{
	struct arguments a = {.count = 0};
	int out[2] = {-1, -1}, err[2] = {-1, -1}, config = config_file(o->config);
	pid_t parent = getpid();
	bool ok = config >= 0 && make_pipe(out) && make_pipe(err);

	make_arguments(&a, o);
	if (ok) {
		c->pid = fork();
		if (c->pid == 0)
			become_check(&a, o->erprobe, config, out[1], err[1], parent);
		ok = c->pid > 0;
	}
	int saved = errno;
	close_one(&config);
	close_one(&out[1]);
	close_one(&err[1]);
	c->out = out[0];
	c->err = err[0];
	errno = saved;
	return ok;
}

struct run_child *run_child_start(struct loop *l, const struct run_order *o, char *err, size_t err_size)
{
	struct run_child *c = calloc(1, sizeof *c);
	bool ok;

	if (!c) {
		text_format(err, err_size, "out of memory");
		return NULL;
	}
	c->out = c->err = -1;
	c->loop = l;
	c->deep = o->deep;
	c->on_line = o->on_line;
	c->on_line_arg = o->on_line_arg;
	text_format(c->circuit, sizeof c->circuit, "%s", o->circuit);
	c->started = now_wall();
	c->began = now_mono();
	c->kill_at = mono_add(c->began, seconds_ns(o->deadline_s) + GRACE_NS);
	ok = launch(c, o);
	if (ok) {
		c->on_out = loop_readable(l, c->out, on_out, c);
		c->on_err = loop_readable(l, c->err, on_err, c);
		ok = c->on_out && c->on_err;
	}
	if (!ok) {
		text_format(err, err_size, "cannot start a run: %s", strerror(errno));
		run_child_free(c);
		return NULL;
	}
	return c;
}

bool run_child_reap(struct run_child *c)
{
	if (c->pid <= 0 || waitpid(c->pid, &c->exit_status, WNOHANG) != c->pid)
		return false;
	c->pid = 0;
	on_out(c);
	on_err(c);
	return true;
}

static void strike(struct run_child *c, struct mono_ns now)
{
	if (c->pid > 0)
		kill(c->pid, c->strikes == 0 ? SIGTERM : SIGKILL);
	c->strikes++;
	c->kill_at = mono_add(now, GRACE_NS);
}

void run_child_stop(struct run_child *c, struct mono_ns now)
{
	if (!c->stopped && c->strikes == 0)
		strike(c, now);
	c->stopped = true;
}

void run_child_tick(struct run_child *c, struct mono_ns now)
{
	if (mono_since(now, c->kill_at) >= 0)
		strike(c, now);
}

void run_child_free(struct run_child *c)
{
	if (!c)
		return;
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		waitpid(c->pid, NULL, 0);
	}
	loop_drop(c->loop, c->on_out);
	loop_drop(c->loop, c->on_err);
	close_one(&c->out);
	close_one(&c->err);
	free(c->document);
	free(c);
}

void run_child_trouble(const struct run_child *c, char *text, size_t size)
{
	static const char prefix[] = "erprobe check: ";
	char line[RUN_COMPLAINT_MAX];
	const char *what = line;

	text_format(line, sizeof line, "%s", c->complaint);
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, prefix, sizeof prefix - 1) == 0)
		what += sizeof prefix - 1;
	if (c->too_long)
		text_format(text, size, "its result is longer than any can be");
	else if (WIFSIGNALED(c->exit_status) && c->strikes > 0 && !c->stopped)
		text_format(text, size, "not ended %d s after its deadline, and killed", (int)(GRACE_NS / NS_PER_SEC));
	else if (WIFSIGNALED(c->exit_status))
		text_format(text, size, "killed by signal %d", WTERMSIG(c->exit_status));
	else if (WEXITSTATUS(c->exit_status) == 127)
		text_format(text, size, "erprobe could not be started");
	else
		text_format(text, size, "exit code %d%s%s", WEXITSTATUS(c->exit_status), what[0] ? ": " : "", what);
}
