/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/verify/verify_packets.h"

#include "analysis/record/pcapng.h"
#include "probe/evidence/evidence.h"
#include "probe/verify/verify_builds.h"
#include "probe/record/evidence_pcapng.h"

#include <string.h>

#define SHOWN 100 /* bytes of a comment or line that differs */

/* All comments of a capture, each ended by a zero byte, the section's first. */
struct comments { struct strbuf text; };

static void take_section(void *arg, const char *comment)
{
	struct comments *c = arg;

	strbuf_add(&c->text, comment ? comment : "");
	strbuf_add_bytes(&c->text, "", 1);
}

static bool take_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	(void)f;
	(void)link_type;
	take_section(arg, comment);
	return true;
}

static bool take_comments(const void *data, size_t len, struct comments *c, char *err, size_t err_size)
{
	struct pcapng_handler h = {c, take_section, NULL, take_frame};

	strbuf_init(&c->text, EVIDENCE_PCAPNG_MAX);
	if (!pcapng_read(data, len, &h, err, err_size))
		return false;
	if (strbuf_ok(&c->text))
		return true;
	text_format(err, err_size, "out of memory");
	return false;
}

/* From where two comments part, a few words before it. */
static const char *near_difference(const char *text, const char *other)
{
	size_t same = 0, back;

	while (text[same] && text[same] == other[same])
		same++;
	back = same < 24 ? 0 : same - 24;
	while (back > 0 && back < same && text[back - 1] != ' ')
		back++;
	return text + back;
}

/* Place 0 is the section, place n frame n. */
static bool same_comments(const struct comments *stored, const struct comments *now, bool other_build, size_t *worded,
                          char *err, size_t err_size)
{
	const char *a = stored->text.text, *b = now->text.text;
	const char *a_end = a + stored->text.len, *b_end = b + now->text.len;
	size_t place = 0;
	char where[48] = "its section";

	for (; a < a_end && b < b_end; place++) {
		if (place > 0)
			text_format(where, sizeof where, "frame %zu", place);
		bool same = strcmp(a, b) == 0;

		*worded += !same;
		if (!same && !(other_build && verify_same_facts(a, b))) {
			text_format(err, err_size, EVIDENCE_PCAPNG ": %s says '%.*s', the packets say '%.*s'", where, SHOWN,
			            near_difference(a, b), SHOWN, near_difference(b, a));
			return false;
		}
		a += strlen(a) + 1;
		b += strlen(b) + 1;
	}
	if (a == a_end && b == b_end)
		return true;
	text_format(err, err_size, EVIDENCE_PCAPNG ": it has more or fewer frames than the plan tells");
	return false;
}

/* The byte at which two captures part. */
static bool same_bytes(const struct bag_file *f, const struct strbuf *now, char *err, size_t err_size)
{
	size_t at = 0;

	while (at < f->len && at < now->len && f->data[at] == now->text[at])
		at++;
	if (at == f->len && at == now->len)
		return true;
	text_format(err, err_size, EVIDENCE_PCAPNG ": byte %zu is in no frame or comment, and not as plan and packets make it", at);
	return false;
}

bool verify_packets(const struct recording *r, const struct packets_question *q, size_t *worded, char *err, size_t err_size)
{
	const struct bag_file *f = bag_find(&r->bag, EVIDENCE_PCAPNG);
	struct comments stored = {0}, now = {0};
	struct strbuf again;
	char why[200] = "out of memory";
	bool ok;

	strbuf_init(&again, EVIDENCE_PCAPNG_MAX);
	ok = evidence_pcapng(&r->plan, &r->log, q->os, q->ended, &again) &&
	     take_comments(f->data, f->len, &stored, why, sizeof why) &&
	     take_comments(again.text, again.len, &now, why, sizeof why);
	if (!ok)
		text_format(err, err_size, EVIDENCE_PCAPNG ": %s", why);
	*worded = 0;
	ok = ok && same_comments(&stored, &now, q->other_build, worded, err, err_size) &&
	     (!q->os || q->other_build || same_bytes(f, &again, err, err_size));
	strbuf_free(&stored.text);
	strbuf_free(&now.text);
	strbuf_free(&again);
	return ok;
}

/* -- where two documents differ -- */

static size_t line_start(const char *text, size_t at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static size_t indent_of(const char *text, size_t len, size_t at)
{
	size_t n = 0;

	while (at + n < len && text[at + n] == ' ')
		n++;
	return n;
}

/* Length of the quoted key that a line begins with, 0 when it has none. */
static size_t key_len(const char *line, size_t len)
{
	const char *end = len > 1 && line[0] == '"' ? memchr(line + 1, '"', len - 1) : NULL;

	return end && (size_t)(end - line) + 1 < len && end[1] == ':' ? (size_t)(end - line) - 1 : 0;
}

/* The path of keys and places to the line at `at`: each earlier line with less
 * indentation opens one more level; lines of the same level before it are counted. */
static void add_path(const char *text, size_t len, size_t at, struct strbuf *out)
{
	size_t starts[64] = {0}, indents[64] = {0}, depth = 0, level = indent_of(text, len, at);

	for (size_t here = at; depth < 64 && level > 0; here = line_start(text, here - 1)) {
		size_t indent = indent_of(text, len, here);

		if (depth == 0 || indent < indents[depth - 1]) {
			starts[depth] = here;
			indents[depth++] = level = indent;
		}
		if (here == 0)
			break;
	}
	while (depth-- > 0) {
		size_t from = starts[depth] + indents[depth], key = key_len(text + from, len - from), place = 0;

		if (indents[depth] == 0)
			continue;
		if (key > 0) {
			strbuf_addf(out, "%s%.*s", out->len > 0 ? "." : "", (int)key, text + from + 1);
			continue;
		}
		for (size_t here = starts[depth]; here > 0;) {
			here = line_start(text, here - 1);
			if (indent_of(text, len, here) < indents[depth])
				break;
			place += indent_of(text, len, here) == indents[depth] && text[here + indents[depth]] != '}' &&
			         text[here + indents[depth]] != ']';
		}
		strbuf_addf(out, "[%zu]", place);
	}
}

/* The value on a line: what stands behind its key. */
static void add_value(const char *text, size_t len, size_t at, struct strbuf *out)
{
	size_t from = at < len ? at + indent_of(text, len, at) : len, key, n;
	const char *end;

	key = from < len ? key_len(text + from, len - from) : 0;
	from += key > 0 ? key + 4 : 0; /* "key": */
	if (from >= len) {
		strbuf_add(out, "nothing");
		return;
	}
	end = memchr(text + from, '\n', len - from);
	n = end ? (size_t)(end - text) - from : len - from;
	n -= n > 0 && text[from + n - 1] == ',';
	strbuf_add_bytes(out, text + from, n < SHOWN ? n : SHOWN);
}

void verify_json_difference(const char *stored, size_t stored_len, const char *now, size_t now_len, struct strbuf *out)
{
	size_t at = 0, value, value_len, said;

	while (at < stored_len && at < now_len && stored[at] == now[at])
		at++;
	at = line_start(stored, at < stored_len ? at : stored_len);
	add_path(stored, stored_len, at, out);
	strbuf_add(out, out->len > 0 ? " is " : "it is ");
	value = out->len;
	add_value(stored, stored_len, at, out);
	value_len = out->len - value;
	strbuf_add(out, ", the packets say ");
	said = out->len;
	add_value(now, now_len, at, out);
	/* Alike but for the comma: one of the two lists is longer. */
	if (strbuf_ok(out) && out->len - said == value_len && memcmp(out->text + value, out->text + said, value_len) == 0)
		strbuf_add(out, " too, but something else after it");
}
