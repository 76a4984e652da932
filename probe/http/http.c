/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP requests that run at the same time, on libcurl's multi interface. */
#include "probe/http/http.h"

#include "analysis/value/strbuf.h"
#include "probe/host/library.h"
#include "probe/http/curl_calls.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HTTP_CONNECTIONS_MAX 32L
#define HTTP_CONNECT_MS 8000L
#define HTTP_ONCE_WAIT_MS 1000
#define HEADER_VALUE_MAX URL_MAX

struct http {
	CURLM *multi;
	struct url_base base;
	struct http_transfer *transfers; /* all that are under way */
};

struct http_transfer {
	struct http_transfer *next;
	CURL *easy;
	struct curl_slist *headers;
	char *form;           /* owned, wiped */
	struct http_answer *answer;
	size_t size;          /* room in answer->body */
	size_t header_bytes;
	bool too_large;
	void *owner;
	char curl_error[CURL_ERROR_SIZE];
};

struct http *http_open(const struct url_base *base, char *err, size_t err_size)
{
	if (!curl_load(err, err_size))
		return NULL;
	text_format(err, err_size, "libcurl cannot be started: out of memory, or its TLS library fails");
	struct http *h = calloc(1, sizeof(*h));
	if (!h || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(h);
		return NULL;
	}
	h->multi = curl.multi_init();
	if (!h->multi) {
		curl.global_cleanup();
		free(h);
		return NULL;
	}
	h->base = *base;
	curl.multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, HTTP_CONNECTIONS_MAX);
	return h;
}

static void transfer_free(struct http_transfer *t)
{
	curl.easy_cleanup(t->easy);
	for (struct curl_slist *s = t->headers; s; s = s->next)
		explicit_bzero(s->data, strlen(s->data)); /* one of them holds the token */
	curl.slist_free_all(t->headers);
	if (t->form)
		explicit_bzero(t->form, strlen(t->form));
	free(t->form);
	http_answer_free(t->answer);
	free(t);
}

void http_close(struct http *h)
{
	if (!h)
		return;
	while (h->transfers) {
		struct http_transfer *t = h->transfers;
		h->transfers = t->next;
		curl.multi_remove_handle(h->multi, t->easy);
		transfer_free(t);
	}
	curl.multi_cleanup(h->multi);
	curl.global_cleanup();
	free(h);
}

void http_answer_free(struct http_answer *a)
{
	if (!a)
		return;
	if (a->body)
		explicit_bzero(a->body, a->len);
	free(a->body);
	free(a);
}

/* ------------------------------------------------------------------ receiving */

static bool grow(struct http_transfer *t, size_t need)
{
	size_t size = t->size ? t->size : 4096;
	while (size < need)
		size *= 2;
	if (size == t->size)
		return true;
	char *bigger = realloc(t->answer->body, size);
	if (!bigger)
		return false;
	t->answer->body = bigger;
	t->size = size;
	return true;
}

/* libcurl's body callback: any return but the length ends the transfer. */
static size_t on_body(char *data, size_t one, size_t len, void *user)
{
	struct http_transfer *t = user;
	struct http_answer *a = t->answer;
	(void)one; /* always 1 */
	if (len > HTTP_BODY_MAX - a->len) {
		t->too_large = true;
		return 0;
	}
	if (!grow(t, a->len + len + 1))
		return 0;
	memcpy(a->body + a->len, data, len);
	a->len += len;
	a->body[a->len] = '\0';
	return len;
}

static bool header_value(const char *line, size_t len, const char *name, char *value, size_t size)
{
	size_t name_len = strlen(name);
	if (len <= name_len || strncasecmp(line, name, name_len) != 0 || line[name_len] != ':')
		return false;
	const char *from = line + name_len + 1;
	const char *to = line + len;
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && isspace((unsigned char)to[-1]))
		to--;
	value[0] = '\0';
	if ((size_t)(to - from) < size && !memchr(from, 0, (size_t)(to - from))) {
		memcpy(value, from, (size_t)(to - from));
		value[to - from] = '\0';
	}
	return true;
}

/* Whole seconds; Azure never sends the HTTP-date form. A day is long enough for ever. */
static int64_t read_seconds(const char *value)
{
	size_t digits = strspn(value, "0123456789");
	if (digits == 0 || value[digits] != '\0')
		return -1;
	int64_t seconds = 0;
	for (size_t i = 0; i < digits && seconds < 86400; i++)
		seconds = seconds * 10 + (value[i] - '0');
	return seconds > 86400 ? 86400 : seconds;
}

static bool is_identifier(const char *value)
{
	size_t len = strspn(value, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.");
	return len > 0 && value[len] == '\0';
}

/* A new status line begins a new answer (100 Continue, then the real one). */
static void forget_headers(struct http_answer *a)
{
	a->has_location = a->has_async = false;
	a->location[0] = a->async_operation[0] = a->correlation_id[0] = a->challenge[0] = '\0';
	a->retry_after_s = -1;
}

void http_header(struct http_answer *a, const char *line, size_t len)
{
	char value[HEADER_VALUE_MAX];
	if (len > 5 && strncmp(line, "HTTP/", 5) == 0)
		forget_headers(a);
	else if (header_value(line, len, "Location", a->location, sizeof(a->location)))
		a->has_location = true;
	else if (header_value(line, len, "Azure-AsyncOperation", a->async_operation, sizeof(a->async_operation)))
		a->has_async = true;
	else if (header_value(line, len, "WWW-Authenticate", value, sizeof(value)))
		snprintf(a->challenge, sizeof(a->challenge), "%.511s", strlen(value) < sizeof(a->challenge) ? value : "");
	else if (header_value(line, len, "Retry-After", value, sizeof(value)))
		a->retry_after_s = read_seconds(value);
	else if (header_value(line, len, "x-ms-correlation-request-id", value, sizeof(value)) &&
	         strlen(value) < sizeof(a->correlation_id) && is_identifier(value))
		snprintf(a->correlation_id, sizeof(a->correlation_id), "%.47s", value);
}

static size_t on_header(char *data, size_t one, size_t len, void *user)
{
	struct http_transfer *t = user;
	(void)one;
	if (len > HTTP_HEADERS_MAX - t->header_bytes) {
		t->too_large = true;
		return 0;
	}
	t->header_bytes += len;
	http_header(t->answer, data, len);
	return len;
}

/* ------------------------------------------------------------------ sending */

static bool add_header(struct http_transfer *t, const char *line)
{
	struct curl_slist *longer = curl.slist_append(t->headers, line);
	if (!longer)
		return false;
	t->headers = longer;
	return true;
}

static bool add_token(struct http_transfer *t, const char *token)
{
	size_t size = strlen(token) + sizeof("Authorization: Bearer ");
	char *line = malloc(size);
	if (!line)
		return false;
	snprintf(line, size, "Authorization: Bearer %s", token);
	bool added = add_header(t, line);
	explicit_bzero(line, size);
	free(line);
	return added;
}

static void set_limits(const struct url_base *to, CURL *e, double timeout_s)
{
	long ms = timeout_s > 0.001 ? (long)(timeout_s * 1000.0) : 1L;
	curl.easy_setopt(e, CURLOPT_TIMEOUT_MS, ms);
	curl.easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, ms < HTTP_CONNECT_MS ? ms : HTTP_CONNECT_MS);
	curl.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* a look-up that is under way is left alone, not waited for */
	curl.easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(e, CURLOPT_PROTOCOLS_STR, to->tls ? "https" : "http");
	curl.easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)HTTP_BODY_MAX);
	curl.easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's headers are not Azure's */
	curl.easy_setopt(e, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* no token for the proxy */
	if (to->loopback)
		curl.easy_setopt(e, CURLOPT_PROXY, "");
}

static void set_request(struct http_transfer *t, const struct http_request *r)
{
	CURL *e = t->easy;
	curl.easy_setopt(e, CURLOPT_URL, r->url);
	curl.easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
	curl.easy_setopt(e, CURLOPT_USERAGENT, "erprobe/" ERPROBE_VERSION);
	curl.easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
	curl.easy_setopt(e, CURLOPT_ERRORBUFFER, t->curl_error);
	curl.easy_setopt(e, CURLOPT_PRIVATE, t);
	curl.easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl.easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl.easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl.easy_setopt(e, CURLOPT_HEADERDATA, t);
	if (t->form) {
		curl.easy_setopt(e, CURLOPT_POST, 1L);
		curl.easy_setopt(e, CURLOPT_POSTFIELDS, t->form);
		curl.easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)strlen(t->form));
	} else if (r->post) {
		/* Azure's tables are POSTs without a body and want "Content-Length: 0". */
		curl.easy_setopt(e, CURLOPT_POST, 1L);
		curl.easy_setopt(e, CURLOPT_POSTFIELDS, "");
		curl.easy_setopt(e, CURLOPT_POSTFIELDSIZE, 0L);
	}
}

static bool add_headers(struct http_transfer *t, const struct http_request *r)
{
	for (size_t i = 0; i < sizeof(r->headers) / sizeof(r->headers[0]); i++)
		if (r->headers[i] && !add_header(t, r->headers[i]))
			return false;
	return add_header(t, "Accept: application/json") && add_header(t, "Expect:") &&
	       (!r->post || add_header(t, "Content-Type: application/json")) &&
	       (!r->token || add_token(t, r->token));
}

bool http_start(struct http *h, const struct http_request *r, void *owner)
{
	struct http_transfer *t = calloc(1, sizeof(*t));
	if (!t)
		return false;
	t->owner = owner;
	t->answer = calloc(1, sizeof(*t->answer));
	t->easy = curl.easy_init();
	const char *body = r->form ? r->form : r->json && r->json[0] ? r->json : NULL;
	t->form = body ? strdup(body) : NULL;
	if (!t->answer || !t->easy || (body && !t->form) || !add_headers(t, r)) {
		transfer_free(t);
		return false;
	}
	t->answer->retry_after_s = -1;
	curl_trust(t->easy);
	set_limits(r->to ? r->to : &h->base, t->easy, r->timeout_s);
	set_request(t, r);
	if (curl.multi_add_handle(h->multi, t->easy) != CURLM_OK) {
		transfer_free(t);
		return false;
	}
	t->next = h->transfers;
	h->transfers = t;
	return true;
}

/* ------------------------------------------------------------------ ending */

void http_wait(struct http *h, int milliseconds)
{
	int running = 0;
	curl.multi_perform(h->multi, &running);
	curl.multi_poll(h->multi, NULL, 0, milliseconds, NULL);
	curl.multi_perform(h->multi, &running);
}

/* How far it came. */
static const char *timeout_words(const struct http_transfer *t)
{
	curl_off_t ready = 0;
	curl.easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
	if (strncmp(t->curl_error, "Resolving", 9) == 0)
		return "could not resolve the host's name in time: does the DNS server answer?";
	if (t->header_bytes > 0)
		return "an answer began and did not end in time";
	return ready > 0 ? "no answer in time" : "no connection, or no TLS on it, in time";
}

static void say_failure(struct http_transfer *t, CURLcode code)
{
	struct http_answer *a = t->answer;
	a->status = 0;
	a->may_retry = curl_may_retry(code) && !t->too_large;
	if (t->too_large || code == CURLE_FILESIZE_EXCEEDED)
		text_format(a->error, sizeof(a->error), "the answer is larger than %zu MiB (or its headers than "
		            "%zu KiB)", HTTP_BODY_MAX >> 20, HTTP_HEADERS_MAX >> 10);
	else if (code == CURLE_OPERATION_TIMEDOUT)
		text_format(a->error, sizeof(a->error), "%s", timeout_words(t));
	else
		curl_say_failure(t->easy, code, t->curl_error, a->error, sizeof(a->error));
}

static struct http_transfer *unlink_transfer(struct http *h, const CURL *easy)
{
	for (struct http_transfer **at = &h->transfers; *at; at = &(*at)->next)
		if ((*at)->easy == easy) {
			struct http_transfer *found = *at;
			*at = found->next;
			return found;
		}
	return NULL;
}

struct http_answer *http_take(struct http *h, void **owner)
{
	int left;
	CURLMsg *message;
	while ((message = curl.multi_info_read(h->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		long status = 0;
		struct http_transfer *t = unlink_transfer(h, message->easy_handle);
		if (message->msg != CURLMSG_DONE || !t)
			continue;
		curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		t->answer->status = (int32_t)status;
		if (code != CURLE_OK)
			say_failure(t, code);
		struct http_answer *answer = t->answer;
		*owner = t->owner;
		t->answer = NULL;
		curl.multi_remove_handle(h->multi, t->easy);
		transfer_free(t);
		return answer;
	}
	return NULL;
}

struct http_answer *http_once(const struct http_request *r, char *err, size_t err_size)
{
	struct http *h = http_open(r->to, err, err_size);
	struct http_answer *a = NULL;
	void *owner;
	bool begun = h && http_start(h, r, NULL);

	if (h && !begun)
		text_format(err, err_size, "a request cannot be begun: out of memory");
	while (begun && !a) {
		http_wait(h, HTTP_ONCE_WAIT_MS);
		a = http_take(h, &owner);
	}
	http_close(h);
	return a;
}
