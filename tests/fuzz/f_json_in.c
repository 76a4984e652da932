/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: any bytes as JSON, then every look-up on every value. */
#include "probe/json/json_in.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

/* Exactly one type; children counted once. Depth is what json_read() promised. */
static void walk(const struct json_value *v, int depth)
{
	bool flag;
	double number;
	int64_t whole;
	size_t children = 0;
	insist(depth <= JSON_IN_DEPTH_MAX + 1);
	int types = json_is_object(v) + json_is_array(v) + json_is_null(v) + (json_as_text(v) != NULL) +
	            json_as_number(v, &number) + json_as_bool(v, &flag);
	insist(types <= 1); /* none: a number that is not finite */
	if (json_as_int(v, &whole) && !json_as_text(v))
		insist((double)whole == number);
	(void)json_path(v, "value", "properties", NULL);
	for (const struct json_value *c = json_first(v); c; c = json_next(c)) {
		walk(c, depth + 1);
		children++;
	}
	insist(children == json_count(v));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char err[96] = "";
	struct json_doc *d = json_read((const char *)data, size, err, sizeof(err));
	insist((d == NULL) == (err[0] != '\0'));
	if (d)
		walk(json_root(d), 1);
	json_doc_free(d);
	return 0;
}
