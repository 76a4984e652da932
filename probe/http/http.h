/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP requests that run at the same time, by libcurl: this folder is its only user. Bounded answers,
 * verified TLS, no redirect followed, no signal, no proxy to a loopback address.
 *
 * From the environment: http_proxy, https_proxy, all_proxy and no_proxy as libcurl reads
 * them; the authorities that TLS trusts from CURL_CA_BUNDLE or else SSL_CERT_FILE (a PEM
 * file) and SSL_CERT_DIR (a folder of c_rehash), in place of the system's store. */
#ifndef ERPROBE_HTTP_H
#define ERPROBE_HTTP_H

#include "probe/http/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_BODY_MAX ((size_t)16 << 20)    /* largest table of Azure is far below */
#define HTTP_HEADERS_MAX ((size_t)64 << 10) /* all headers of one answer */
#define HTTP_ERROR_MAX 192

struct http_request {
	const char *url;
	bool post;            /* with an empty body or json; else GET */
	const char *json;     /* POST with this application/json body; NULL or "" = none */
	const char *form;     /* POST with this application/x-www-form-urlencoded body; NULL = none */
	const char *headers[2]; /* further whole header lines; NULL = none */
	const struct url_base *to; /* another service than that of http_open(); NULL = that one */
	const char *token;    /* sent as "Authorization: Bearer"; NULL = none */
	double timeout_s;
};

/* What came back. status 0: nothing usable did, and error says why. */
struct http_answer {
	int32_t status;
	bool may_retry;                   /* without an answer: a later try may have one */
	char error[HTTP_ERROR_MAX];
	char *body;                       /* NUL-terminated; owned */
	size_t len;
	bool has_location, has_async;     /* the header came, even if it was too long to keep */
	char location[URL_MAX];
	char async_operation[URL_MAX];    /* Azure-AsyncOperation */
	int64_t retry_after_s;            /* -1 = not given or not a number of seconds */
	char challenge[512];              /* WWW-Authenticate; "" = none or too long */
	char correlation_id[48];          /* x-ms-correlation-request-id; "" = none or odd */
};

struct http;
struct http_transfer;

/* NULL with one line in err when libcurl is not there or cannot start. */
struct http *http_open(const struct url_base *base, char *err, size_t err_size);
/* Ends what is under way. May wait for a name look-up that libcurl cannot interrupt. */
void http_close(struct http *h);
/* Starts a request; owner comes back with the answer. False when out of memory. */
bool http_start(struct http *h, const struct http_request *r, void *owner);
/* Waits at most this long for anything to happen. */
void http_wait(struct http *h, int milliseconds);
/* The next answer that is complete, or NULL. The caller frees it. */
struct http_answer *http_take(struct http *h, void **owner);
/* One request by itself, to the service that r->to names: starts, waits, ends. The caller
 * frees the answer; NULL with one line in err when it could not even begin. */
struct http_answer *http_once(const struct http_request *r, char *err, size_t err_size);
/* Overwrites the body first: it may hold a token. */
void http_answer_free(struct http_answer *a);

/* Reads one header line ("Name: value\r\n") into the answer; split off for tests. */
void http_header(struct http_answer *a, const char *line, size_t len);

#endif
