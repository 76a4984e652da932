/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/http/mail.h"

#include "analysis/value/strbuf.h"
#include "probe/http/curl_calls.h"

#include <stdio.h>
#include <string.h>

#define CONNECT_MS 8000L
#define ADDRESS_MAX 320 /* RFC 5321 section 4.5.3.1: 64 + 1 + 255 */

struct sending {
	const char *text;
	size_t left;
	char curl_error[CURL_ERROR_SIZE];
};

static size_t on_need(char *buffer, size_t one, size_t room, void *user)
{
	struct sending *s = user;
	size_t n = one * room < s->left ? one * room : s->left;

	memcpy(buffer, s->text, n);
	s->text += n;
	s->left -= n;
	return n;
}

/* "<address>" */
static struct curl_slist *recipients(const struct mail *m)
{
	struct curl_slist *list = NULL;
	char address[ADDRESS_MAX + 2];

	for (size_t i = 0; i < m->to_count; i++) {
		struct curl_slist *longer;

		snprintf(address, sizeof address, "<%s>", m->to[i]);
		longer = curl.slist_append(list, address);
		if (!longer) {
			curl.slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

static void set_options(CURL *e, const struct mail *m, struct sending *s, const struct curl_slist *to, const char *from)
{
	long ms = (long)(m->timeout_s * 1000.0);

	curl.easy_setopt(e, CURLOPT_URL, m->server);
	curl.easy_setopt(e, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl.easy_setopt(e, CURLOPT_PROXY, "");
	curl.easy_setopt(e, CURLOPT_USE_SSL, (long)(m->plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (m->user[0] && !m->plain) {
		curl.easy_setopt(e, CURLOPT_USERNAME, m->user);
		curl.easy_setopt(e, CURLOPT_PASSWORD, m->password);
	}
	curl.easy_setopt(e, CURLOPT_MAIL_FROM, from);
	curl.easy_setopt(e, CURLOPT_MAIL_RCPT, to);
	curl.easy_setopt(e, CURLOPT_UPLOAD, 1L);
	curl.easy_setopt(e, CURLOPT_READFUNCTION, on_need);
	curl.easy_setopt(e, CURLOPT_READDATA, s);
	curl.easy_setopt(e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)m->len);
	curl.easy_setopt(e, CURLOPT_TIMEOUT_MS, ms);
	curl.easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, ms < CONNECT_MS ? ms : CONNECT_MS);
	curl.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(e, CURLOPT_ERRORBUFFER, s->curl_error);
	curl_trust(e);
}

static enum mail_end judge(CURL *e, CURLcode code, const struct sending *s, char *err, size_t err_size)
{
	long answer = 0;

	if (code == CURLE_OK)
		return MAIL_TAKEN;
	curl.easy_getinfo(e, CURLINFO_RESPONSE_CODE, &answer);
	if (code == CURLE_LOGIN_DENIED)
		text_format(err, err_size, "the mail server does not accept user and password (%ld)", answer);
	else if (code == CURLE_USE_SSL_FAILED)
		text_format(err, err_size, "the mail server offers no TLS: use smtps://, or tls: none for a relay of your own");
	else if (answer >= 400 && answer < 600)
		text_format(err, err_size, "the mail server answers %ld", answer);
	else
		curl_say_failure(e, code, s->curl_error, err, err_size);
	/* A wrong password or sender list may be put right; a mail or recipient that is refused will not be. */
	return answer >= 550 && answer < 560 ? MAIL_REFUSED : MAIL_LATER;
}

enum mail_end mail_send(const struct mail *m, char *err, size_t err_size)
{
	struct sending s = {.text = m->text, .left = m->len};
	char from[ADDRESS_MAX + 2];
	enum mail_end end = MAIL_LATER;
	struct curl_slist *to;
	CURL *e;

	if (!curl_load(err, err_size))
		return MAIL_LATER;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		text_format(err, err_size, "libcurl cannot be started");
		return MAIL_LATER;
	}
	snprintf(from, sizeof from, "<%s>", m->from);
	to = recipients(m);
	e = curl.easy_init();
	if (to && e) {
		set_options(e, m, &s, to, from);
		end = judge(e, curl.easy_perform(e), &s, err, err_size);
	} else {
		text_format(err, err_size, "out of memory");
	}
	curl.easy_cleanup(e);
	curl.slist_free_all(to);
	curl.global_cleanup();
	return end;
}
