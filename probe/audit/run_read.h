/* SPDX-License-Identifier: BSD-2-Clause */
/* The result document of a run (erprobe.check/1), read back from the process that made
 * it. That process had read hostile packets: nothing in the document is believed without
 * a bound, and every text is made safe to print. */
#ifndef ERPROBE_RUN_READ_H
#define ERPROBE_RUN_READ_H

#include "analysis/audit/record.h"

#include <stdbool.h>
#include <stddef.h>

/* Fills the record from a document that has exactly one circuit, with that name. False
 * with one line in err; then the record is not to be used. */
bool run_read(const char *text, size_t len, const char *circuit, struct run_record *out, char *err, size_t err_size);

#endif
