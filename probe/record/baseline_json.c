/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/record/baseline_json.h"

#include "analysis/render/json_values.h"
#include "analysis/value/strbuf.h"

#include <stdio.h>
#include <string.h>

/* Seconds that fit as nanoseconds (until the year 2262), so that arithmetic with both stays within bounds. */
#define AT_MAX (INT64_MAX / NS_PER_SEC)
#define ROW_MAX 12

/* -- writing -- */

static void put_row(struct json_out *j, const int64_t *numbers, size_t count)
{
	json_array(j, NULL);
	for (size_t i = 0; i < count; i++)
		json_int(j, NULL, numbers[i]);
	json_array_end(j);
}

static void put_way(struct json_out *j, int link, int fam, const struct baseline_way *w)
{
	char hex[2 * sizeof w->link_addr + 1];

	json_object(j, NULL);
	json_int(j, "link", link);
	json_int(j, "family", fam);
	json_addr(j, "ce", &w->ce);
	json_addr(j, "msee", &w->msee);
	for (size_t i = 0; i < sizeof w->link_addr; i++)
		snprintf(hex + 2 * i, 3, "%02x", w->link_addr[i]);
	json_text(j, "link_addr", hex);
	json_int(j, "runs", w->runs);
	if (w->targets != 0)
		json_int(j, "targets", w->targets);
	json_int(j, "since_s", w->since_s);
	json_int(j, "last_s", w->last_s);
	json_int(j, "anchor_us", w->anchor_us);
	json_int(j, "anchor_of", w->anchor_of);
	json_int(j, "drift_since_s", w->drift_since_s);
	json_array(j, "samples"); /* at_s, then by enum baseline_quantity */
	for (uint8_t i = 0; i < w->sample_count; i++) {
		int64_t row[1 + BASELINE_QUANTITIES] = {w->samples[i].at_s};

		for (int q = 0; q < BASELINE_QUANTITIES; q++)
			row[1 + q] = w->samples[i].us[q];
		put_row(j, row, 1 + BASELINE_QUANTITIES);
	}
	json_array_end(j);
	json_array(j, "week"); /* hour, more_us, weeks */
	for (int h = 0; h < BASELINE_WEEK; h++)
		if (w->week[h].weeks > 0)
			put_row(j, (const int64_t[]){h, w->week[h].more_us, w->week[h].weeks}, 3);
	json_array_end(j);
	json_object_end(j);
}

static void put_members(struct json_out *j, const struct baseline *b)
{
	json_array(j, "ways");
	for (int l = 0; l < LINKS; l++)
		for (int f = 0; f < FAMILIES; f++)
			if (b->ways[l][f].runs > 0)
				put_way(j, l, f, &b->ways[l][f]);
	json_array_end(j);
	json_array(j, "hops");
	for (uint8_t i = 0; i < b->hop_count; i++) {
		const struct baseline_hop *h = &b->hops[i];

		json_object(j, NULL);
		json_int(j, "link", h->link);
		json_int(j, "ttl", h->ttl);
		json_addr(j, "address", &h->addr);
		json_int(j, "last_s", h->last_s);
		json_object_end(j);
	}
	json_array_end(j);
	json_array(j, "answerers"); /* link, family, place, hop, kind, port, target, asked, answered, reply_ttl, last_s */
	for (uint8_t i = 0; i < b->answerer_count; i++) {
		const struct baseline_answerer *a = &b->answerers[i];
		const int64_t row[] = {a->link, a->fam, a->place, a->hop, a->kind, a->port, a->target, a->asked, a->answered, a->reply_ttl, a->last_s};

		put_row(j, row, sizeof row / sizeof row[0]);
	}
	json_array_end(j);
}

void baseline_json_put(struct json_out *j, const char *key, const struct baseline *b)
{
	json_object(j, key);
	put_members(j, b);
	json_object_end(j);
}

bool baseline_json_write(const struct baseline *b, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, true);
	json_object(&j, NULL);
	json_text(&j, "schema", BASELINE_JSON_SCHEMA);
	put_members(&j, b);
	json_object_end(&j);
	json_finish(&j);
	return strbuf_ok(out) && out->text;
}

/* -- reading -- */

/* What a number of a row may be. */
struct range { int64_t least, most; };

/* Exactly as many whole numbers within their ranges; all zero after a failure. */
static void take_row(struct fields *f, const struct json_value *v, const char *key, const struct range *ranges, size_t count,
                     int64_t row[ROW_MAX])
{
	const struct json_value *n = json_first(v);
	bool ok = json_is_array(v) && json_count(v) == count;

	memset(row, 0, ROW_MAX * sizeof *row);
	for (size_t i = 0; ok && i < count; i++, n = json_next(n))
		ok = json_as_int(n, &row[i]) && row[i] >= ranges[i].least && row[i] <= ranges[i].most;
	if (!ok)
		fields_fail(f, key, "has a row that none can be");
}

#define TIME_RANGE {0, AT_MAX}
#define US_RANGE {BASELINE_UNKNOWN, BASELINE_US_MAX}

static void take_samples(struct fields *f, const struct json_value *o, struct baseline_way *w)
{
	static const struct range ranges[1 + BASELINE_QUANTITIES] = {TIME_RANGE, US_RANGE, US_RANGE, US_RANGE, US_RANGE, US_RANGE};
	_Static_assert(BASELINE_QUANTITIES == 5, "a range for each quantity");
	const struct json_value *list = field_array(f, o, "samples", BASELINE_SAMPLES);
	int64_t row[ROW_MAX];

	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		struct baseline_sample *s = &w->samples[w->sample_count++];

		take_row(f, v, "samples", ranges, 1 + BASELINE_QUANTITIES, row);
		s->at_s = row[0];
		for (int q = 0; q < BASELINE_QUANTITIES; q++)
			s->us[q] = (int32_t)row[1 + q];
	}
}

static void take_week(struct fields *f, const struct json_value *o, struct baseline_way *w)
{
	static const struct range ranges[] = {{0, BASELINE_WEEK - 1}, {-BASELINE_US_MAX, BASELINE_US_MAX}, {1, UINT8_MAX}};
	const struct json_value *list = field_array(f, o, "week", BASELINE_WEEK);
	int64_t row[ROW_MAX];

	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v)) {
		take_row(f, v, "week", ranges, 3, row);
		w->week[row[0]] = (struct baseline_hour){(int32_t)row[1], (uint8_t)row[2]};
	}
}

static void take_way(struct fields *f, const struct json_value *v, struct baseline *b)
{
	int64_t link = field_int(f, v, "link", 0, LINKS - 1), fam = field_int(f, v, "family", 0, FAMILIES - 1);
	struct baseline_way *w = &b->ways[link][fam];

	memset(w, 0, sizeof *w); /* the same way twice: the last one counts */
	w->ce = field_addr(f, v, "ce");
	w->msee = field_addr(f, v, "msee");
	field_hex(f, v, "link_addr", w->link_addr, sizeof w->link_addr);
	w->runs = (uint32_t)field_int(f, v, "runs", 1, UINT32_MAX);
	if (json_get(v, "targets")) /* older ones do not know it */
		w->targets = (uint32_t)field_int(f, v, "targets", 0, UINT32_MAX);
	w->since_s = field_int(f, v, "since_s", 0, AT_MAX);
	w->last_s = field_int(f, v, "last_s", 0, AT_MAX);
	w->anchor_us = (int32_t)field_int(f, v, "anchor_us", BASELINE_UNKNOWN, BASELINE_US_MAX);
	w->anchor_of = (uint8_t)field_int(f, v, "anchor_of", 0, BASELINE_QUANTITIES - 1);
	w->drift_since_s = field_int(f, v, "drift_since_s", 0, AT_MAX);
	take_samples(f, v, w);
	take_week(f, v, w);
}

static void take_hop(struct fields *f, const struct json_value *v, struct baseline *b)
{
	struct baseline_hop *h = &b->hops[b->hop_count++];

	h->link = (uint8_t)field_int(f, v, "link", 0, LINK_ANY);
	h->ttl = (uint8_t)field_int(f, v, "ttl", 1, UINT8_MAX);
	h->addr = field_addr(f, v, "address");
	h->last_s = field_int(f, v, "last_s", 0, AT_MAX);
	if (ip_family_index(h->addr.family) < 0)
		fields_fail(f, "address", "is none");
	else
		h->fam = (uint8_t)ip_family_index(h->addr.family);
}

static void take_answerer(struct fields *f, const struct json_value *v, struct baseline *b)
{
	static const struct range ranges[] = {{0, LINK_ANY}, {0, FAMILIES - 1}, {0, UINT8_MAX}, {0, UINT8_MAX}, {0, UINT8_MAX}, {0, UINT16_MAX},
	                                      {0, UINT16_MAX}, {0, 1000000}, {0, 1000000}, {0, UINT8_MAX}, TIME_RANGE};
	struct baseline_answerer *a = &b->answerers[b->answerer_count++];
	int64_t row[ROW_MAX];

	take_row(f, v, "answerers", ranges, sizeof ranges / sizeof ranges[0], row);
	if (row[8] > row[7])
		fields_fail(f, "answerers", "has more answers than questions");
	*a = (struct baseline_answerer){(uint8_t)row[0], (uint8_t)row[1], (uint8_t)row[2], (uint8_t)row[3], (uint8_t)row[4], (uint16_t)row[5],
	                                (uint16_t)row[6], (uint32_t)row[7], (uint32_t)row[8], (uint8_t)row[9], row[10]};
}

static void take_list(struct fields *f, const struct json_value *o, const char *key, size_t most,
                      void (*take)(struct fields *, const struct json_value *, struct baseline *), struct baseline *b)
{
	const struct json_value *list = field_array(f, o, key, most);

	for (const struct json_value *v = json_first(list); v && fields_ok(f); v = json_next(v))
		take(f, v, b);
}

void baseline_json_take(struct fields *f, const struct json_value *o, struct baseline *b)
{
	memset(b, 0, sizeof *b);
	take_list(f, o, "ways", LINKS * FAMILIES, take_way, b);
	take_list(f, o, "hops", BASELINE_HOPS_MAX, take_hop, b);
	take_list(f, o, "answerers", BASELINE_ANSWERERS_MAX, take_answerer, b);
}

bool baseline_json_read(const char *text, size_t len, struct baseline *out, char *err, size_t err_size)
{
	struct fields f = {.err = err, .err_size = err_size, .file = "baseline"};
	struct json_doc *doc = json_read(text, len, err, err_size);
	const char *schema = json_as_text(json_get(json_root(doc), "schema"));

	memset(out, 0, sizeof *out);
	if (!doc)
		return false;
	if (!schema || strcmp(schema, BASELINE_JSON_SCHEMA) != 0)
		fields_fail(&f, "schema", "is not " BASELINE_JSON_SCHEMA);
	baseline_json_take(&f, json_root(doc), out);
	json_doc_free(doc);
	if (!fields_ok(&f))
		memset(out, 0, sizeof *out);
	return fields_ok(&f);
}
