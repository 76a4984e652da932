/* SPDX-License-Identifier: BSD-2-Clause */
/* The reasons of a run out of its result document, as run_read.h reads the rest of it:
 * nothing is believed without a bound, and every text is made safe to print. */
#ifndef ERPROBE_REASONS_READ_H
#define ERPROBE_REASONS_READ_H

#include "analysis/audit/reasons.h"

/* Of the first circuit of a document that run_read() took. The caller frees; NULL when out of
 * memory, or when there are none. */
struct run_reasons *reasons_read(const char *text, size_t len);

#endif
