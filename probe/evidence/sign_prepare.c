/* SPDX-License-Identifier: BSD-2-Clause */
/* Will this key sign? Asked before a run, so that a minute of probing is not lost for it. */
#define _GNU_SOURCE /* AT_EACCESS */
#include "probe/evidence/sign.h"

#include "probe/evidence/sign_child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYGEN "/usr/bin/ssh-keygen"
#define AGENT "/usr/bin/ssh-add"
#define LIMIT "/usr/bin/timeout" /* of coreutils: an agent behind a dead connection never answers */
#define LIMIT_SECONDS "5"
#define HEAD_MAX ((size_t)16 << 10) /* of a public key: RSA of 16,384 bits takes 2.8 KB */
#define PRIVATE_MARK "-----BEGIN"

static bool may_read(const char *path)
{
	return faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0;
}

/* Of a private key no more than its mark: secrets stay where they are. */
static bool read_head(const char *path, char head[HEAD_MAX])
{
	size_t mark = sizeof PRIVATE_MARK - 1;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd >= 0 ? pread(fd, head, mark, 0) : -1;

	if (n == (ssize_t)mark && memcmp(head, PRIVATE_MARK, mark) != 0)
		n = pread(fd, head, HEAD_MAX - 1, 0);
	head[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
	return n >= 0;
}

/* Fingerprint of a key of either kind; no passphrase is asked for. */
static bool is_key(const char *key, char *why, size_t size)
{
	const char *const args[] = {"ssh-keygen", "-l", "-f", key, NULL};
	struct sign_child c;
	bool ok;

	if (!sign_child_open(&c, NULL, 0, NULL, 0, why, size))
		return false;
	ok = sign_child_run(&c, KEYGEN, args, why, size);
	sign_child_close(&c);
	if (!ok)
		text_format(why, size, "it is no OpenSSH key");
	return ok;
}

/* Where ssh-keygen looks for the private half: the name without ".pub" or "-cert.pub". */
static bool has_private_beside(const char *key)
{
	static const char *const ends[] = {"-cert.pub", ".pub"};
	char beside[PATH_MAX];
	size_t len = strlen(key);

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		size_t end = strlen(ends[i]);

		if (len <= end || len - end >= sizeof beside || strcmp(key + len - end, ends[i]) != 0)
			continue;
		text_format(beside, sizeof beside, "%.*s", (int)(len - end), key);
		return may_read(beside);
	}
	return false;
}

/* Bytes of "TYPE BASE64", the two words by which a public key is known; 0 when they are not there. */
static size_t identity_len(const char *line)
{
	size_t type = strcspn(line, " \t\r\n"), gap = strspn(line + type, " \t"), blob = strcspn(line + type + gap, " \t\r\n");

	return type > 0 && gap == 1 && blob > 0 ? type + gap + blob : 0;
}

/* Is the key one of the lines that the agent lists? */
static bool lists(const char *list, const char *key)
{
	size_t len = identity_len(key);

	for (const char *at = list; len > 0 && *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (identity_len(at) == len && strncmp(at, key, len) == 0)
			return true;
	return false;
}

static bool agent_has(const char *public_key, char *why, size_t size)
{
	const char *const args[] = {"timeout", LIMIT_SECONDS, AGENT, "-L", NULL};
	struct sign_child c;
	char *list, said[SIGN_SAID_MAX];
	bool has, lost;

	if (!getenv("SSH_AUTH_SOCK")) {
		text_format(why, size, "its private half is not beside it, and there is no agent to ask (SSH_AUTH_SOCK is not set)");
		return false;
	}
	if (!sign_child_open(&c, NULL, 0, NULL, 0, why, size))
		return false;
	list = malloc(SIGN_OUTPUT_MAX);
	/* An agent without any key makes ssh-add end with 1, and say so on standard output. */
	lost = !sign_child_run(&c, LIMIT, args, said, sizeof said);
	if (list && sign_child_contents(c.out, list, SIGN_OUTPUT_MAX) > 0)
		lost = false;
	else if (lost && c.said[0] == '\0')
		text_format(said, sizeof said, "it does not answer within " LIMIT_SECONDS " s");
	sign_child_close(&c);
	has = list && lists(list, public_key);
	if (!has && lost)
		text_format(why, size, "its private half is not beside it, and the agent cannot be asked: %s", said);
	else if (!has)
		text_format(why, size, "its private half is not beside it, and the agent does not hold it (see ssh-add -L)");
	free(list);
	return has;
}

bool sign_can(const char *key, char *err, size_t err_size)
{
	char head[HEAD_MAX], why[SIGN_SAID_MAX + 100];
	struct stat st;
	bool is_private, ok;

	ok = may_read(key) && stat(key, &st) == 0 && read_head(key, head);
	if (!ok)
		text_format(why, sizeof why, "%s", strerror(errno));
	is_private = ok && strncmp(head, PRIVATE_MARK, sizeof PRIVATE_MARK - 1) == 0;
	if (is_private && st.st_uid == getuid() && (st.st_mode & 077) != 0) {
		/* What ssh-keygen itself will say, in more words. */
		text_format(why, sizeof why, "others may read it (mode %04o): chmod 600", (unsigned)(st.st_mode & 07777));
		ok = false;
	}
	ok = ok && (is_private || has_private_beside(key) || agent_has(head, why, sizeof why));
	if (!ok)
		text_format(err, err_size, "cannot sign with %s: %s", key, why);
	return ok;
}

bool sign_prepare(const char *key, char *err, size_t err_size)
{
	char why[SIGN_SAID_MAX];
	struct stat st;

	if (access(KEYGEN, X_OK) != 0)
		text_format(err, err_size, "cannot sign: %s: %s (Debian's package openssh-client has it)", KEYGEN, strerror(errno));
	else if (stat(key, &st) != 0 || !may_read(key))
		text_format(err, err_size, "cannot sign with %s: %s", key, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		text_format(err, err_size, "cannot sign with %s: it is not a regular file", key);
	else if (!is_key(key, why, sizeof why))
		text_format(err, err_size, "cannot sign with %s: %s", key, why);
	else
		return sign_can(key, err, err_size);
	return false;
}
