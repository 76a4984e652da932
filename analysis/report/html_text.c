/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/report/report_html.h"

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

/* Colours differ in lightness too, and every state is also a word: the page says the
 * same in grey and to those who do not see it. */
const char html_style[] =
	"body{font:15px/1.45 system-ui,sans-serif;color:#1a1a1a;background:#fff;margin:0 auto;max-width:1060px;padding:24px}"
	"h1{font-size:22px;margin:0 0 4px}h2{font-size:18px;margin:30px 0 8px;border-bottom:1px solid #999}"
	"h3{font-size:15px;margin:20px 0 6px}p{margin:6px 0;max-width:85ch}"
	".verdict{border:2px solid;border-left-width:12px;border-radius:4px;padding:12px 16px;margin:14px 0;break-inside:avoid}"
	".healthy{border-color:#1b7f3b}.degraded{border-color:#b26a00}.fault{border-color:#b00020}.undetermined{border-color:#555}"
	".verdict strong{font-size:18px}dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:8px 0}"
	"dt{color:#555}dd{margin:0;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%;margin:8px 0;font-size:13px}"
	"th,td{text-align:left;padding:3px 8px;border-bottom:1px solid #ddd;vertical-align:top}th{border-bottom:1px solid #666;"
	"white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tr{break-inside:avoid}"
	"svg{width:100%;height:auto;display:block;margin:8px 0;break-inside:avoid}svg text{font:12px system-ui,sans-serif;fill:#1a1a1a}"
	"svg .small{font-size:11px;fill:#444}.band{stroke:#bbb}.band.c{fill:#eef3fb}.band.w{fill:#fbf6e9}.band.a{fill:#eef7ee}"
	".line{stroke:#1b7f3b;stroke-width:3}.line.bad{stroke:#b00020;stroke-dasharray:3 6}.line.doubt{stroke:#777;stroke-dasharray:8 5}"
	".node{fill:#fff;stroke:#1b7f3b;stroke-width:2.5}.node.bad{stroke:#b00020}.node.doubt{stroke:#777}"
	".cross{stroke:#b00020;stroke-width:2;fill:none}.bar{fill:#9db7dd}.mark{fill:#12305f}.grid{stroke:#ddd}ul{margin:6px 0;padding-left:22px}"
	"footer{margin-top:34px;border-top:1px solid #999;padding-top:8px;color:#444;font-size:13px}"
	"@media print{body{max-width:none;padding:0;font-size:11pt}h2,h3{break-after:avoid}@page{margin:16mm}"
	"*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";
