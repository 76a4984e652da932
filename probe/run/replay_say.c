/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/replay_say.h"

#define LINE_MAX_BYTES 1024
#define PATH_SHOWN 512

void replay_say(FILE *err, const char *path, const char *what)
{
	char safe[LINE_MAX_BYTES], where[PATH_SHOWN];

	text_safe(safe, sizeof safe, what);
	text_safe(where, sizeof where, path);
	fprintf(err, "erprobe: replay %s: %s\n", where, safe);
}

bool replay_print(const struct strbuf *text, FILE *out)
{
	if (!strbuf_ok(text))
		return false;
	return (text->len == 0 || fwrite(text->text, 1, text->len, out) == text->len) && fflush(out) == 0 && !ferror(out);
}
