/* SPDX-License-Identifier: BSD-2-Clause */
/* Events as mail (RFC 5322): text in UTF-8, everything encoded, so that no name can end a header. */
#include "analysis/notice/notice_forms.h"

#include "analysis/value/base64.h"

#include <stdlib.h>
#include <string.h>

#define BASE64_LINE 57 /* bytes that make 76 characters (RFC 2045 section 6.8) */

static void base64(struct strbuf *out, const char *data, size_t len, size_t line)
{
	const unsigned char *in = (const unsigned char *)data;
	char group[4];

	for (size_t i = 0; i < len; i += 3) {
		size_t made = base64_group(in + i, len - i, false, group);

		if (line > 0 && i > 0 && i % line == 0)
			strbuf_add(out, "\r\n");
		strbuf_add_bytes(out, group, made);
		strbuf_add(out, made == 2 ? "==" : made == 3 ? "=" : "");
	}
}

/* An encoded-word is at most 75 characters (RFC 2047 section 2): 42 bytes of text, cut
 * between characters. */
static void subject(struct strbuf *out, const char *text)
{
	size_t len = strlen(text);

	strbuf_add(out, "Subject:");
	for (size_t at = 0; at < len;) {
		size_t piece = len - at < 42 ? len - at : 42;

		while (piece > 1 && at + piece < len && ((unsigned char)text[at + piece] & 0xc0) == 0x80)
			piece--;
		strbuf_add(out, at > 0 ? "\r\n =?UTF-8?B?" : " =?UTF-8?B?");
		base64(out, text + at, piece, 0);
		strbuf_add(out, "?=");
		at += piece;
	}
	strbuf_add(out, "\r\n");
}

/* "Tue, 24 Nov 2026 00:00:00 +0000" */
static void date(struct strbuf *out, struct wall_ns t)
{
	static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* 1970-01-01 was a Thursday */
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	char text[WALL_TEXT_MAX];
	long month;

	wall_text(t, text);
	month = strtol(text + 5, NULL, 10);
	strbuf_addf(out, "Date: %s, %.2s %s %.4s %.8s +0000\r\n", days[t.ns / NS_PER_SEC / 86400 % 7], text + 8,
	            months[month >= 1 && month <= 12 ? month - 1 : 0], text, text + 11);
}

void notice_mail(const struct notice *n, const char *from, const char *const *to, size_t to_count, struct strbuf *out)
{
	char title[NOTICE_TITLE_MAX];
	struct strbuf body;

	strbuf_addf(out, "From: erprobe <%s>\r\nTo: ", from);
	for (size_t i = 0; i < to_count; i++)
		strbuf_addf(out, "%s<%s>", i > 0 ? ",\r\n " : "", to[i]);
	strbuf_add(out, "\r\n");
	subject(out, notice_title(n, title));
	date(out, n->at);
	strbuf_addf(out, "Message-ID: <%s@erprobe.invalid>\r\n", n->key);
	if (strcmp(n->key, n->incident) != 0)
		strbuf_addf(out, "References: <%s@erprobe.invalid>\r\nIn-Reply-To: <%s@erprobe.invalid>\r\n", n->incident, n->incident);
	strbuf_add(out, "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nMIME-Version: 1.0\r\n"
	                "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	strbuf_init(&body, 65536);
	notice_text(n, &body);
	if (strbuf_ok(&body) && body.text)
		base64(out, body.text, body.len, BASE64_LINE);
	out->failed = out->failed || !strbuf_ok(&body);
	strbuf_free(&body);
	strbuf_add(out, "\r\n");
}
