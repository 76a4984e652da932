/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/trace_say.h"

#include "analysis/value/strbuf.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_BYTES 1024

static void say(struct progress *p, const char *prefix, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
static void say(struct progress *p, const char *prefix, const char *format, va_list args)
{
	char raw[LINE_MAX_BYTES], safe[LINE_MAX_BYTES];

	vsnprintf(raw, sizeof raw, format, args);
	text_safe(safe, sizeof safe, raw);
	progress_clear(p);
	fprintf(stderr, "%s%s\n", prefix, safe);
}

void trace_error(struct progress *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(p, "erprobe trace: ", format, args);
	va_end(args);
}

void trace_warn(struct progress *p, const char *format, ...)
{
	va_list args;

	if (p->quiet)
		return;
	va_start(args, format);
	say(p, "erprobe trace: warning: ", format, args);
	va_end(args);
}

void trace_note(struct progress *p, const char *format, ...)
{
	va_list args;

	if (p->quiet)
		return;
	va_start(args, format);
	say(p, "erprobe trace: ", format, args);
	va_end(args);
}
