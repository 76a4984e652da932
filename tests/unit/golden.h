/* SPDX-License-Identifier: BSD-2-Clause */
/* Compares a text with a file of tests/golden/report/. The working folder is the
 * top of the tree. With ERPROBE_UPDATE_GOLDEN=1 in the environment the file is
 * written instead; look at the difference before you keep it. */
#ifndef ERPROBE_GOLDEN_H
#define ERPROBE_GOLDEN_H

#include "analysis/value/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN_DIR "tests/golden/report/"

static char *golden_read(const char *path)
{
	struct strbuf b;
	char piece[4096];
	size_t n;

	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return NULL;
	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		strbuf_add_bytes(&b, piece, n);
	fclose(f);
	return strbuf_take(&b);
}

static void golden_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(text, 1, strlen(text), f) != strlen(text) || fclose(f) != 0)
		fail_msg("cannot write %s", path);
}

static void golden_compare(const char *name, const char *text)
{
	char path[200];
	size_t line = 1, i = 0;

	text_format(path, sizeof path, GOLDEN_DIR "%s", name);
	const char *update = getenv("ERPROBE_UPDATE_GOLDEN");
	if (update != NULL && strcmp(update, "1") == 0) {
		golden_write(path, text);
		return;
	}
	char *want = golden_read(path);
	if (want == NULL)
		fail_msg("cannot read %s; run in the top folder, or make it with ERPROBE_UPDATE_GOLDEN=1", path);
	for (; want[i] != '\0' && want[i] == text[i]; i++)
		line += text[i] == '\n';
	bool same = want[i] == text[i];
	free(want);
	if (!same)
		fail_msg("%s differs from line %zu on; if the change is wanted, run again with ERPROBE_UPDATE_GOLDEN=1", path, line);
}

#endif
