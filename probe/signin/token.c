/* SPDX-License-Identifier: BSD-2-Clause */
/* The bearer token, from a file that somebody else renews or from a sign-in. */
#define _GNU_SOURCE /* memmem */
#include "probe/signin/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A part of a token shorter than this is no secret worth looking for. */
#define SIGNATURE_MIN 16

void token_init(struct token *t, const char *path)
{
	memset(t, 0, sizeof(*t));
	snprintf(t->path, sizeof(t->path), "%s", path);
}

/* O_NONBLOCK: opening a FIFO that nobody writes must not stop us. */
static int open_file(const struct token *t, struct stat *st, char *err, size_t err_size)
{
	int fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		const char *what = errno == EACCES || errno == EPERM
		                       ? ": let the user that runs erprobe read it"
		                       : ": write the token there or correct azure.auth.path";
		snprintf(err, err_size, "cannot open the token file %s: %s%s", t->path, strerror(errno), what);
		return -1;
	}
	if (fstat(fd, st) != 0 || !S_ISREG(st->st_mode)) {
		snprintf(err, err_size, "the token file %s is not a regular file", t->path);
		close(fd);
		return -1;
	}
	return fd;
}

static bool read_all(int fd, char *buf, size_t size, size_t *len)
{
	*len = 0;
	while (*len < size) {
		ssize_t n = read(fd, buf + *len, size - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		*len += (size_t)n;
	}
	return true;
}

/* RFC 6750 section 2.1: a bearer token is made of visible characters without blanks. */
static size_t trim(char *text, size_t len)
{
	size_t start = 0;
	while (start < len && strchr(" \t\r\n", text[start]) && text[start])
		start++;
	while (len > start && strchr(" \t\r\n", text[len - 1]) && text[len - 1])
		len--;
	memmove(text, text + start, len - start);
	return len - start;
}

static const char *why_unusable(const char *text, size_t len)
{
	if (len == 0)
		return "is empty";
	if (len > TOKEN_BYTES_MAX)
		return "is larger than any token";
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return "holds more than a bare token (no quotes, no \"Bearer\", one line)";
	return strchr("{\"", text[0]) ? "holds more than a bare token (no quotes, no JSON)" : NULL;
}

static bool read_token(struct token *t, char *err, size_t err_size)
{
	/* Two bytes more than a token may have, so that a larger file shows itself. */
	char fresh[TOKEN_BYTES_MAX + 3];
	struct stat st;
	size_t len = 0;
	int fd = open_file(t, &st, err, err_size);
	if (fd < 0)
		return false;
	bool read_ok = read_all(fd, fresh, sizeof(fresh) - 1, &len);
	close(fd);
	fresh[len] = '\0';
	const char *why = read_ok ? NULL : "cannot be read";
	if (!why)
		why = len >= sizeof(fresh) - 1 ? "is larger than any token" : NULL;
	if (!why) {
		len = trim(fresh, len);
		fresh[len] = '\0';
		why = why_unusable(fresh, len);
	}
	if (why) {
		snprintf(err, err_size, "the token file %s %s", t->path, why);
	} else {
		t->changes += strcmp(t->text, fresh) != 0;
		memcpy(t->text, fresh, len + 1);
		t->len = len;
		t->seen = st;
	}
	explicit_bzero(fresh, sizeof(fresh));
	return !why;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool token_refresh(struct token *t, char *err, size_t err_size)
{
	struct stat now;
	if (t->len > 0 && stat(t->path, &now) == 0 && same_file(&now, &t->seen))
		return true;
	return read_token(t, err, err_size) || t->len > 0;
}

bool token_renewed(struct token *t)
{
	char before[TOKEN_BYTES_MAX + 1], err[256];
	memcpy(before, t->text, sizeof(before));
	bool renewed = read_token(t, err, sizeof(err)) && strcmp(before, t->text) != 0;
	explicit_bzero(before, sizeof(before));
	return renewed;
}

bool token_set(struct token *t, const char *text)
{
	size_t len = strlen(text);
	if (why_unusable(text, len))
		return false;
	explicit_bzero(t->text, sizeof(t->text));
	memcpy(t->text, text, len + 1);
	t->len = len;
	return true;
}

bool token_within(const struct token *t, const void *data, size_t len)
{
	if (t->len == 0 || len == 0)
		return false;
	if (memmem(data, len, t->text, t->len))
		return true;
	const char *dot = strrchr(t->text, '.');
	size_t signature = dot ? strlen(dot + 1) : 0;
	return signature >= SIGNATURE_MIN && memmem(data, len, dot + 1, signature);
}

void token_wipe(struct token *t)
{
	explicit_bzero(t, sizeof(*t));
}
