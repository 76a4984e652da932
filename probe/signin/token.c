/* SPDX-License-Identifier: BSD-2-Clause */
/* The bearer token, from a file that somebody else renews or from a sign-in. */
#define _GNU_SOURCE /* memmem */
#include "probe/signin/token.h"

#include "probe/secret/secret_file.h"

#include <stdio.h>
#include <string.h>

/* A part of a token shorter than this is no secret worth looking for. */
#define SIGNATURE_MIN 16

void token_init(struct token *t, const char *path)
{
	memset(t, 0, sizeof(*t));
	snprintf(t->path, sizeof(t->path), "%s", path);
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
	char fresh[TOKEN_BYTES_MAX + 3]; /* with a line's end behind it */
	struct stat st;
	size_t len;
	if (!secret_file_read_seen("the token file", t->path, ": write the token there or correct azure.auth.path", fresh, sizeof(fresh), &len,
	                           &st, err, err_size))
		return false;
	len = trim(fresh, len);
	fresh[len] = '\0';
	const char *why = why_unusable(fresh, len);
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
