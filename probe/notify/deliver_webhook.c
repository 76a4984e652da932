/* SPDX-License-Identifier: BSD-2-Clause */
/* A POST of a JSON document. Where the URL or a key is a secret it comes from a file, and
 * no error repeats it. */
#include "probe/notify/deliver.h"

#include "probe/http/http.h"
#include "probe/secret/secret_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_MAX 4096

struct posting {
	char url[URL_MAX];
	char secret[SECRET_MAX];
	char authorization[SECRET_MAX + 32];
	char once[NOTICE_KEY_MAX + 32]; /* the header by which receivers drop doubles */
	struct strbuf body;
};

static const char *own_url(enum notice_form form)
{
	return form == NOTICE_PAGERDUTY ? "https://events.pagerduty.com/v2/enqueue"
	       : form == NOTICE_OPSGENIE ? "https://api.opsgenie.com" : "";
}

static bool find_url(const struct notify_channel *c, const struct notice *n, struct posting *p, char *err, size_t err_size)
{
	struct strbuf path;
	size_t len;
	bool fits;

	if (c->url_path[0]) {
		if (!secret_file_line("the URL's file", c->url_path, p->url, sizeof p->url, err, err_size))
			return false;
	} else {
		snprintf(p->url, sizeof p->url, "%s", c->url[0] ? c->url : own_url(c->form));
	}
	strbuf_init(&path, URL_MAX);
	notice_path(c->form, n, &path);
	len = strlen(p->url);
	while (path.len > 0 && len > 0 && p->url[len - 1] == '/')
		p->url[--len] = '\0';
	fits = strbuf_ok(&path) && len + path.len < sizeof p->url;
	if (fits && path.len > 0)
		memcpy(p->url + len, path.text, path.len + 1);
	if (!fits)
		snprintf(err, err_size, "the URL is too long");
	strbuf_free(&path);
	return fits;
}

static bool find_secret(const struct notify_channel *c, struct posting *p, char *err, size_t err_size)
{
	if (c->secret_path[0] && !secret_file_line("the secret's file", c->secret_path, p->secret, sizeof p->secret, err, err_size))
		return false;
	if (p->secret[0] && c->form != NOTICE_PAGERDUTY)
		snprintf(p->authorization, sizeof p->authorization, "Authorization: %s %s",
		         c->form == NOTICE_OPSGENIE ? "GenieKey" : "Bearer", p->secret);
	return true;
}

/* What the answer means. A receiver that read the document and calls it wrong will not
 * like it later either; all else may be put right meanwhile, also a wrong key. */
static void judge(const struct http_answer *a, struct deliver_result *r)
{
	r->retry_after_s = a->retry_after_s;
	if (a->status >= 200 && a->status < 300)
		return;
	if (a->status == 0)
		deliver_fail(r, DELIVER_LATER, "%s", a->error);
	else if (a->status == 400 || a->status == 413 || a->status == 422)
		deliver_fail(r, DELIVER_REFUSED, "the receiver refuses the message (HTTP %d): is it a receiver of this template?", (int)a->status);
	else if (a->status >= 300 && a->status < 400)
		deliver_fail(r, DELIVER_LATER, "the receiver redirects (HTTP %d), which is not followed: correct the URL", (int)a->status);
	else
		deliver_fail(r, DELIVER_LATER, "the receiver answers HTTP %d", (int)a->status);
}

static void post(struct posting *p, const struct url_base *to, struct deliver_result *r)
{
	const struct http_request request = {
		.url = p->url, .post = true, .json = p->body.text, .to = to, .timeout_s = DELIVER_TIMEOUT_S,
		.headers = {p->once, p->authorization[0] ? p->authorization : NULL},
	};
	char err[DELIVER_ERROR_MAX];
	struct http_answer *a = http_once(&request, err, sizeof err);

	if (a)
		judge(a, r);
	else
		deliver_fail(r, DELIVER_LATER, "%s", err);
	http_answer_free(a);
}

void deliver_webhook(const struct notify_channel *c, const struct notice *n, struct deliver_result *r)
{
	struct posting *p = calloc(1, sizeof *p);
	struct url_base to;
	char err[DELIVER_ERROR_MAX];

	if (!p) {
		deliver_fail(r, DELIVER_LATER, "out of memory");
		return;
	}
	strbuf_init(&p->body, STRBUF_MAX_DEFAULT);
	snprintf(p->once, sizeof p->once, "Idempotency-Key: %s", n->key);
	if (!find_url(c, n, p, err, sizeof err) || !find_secret(c, p, err, sizeof err)) {
		deliver_fail(r, DELIVER_LATER, "%s", err);
	} else if (!url_whole_parse(p->url, &to, err, sizeof err)) {
		deliver_fail(r, DELIVER_LATER, "the URL%s%s: %s", c->url_path[0] ? " in " : "", c->url_path, err);
	} else if (deliver_give_up_rights(r)) {
		notice_body(c->form, n, p->secret, &p->body);
		if (strbuf_ok(&p->body) && p->body.text)
			post(p, &to, r);
		else
			deliver_fail(r, DELIVER_LATER, "out of memory");
	}
	if (p->body.text)
		explicit_bzero(p->body.text, p->body.len);
	strbuf_free(&p->body);
	explicit_bzero(p, sizeof *p);
	free(p);
}
