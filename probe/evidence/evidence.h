/* SPDX-License-Identifier: BSD-2-Clause */
/* The evidence of one run that has just ended: a bundle (probe/evidence/bundle.h) that
 * replay and verify read again. */
#ifndef ERPROBE_EVIDENCE_H
#define ERPROBE_EVIDENCE_H

#include "erprobe/plan.h"
#include "erprobe/result.h"
#include "probe/record/event_log.h"

#include <stdbool.h>
#include <stddef.h>

#define EVIDENCE_PCAPNG "data/probes.pcapng"
#define EVIDENCE_RUN "data/run.json"
#define EVIDENCE_PLAN "data/plan.json"
#define EVIDENCE_AZURE "data/azure/snapshot.json"

/* What a bundle may hold besides the run itself; zeroed: nothing. */
struct evidence_extras {
	const char *config;   /* the configuration in effect as YAML, or NULL */
	const char *sign_key; /* signs the bundle, or NULL */
};

/* To be called before the run, so that a folder that cannot be made or written, or a key
 * that cannot be read, is said at once and not a minute later. Creates DIR where
 * missing; sign_key may be NULL. False with one line in err. */
bool evidence_prepare(const char *dir, const char *sign_key, char *err, size_t err_size);
/* The same question once more, right after sandbox_clear_capabilities() and before the first
 * probe: until then root may read and write what is not root's, and it is without that right
 * that the bundle will be written and signed. False with one line in err. */
bool evidence_within_rights(const char *dir, const char *sign_key, char *err, size_t err_size);

/* A folded run: refold.h, which includes what it points to. */
struct refolded;

/* Writes DIR/RUN_ID (DIR and its parents are created where missing), with the
 * environment as it is now. run_json is the document exactly as printed,
 * NUL-terminated. Everything is written and synced under a hidden name in DIR and
 * renamed at the end, so that a folder with the final name is complete. False with one
 * line in err; then nothing is left. */
bool evidence_write(const char *dir, const struct plan *p, const struct event_log *log, const struct run_result *r,
                    const char *run_json, const struct evidence_extras *extras, char *err, size_t err_size);
/* The same of a run folded again. run_json NULL: its document is made of it (a trace's, which may be
 * large: large documents grow in files without a name in DIR). */
bool evidence_write_run(const char *dir, const struct event_log *log, const struct refolded *run, const char *run_json,
                        const struct evidence_extras *extras, char *err, size_t err_size);

#endif
