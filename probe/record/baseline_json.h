/* SPDX-License-Identifier: BSD-2-Clause */
/* A baseline as JSON and back, every value equal: inside plan.json, and by itself in the
 * history (schema erprobe.baseline/1). */
#ifndef ERPROBE_BASELINE_JSON_H
#define ERPROBE_BASELINE_JSON_H

#include "analysis/value/json_out.h"
#include "erprobe/baseline.h"
#include "probe/record/json_fields.h"

#include <stdbool.h>
#include <stddef.h>

#define BASELINE_JSON_SCHEMA "erprobe.baseline/1"

/* The members of an object under this key (NULL in an array or as the whole document). */
void baseline_json_put(struct json_out *j, const char *key, const struct baseline *b);
/* Reads such an object; what is wrong is noted in f. */
void baseline_json_take(struct fields *f, const struct json_value *o, struct baseline *b);

/* The whole document in one line; false when out of memory. */
bool baseline_json_write(const struct baseline *b, struct strbuf *out);
/* False with one line in err: no such document, or a value that none can have. */
bool baseline_json_read(const char *text, size_t len, struct baseline *out, char *err, size_t err_size);

#endif
