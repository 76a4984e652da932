/* SPDX-License-Identifier: BSD-2-Clause */
/* A token from the Azure CLI. The arguments are fixed: nothing of them is a secret, and
 * the token comes back over a pipe. */
#define _GNU_SOURCE /* pipe2 */
#include "probe/signin/azure_cli.h"

#include "analysis/value/strbuf.h"
#include "probe/host/now.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 512 /* of what az complains about, its end counts */

struct run {
	pid_t pid;
	int out, words;      /* read ends of its standard output and error, -1 when closed */
	char *text;
	size_t len;
	bool too_long;
	char said[WORDS_MAX];
	size_t said_len;
};

/* What az needs to find its programs, its sign-in and the way to Microsoft; nothing else. */
static size_t make_environment(char *kept[], size_t most)
{
	static const char *const wanted[] = {"PATH", "HOME", "AZURE_CONFIG_DIR", "LANG", "http_proxy", "https_proxy",
	                                     "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
	                                     "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"};
	size_t count = 0;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && count + 1 < most; i++) {
		const char *value = getenv(wanted[i]);
		size_t size = value ? strlen(wanted[i]) + strlen(value) + 2 : 0;
		char *line = size ? malloc(size) : NULL;
		if (!line)
			continue;
		snprintf(line, size, "%s=%s", wanted[i], value);
		kept[count++] = line;
	}
	kept[count] = NULL;
	return count;
}

static int spawn(struct run *r, const char *scope, const int out[2], const int words[2])
{
	char az[] = "az", account[] = "account", get[] = "get-access-token", output[] = "--output", json[] = "json",
	     scope_option[] = "--scope", scope_copy[1200], *environment[24];
	char *arguments[] = {az, account, get, output, json, scope_option, scope_copy, NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t plain;
	snprintf(scope_copy, sizeof(scope_copy), "%s", scope);
	size_t count = make_environment(environment, sizeof(environment) / sizeof(environment[0]));
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, words[1], STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	sigemptyset(&plain);
	sigaddset(&plain, SIGTERM); /* which our process ignores */
	posix_spawnattr_setsigdefault(&attributes, &plain);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0); /* az is a script with children: all are killed together */
	int error = posix_spawnp(&r->pid, az, &files, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	while (count > 0)
		free(environment[--count]);
	return error;
}

/* ------------------------------------------------------------------ reading */

static void read_text(struct run *r)
{
	ssize_t n = read(r->out, r->text + r->len, AZURE_CLI_OUTPUT_MAX - 1 - r->len);
	if (n > 0) {
		r->len += (size_t)n;
		r->too_long = r->len >= AZURE_CLI_OUTPUT_MAX - 1;
	} else if (n == 0 || errno != EINTR) {
		close(r->out);
		r->out = -1;
	}
}

/* The beginning is dropped: warnings come first, the error last. */
static void read_words(struct run *r)
{
	char piece[WORDS_MAX / 2];
	ssize_t n = read(r->words, piece, sizeof(piece));
	if (n <= 0) {
		if (n == 0 || errno != EINTR) {
			close(r->words);
			r->words = -1;
		}
		return;
	}
	size_t got = (size_t)n, room = WORDS_MAX - 1 - r->said_len;
	if (got > room) {
		size_t drop = got - room;
		memmove(r->said, r->said + drop, r->said_len - drop);
		r->said_len -= drop;
	}
	memcpy(r->said + r->said_len, piece, got);
	r->said_len += got;
	r->said[r->said_len] = '\0';
}

/* Until both pipes are closed, the output is too long or time is up. False: time is up. */
static bool read_both(struct run *r, struct mono_ns until)
{
	while ((r->out >= 0 || r->words >= 0) && !r->too_long) {
		struct pollfd p[2] = {{r->out, POLLIN, 0}, {r->words, POLLIN, 0}};
		int64_t left = mono_since(until, now_mono());
		if (left <= 0)
			return false;
		if (poll(p, 2, (int)(left / NS_PER_MS) + 1) < 0 && errno != EINTR)
			return false;
		if (p[0].revents)
			read_text(r);
		if (p[1].revents)
			read_words(r);
	}
	return true;
}

/* ------------------------------------------------------------------ ending */

/* True with its status when it ended by itself before time was up. */
static bool reap(struct run *r, struct mono_ns until, int *status)
{
	const struct timespec pause = {0, 5 * 1000 * 1000};
	pid_t ended = 0;
	while ((ended = waitpid(r->pid, status, WNOHANG)) == 0 && mono_since(until, now_mono()) > 0)
		nanosleep(&pause, NULL);
	kill(-r->pid, SIGKILL); /* whatever of its group is left */
	if (ended == 0)
		while (waitpid(r->pid, status, 0) < 0 && errno == EINTR)
			continue;
	return ended == r->pid;
}

/* The line that begins with "ERROR:", or the last one. */
static void say_words(const struct run *r, char *out, size_t size)
{
	char line[WORDS_MAX];
	const char *from = strstr(r->said, "ERROR:");
	if (from)
		from += strspn(from + 6, " ") + 6;
	else
		from = r->said;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(from, "\r\n"), from);
	line[120] = '\0';
	text_safe(out, size, line[0] ? line : "it gave no reason");
}

static bool judge(const struct run *r, bool in_time, bool ended, int status, char *err, size_t err_size)
{
	char words[200];
	say_words(r, words, sizeof(words));
	if (r->too_long)
		snprintf(err, err_size, "`az account get-access-token` prints more than any token");
	else if (!in_time || !ended)
		snprintf(err, err_size, "`az account get-access-token` did not end before the deadline");
	else if (WIFSIGNALED(status))
		snprintf(err, err_size, "`az account get-access-token` died of signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) == 127)
		snprintf(err, err_size, "cannot run `az`: %s", words);
	else if (WEXITSTATUS(status) != 0)
		snprintf(err, err_size, "`az account get-access-token` failed: %s", words);
	else
		return true;
	return false;
}

bool azure_cli_token(const char *scope, int milliseconds, char out[AZURE_CLI_OUTPUT_MAX], char *err, size_t err_size)
{
	struct run r = {.out = -1, .words = -1, .text = out};
	int pipes[2][2] = {{-1, -1}, {-1, -1}}, status = 0;
	struct mono_ns until = mono_add(now_mono(), (milliseconds > 0 ? milliseconds : 0) * NS_PER_MS);
	bool opened = pipe2(pipes[0], O_CLOEXEC) == 0 && pipe2(pipes[1], O_CLOEXEC) == 0;
	int error = opened ? spawn(&r, scope, pipes[0], pipes[1]) : errno;
	for (int i = 0; i < 2; i++)
		close(pipes[i][1]);
	r.out = pipes[0][0];
	r.words = pipes[1][0];
	bool in_time = error == 0 && read_both(&r, until);
	if (r.out >= 0)
		close(r.out);
	if (r.words >= 0)
		close(r.words);
	out[r.len] = '\0';
	if (error != 0) {
		snprintf(err, err_size, "cannot run `az`: %s%s", strerror(error),
		         error == ENOENT ? ": install the Azure CLI or choose another azure.auth.method (erprobe init: --auth)" : "");
		return false;
	}
	bool ended = reap(&r, in_time ? until : (struct mono_ns){0}, &status);
	return judge(&r, in_time, ended, status, err, err_size);
}
