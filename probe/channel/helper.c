/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/channel/helper.h"

#include "probe/channel/helper_spawn.h"
#include "probe/host/now.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GONE_WAIT_MS 300    /* between the channel's end and the process's own */
#define CLOSE_WAIT_MS 1000
#define NAP_NS 2000000L     /* while waiting for a process to be gone */
#define LOOK_MOST_NS (100 * NS_PER_MS) /* of the time between two looks: the rest of a longer one we stood still ourselves */
#define CHANNEL_BUFFER (1 << 20)

struct helper {
	pid_t pid;              /* 0 once reaped */
	int status;             /* of waitpid(), once reaped */
	int fd;                 /* our end of the channel */
	int errors;             /* read end of its standard error */
	bool said_bye;
	struct mono_ns gone_until; /* how long its end is waited for once the channel has ended; 0 before */
	struct mono_ns looked_at;
	int64_t quiet_ns;       /* since it last said something, as far as we looked */
	struct channel_ready ready;
	size_t at, have;        /* what is left of the message */
	uint8_t message[CHANNEL_BATCH * sizeof(union helper_record) + 1];
};

/* --- starting -------------------------------------------------------------- */

static void close_pair(const int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

static bool run_program(struct helper *h, const struct helper_options *o, char *err, size_t err_size)
{
	int channel[2], errors[2], room = CHANNEL_BUFFER;
	bool ok;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0) {
		snprintf(err, err_size, "cannot make the packet channel: %s", strerror(errno));
		return false;
	}
	if (pipe(errors) != 0) {
		snprintf(err, err_size, "cannot make the packet channel: %s", strerror(errno));
		close_pair(channel);
		return false;
	}
	(void)fcntl(errors[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(errors[1], F_SETFD, FD_CLOEXEC);
	(void)fcntl(errors[0], F_SETFL, O_NONBLOCK);
	/* What waits is charged to the sender: the helper's end decides about bursts of frames. */
	(void)setsockopt(channel[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	(void)setsockopt(channel[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	ok = helper_spawn(o, channel[1], errors[1], &h->pid, err, err_size);
	close(channel[1]);
	close(errors[1]);
	h->fd = channel[0];
	h->errors = errors[0];
	return ok;
}

static bool wait_readable(const struct helper *h)
{
	struct pollfd fd = {h->fd, POLLIN, 0};
	struct mono_ns until = mono_add(now_mono(), HELPER_START_MS * NS_PER_MS);

	for (;;) {
		int64_t left = mono_since(until, now_mono());
		int n = poll(&fd, 1, left > 0 ? (int)(left / NS_PER_MS) + 1 : 0);

		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

/* --- ending ---------------------------------------------------------------- */

/* Reaps the helper within ms. True when it is gone. */
static bool reap(struct helper *h, int ms)
{
	const struct timespec nap = {0, NAP_NS};
	struct mono_ns until = mono_add(now_mono(), ms * NS_PER_MS);

	while (h->pid > 0) {
		pid_t got = waitpid(h->pid, &h->status, WNOHANG);

		if (got == h->pid || (got < 0 && errno != EINTR))
			h->pid = 0;
		else if (mono_since(until, now_mono()) <= 0)
			return false;
		else
			(void)nanosleep(&nap, NULL);
	}
	return true;
}

/* The last line that the helper wrote, without its own name; "" when there is none. */
static void last_words(const struct helper *h, char *out, size_t size)
{
	static const char name[] = "erprobe-packet: ";
	char text[2048], *line = text, *end;
	ssize_t n = read(h->errors, text, sizeof(text) - 1);

	out[0] = '\0';
	if (n <= 0)
		return;
	text[n] = '\0';
	/* A path in a loader's message is all it can hold that others chose; keep it printable. */
	for (char *c = text; *c != '\0'; c++)
		if (*c != '\n' && (*c < ' ' || *c > '~'))
			*c = '?';
	end = text + strlen(text);
	while (end > text && end[-1] == '\n')
		*--end = '\0';
	if (strrchr(text, '\n') != NULL)
		line = strrchr(text, '\n') + 1;
	if (strncmp(line, name, sizeof(name) - 1) == 0)
		line += sizeof(name) - 1;
	snprintf(out, size, "%.*s", (int)size - 1, line);
}

/* The channel ends before the process does, which first takes its capture apart: between these two its reader goes
 * on, but for a nap, since a channel's end stays readable. */
static bool is_over(struct helper *h)
{
	const struct timespec nap = {0, NAP_NS / 2};

	if (h->gone_until.ns == 0)
		h->gone_until = mono_add(now_mono(), GONE_WAIT_MS * NS_PER_MS);
	if (reap(h, 0) || mono_since(h->gone_until, now_mono()) <= 0)
		return true;
	(void)nanosleep(&nap, NULL);
	return false;
}

/* Why it is gone, from its own last words or how it ended. */
static void say_lost(struct helper *h, char *err, size_t err_size)
{
	char words[256];
	bool gone = reap(h, 0);

	last_words(h, words, sizeof(words));
	if (words[0] != '\0')
		snprintf(err, err_size, "erprobe-packet ended: %s", words);
	else if (gone && WIFSIGNALED(h->status))
		snprintf(err, err_size, "erprobe-packet was killed by signal %d%s", WTERMSIG(h->status),
		         WTERMSIG(h->status) == SIGSYS ? " (a system call that its sandbox forbids)" : "");
	else if (gone && WIFEXITED(h->status))
		snprintf(err, err_size, "erprobe-packet ended too early, with exit code %d", WEXITSTATUS(h->status));
	else
		snprintf(err, err_size, "erprobe-packet closed the channel");
}

void helper_close(struct helper *h)
{
	if (h == NULL)
		return;
	if (h->fd >= 0)
		close(h->fd);
	/* A helper that left root for another identity cannot be killed by us, who have no
	 * rights either; it sees the channel's end all the same. */
	if (!reap(h, CLOSE_WAIT_MS) && kill(h->pid, SIGKILL) == 0)
		(void)reap(h, CLOSE_WAIT_MS);
	if (h->errors >= 0)
		close(h->errors);
	free(h);
}

void helper_leave(struct helper *h)
{
	if (h == NULL)
		return;
	(void)reap(h, 0);
	close(h->fd);
	if (h->errors >= 0)
		close(h->errors);
	free(h);
}

/* --- records --------------------------------------------------------------- */

enum got { GOT_NOTHING, GOT_RECORD, GOT_END, GOT_RUBBISH };

/* The next message, if one waits; one that is longer than any shows as too long. */
static enum got next_message(struct helper *h)
{
	ssize_t n;

	do {
		n = recv(h->fd, h->message, sizeof(h->message), MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return GOT_NOTHING;
	h->at = 0;
	h->have = n > 0 ? (size_t)n : 0;
	h->quiet_ns = 0;
	return n > 0 ? GOT_RECORD : GOT_END;
}

/* The next record of the message, or of the next one. After rubbish nothing of the
 * message is looked at. */
static enum got receive(struct helper *h, union helper_record *out, char *err, size_t err_size)
{
	enum got got = h->at < h->have ? GOT_RECORD : next_message(h);

	if (got != GOT_RECORD)
		return got;
	const uint8_t *record = h->message + h->at;
	size_t len = helper_record_size(record, h->have - h->at);
	h->at += len;
	if (helper_check(record, len, h->ready.ifaces, out, err, err_size) != 0)
		return GOT_RECORD;
	h->at = h->have;
	return GOT_RUBBISH;
}

static bool await_ready(struct helper *h, const struct helper_options *o, char *err, size_t err_size)
{
	union helper_record r;

	if (!wait_readable(h)) {
		snprintf(err, err_size, "erprobe-packet did not get ready within %d seconds", HELPER_START_MS / 1000);
		return false;
	}
	switch (receive(h, &r, err, err_size)) {
	case GOT_RUBBISH:
		return false;
	case GOT_RECORD:
		break;
	default:
		(void)reap(h, GONE_WAIT_MS);
		say_lost(h, err, err_size);
		return false;
	}
	if (r.head.kind == CHANNEL_READY && r.ready.ifaces == o->iface_count && r.ready.port_count == o->ports) {
		h->ready = r.ready;
		return true;
	}
	if (r.head.kind == CHANNEL_START_FAILED)
		snprintf(err, err_size, "erprobe-packet: %s", r.failed.text);
	else
		snprintf(err, err_size, "erprobe-packet did not open what it was asked to");
	return false;
}

struct helper *helper_start(const struct helper_options *o, char *err, size_t err_size)
{
	struct helper *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		snprintf(err, err_size, "cannot start erprobe-packet: out of memory");
		return NULL;
	}
	h->fd = h->errors = -1;
	if (run_program(h, o, err, err_size) && await_ready(h, o, err, err_size))
		return h;
	helper_close(h);
	return NULL;
}

const struct channel_ready *helper_ready(const struct helper *h)
{
	return &h->ready;
}

int helper_fd(const struct helper *h)
{
	return h->fd;
}

static bool request(struct helper *h, const void *record, size_t size)
{
	return send(h->fd, record, size, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)size;
}

static bool request_plain(struct helper *h, enum channel_kind kind)
{
	const struct channel_plain r = {{CHANNEL_MAGIC, CHANNEL_VERSION, (uint16_t)kind}};

	return request(h, &r, sizeof(r));
}

bool helper_send_probe(struct helper *h, const struct probe_spec *s)
{
	return helper_send_probes(h, s, 1);
}

bool helper_send_probes(struct helper *h, const struct probe_spec *specs, size_t count)
{
	struct channel_probe r[CHANNEL_BATCH];

	if (count == 0 || count > CHANNEL_BATCH)
		return false;
	memset(r, 0, count * sizeof(r[0]));
	for (size_t i = 0; i < count; i++) {
		r[i].head = (struct channel_head){CHANNEL_MAGIC, CHANNEL_VERSION, CHANNEL_PROBE};
		r[i].spec = specs[i];
	}
	return request(h, r, count * sizeof(r[0]));
}

size_t helper_waiting(const struct helper *h)
{
	int bytes = 0;

	return ioctl(h->fd, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}

int64_t helper_quiet_ns(struct helper *h, struct mono_ns now)
{
	int64_t since = h->looked_at.ns != 0 ? mono_since(now, h->looked_at) : 0;

	h->quiet_ns += since < LOOK_MOST_NS ? since : LOOK_MOST_NS;
	h->looked_at = now;
	return h->quiet_ns;
}

void helper_give_up(struct helper *h, char *err, size_t err_size)
{
	/* Best, what it has been handed never leaves. */
	if (h->pid > 0)
		(void)kill(h->pid, SIGKILL);
	snprintf(err, err_size, "erprobe-packet has answered nothing for %.0f s: it was stopped, or got no time of a processor",
	         (double)h->quiet_ns / (double)NS_PER_SEC);
}

bool helper_count(struct helper *h)
{
	return request_plain(h, CHANNEL_COUNT);
}

bool helper_stop(struct helper *h)
{
	return request_plain(h, CHANNEL_STOP);
}

static enum helper_take take_record(struct helper *h, const union helper_record *r, char *err, size_t err_size)
{
	if (!h->said_bye)
		switch (r->head.kind) {
		case CHANNEL_SENT:
			return HELPER_TAKE_SENT;
		case CHANNEL_FRAME:
			return HELPER_TAKE_FRAME;
		case CHANNEL_COUNTERS:
			return HELPER_TAKE_COUNTERS;
		case CHANNEL_BYE:
			h->said_bye = true;
			return HELPER_TAKE_BYE;
		default:
			break;
		}
	snprintf(err, err_size, "erprobe-packet sent a record of kind %u out of turn", r->head.kind);
	return HELPER_TAKE_ERROR;
}

enum helper_take helper_take(struct helper *h, union helper_record *out, char *err, size_t err_size)
{
	switch (receive(h, out, err, err_size)) {
	case GOT_NOTHING:
		return HELPER_TAKE_NONE;
	case GOT_RUBBISH:
		return HELPER_TAKE_ERROR;
	case GOT_RECORD:
		return take_record(h, out, err, err_size);
	case GOT_END:
		break;
	}
	if (h->said_bye)
		return HELPER_TAKE_END;
	if (!is_over(h))
		return HELPER_TAKE_NONE;
	say_lost(h, err, err_size);
	return HELPER_TAKE_ERROR;
}
