/* SPDX-License-Identifier: BSD-2-Clause */
/* Every key that a configuration may have, out of the table by which it is read. */
#include "probe/config/config.h"
#include "probe/config/config_schema.h"

#include <string.h>

#define KEY_COLUMN 44 /* wider than the longest path, circuits[].links.secondary.tcp_md5_key_file */

static bool is_list(const struct field *d)
{
	return d->take == take_circuits || d->take == take_targets || d->take == take_notify;
}

/* lead is the path of the group with its dot, or "". */
static void add_keys(const struct section *s, const char *lead, struct strbuf *out)
{
	char path[128];
	for (size_t i = 0; i < s->count; i++) {
		const struct field *d = &s->fields[i];
		text_format(path, sizeof(path), "%s%s%s", lead, d->key, is_list(d) ? "[]" : "");
		strbuf_addf(out, "%-*s %s", KEY_COLUMN, path, d->expected);
		if (d->fallback)
			strbuf_addf(out, " (default %s)", d->fallback);
		strbuf_add(out, d->required ? " (required)\n" : "\n");
		if (!d->section)
			continue;
		text_format(path, sizeof(path), "%s%s%s.", lead, d->key, is_list(d) ? "[]" : "");
		add_keys(d->section, path, out);
	}
}

const char *config_default(const char *path)
{
	const struct section *s = &config_schema;
	const struct field *d = NULL;
	for (size_t len; s; path += len + (path[len] == '.')) {
		char key[64];
		len = strcspn(path, ".");
		text_format(key, sizeof(key), "%.*s", (int)strcspn(path, ".["), path);
		d = section_field(s, key);
		s = d && path[len] == '.' ? d->section : NULL;
	}
	return d && *path == '\0' ? d->fallback : NULL;
}

void config_keys(struct strbuf *out)
{
	add_keys(&config_schema, "", out);
}
