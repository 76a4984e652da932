/* SPDX-License-Identifier: BSD-2-Clause */
/* The same analysis again from saved evidence: no privilege, no network. */
#ifndef ERPROBE_REPLAY_H
#define ERPROBE_REPLAY_H

#include "analysis/report/report.h"

#include <stdbool.h>
#include <stdio.h>

enum replay_format {
	REPLAY_JSON = 0, /* run.json, byte for byte: the default of the command */
	REPLAY_TEXT      /* the report for a person, from the result computed again */
};

struct replay_options {
	enum replay_format format;
	struct text_style style; /* REPLAY_TEXT */
	bool verbose;            /* one line on err for each frame: what it is, which tests failed */
	FILE *out, *err;         /* NULL = stdout, stderr */
};

/* Replays the bundle folder at path (the folder named RUN_ID). Returns the exit code
 * of the original check (130 where it was interrupted), or 3 with one line on err
 * when the bundle cannot be trusted or read. Where this build concludes otherwise it
 * says so on err; REPLAY_JSON still prints the stored document (REPLAY_TEXT can only
 * show this build's), and the stored document gives the exit code. */
int replay_run(const char *path, const struct replay_options *o);

#endif
