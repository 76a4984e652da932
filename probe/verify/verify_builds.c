/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* memmem */
#include "probe/verify/verify_builds.h"

#include "probe/json/json_in.h"

#include <string.h>

/* -- comments -- */

/* The first line tells of the packets; the section's others hold the plan. */
static size_t word_len(const char *at)
{
	return strcspn(at, " \n");
}

static const char *next_word(const char *at)
{
	at += word_len(at);
	return at + strspn(at, " ");
}

static bool is_over(const char *at)
{
	return *at == '\0' || *at == '\n';
}

/* The word of a comment that begins with these bytes ("ttl="), or NULL. */
static const char *word_with(const char *text, const char *start, size_t len)
{
	for (const char *at = text; !is_over(at); at = next_word(at))
		if (strncmp(at, start, len) == 0)
			return at;
	return NULL;
}

static bool has_word(const char *text, const char *word)
{
	const char *at = word_with(text, word, strlen(word));

	return at && word_len(at) == strlen(word);
}

static bool same_keys(const char *stored, const char *now)
{
	for (const char *at = stored; !is_over(at); at = next_word(at)) {
		size_t len = word_len(at);
		const char *equals = memchr(at, '=', len), *other;

		other = equals ? word_with(now, at, (size_t)(equals - at) + 1) : NULL;
		if (other && (word_len(other) != len || memcmp(other, at, len) != 0))
			return false;
	}
	return true;
}

/* "counted" without a "not" before it. */
static bool is_counted(const char *text)
{
	return has_word(text, "counted") && !strstr(text, " not counted");
}

bool verify_same_facts(const char *stored, const char *now)
{
	static const char *const ways[] = {"in", "out"};

	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (has_word(stored, ways[i]) != has_word(now, ways[i]))
			return false;
	return is_counted(stored) == is_counted(now) && same_keys(stored, now);
}

/* -- result documents -- */

static const char *text_of(const struct json_value *v, const char *key)
{
	const char *text = json_as_text(json_get(v, key));

	return text ? text : "none";
}

static bool same_statement(const struct json_value *a, const struct json_value *b)
{
	static const char *const keys[] = {"status", "domain", "fault", "link"};

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (strcmp(text_of(a, keys[i]), text_of(b, keys[i])) != 0)
			return false;
	return true;
}

static void add_statement(struct strbuf *out, const struct json_value *v)
{
	strbuf_addf(out, "%s %s %s", text_of(v, "status"), text_of(v, "fault"), text_of(v, "link"));
}

static bool same_circuit(const struct json_value *a, const struct json_value *b, struct strbuf *differs)
{
	const struct json_value *stored = json_get(a, "verdict"), *now = json_get(b, "verdict");
	const struct json_value *x = json_first(json_get(a, "faults")), *y = json_first(json_get(b, "faults"));

	for (; x && y && same_statement(x, y) && same_statement(stored, now); x = json_next(x), y = json_next(y))
		;
	if (!x && !y && same_statement(stored, now) && strcmp(text_of(a, "name"), text_of(b, "name")) == 0)
		return true;
	strbuf_addf(differs, "circuit %s: stored ", text_of(a, "name"));
	add_statement(differs, x ? x : stored);
	strbuf_add(differs, ", now ");
	add_statement(differs, y ? y : now);
	return false;
}

/* -- traces: the same end, by the same hops -- */

static bool same_hops(const struct json_value *a, const struct json_value *b)
{
	const struct json_value *x = json_get(a, "hops"), *y = json_get(b, "hops");

	if (json_count(x) != json_count(y))
		return false;
	for (x = json_first(x), y = json_first(y); x; x = json_next(x), y = json_next(y)) {
		const struct json_value *m = json_first(json_get(x, "addresses")), *n = json_first(json_get(y, "addresses"));
		int64_t answered = -1, again = -1;

		for (; m && n && json_as_text(m) && json_as_text(n) && strcmp(json_as_text(m), json_as_text(n)) == 0;
		     m = json_next(m), n = json_next(n))
			;
		if (m || n || !json_as_int(json_get(x, "answered"), &answered) || !json_as_int(json_get(y, "answered"), &again) ||
		    answered != again)
			return false;
	}
	return true;
}

static bool same_trace(const struct json_value *a, const struct json_value *b, struct strbuf *differs)
{
	static const char *const keys[] = {"destination", "address", "protocol", "state", "state_by"};
	bool same = same_hops(a, b), reached = false, again = false;

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		same = same && strcmp(text_of(a, keys[i]), text_of(b, keys[i])) == 0;
	same = same && json_as_bool(json_get(a, "reached"), &reached) && json_as_bool(json_get(b, "reached"), &again) && reached == again;
	if (!same)
		strbuf_addf(differs, "the trace to %s: stored %s by %zu hops, now %s by %zu", text_of(a, "destination"), text_of(a, "state"),
		            json_count(json_get(a, "hops")), text_of(b, "state"), json_count(json_get(b, "hops")));
	return same;
}

static bool same_traces(const struct json_value *x, const struct json_value *y, struct strbuf *differs)
{
	if (!json_is_array(x) || !json_is_array(y) || json_count(x) != json_count(y)) {
		strbuf_add(differs, "it has other traces than the plan");
		return false;
	}
	for (x = json_first(x), y = json_first(y); x; x = json_next(x), y = json_next(y))
		if (!same_trace(x, y, differs))
			return false;
	return true;
}

static bool same_documents(const struct json_value *a, const struct json_value *b, struct strbuf *differs)
{
	const struct json_value *x = json_get(a, "circuits"), *y = json_get(b, "circuits");
	int64_t stored = -1, now = -1;

	if (!json_as_int(json_get(a, "probes_sent"), &stored) || !json_as_int(json_get(b, "probes_sent"), &now) || stored != now) {
		strbuf_addf(differs, "probes_sent is %lld, the packets say %lld", (long long)stored, (long long)now);
		return false;
	}
	if (strcmp(text_of(a, "schema"), text_of(b, "schema")) != 0) {
		strbuf_add(differs, "it is of another schema than the plan");
		return false;
	}
	if (json_get(a, "traces") || json_get(b, "traces"))
		return same_traces(json_get(a, "traces"), json_get(b, "traces"), differs);
	if (!json_is_array(x) || !json_is_array(y) || json_count(x) != json_count(y)) {
		strbuf_add(differs, "it has other circuits than the plan");
		return false;
	}
	for (x = json_first(x), y = json_first(y); x; x = json_next(x), y = json_next(y))
		if (!same_circuit(x, y, differs))
			return false;
	return true;
}

bool verify_same_results(const char *stored, size_t stored_len, const char *now, size_t now_len, struct strbuf *differs)
{
	char why[160];
	struct json_doc *a = json_read(stored, stored_len, why, sizeof why);
	struct json_doc *b = a ? json_read(now, now_len, why, sizeof why) : NULL;
	bool same = a && b && same_documents(json_root(a), json_root(b), differs);

	if (!a || !b)
		strbuf_add(differs, why);
	json_doc_free(a);
	json_doc_free(b);
	return same;
}

/* -- texts -- */

const char *verify_missing_name(const char *stored, size_t stored_len, const char *now, const char *const *names)
{
	for (; *names; names++)
		if (strstr(now, *names) && !memmem(stored, stored_len, *names, strlen(*names)))
			return *names;
	return NULL;
}

const char *verify_unnamed(const char *stored, size_t stored_len, const char *now, const struct run_result *r)
{
	const char *names[FAULTS_MAX + 1] = {r->plan->run_id};
	const char *found = verify_missing_name(stored, stored_len, now, names);

	for (size_t i = 0; !found && i < r->circuit_count; i++) {
		const struct circuit_result *c = &r->circuits[i];
		size_t count = 0;

		for (size_t f = 0; f < c->fault_count && f < FAULTS_MAX; f++)
			names[count++] = c->faults[f].fault;
		names[count] = NULL;
		found = verify_missing_name(stored, stored_len, now, names);
	}
	return found;
}
