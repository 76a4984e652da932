/* SPDX-License-Identifier: BSD-2-Clause */
/* The parent's side of the Azure reader: start the child, take its records, end it. */
#define _GNU_SOURCE /* SOCK_CLOEXEC */
#include "probe/azure/reader.h"

#include "probe/azure/child.h"
#include "probe/azure/record.h"
#include "probe/host/now.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define READ_ROOM ((size_t)64 << 10)
#define BUFFER_MAX (RECORD_HEADER + RECORD_JSON_MAX)
#define DEADLINE_MOST_S 86400.0

/* ------------------------------------------------------------------ starting */

static bool settings_usable(const struct azure_settings *s, struct url_base *base, char *err, size_t err_size)
{
	if (s->auth == AUTH_NONE) {
		snprintf(err, err_size, "azure.auth.method is none: there is no Azure side to read");
		return false;
	}
	char why[160];
	if (url_base_parse(s->management, base, why, sizeof(why)))
		return true;
	snprintf(err, err_size, "azure.endpoints.management: %s", why);
	return false;
}

/* Above the standard descriptors, so that 0 never is one of them. */
static bool open_ends(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		int higher = ends[i] < 3 ? fcntl(ends[i], F_DUPFD_CLOEXEC, 3) : ends[i];
		if (higher < 0)
			continue; /* the next use fails with a reason */
		if (higher != ends[i])
			close(ends[i]);
		ends[i] = higher;
	}
	return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0;
}

static struct mono_ns deadline_in(double seconds)
{
	if (!(seconds > 0))
		seconds = 0;
	seconds = fmin(seconds, DEADLINE_MOST_S);
	return mono_add(now_mono(), seconds_ns(seconds));
}

bool azure_reader_start(struct azure_reader *r, const struct azure_settings *s,
                        const struct plan_circuit *circuits, size_t count, double deadline_s, enum azure_stay stay,
                        char *err, size_t err_size)
{
	struct url_base base;
	int ends[2];
	memset(r, 0, sizeof(*r));
	if (!settings_usable(s, &base, err, err_size))
		return false;
	if (!open_ends(ends)) {
		snprintf(err, err_size, "cannot open a socket to the Azure reader: %s", strerror(errno));
		return false;
	}
	struct mono_ns deadline = deadline_in(deadline_s);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		const struct child_task task = {.circuits = circuits, .count = count, .deadline = deadline, .stays = stay == AZURE_STAYS};
		_exit(child_run(ends[1], parent, s, &base, &task));
	}
	close(ends[1]);
	if (pid < 0) {
		snprintf(err, err_size, "cannot start the Azure reader: %s", strerror(errno));
		close(ends[0]);
		return false;
	}
	r->pid = pid;
	r->fd = ends[0];
	r->circuits = count;
	return true;
}

bool azure_reader_again(struct azure_reader *r, size_t circuit)
{
	uint8_t asked = (uint8_t)circuit;
	return !r->over && circuit < r->circuits && circuit <= UINT8_MAX && send(r->fd, &asked, sizeof(asked), MSG_NOSIGNAL) == sizeof(asked);
}

/* ------------------------------------------------------------------ taking */

static const char *exit_words(int code)
{
	switch (code) {
	case CHILD_NO_MEMORY: return "it ran out of memory";
	case CHILD_NO_PIPE: return "a record could not be written";
	case CHILD_ORPHAN: return "its parent had gone, or a core file could not be ruled out";
	case CHILD_NOT_LOCKED: return "it could not give up its rights";
	default: return "it ended before all was sent";
	}
}

static void say_death(struct azure_reader *r, char *err, size_t err_size)
{
	int status = 0;
	if (r->pid <= 0 || waitpid(r->pid, &status, 0) != r->pid) {
		snprintf(err, err_size, "the Azure reader is gone");
		return;
	}
	r->pid = 0;
	if (WIFSIGNALED(status))
		snprintf(err, err_size, "the Azure reader died of signal %d", WTERMSIG(status));
	else
		snprintf(err, err_size, "the Azure reader failed: %s", exit_words(WEXITSTATUS(status)));
}

static bool make_room(struct azure_reader *r)
{
	size_t room = r->size - r->have;
	if (room >= READ_ROOM || r->size >= BUFFER_MAX)
		return room > 0;
	size_t size = r->size ? r->size * 2 : READ_ROOM * 2;
	if (size > BUFFER_MAX)
		size = BUFFER_MAX;
	char *bigger = realloc(r->buffer, size);
	if (!bigger)
		return false;
	r->buffer = bigger;
	r->size = size;
	return true;
}

static enum azure_take give_up(struct azure_reader *r)
{
	r->over = true;
	return AZURE_TAKE_ERROR;
}

static enum azure_take take_record(struct azure_reader *r, size_t json_len, size_t *circuit,
                                   struct az_snapshot *out, char *err, size_t err_size)
{
	char why[160] = "";
	enum record_kind kind = record_read(r->buffer + RECORD_HEADER, json_len, circuit, out, why, sizeof(why));
	size_t used = RECORD_HEADER + json_len;
	memmove(r->buffer, r->buffer + used, r->have - used);
	r->have -= used;
	if (kind == RECORD_IS_END) {
		r->over = true;
		return AZURE_TAKE_END;
	}
	if (kind == RECORD_IS_SNAPSHOT && *circuit < r->circuits)
		return AZURE_TAKE_SNAPSHOT;
	if (kind == RECORD_IS_SNAPSHOT) {
		az_snapshot_free(out);
		snprintf(why, sizeof(why), "a circuit that was not asked for");
	}
	snprintf(err, err_size, "the Azure reader sent rubbish: %s", why);
	return give_up(r);
}

enum azure_take azure_reader_take(struct azure_reader *r, size_t *circuit, struct az_snapshot *out,
                                  char *err, size_t err_size)
{
	while (!r->over) {
		size_t json_len;
		enum record_state state = record_find(r->buffer, r->have, &json_len);
		if (state == RECORD_WHOLE)
			return take_record(r, json_len, circuit, out, err, err_size);
		if (state == RECORD_BAD || !make_room(r)) {
			snprintf(err, err_size, "the Azure reader sent rubbish: no record of ours");
			return give_up(r);
		}
		ssize_t n = read(r->fd, r->buffer + r->have, r->size - r->have);
		if (n > 0) {
			r->have += (size_t)n;
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			return AZURE_TAKE_NONE;
		} else {
			say_death(r, err, err_size);
			return give_up(r);
		}
	}
	return AZURE_TAKE_NONE;
}

/* ------------------------------------------------------------------ ending */

static bool gone(pid_t pid)
{
	pid_t found = waitpid(pid, NULL, WNOHANG);
	return found == pid || (found < 0 && errno != EINTR);
}

/* A child that ended by itself is reaped at once; another has nothing to put in order, and ignores SIGTERM. */
static void end_child(pid_t pid)
{
	if (gone(pid))
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

void azure_reader_stop(struct azure_reader *r)
{
	if (r->fd > 0)
		close(r->fd);
	if (r->pid > 0)
		end_child(r->pid);
	free(r->buffer);
	memset(r, 0, sizeof(*r));
}
