/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a request with our token may go: the management endpoint's own host or a host
 * below it, same scheme and port, and nowhere else. Pure text work, no look-ups. */
#ifndef ERPROBE_URL_H
#define ERPROBE_URL_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URL_MAX 8192      /* Azure asks clients to take 4 KiB; twice that, with the NUL */
#define URL_HOST_MAX 256  /* a DNS name is at most 253 characters */
#define URL_BASE_MAX 1024

/* The management endpoint, taken apart. */
struct url_base {
	char text[URL_BASE_MAX];  /* as configured, no trailing slash */
	size_t authority_len;     /* of text: "https://host:port" */
	bool tls;
	bool loopback;            /* never proxied, and the only place plain http may go */
	bool literal;             /* an address: nothing lies below it */
	char host[URL_HOST_MAX];  /* lower case; IPv6 in its brackets */
	uint16_t port;
};

/* Takes the configured endpoint apart. False with one line in err when it is no URL we
 * may use: https anywhere, http to a loopback address only, no user or password. */
bool url_base_parse(const char *endpoint, struct url_base *out, char *err, size_t err_size);

/* The same for a whole URL with its path and query, which may hold a secret: out is where it
 * leads, without them. Errors never repeat the URL. */
bool url_whole_parse(const char *url, struct url_base *out, char *err, size_t err_size);

/* Turns what Azure gave as a URL (absolute, or a path that begins with one slash) into
 * an absolute URL in out. False when it leaves the endpoint or is not a plain URL. */
bool url_follow(const struct url_base *base, const char *target, char out[URL_MAX]);

/* base + id + suffix + "?api-version=": both parts are percent-encoded but for '/'.
 * False when it does not fit or a path segment is "." or "..". */
bool url_resource(const struct url_base *base, const char *id, const char *suffix,
                  const char *api_version, char out[URL_MAX]);

/* Appends a text, percent-encoded but for the unreserved characters (RFC 3986 section 2.3) and those in `also`. */
#define URL_ALSO_PATH "/()" /* of a path, and of a query's value that is one: Azure's ids have parentheses */
void url_encode(struct strbuf *out, const char *text, const char *also);

#endif
