/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/watch/watch_read.h"

#include "analysis/value/strbuf.h"
#include "probe/audit/run_read.h"
#include "probe/json/json_in.h"

#include <stdlib.h>
#include <string.h>

static size_t sentences(char (*list)[SENTENCE_MAX], const struct json_value *array)
{
	size_t n = 0;

	for (const struct json_value *v = json_first(array); v && n < WATCH_REASONS_MAX; v = json_next(v))
		if (json_as_text(v))
			text_safe(list[n++], SENTENCE_MAX, json_as_text(v));
	return n;
}

static void reasons(struct watch_reasons *r, const struct json_value *verdict)
{
	r->pro_count = sentences(r->pro, json_get(verdict, "evidence_for"));
	r->contra_count = sentences(r->contra, json_get(verdict, "evidence_against"));
	r->step_count = sentences(r->steps, json_get(verdict, "next_steps"));
}

bool watch_read(struct watch_circuit *c, const char *text, size_t len, char *err, size_t err_size)
{
	struct run_record *r = malloc(sizeof *r);
	struct json_doc *doc = json_read(text, len, err, err_size);
	struct watch_reasons why;
	bool ok = false;

	if (!r)
		text_format(err, err_size, "out of memory");
	else if (doc)
		ok = run_read(text, len, c->name, r, err, err_size);
	if (ok) {
		const struct json_value *root = json_root(doc);

		reasons(&why, json_get(json_first(json_get(root, "circuits")), "verdict"));
		watch_take(c, r, &why, !json_as_text(json_get(root, "end_reason")));
	}
	json_doc_free(doc);
	free(r);
	return ok;
}
