/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/bundle.h"

#include "probe/json/json_in.h"
#include "probe/run/evidence.h"
#include "probe/run/evidence_azure.h"
#include "probe/run/evidence_pcapng.h"
#include "probe/run/plan_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The log's own ceiling, and as much again for comments and block heads. */
#define PCAPNG_MAX ((size_t)192 << 20)
#define WHY_MAX 200

/* A new document of this path, to be filled by the caller before the next one. */
static struct strbuf *add(struct bundle *b, const char *path, size_t max)
{
	struct strbuf *out = &b->documents[b->count];

	strbuf_init(out, max);
	b->items[b->count++].path = path;
	return out;
}

static void add_text(struct bundle *b, const char *path, const char *text)
{
	if (text)
		strbuf_add(add(b, path, STRBUF_MAX_DEFAULT), text);
}

/* A document that replay could not read back is no evidence. */
static bool reads_back(const struct strbuf *b, const char *name, char *err, size_t err_size)
{
	char why[160];
	struct json_doc *doc;

	if (!strbuf_ok(b) || !b->text) {
		text_format(err, err_size, "%s: out of memory", name);
		return false;
	}
	doc = json_read(b->text, b->len, why, sizeof why);
	if (!doc)
		text_format(err, err_size, "%s: could not be read back (%s): check fewer circuits at a time", name, why);
	json_doc_free(doc);
	return doc != NULL;
}

/* What replay reads. */
static bool make_record(const struct bundle_source *s, struct bundle *b, char *err, size_t err_size)
{
	struct strbuf *out = add(b, EVIDENCE_AZURE, STRBUF_MAX_DEFAULT);

	evidence_azure_write(s->plan, s->log, out);
	if (!reads_back(out, EVIDENCE_AZURE, err, err_size))
		return false;
	out = add(b, EVIDENCE_PLAN, STRBUF_MAX_DEFAULT);
	if (!plan_json_write(s->plan, s->log, out, err, err_size) || !reads_back(out, EVIDENCE_PLAN, err, err_size))
		return false;
	out = add(b, EVIDENCE_PCAPNG, PCAPNG_MAX);
	if (!evidence_pcapng(s->plan, s->log, s->os, s->result->ended_at, out)) {
		text_format(err, err_size, "%s: out of memory", EVIDENCE_PCAPNG);
		return false;
	}
	add_text(b, EVIDENCE_RUN, s->run_json);
	return true;
}

static int by_path(const void *a, const void *b)
{
	const struct bag_item *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* Items borrow the documents' bytes, which do not move any more. */
static bool settle(struct bundle *b, char *err, size_t err_size)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct strbuf *d = &b->documents[i];

		if (!strbuf_ok(d)) {
			text_format(err, err_size, "%s: out of memory", b->items[i].path);
			return false;
		}
		b->items[i].data = d->text ? d->text : "";
		b->items[i].len = d->len;
	}
	return true;
}

static void info_line(struct strbuf *out, const char *label, const char *text)
{
	char safe[RESOURCE_ID_MAX];

	text_safe(safe, sizeof safe, text);
	strbuf_addf(out, "%s: %s\n", label, safe);
}

/* bag-info.txt (RFC 8493 section 2.2.2): who, what, when, and how much. */
static bool make_info(const struct bundle_source *s, struct bundle *b, char *err, size_t err_size)
{
	const struct plan *p = s->plan;
	char started[WALL_TEXT_MAX], ended[WALL_TEXT_MAX], oxum[64];
	size_t octets = 0;

	wall_text(p->started_at, started);
	wall_text(s->result->ended_at, ended);
	for (size_t i = 0; i < b->count; i++)
		octets += b->items[i].len;
	snprintf(oxum, sizeof oxum, "%zu.%zu", octets, b->count);
	info_line(&b->info, "Bag-Software-Agent", p->tool);
	strbuf_addf(&b->info, "Bagging-Date: %.10s\n", ended); /* the date of the RFC 3339 text */
	info_line(&b->info, "Payload-Oxum", oxum);
	info_line(&b->info, "External-Identifier", p->run_id);
	info_line(&b->info, "External-Description", "ExpressRoute probes, their answers, what Azure reported, and the result");
	info_line(&b->info, "Erprobe-Host", p->host);
	info_line(&b->info, "Erprobe-Started", started);
	info_line(&b->info, "Erprobe-Ended", ended);
	for (size_t i = 0; i < p->circuit_count; i++)
		info_line(&b->info, "Erprobe-Circuit", p->circuits[i].name);
	if (!strbuf_ok(&b->info))
		text_format(err, err_size, "%s: out of memory", BAG_INFO);
	return strbuf_ok(&b->info);
}

bool bundle_make(const struct bundle_source *s, struct bundle *b, char *err, size_t err_size)
{
	memset(b, 0, sizeof *b);
	strbuf_init(&b->info, BAG_TAG_MAX);
	if (!make_record(s, b, err, err_size))
		return false;
	for (size_t i = 0; i < derived_count; i++)
		derived_documents[i].write(s->result, &s->place, add(b, derived_documents[i].path, STRBUF_MAX_DEFAULT));
	add_text(b, BUNDLE_CONFIG, s->config);
	add_text(b, BUNDLE_ENVIRONMENT, s->environment);
	add_text(b, BUNDLE_REDACTIONS, s->redactions);
	if (!settle(b, err, err_size))
		return false;
	/* The custody line vouches for all others, so it comes last, and they in order. */
	qsort(b->items, b->count, sizeof b->items[0], by_path);
	struct strbuf *chain = &b->documents[b->count];
	strbuf_init(chain, STRBUF_MAX_DEFAULT);
	custody_add(chain, &s->custody, b->items, b->count);
	b->items[b->count] = (struct bag_item){CUSTODY_PATH, chain->text ? chain->text : "", chain->len};
	b->count++;
	if (!strbuf_ok(chain)) {
		text_format(err, err_size, "%s: out of memory", CUSTODY_PATH);
		return false;
	}
	qsort(b->items, b->count, sizeof b->items[0], by_path);
	return make_info(s, b, err, err_size);
}

void bundle_free(struct bundle *b)
{
	for (size_t i = 0; i < b->count; i++)
		strbuf_free(&b->documents[i]);
	strbuf_free(&b->info);
	memset(b, 0, sizeof *b);
}
