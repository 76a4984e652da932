/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/render/html.h"

#include "analysis/value/utf8.h"

#include <stdarg.h>
#include <stdio.h>

void html_text(struct strbuf *out, const char *text)
{
	size_t len;
	uint32_t cp;

	for (; (len = utf8_next(text, &cp)) > 0; text += len) {
		switch (cp) {
		case '&': strbuf_add(out, "&amp;"); break;
		case '<': strbuf_add(out, "&lt;"); break;
		case '>': strbuf_add(out, "&gt;"); break;
		case '"': strbuf_add(out, "&quot;"); break;
		case '\'': strbuf_add(out, "&#39;"); break;
		default:
			if (cp == UTF8_INVALID || utf8_is_unsafe(cp))
				strbuf_add(out, UTF8_REPLACEMENT);
			else
				strbuf_add_bytes(out, text, len);
		}
	}
}

void html_textf(struct strbuf *out, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	html_text(out, text);
}

void html_item(struct strbuf *out, const char *text)
{
	strbuf_add(out, "<li>");
	html_text(out, text);
	strbuf_add(out, "</li>\n");
}

void html_begin(struct strbuf *out, const char *title, const char *more)
{
	strbuf_add(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
	                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	                "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
	html_text(out, title);
	strbuf_add(out, "</title>\n<style>");
	html_style(out);
	strbuf_add(out, more);
	strbuf_add(out, "</style></head><body>\n");
}
