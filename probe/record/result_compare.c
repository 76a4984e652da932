/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/result_compare.h"

#include "erprobe/result.h"
#include "probe/json/json_in.h"
#include "probe/record/event_log.h"

#include <stdlib.h>
#include <string.h>

#define LINE_SHOWN 100 /* bytes of a line that differs */

static const struct json_value *verdict_of(const struct json_value *circuit)
{
	return json_get(circuit, "verdict");
}

static int status_value(const char *text)
{
	for (int s = STATUS_HEALTHY; s <= STATUS_UNDETERMINED; s++) {
		if (text && strcmp(text, status_name((enum status)s)) == 0)
			return s;
	}
	return -1;
}

/* The rule which circuit is the worst stands in one place, run_result_exit_code(): it
 * is asked about a result that has nothing but the stored statuses. */
static int exit_code_of(const struct json_value *circuits)
{
	struct run_result r = {.circuit_count = json_count(circuits)};
	int code = -1;
	size_t i = 0;

	if (!json_is_array(circuits) || r.circuit_count > EVENT_LOG_CIRCUITS_MAX)
		return -1;
	r.circuits = calloc(r.circuit_count + 1, sizeof *r.circuits);
	if (!r.circuits)
		return -1;
	for (const struct json_value *c = json_first(circuits); c; c = json_next(c)) {
		int status = status_value(json_as_text(json_get(verdict_of(c), "status")));

		if (status < 0)
			break;
		r.circuits[i++].faults[0].status = (enum status)status;
	}
	if (i == r.circuit_count)
		code = run_result_exit_code(&r);
	free(r.circuits);
	return code;
}

int result_stored_exit_code(const char *stored, size_t len, char *err, size_t err_size)
{
	char why[160];
	struct json_doc *doc = json_read(stored, len, why, sizeof why);
	int code;

	if (!doc) {
		text_format(err, err_size, "run.json: %s", why);
		return -1;
	}
	code = exit_code_of(json_get(json_root(doc), "circuits"));
	if (code < 0)
		text_format(err, err_size, "run.json: it holds no verdicts");
	json_doc_free(doc);
	return code;
}

static const char *or_none(const char *text)
{
	return text ? text : "none";
}

/* "fault wan.circuit-down primary" */
static void add_verdict(struct strbuf *out, const struct json_value *v)
{
	strbuf_addf(out, "%s", or_none(json_as_text(json_get(v, "status"))));
	if (json_as_text(json_get(v, "fault")))
		strbuf_addf(out, " %s", json_as_text(json_get(v, "fault")));
	else if (json_as_text(json_get(v, "domain")))
		strbuf_addf(out, " %s", json_as_text(json_get(v, "domain")));
	if (json_as_text(json_get(v, "link")))
		strbuf_addf(out, " %s", json_as_text(json_get(v, "link")));
}

static bool same_verdict(const struct json_value *a, const struct json_value *b)
{
	static const char *const keys[] = {"status", "domain", "fault", "link"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (strcmp(or_none(json_as_text(json_get(a, keys[i]))), or_none(json_as_text(json_get(b, keys[i])))) != 0)
			return false;
	}
	return true;
}

/* True when a verdict differs, and then all that do are named. */
static bool add_verdicts(const struct json_value *stored, const struct json_value *now, struct strbuf *out)
{
	const struct json_value *a = json_first(json_get(stored, "circuits"));
	const struct json_value *b = json_first(json_get(now, "circuits"));
	size_t start = out->len;

	for (; a && b; a = json_next(a), b = json_next(b)) {
		if (same_verdict(verdict_of(a), verdict_of(b)))
			continue;
		strbuf_addf(out, "%scircuit %s: stored ", out->len > start ? "; " : "",
		            or_none(json_as_text(json_get(a, "name"))));
		add_verdict(out, verdict_of(a));
		strbuf_add(out, ", now ");
		add_verdict(out, verdict_of(b));
	}
	return out->len > start;
}

static void add_line(struct strbuf *out, const char *text, size_t len, size_t at)
{
	const char *end = memchr(text + at, '\n', len - at);
	size_t n = end ? (size_t)(end - text) - at : len - at;

	while (n > 0 && text[at] == ' ') {
		at++;
		n--;
	}
	strbuf_add_char(out, '\'');
	strbuf_add_bytes(out, text + at, n < LINE_SHOWN ? n : LINE_SHOWN);
	strbuf_add_char(out, '\'');
}

/* Where the first line that differs begins, and its number. */
static void add_first_line(struct strbuf *out, const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t at = 0, line = 1;

	for (size_t i = 0; i < a_len && i < b_len && a[i] == b[i]; i++) {
		if (a[i] == '\n') {
			at = i + 1;
			line++;
		}
	}
	strbuf_addf(out, "the same verdicts, but line %zu was ", line);
	add_line(out, a, a_len, at);
	strbuf_add(out, " and is now ");
	add_line(out, b, b_len, at);
}

bool result_difference(const char *stored, size_t stored_len, const char *now, size_t now_len, struct strbuf *out)
{
	char why[160];
	struct json_doc *a = json_read(stored, stored_len, why, sizeof why);
	struct json_doc *b = json_read(now, now_len, why, sizeof why);

	bool otherwise = add_verdicts(json_root(a), json_root(b), out);

	if (!otherwise)
		add_first_line(out, stored, stored_len, now, now_len);
	json_doc_free(a);
	json_doc_free(b);
	return otherwise;
}
