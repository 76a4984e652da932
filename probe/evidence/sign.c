/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* memfd_create, posix_spawn_file_actions_addclosefrom_np */
#include "probe/evidence/sign.h"

#include "probe/evidence/sign_form.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "/usr/bin/ssh-keygen"
#define SIGNATURE_FD 3
#define SIGNATURE_PATH "/dev/fd/3"
#define OUTPUT_MAX ((size_t)64 << 10)
#define SAID_MAX 300

/* What the program gets and gives, each as a file in memory: no pipe can fill up. */
struct child {
	int in, signature, out, error;
	char said[SAID_MAX]; /* what it wrote to standard error, in one line */
};

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

static void child_close(struct child *c)
{
	const int fds[] = {c->in, c->signature, c->out, c->error};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
}

static bool child_open(struct child *c, const void *in, size_t in_len, const char *signature, size_t signature_len,
                       char *err, size_t err_size)
{
	c->in = file_of(in, in_len);
	c->signature = file_of(signature, signature_len);
	c->out = file_of(NULL, 0);
	c->error = file_of(NULL, 0);
	if (c->in >= 0 && c->signature >= 0 && c->out >= 0 && c->error >= 0)
		return true;
	text_format(err, err_size, "cannot hand over to ssh-keygen: %s", strerror(errno));
	child_close(c);
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

static int spawn(const struct child *c, const char *const *args, pid_t *pid)
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
	posix_spawn_file_actions_adddup2(&actions, c->signature, SIGNATURE_FD);
	posix_spawn_file_actions_addclosefrom_np(&actions, SIGNATURE_FD + 1);
	code = posix_spawn(pid, PROGRAM, &actions, NULL, (char *const *)(uintptr_t)args, environment);
	posix_spawn_file_actions_destroy(&actions);
	return code;
}

/* What a file in memory holds; a caller's buffer, cut to it and ended. */
static size_t contents(int fd, char *buf, size_t size)
{
	ssize_t n = pread(fd, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* Several lines become one; warnings in frames of '@' lose them. */
static void one_line(char *text)
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

/* Runs ssh-keygen to its end. True when it ended with 0. */
static bool child_run(struct child *c, const char *const *args, char *err, size_t err_size)
{
	char raw[SAID_MAX];
	pid_t pid;
	int status, code = spawn(c, args, &pid);

	c->said[0] = '\0';
	if (code != 0) {
		text_format(err, err_size, "cannot run " PROGRAM ": %s (Debian's package openssh-client has it)", strerror(code));
		return false;
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			text_format(err, err_size, "lost sight of ssh-keygen: %s", strerror(errno));
			return false;
		}
	}
	contents(c->error, raw, sizeof raw);
	one_line(raw);
	text_safe(c->said, sizeof c->said, raw);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	text_format(err, err_size, "%s", c->said[0] ? c->said : "ssh-keygen refused without saying why");
	return false;
}

bool sign_prepare(const char *key, char *err, size_t err_size)
{
	struct stat st;

	if (access(PROGRAM, X_OK) != 0)
		text_format(err, err_size, "cannot sign: %s: %s (Debian's package openssh-client has it)", PROGRAM, strerror(errno));
	else if (stat(key, &st) != 0 || access(key, R_OK) != 0)
		text_format(err, err_size, "cannot sign with %s: %s", key, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		text_format(err, err_size, "cannot sign with %s: it is not a regular file", key);
	else
		return true;
	return false;
}

bool sign_data(const char *key, const void *data, size_t len, struct strbuf *out, char *err, size_t err_size)
{
	const char *const args[] = {"ssh-keygen", "-Y", "sign", "-n", SIGN_NAMESPACE, "-f", key, NULL};
	struct child c;
	char why[SAID_MAX], *text;
	size_t text_len;
	bool ok;

	if (!child_open(&c, data, len, NULL, 0, why, sizeof why)) {
		text_format(err, err_size, "cannot sign with %s: %s", key, why);
		return false;
	}
	ok = child_run(&c, args, why, sizeof why);
	text = ok ? malloc(OUTPUT_MAX) : NULL;
	text_len = text ? contents(c.out, text, OUTPUT_MAX) : 0;
	if (ok && !sign_form_exact(text ? text : "", text_len)) {
		text_format(why, sizeof why, "ssh-keygen gave no signature");
		ok = false;
	}
	if (ok)
		strbuf_add_bytes(out, text, text_len);
	else
		text_format(err, err_size, "cannot sign with %s: %s", key, why);
	free(text);
	child_close(&c);
	return ok;
}

/* The first name that the signers' file has for this key. False with one line in err. */
static bool find_signer(const char *signers, const void *data, size_t len, const char *signature, size_t signature_len,
                        char *name, size_t size, char *err, size_t err_size)
{
	const char *const args[] = {"ssh-keygen", "-Y", "find-principals", "-f", signers, "-s", SIGNATURE_PATH, NULL};
	struct child c;
	char why[SAID_MAX];
	bool ok;

	if (!child_open(&c, data, len, signature, signature_len, err, err_size))
		return false;
	ok = child_run(&c, args, why, sizeof why);
	contents(c.out, name, size);
	name[strcspn(name, "\n,")] = '\0';
	child_close(&c);
	if (ok && name[0] != '\0')
		return true;
	text_format(err, err_size, "the key that signed is not in %s: %s", signers, ok ? "no name for it" : why);
	return false;
}

/* ssh-keygen -Y verify or check-novalidate; what it says on success goes to who. */
static bool check_with(const char *const *args, const void *data, size_t len, const char *signature,
                       size_t signature_len, char *who, size_t who_size, char *err, size_t err_size)
{
	struct child c;
	char raw[SAID_MAX], why[SAID_MAX];
	bool ok;

	if (!child_open(&c, data, len, signature, signature_len, err, err_size))
		return false;
	ok = child_run(&c, args, why, sizeof why);
	contents(c.out, raw, sizeof raw);
	child_close(&c);
	one_line(raw);
	text_safe(who, who_size, raw);
	if (!ok)
		text_format(err, err_size, "%s", why);
	return ok;
}

bool sign_check(const void *data, size_t len, const char *signature, size_t signature_len, const char *signers,
                char *who, size_t who_size, char *err, size_t err_size)
{
	char name[SAID_MAX] = "";
	const char *const novalidate[] = {"ssh-keygen", "-Y", "check-novalidate", "-n", SIGN_NAMESPACE, "-s", SIGNATURE_PATH,
	                                  NULL};
	const char *const verify[] = {"ssh-keygen", "-Y", "verify", "-n", SIGN_NAMESPACE, "-f", signers, "-I", name, "-s",
	                              SIGNATURE_PATH, NULL};

	if (!sign_form_exact(signature, signature_len)) {
		text_format(err, err_size, "it is not in the form of an OpenSSH signature");
		return false;
	}
	if (signers && !find_signer(signers, data, len, signature, signature_len, name, sizeof name, err, err_size))
		return false;
	return check_with(signers ? verify : novalidate, data, len, signature, signature_len, who, who_size, err, err_size);
}
