/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_say.h"

#include "analysis/trace/trace_capture.h"

#include "analysis/value/strbuf.h"
#include "erprobe/clock.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_MAX_BYTES 1024
#define TOLD_NS (10 * NS_PER_SEC) /* between two lines of progress in a log */

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

void trace_progress(struct progress *p, struct trace_far far)
{
	double s = (double)far.ran_ns / (double)NS_PER_SEC;
	char left[48] = "", line[160];

	if (far.all < TRACE_BULK_FROM) {
		progress_show(p, far.ran_ns, far.sent, "answers");
		return;
	}
	if (far.done > 0)
		text_format(left, sizeof left, ", about %.0f s left", s * (double)(far.all - far.done) / (double)far.done);
	text_format(line, sizeof line, "%zu of %zu traces, %.0f s, %u probes, %.0f a second%s", far.done, far.all, s, far.sent,
	            s > 0 ? far.sent / s : 0.0, left);
	progress_line(p, line);
	if (!p->live && !p->quiet && far.ran_ns - p->told_ns >= TOLD_NS) {
		p->told_ns = far.ran_ns;
		trace_note(p, "%s", line);
	}
}
