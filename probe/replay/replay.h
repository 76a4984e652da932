/* SPDX-License-Identifier: BSD-2-Clause */
/* The same analysis again from saved evidence, or the one that a capture of somebody
 * else allows: no privilege, no network. */
#ifndef ERPROBE_REPLAY_H
#define ERPROBE_REPLAY_H

#include "analysis/render/page.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum replay_format {
	REPLAY_JSON = 0, /* a bundle's run.json, byte for byte (but for one_line): the default of the command for bundles */
	REPLAY_TEXT      /* the report for a person, from the result computed again */
};

struct replay_options {
	enum replay_format format;
	struct text_style style; /* REPLAY_TEXT */
	bool one_line;           /* documents in the compact form, --jsonl; never with REPLAY_TEXT */
	bool verbose;            /* one line on err for each frame: what it is, which tests failed */
	bool quiet;              /* what another build only worded otherwise is not said */
	bool format_given;       /* without it captures, --explain and comparisons are REPLAY_TEXT */
	FILE *out, *err;         /* NULL = stdout, stderr */
};

/* Replays the bundle, or the capture, at path. Returns the exit code of the original
 * check or trace (130 where it was interrupted), of the check that a capture of ours allows, 0 for
 * a capture of others, or 3 with one line on err when it cannot be trusted or read.
 * Where this build concludes otherwise than the bundle's run.json it says so on err;
 * REPLAY_JSON still prints the stored document (REPLAY_TEXT can only show this build's),
 * and the stored document gives the exit code. */
int replay_run(const char *path, const struct replay_options *o);
/* Why did this probe count or not? probe counts from 1 as the packet comments do, in a
 * capture of others from its first probe on. 0, or 3 with one line on err. */
int replay_explain(const char *path, uint32_t probe, const struct replay_options *o);
/* Sets two runs or captures side by side: two times, or both ends. 0, or 3 likewise. */
int replay_pair(const char *a, const char *b, const struct replay_options *o);

#endif
