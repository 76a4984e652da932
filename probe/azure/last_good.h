/* SPDX-License-Identifier: BSD-2-Clause */
/* The last good snapshot of each circuit on disk, for when Azure is out of reach: what the
 * circuit was then, with its age. One file a circuit and peering, readable by its owner
 * alone; a cache that may be deleted at any time. */
#ifndef ERPROBE_AZURE_LAST_GOOD_H
#define ERPROBE_AZURE_LAST_GOOD_H

#include "erprobe/plan.h"
#include "erprobe/snapshot.h"

#include <stdbool.h>

/* folder: that of probe/host/state_folder.h. Keeps a snapshot of which circuit and peering were read; others are left out. Makes the
 * folder if needed. False when it was not kept. */
bool last_good_save(const char *folder, const struct plan_circuit *c, const struct az_snapshot *s);
/* Reads it back with stale set; the caller frees it. False (and *out zeroed) when there is
 * none that can be read, or it is another circuit's. */
bool last_good_read(const char *folder, const struct plan_circuit *c, struct az_snapshot *out);

#endif
