/* SPDX-License-Identifier: BSD-2-Clause */
/* What is normal for each circuit, kept beside its runs. `erprobe check` reads it and adds
 * its healthy runs, also while the service writes. */
#ifndef ERPROBE_HISTORY_BASELINE_H
#define ERPROBE_HISTORY_BASELINE_H

#include "erprobe/baseline.h"
#include "probe/history/history.h"

#include <stdbool.h>
#include <stddef.h>

/* The circuit's baseline; *known is false where it has none, also where what is stored
 * cannot be read: then one line is in err, else it is "". False with history_error(). */
bool history_baseline(struct history *h, const char *circuit, struct baseline *out, bool *known, char *err, size_t err_size);
/* Keeps it in place of the one before. Nothing while the circuit has an open incident: a
 * healthy run between bad ones is not normal yet. False with history_error(). */
bool history_baseline_keep(struct history *h, const char *circuit, const struct baseline *b);

#endif
