/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/trace_log_json.h"

#include "analysis/trace/mda.h"

#include <string.h>

#define NAMES_MAX 60000u      /* addresses of one run */
#define WORDS_A_LINE 110u     /* bytes of decisions in one text, so that a person can read them */
#define LINES_MAX ((size_t)128 << 10)
#define CHANCE_MAX 0.5

static void put_options(struct json_out *j, const struct trace_options *o)
{
	json_int(j, "max_ttl", o->max_ttl);
	json_int(j, "count", o->count);
	json_int(j, "flows", o->flows);
	json_decimal(j, "chance", o->alpha);
	json_int(j, "rounds", o->rounds);
	json_bool(j, "stop_at_known", o->stop_at_known);
	json_bool(j, "sizes", o->sizes);
}

static void put_names(struct json_out *j, const struct trace_log *l)
{
	char text[IP_TEXT_MAX];

	json_array(j, "names");
	for (size_t i = 0; i < l->name_count; i++) {
		json_object(j, NULL);
		json_text(j, "address", ip_addr_text(&l->names[i].address, text));
		json_text(j, "name", l->names[i].name);
		json_object_end(j);
	}
	json_array_end(j);
}

/* Bytes of the next line: whole words. */
static size_t line_len(const char *at)
{
	size_t len = strnlen(at, WORDS_A_LINE);

	while (len == WORDS_A_LINE && len > 1 && at[len] != ' ' && at[len] != '\0')
		for (len--; len > 1 && at[len] != ' '; len--)
			;
	return len;
}

static void put_words(struct json_out *j, const struct trace_log *l)
{
	const char *at = l->words.text ? l->words.text : "";
	char line[WORDS_A_LINE + 1];

	json_array(j, "decisions");
	for (at += strspn(at, " "); *at != '\0'; at += strspn(at, " ")) {
		size_t len = line_len(at);
		memcpy(line, at, len);
		at += len;
		for (; len > 0 && line[len - 1] == ' '; len--)
			;
		line[len] = '\0';
		json_text(j, NULL, line);
	}
	json_array_end(j);
}

void trace_log_json_put(struct json_out *j, const struct trace_log *l)
{
	json_object(j, "trace");
	put_options(j, &l->options);
	json_int(j, "exit_code", l->exit_code);
	json_int(j, "bad", l->bad);
	json_int(j, "done_before", l->done_before);
	json_int(j, "done_reached", l->done_reached);
	json_bool(j, "resumes", l->resumes);
	json_int(j, "clock_steps", l->clock_steps);
	json_int(j, "drop_bins", l->drop_bins);
	if (l->by_link > 0)
		json_int(j, "by_link", l->by_link);
	json_int_text(j, "lag_ns", l->lag_ns);
	json_int_text(j, "stall_ns", l->stall_ns);
	json_array(j, "destinations");
	for (size_t i = 0; i < l->destination_count; i++)
		json_text(j, NULL, l->destinations[i]);
	json_array_end(j);
	json_array(j, "ended_at_ns");
	for (size_t i = 0; i < l->destination_count; i++)
		json_int_text(j, NULL, l->ended_at[i].ns);
	json_array_end(j);
	put_names(j, l);
	put_words(j, l);
	json_object_end(j);
}

/* -- and back -- */

static void take_options(struct fields *f, const struct json_value *v, const struct plan *p, struct trace_options *o)
{
	o->max_ttl = (uint8_t)field_int(f, v, "max_ttl", 1, TRACE_TTL_MAX);
	o->count = (uint16_t)field_int(f, v, "count", 0, TRACE_COUNT_MAX);
	o->flows = (uint16_t)field_int(f, v, "flows", 1, MDA_FLOWS_MAX);
	o->alpha = field_double(f, v, "chance", CHANCE_MAX);
	o->rounds = (uint16_t)field_int(f, v, "rounds", 0, TRACE_COUNT_MAX);
	o->stop_at_known = field_bool(f, v, "stop_at_known");
	o->sizes = field_bool(f, v, "sizes");
	o->hop_rate = p->limits.hop_rate;
	if (!fields_ok(f))
		return;
	if (p->flow_count == 0 || p->flow_count % o->flows != 0)
		fields_fail(f, "flows", "do not make whole traces of the plan's");
	else if ((o->flows > 1) != (o->alpha > 0))
		fields_fail(f, "chance", "does not go with the flows");
	else if (p->circuit_count > 0)
		fields_fail(f, "flows", "are of circuits");
}

static void take_text(struct fields *f, const char *key, const struct json_value *v, char text[TRACE_LOG_TEXT_MAX])
{
	const char *value = json_as_text(v);
	char safe[TRACE_LOG_TEXT_MAX];

	text[0] = '\0';
	text_safe(safe, sizeof safe, value ? value : "");
	if (!value)
		fields_fail(f, key, "has something that is not a text");
	else if (strlen(value) >= TRACE_LOG_TEXT_MAX || strcmp(safe, value) != 0)
		fields_fail(f, key, "has a text that is too long or not printable");
	else
		text_format(text, TRACE_LOG_TEXT_MAX, "%s", value);
}

static void take_destinations(struct fields *f, const struct json_value *v, struct trace_log *l)
{
	const struct json_value *list = field_array(f, v, "destinations", l->destination_count);
	char text[TRACE_LOG_TEXT_MAX];
	size_t i = 0;

	if (fields_ok(f) && json_count(list) != l->destination_count)
		fields_fail(f, "destinations", "are not as many as the plan's");
	for (const struct json_value *d = json_first(list); d && fields_ok(f); d = json_next(d), i++) {
		if (json_is_null(d))
			continue;
		take_text(f, "destinations", d, text);
		if (fields_ok(f) && !trace_log_destination(l, i, text))
			fields_fail(f, "destinations", "do not fit the memory");
	}
}

static void take_ends(struct fields *f, const struct json_value *v, struct trace_log *l)
{
	const struct json_value *list = field_array(f, v, "ended_at_ns", l->destination_count);
	size_t i = 0;

	if (fields_ok(f) && json_count(list) != l->destination_count)
		fields_fail(f, "ended_at_ns", "are not as many as the plan's destinations");
	for (const struct json_value *d = json_first(list); d && fields_ok(f); d = json_next(d), i++)
		if (!json_as_int(d, &l->ended_at[i].ns) || l->ended_at[i].ns < 0)
			fields_fail(f, "ended_at_ns", "has something that is no time");
}

static void take_names(struct fields *f, const struct json_value *v, struct trace_log *l)
{
	const struct json_value *list = field_array(f, v, "names", NAMES_MAX);
	char text[TRACE_LOG_TEXT_MAX];

	for (const struct json_value *d = json_first(list); d && fields_ok(f); d = json_next(d)) {
		struct ip_addr address = field_addr(f, d, "address");
		take_text(f, "names", json_get(d, "name"), text);
		if (fields_ok(f) && (!ip_addr_is_set(&address) || !trace_log_name(l, &address, text)))
			fields_fail(f, "names", "has one without address, or no memory");
	}
}

/* Every word is one, and they tell of no more frames than there were. */
static bool words_are_right(const struct trace_log *l, const struct plan *p, uint32_t frames)
{
	const char *at = l->words.text ? l->words.text : "";
	struct trace_log_word w;
	uint64_t told = 0;
	bool right = true;

	while (right && trace_log_next(&at, &w)) {
		told += w.frames;
		right = w.frames > 0 ? told <= frames : w.decision.flow < p->flow_count;
	}
	return right && *at == '\0';
}

/* As the run itself wrote them: one blank behind each. */
static void add_words(struct strbuf *out, const char *text)
{
	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");
		strbuf_add_bytes(out, text, len);
		strbuf_add_char(out, ' ');
		text += len;
	}
}

static void take_words(struct fields *f, const struct json_value *v, const struct plan *p, uint32_t frames, struct trace_log *l)
{
	const struct json_value *list = field_array(f, v, "decisions", LINES_MAX);

	for (const struct json_value *d = json_first(list); d && fields_ok(f); d = json_next(d)) {
		const char *text = json_as_text(d);
		if (!text)
			fields_fail(f, "decisions", "has something that is not a text");
		add_words(&l->words, text ? text : "");
	}
	if (!fields_ok(f))
		return;
	if (!strbuf_ok(&l->words))
		fields_fail(f, "decisions", "are more than a run can have");
	else if (!words_are_right(l, p, frames))
		fields_fail(f, "decisions", "are not those of this plan");
}

struct trace_log *trace_log_json_take(struct fields *f, const struct json_value *v, const struct plan *p, uint32_t frames)
{
	struct trace_options o = {0};
	struct trace_log *l;

	take_options(f, v, p, &o);
	l = fields_ok(f) ? trace_log_new(&o, p->flow_count / o.flows) : NULL;
	if (fields_ok(f) && !l)
		fields_fail(f, "trace", "does not fit the memory");
	if (!l)
		return NULL;
	l->exit_code = (int)field_int(f, v, "exit_code", 0, UINT8_MAX);
	l->bad = (uint32_t)field_int(f, v, "bad", 0, UINT32_MAX);
	l->done_before = (uint32_t)field_int(f, v, "done_before", 0, UINT32_MAX);
	l->done_reached = (uint32_t)field_int(f, v, "done_reached", 0, l->done_before);
	l->resumes = field_bool(f, v, "resumes");
	l->clock_steps = (uint32_t)field_int(f, v, "clock_steps", 0, UINT32_MAX);
	l->drop_bins = (uint32_t)field_int(f, v, "drop_bins", 0, UINT32_MAX);
	l->by_link = json_get(v, "by_link") ? (uint32_t)field_int(f, v, "by_link", 1, UINT32_MAX) : 0;
	l->lag_ns = field_int(f, v, "lag_ns", 0, INT64_MAX);
	l->stall_ns = field_int(f, v, "stall_ns", 0, INT64_MAX);
	take_destinations(f, v, l);
	take_ends(f, v, l);
	take_names(f, v, l);
	take_words(f, v, p, frames, l);
	if (fields_ok(f))
		return l;
	trace_log_free(l);
	return NULL;
}
