/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* memfd_create, posix_spawn_file_actions_addclosefrom_np */
#include "probe/evidence/sign_child.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("erprobe-sign", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (len > 0 && (write(fd, data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

void sign_child_close(struct sign_child *c)
{
	const int fds[] = {c->in, c->signature, c->out, c->error};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

bool sign_child_open(struct sign_child *c, const void *in, size_t in_len, const char *signature, size_t signature_len,
                       char *err, size_t err_size)
{
	c->in = file_of(in, in_len);
	c->signature = file_of(signature, signature_len);
	c->out = file_of(NULL, 0);
	c->error = file_of(NULL, 0);
	if (c->in >= 0 && c->signature >= 0 && c->out >= 0 && c->error >= 0)
		return true;
	text_format(err, err_size, "cannot hand over to OpenSSH: %s", strerror(errno));
	sign_child_close(c);
	return false;
}

/* Only what ssh-keygen needs: where the agent is, and who may ask for a passphrase. */
static void make_environment(char *list[8])
{
	static const char *const kept[] = {"SSH_AUTH_SOCK", "HOME", "SSH_ASKPASS", "DISPLAY", "TERM"};
	static char path[] = "PATH=/usr/bin:/bin", locale[] = "LC_ALL=C";
	extern char **environ;
	size_t count = 0;

	list[count++] = path;
	list[count++] = locale;
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		size_t len = strlen(kept[i]);

		for (char **e = environ; *e; e++) {
			if (strncmp(*e, kept[i], len) == 0 && (*e)[len] == '=') {
				list[count++] = *e;
				break;
			}
		}
	}
	list[count] = NULL;
}

static int spawn(const struct sign_child *c, const char *program, const char *const *args, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	char *environment[8];
	int code = posix_spawn_file_actions_init(&actions);

	if (code != 0)
		return code;
	make_environment(environment);
	posix_spawn_file_actions_adddup2(&actions, c->in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, c->out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, c->error, STDERR_FILENO);
	posix_spawn_file_actions_adddup2(&actions, c->signature, SIGN_CHILD_FD);
	posix_spawn_file_actions_addclosefrom_np(&actions, SIGN_CHILD_FD + 1);
	code = posix_spawn(pid, program, &actions, NULL, (char *const *)(uintptr_t)args, environment);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

size_t sign_child_contents(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

void sign_one_line(char *text)
{
	char *to = text;

	for (const char *c = text; *c; c++) {
		bool gap = *c == '\n' || *c == '\r' || *c == ' ';

		if ((*c == '@' && c[1] == '@') || (*c == '@' && c > text && c[-1] == '@') || (gap && (to == text || to[-1] == ' ')))
			continue;
		*to++ = gap ? ' ' : *c;
	}
	while (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
}

bool sign_child_run(struct sign_child *c, const char *program, const char *const *args, char *err, size_t err_size)
{
	char raw[SIGN_SAID_MAX];
	pid_t pid;
	int status, code = spawn(c, program, args, &pid);

	c->said[0] = '\0';
	if (code != 0) {
		text_format(err, err_size, "cannot run %s: %s (Debian's package openssh-client has it)", program, strerror(code));
		return false;
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			text_format(err, err_size, "lost sight of %s: %s", args[0], strerror(errno));
			return false;
		}
	}
	sign_child_contents(c->error, raw, sizeof raw);
	sign_one_line(raw);
	text_safe(c->said, sizeof c->said, raw);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (c->said[0] != '\0')
		text_format(err, err_size, "%s", c->said);
	else
		text_format(err, err_size, "%s refused without saying why", args[0]);
	return false;
}
