/* SPDX-License-Identifier: BSD-2-Clause */
/* The folder of evidence that the audit keeps, bounded by age and size. */
#ifndef ERPROBE_EVIDENCE_KEEP_H
#define ERPROBE_EVIDENCE_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Removes the bundles of DIR that are older than keep_s seconds, and then the oldest
 * until at most `bytes` are left. Nothing but folders named by a run id is touched.
 * Best effort; a folder that is not there is fine. */
void evidence_keep(const char *dir, int64_t keep_s, int64_t bytes);
/* Has DIR a bundle of this run? */
bool evidence_has(const char *dir, const char *run_id);
/* The report page of that bundle, NUL-terminated behind its *len bytes; the caller frees. NULL when there is none that is a file of
 * at most `most` bytes in folders of its own: no symbolic link is followed below DIR. */
char *evidence_report(const char *dir, const char *run_id, size_t most, size_t *len);

#endif
