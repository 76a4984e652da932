/* SPDX-License-Identifier: BSD-2-Clause */
/* A snapshot as JSON (schema erprobe.state/1) and back: the pipe from the reader,
 * azure/snapshot.json in the evidence, and `erprobe state --json`. Only keys named
 * here ever leave the reader: this is the allow-list. */
#ifndef ERPROBE_SNAPSHOT_JSON_H
#define ERPROBE_SNAPSHOT_JSON_H

#include "analysis/value/json_out.h"
#include "erprobe/snapshot.h"
#include "probe/json/json_in.h"

#include <stdbool.h>

/* Writes one snapshot as an object (key NULL at top level). */
void snapshot_write(struct json_out *j, const char *key, const struct az_snapshot *s);
/* Reads what snapshot_write wrote; every value comes back equal. False with a line
 * in err on anything else (then *out is zeroed). */
bool snapshot_read(const struct json_value *v, struct az_snapshot *out, char *err, size_t err_size);

#endif
