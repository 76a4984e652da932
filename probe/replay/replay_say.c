/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/replay/replay_say.h"

#include "analysis/value/json_out.h"
#include "probe/host/output.h"

#include <errno.h>
#include <string.h>

#define LINE_MAX_BYTES 1024
#define PATH_SHOWN 512

void replay_say(FILE *err, const char *path, const char *what)
{
	char safe[LINE_MAX_BYTES], where[PATH_SHOWN];

	text_safe(safe, sizeof safe, what);
	text_safe(where, sizeof where, path);
	fprintf(err, "erprobe: replay %s: %s\n", where, safe);
}

void replay_say_unwritten(FILE *err, const char *path)
{
	char line[160];

	text_format(line, sizeof line, "cannot write the result to standard output: %s", strerror(errno));
	replay_say(err, path, line);
}

static bool print_one_line(const struct strbuf *text, FILE *out)
{
	struct strbuf line;
	bool printed;

	strbuf_init(&line, STRBUF_MAX_DEFAULT);
	json_one_line(text->text ? text->text : "", text->len, &line);
	printed = replay_print(&line, false, out);
	strbuf_free(&line);
	return printed;
}

bool replay_print(const struct strbuf *text, bool one_line, FILE *out)
{
	errno = ENOMEM;
	if (!strbuf_ok(text))
		return false;
	if (one_line)
		return print_one_line(text, out);
	if (text->len == 0)
		return true;
	/* Not by stdio, which forgets why a write failed, and says so once more at the very end. */
	return out == stdout ? output_write(text->text, text->len)
	                     : fwrite(text->text, 1, text->len, out) == text->len && fflush(out) == 0;
}
