/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/custody.h"

#include "analysis/value/json_out.h"
#include "probe/host/files.h"
#include "probe/json/json_in.h"

#include <string.h>

void custody_add(struct strbuf *out, const struct custody_entry *e, const struct bag_item *items, size_t count)
{
	struct json_out j;
	char at[WALL_TEXT_MAX], hex[SHA256_HEX_MAX];

	json_begin(&j, out, true);
	json_object(&j, NULL);
	json_int(&j, "seq", e->seq);
	json_text(&j, "at", wall_text(e->at, at));
	json_text(&j, "action", e->action);
	json_text(&j, "by", e->by);
	json_text(&j, "tool", e->tool);
	json_text(&j, "for", e->audience);
	json_text(&j, "previous", e->previous);
	json_text(&j, "from", e->from);
	json_object(&j, "files");
	for (size_t i = 0; i < count; i++) {
		if (strcmp(items[i].path, CUSTODY_PATH) == 0)
			continue;
		if (!sha256_hex(items[i].data, items[i].len, hex))
			out->failed = true;
		json_text(&j, items[i].path, hex);
	}
	json_object_end(&j);
	json_object_end(&j);
	json_finish(&j);
}

struct walking {
	const struct bag *bag;
	struct custody_state *state;
	char *err;
	size_t err_size;
};

static bool refuse(const struct walking *w, const char *what)
{
	text_format(w->err, w->err_size, "%s: line %zu %s", CUSTODY_PATH, w->state->lines + 1, what);
	return false;
}

/* The line's place in the chain. The first of a redacted bundle refers to another
 * bundle, the first of all to nothing. */
static bool check_place(const struct walking *w, const struct json_value *root)
{
	const char *previous = json_as_text(json_get(root, "previous"));
	const char *from = json_as_text(json_get(root, "from"));
	int64_t seq;

	if (!json_as_int(json_get(root, "seq"), &seq) || seq < 1)
		return refuse(w, "has no number");
	if (w->state->lines > 0) {
		if (seq != w->state->seq + 1)
			return refuse(w, "does not count on from the line before it");
		if (!previous || strcmp(previous, w->state->last) != 0)
			return refuse(w, "does not hold the SHA-256 of the line before it");
	} else {
		w->state->continues = previous != NULL || from != NULL;
		if ((seq == 1) != (previous == NULL) || (from == NULL) != (seq == 1))
			return refuse(w, "neither begins a chain nor names the bundle that it goes on from");
	}
	w->state->seq = seq;
	return true;
}

static size_t others(const struct bag *b)
{
	return b->count - (bag_find(b, CUSTODY_PATH) ? 1 : 0);
}

static bool check_files(const struct walking *w, const struct json_value *files)
{
	if (!json_is_object(files) || json_count(files) != others(w->bag))
		return refuse(w, "does not name exactly the files that are there");
	for (size_t i = 0; i < w->bag->count; i++) {
		const struct bag_file *f = &w->bag->files[i];
		const char *hex = json_as_text(json_get(files, f->path));

		if (strcmp(f->path, CUSTODY_PATH) == 0)
			continue;
		if (!hex || strcmp(hex, f->sha256) != 0) {
			text_format(w->err, w->err_size, "%s: its SHA-256 is not the one that line %zu of %s has", f->path,
			            w->state->lines + 1, CUSTODY_PATH);
			return false;
		}
	}
	return true;
}

static bool check_line(const struct walking *w, const char *line, size_t len, bool last)
{
	char why[160];
	struct json_doc *doc = json_read(line, len, why, sizeof why);
	const char *tool, *audience;
	bool ok;

	if (!doc)
		return refuse(w, why);
	audience = json_as_text(json_get(json_root(doc), "for"));
	text_safe(w->state->audience, sizeof w->state->audience, audience ? audience : "");
	tool = json_as_text(json_get(json_root(doc), "tool"));
	text_safe(w->state->tool, sizeof w->state->tool, tool ? tool : "");
	ok = check_place(w, json_root(doc)) && (!last || check_files(w, json_get(json_root(doc), "files")));
	json_doc_free(doc);
	return ok && (sha256_hex(line, len, w->state->last) || refuse(w, SHA256_NONE));
}

bool custody_check(const struct bag *b, struct custody_state *out, char *err, size_t err_size)
{
	const struct bag_file *f = bag_find(b, CUSTODY_PATH);
	struct walking w = {b, out, err, err_size};
	size_t at = 0;

	memset(out, 0, sizeof *out);
	while (f && at < f->len) {
		const char *end = memchr(f->data + at, '\n', f->len - at);
		size_t len = end ? (size_t)(end - f->data) - at : 0;

		if (!end)
			return refuse(&w, "does not end");
		if (out->lines >= CUSTODY_LINES_MAX)
			return refuse(&w, "is one line too many");
		if (!check_line(&w, f->data + at, len, at + len + 1 == f->len))
			return false;
		at += len + 1;
		out->lines++;
	}
	if (out->lines > 0)
		return true;
	text_format(err, err_size, "%s: it is %s", CUSTODY_PATH, f ? "empty" : "missing");
	return false;
}
