/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/notify/deliver.h"

#include "probe/http/mail.h"
#include "probe/secret/secret_file.h"

#include <string.h>

#define PASSWORD_MAX 1024

void deliver_mail(const struct notify_channel *c, const struct notice *n, struct deliver_result *r)
{
	const char *to[NOTIFY_LIST_MAX];
	char password[PASSWORD_MAX] = "", err[DELIVER_ERROR_MAX];
	struct mail m = {
		.server = c->server, .plain = c->tls == NOTIFY_TLS_NONE, .user = c->user, .password = password, .from = c->from, .to = to,
		.to_count = c->to.count, .timeout_s = DELIVER_TIMEOUT_S,
	};
	struct strbuf text;

	for (size_t i = 0; i < c->to.count; i++)
		to[i] = c->to.text[i];
	if (c->password_path[0] &&
	    !secret_file_line("the mail server's password file", c->password_path, password, sizeof password, err, sizeof err)) {
		deliver_fail(r, DELIVER_LATER, "%s", err);
		return;
	}
	if (!deliver_give_up_rights(r))
		return;
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	notice_mail(n, c->from, to, c->to.count, &text);
	m.text = text.text;
	m.len = text.len;
	if (!strbuf_ok(&text) || !text.text) {
		deliver_fail(r, DELIVER_LATER, "out of memory");
	} else {
		enum mail_end end = mail_send(&m, err, sizeof err);

		if (end != MAIL_TAKEN)
			deliver_fail(r, end == MAIL_REFUSED ? DELIVER_REFUSED : DELIVER_LATER, "%s", err);
	}
	strbuf_free(&text);
	explicit_bzero(password, sizeof password);
}
