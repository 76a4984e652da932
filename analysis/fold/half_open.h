/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that a SYN of ours left half open: which of them are to be reset. */
#ifndef ERPROBE_HALF_OPEN_H
#define ERPROBE_HALF_OPEN_H

#include "analysis/fold/diagnosis.h"
#include "analysis/path/path.h"

#include <stddef.h>
#include <stdint.h>

/* All zero at first; what it holds is freed by half_open_free(). */
struct half_open {
	uint32_t *resets;      /* records (place) already reset; owned */
	size_t reset_count, reset_size;
	size_t scanned;        /* records looked at */
};

/* Up to max resets into wishes, each connection once; returns how many. Out of memory, it asks for none more. */
size_t half_open_resets(struct half_open *h, const struct plan *p, const struct observations *o, struct wall_ns now,
                        struct probe_wish *wishes, size_t max);
void half_open_free(struct half_open *h);

#endif
