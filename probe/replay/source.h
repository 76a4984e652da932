/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person names for replay: a bundle, a capture of ours alone, or a capture that
 * something else made. */
#ifndef ERPROBE_SOURCE_H
#define ERPROBE_SOURCE_H

#include "analysis/path/sight_path.h"
#include "probe/evidence/recording.h"
#include "probe/record/refold.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_FILE_MAX ((size_t)512 << 20) /* a capture: it is read into memory */

enum source_kind {
	SOURCE_BUNDLE = 1, /* a folder or archive with all of a run */
	SOURCE_PACKETS,    /* a run's pcapng alone: its section's comments carry the plan */
	SOURCE_CAPTURE     /* any other pcapng or pcap */
};

struct source {
	enum source_kind kind;
	const char *path;             /* borrowed */
	struct recording recording;   /* SOURCE_BUNDLE; SOURCE_PACKETS: without bag and run_json */
	uint32_t frames_said;         /* SOURCE_PACKETS: how many frames the run had */
	struct sights *sights;        /* SOURCE_CAPTURE at once, the others by source_sights() */
	uint64_t bytes;               /* of a capture file */
	uint32_t interfaces;
	char sha256[SHA256_HEX_MAX];
};

/* Opens and reads what is there; a bundle is checked as recording_load() does. False with
 * one line in err; then nothing is held. Free with source_close(). */
bool source_open(const char *path, struct source *s, char *err, size_t err_size);
/* The same from the bytes of a capture file (not of a bundle). */
bool source_read(const char *path, const void *data, size_t len, struct source *s, char *err, size_t err_size);
void source_close(struct source *s);
/* Is there a plan, so that refold() can conclude? */
bool source_has_run(const struct source *s);
/* The probes in its frames, found without the plan, the same way for every kind of
 * source. False when out of memory. */
bool source_sights(struct source *s);

#endif
