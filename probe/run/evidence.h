/* SPDX-License-Identifier: BSD-2-Clause */
/* The evidence of one run: a BagIt folder (RFC 8493) that replay reads again.
 *
 *   DIR/RUN_ID/
 *     bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
 *     data/probes.pcapng         every frame, each with a comment
 *     data/run.json              the result document
 *     data/plan.json             the plan, and every event that is not a frame
 *     data/azure/snapshot.json   what Azure answered, by circuit
 */
#ifndef ERPROBE_EVIDENCE_H
#define ERPROBE_EVIDENCE_H

#include "erprobe/plan.h"
#include "erprobe/result.h"
#include "probe/run/event_log.h"

#include <stdbool.h>
#include <stddef.h>

#define EVIDENCE_PCAPNG "data/probes.pcapng"
#define EVIDENCE_RUN "data/run.json"
#define EVIDENCE_PLAN "data/plan.json"
#define EVIDENCE_AZURE "data/azure/snapshot.json"

/* To be called before the run, so that a folder that cannot be made or written is said
 * at once and not a minute later. Creates DIR where missing. False with one line in err. */
bool evidence_prepare(const char *dir, char *err, size_t err_size);

/* Writes DIR/RUN_ID (DIR and its parents are created where missing). run_json is
 * the document exactly as printed, NUL-terminated. Everything is written and
 * synced under a hidden name in DIR and renamed at the end, so that a folder with
 * the final name is complete. False with one line in err; then nothing is left. */
bool evidence_write(const char *dir, const struct plan *p, const struct event_log *log,
                    const struct run_result *r, const char *run_json, char *err, size_t err_size);

#endif
