/* SPDX-License-Identifier: BSD-2-Clause */
/* The bearer token, from a file that somebody else renews or from a sign-in. It lives in the reader's
 * child alone; errors name the file and never what is in it. */
#ifndef ERPROBE_AZURE_TOKEN_H
#define ERPROBE_AZURE_TOKEN_H

#include "probe/config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Tokens of identities in many groups come near 16 KiB; a header beyond 32 is refused by servers. */
#define TOKEN_BYTES_MAX 32768

struct token {
	char path[CONFIG_TEXT_MAX];
	char text[TOKEN_BYTES_MAX + 1]; /* "" until read */
	size_t len;
	unsigned changes;               /* how often text became another */
	struct stat seen;               /* of the file that text came from */
};

void token_init(struct token *t, const char *path);
/* Reads the file when it is new or was renewed since. False with one line in err when
 * no token can be had; while a renewal is half written the last good token stands. */
bool token_refresh(struct token *t, char *err, size_t err_size);
/* Reads the file whatever its date, after a refusal. True when the token is another now. */
bool token_renewed(struct token *t);
/* Takes a token that was signed in for; its file is none. False when text is no token. */
bool token_set(struct token *t, const char *text);
/* True when data holds the token or its signature (RFC 7515: the last of three parts):
 * an answer that repeats our secret must not travel further. */
bool token_within(const struct token *t, const void *data, size_t len);
/* Overwrites the token in memory. */
void token_wipe(struct token *t);

#endif
