/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/progress.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "erprobe/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
/* Wider than any line of progress, so that spaces cover the one before. */
#define COVER 79

struct progress progress_make(const char *command, bool quiet)
{
	const char *terminal = getenv("TERM");
	bool dumb = terminal && strcmp(terminal, "dumb") == 0;

	return (struct progress){.command = command, .live = !quiet && !dumb && isatty(STDERR_FILENO) == 1, .quiet = quiet};
}

void progress_show(struct progress *p, int64_t elapsed_ns, uint32_t probes, const char *waiting_for)
{
	char line[COVER + 1];

	snprintf(line, sizeof line, "%.1f s, %u probe%s sent, waiting for %s", (double)elapsed_ns / (double)NS_PER_SEC,
	         (unsigned)probes, PLURAL_S(probes), waiting_for);
	progress_line(p, line);
}

void progress_line(struct progress *p, const char *text)
{
	if (!p->live)
		return;
	fprintf(stderr, "\r%-*.*s", COVER, COVER, text);
	fflush(stderr);
	p->shown = true;
}

void progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	fprintf(stderr, "\r%-*s\r", COVER, "");
	fflush(stderr);
	p->shown = false;
}

/* before and after: what stands before the text. */
static void line(struct progress *p, const char *before, const char *after, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));
static void line(struct progress *p, const char *before, const char *after, const char *format, va_list args)
{
	char raw[LINE_MAX_BYTES], safe[LINE_MAX_BYTES];

	vsnprintf(raw, sizeof raw, format, args);
	text_safe(safe, sizeof safe, raw);
	progress_clear(p);
	fprintf(stderr, "%s%s%s\n", before, after, safe);
}

void progress_error(struct progress *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line(p, p->command, ": ", format, args);
	va_end(args);
}

void progress_warn(struct progress *p, const char *format, ...)
{
	va_list args;

	if (p->quiet)
		return;
	va_start(args, format);
	line(p, p->command, ": warning: ", format, args);
	va_end(args);
}

void progress_note(struct progress *p, const char *format, ...)
{
	va_list args;

	if (p->quiet)
		return;
	va_start(args, format);
	line(p, "", "", format, args);
	va_end(args);
}
