/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes over the socket from the reader's child to its parent: JSON in frames that
 * say their length.
 *
 *    0       4        8
 *   +-------+--------+---------------------------------------------+
 *   | "AZR1"| length | {"circuit":0,"snapshot":{…}} or {"end":true} |
 *   +-------+--------+---------------------------------------------+
 *            big endian, of the JSON alone
 */
#ifndef ERPROBE_AZURE_RECORD_H
#define ERPROBE_AZURE_RECORD_H

#include "analysis/value/strbuf.h"
#include "erprobe/snapshot.h"
#include "probe/json/json_in.h"

#include <stdbool.h>
#include <stddef.h>

#define RECORD_HEADER 8
#define RECORD_JSON_MAX JSON_IN_BYTES_MAX

/* Appends one record to out (whose ceiling must allow RECORD_HEADER + RECORD_JSON_MAX).
 * False when it is too large or memory ended. */
bool record_snapshot(struct strbuf *out, size_t circuit, const struct az_snapshot *s);
bool record_end(struct strbuf *out);

enum record_state { RECORD_PARTIAL, RECORD_WHOLE, RECORD_BAD };
/* Looks at the bytes received: WHOLE when a record is complete, then *json_len is the
 * length of its JSON, which begins at RECORD_HEADER. */
enum record_state record_find(const char *bytes, size_t have, size_t *json_len);

enum record_kind { RECORD_IS_BAD, RECORD_IS_END, RECORD_IS_SNAPSHOT };
/* Reads the JSON of one record. out is the caller's to free when it is a snapshot. */
enum record_kind record_read(const char *json, size_t len, size_t *circuit, struct az_snapshot *out,
                             char *err, size_t err_size);

#endif
