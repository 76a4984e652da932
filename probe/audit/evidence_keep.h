/* SPDX-License-Identifier: BSD-2-Clause */
/* The folder of evidence that the audit keeps, bounded by age and size. */
#ifndef ERPROBE_EVIDENCE_KEEP_H
#define ERPROBE_EVIDENCE_KEEP_H

#include <stdint.h>

/* Removes the bundles of DIR that are older than keep_s seconds, and then the oldest
 * until at most `bytes` are left. Nothing but folders named by a run id is touched.
 * Best effort; a folder that is not there is fine. */
void evidence_keep(const char *dir, int64_t keep_s, int64_t bytes);

#endif
