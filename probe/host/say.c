/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/say.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024

static bool quiet;
static int journal = -1; /* does it read us? Found out at the first line: the process that serves the page gives its environment up */

void say_quietly(void)
{
	quiet = true;
}

static const char *prefix(enum say_level level)
{
	return level == SAY_ERROR ? "erprobe audit: " : level == SAY_WARNING ? "erprobe audit: warning: " : "";
}

/* In one write: two processes have this standard error, and the journal takes what comes alone for a line. */
static void write_line(const char *line, int len)
{
	ssize_t n = 0;

	for (int at = 0; at < len && (n >= 0 || errno == EINTR); at += n > 0 ? (int)n : 0)
		n = write(STDERR_FILENO, line + at, (size_t)(len - at));
}

void say(enum say_level level, const char *format, ...)
{
	char raw[LINE_MAX_BYTES], safe[LINE_MAX_BYTES], number[8] = "", line[LINE_MAX_BYTES + 64];
	int saved = errno;
	va_list args;

	if (journal < 0)
		journal = getenv("JOURNAL_STREAM") != NULL;
	if (quiet && level == SAY_NOTE)
		return;
	va_start(args, format);
	vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	text_safe(safe, sizeof safe, raw);
	if (journal)
		snprintf(number, sizeof number, "<%d>", (int)level);
	write_line(line, snprintf(line, sizeof line, "%s%s%s\n", number, prefix(level), safe));
	errno = saved;
}
