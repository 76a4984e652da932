/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/say.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX_BYTES 1024

static bool quiet;

void say_quietly(void)
{
	quiet = true;
}

static const char *prefix(enum say_level level)
{
	return level == SAY_ERROR ? "erprobe audit: " : level == SAY_WARNING ? "erprobe audit: warning: " : "";
}

void say(enum say_level level, const char *format, ...)
{
	char raw[LINE_MAX_BYTES], safe[LINE_MAX_BYTES];
	int saved = errno;
	va_list args;

	if (quiet && level == SAY_NOTE)
		return;
	va_start(args, format);
	vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	text_safe(safe, sizeof safe, raw);
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>", (int)level);
	fprintf(stderr, "%s%s\n", prefix(level), safe);
	errno = saved;
}
