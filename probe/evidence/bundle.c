/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/bundle.h"

#include "probe/evidence/evidence.h"
#include "probe/json/json_in.h"
#include "probe/record/evidence_azure.h"
#include "probe/record/evidence_pcapng.h"
#include "probe/record/plan_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* -- large documents -- */

/* Writes one to *out, and gives sink what stands there now and then. */
typedef bool large_writer(const struct bundle_source *s, struct strbuf *out, evidence_sink *sink, void *arg);

static bool write_pcapng(const struct bundle_source *s, struct strbuf *out, evidence_sink *sink, void *arg)
{
	return evidence_pcapng_to(s->plan, s->log, s->os, s->run->result.ended_at, out, sink, arg);
}

static bool write_traces(const struct bundle_source *s, struct strbuf *out, evidence_sink *sink, void *arg)
{
	const struct trace_told told = refold_trace(s->run, s->log);

	return trace_document(&told, TRACE_JSON, NULL, out, sink, arg);
}

/* In memory, or in a file of spool_dir: then the item has its bytes at once. */
static bool make_large(const struct bundle_source *s, struct bundle *b, const char *path, large_writer *write, char *err,
                       size_t err_size)
{
	struct strbuf *out = add(b, path, EVIDENCE_PCAPNG_MAX);
	struct bag_item *item = &b->items[b->count - 1];
	struct spool *spool = s->spool_dir ? &b->spools[b->spool_count++] : NULL;
	char why[WHY_MAX] = "out of memory";

	if (spool && !spool_open(spool, s->spool_dir, EVIDENCE_PCAPNG_MAX, why, sizeof why)) {
		text_format(err, err_size, "%s: %s", path, why);
		return false;
	}
	bool ok = write(s, out, spool ? spool_drain : NULL, spool);
	if (spool) {
		ok = strbuf_ok(out) && spool_add(spool, out->text, out->len) && ok;
		out->len = 0;
		item->data = spool_end(spool, why, sizeof why);
		item->len = spool->len;
		ok = ok && item->data;
	}
	if (!ok)
		text_format(err, err_size, "%s: %s", path, why);
	return ok;
}

/* What replay reads. */
static bool make_record(const struct bundle_source *s, struct bundle *b, char *err, size_t err_size)
{
	struct strbuf *out;

	/* A trace asks nothing of Azure. */
	if (!s->log->trace) {
		out = add(b, EVIDENCE_AZURE, STRBUF_MAX_DEFAULT);
		evidence_azure_write(s->plan, s->log, out);
		if (!reads_back(out, EVIDENCE_AZURE, err, err_size))
			return false;
	}
	out = add(b, EVIDENCE_PLAN, STRBUF_MAX_DEFAULT);
	if (!plan_json_write(s->plan, s->log, out, err, err_size) || !reads_back(out, EVIDENCE_PLAN, err, err_size))
		return false;
	if (!make_large(s, b, EVIDENCE_PCAPNG, write_pcapng, err, err_size))
		return false;
	if (!s->run_json)
		return make_large(s, b, EVIDENCE_RUN, write_traces, err, err_size);
	add_text(b, EVIDENCE_RUN, s->run_json);
	return true;
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
		if (b->items[i].data) /* in a file */
			continue;
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

void bundle_info(const struct run_result *r, size_t octets, size_t count, struct strbuf *out)
{
	const struct plan *p = r->plan;
	char started[WALL_TEXT_MAX], ended[WALL_TEXT_MAX], oxum[64];

	wall_text(p->started_at, started);
	wall_text(r->ended_at, ended);
	snprintf(oxum, sizeof oxum, "%zu.%zu", octets, count);
	info_line(out, "Bag-Software-Agent", p->tool);
	strbuf_addf(out, "Bagging-Date: %.10s\n", ended); /* the date of the RFC 3339 text */
	info_line(out, "Payload-Oxum", oxum);
	info_line(out, "External-Identifier", p->run_id);
	info_line(out, "External-Description",
	          p->circuit_count > 0 ? "ExpressRoute probes, their answers, what Azure reported, and the result"
	                               : "Probes of paths, their answers, and the result");
	info_line(out, "Erprobe-Host", p->host);
	info_line(out, "Erprobe-Started", started);
	info_line(out, "Erprobe-Ended", ended);
	for (size_t i = 0; i < p->circuit_count; i++)
		info_line(out, "Erprobe-Circuit", p->circuits[i].name);
}

static bool make_info(const struct bundle_source *s, struct bundle *b, char *err, size_t err_size)
{
	size_t octets = 0;

	for (size_t i = 0; i < b->count; i++)
		octets += b->items[i].len;
	bundle_info(&s->run->result, octets, b->count, &b->info);
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
	for (size_t i = 0; i < derived_count; i++) {
		if (derived_is_of(&derived_documents[i], s->log))
			derived_write(&derived_documents[i], s->run, s->log, &s->place,
			              add(b, derived_documents[i].path, STRBUF_MAX_DEFAULT));
	}
	add_text(b, BUNDLE_CONFIG, s->config);
	add_text(b, BUNDLE_ENVIRONMENT, s->environment);
	add_text(b, BUNDLE_REDACTIONS, s->redactions);
	if (!settle(b, err, err_size))
		return false;
	/* The custody line vouches for all others, so it comes last, and they in order. */
	bag_sort(b->items, b->count);
	struct strbuf *chain = &b->documents[b->count];
	strbuf_init(chain, STRBUF_MAX_DEFAULT);
	custody_add(chain, &s->custody, b->items, b->count);
	b->items[b->count] = (struct bag_item){CUSTODY_PATH, chain->text ? chain->text : "", chain->len};
	b->count++;
	if (!strbuf_ok(chain)) {
		text_format(err, err_size, "%s: out of memory", CUSTODY_PATH);
		return false;
	}
	bag_sort(b->items, b->count);
	return make_info(s, b, err, err_size);
}

void bundle_free(struct bundle *b)
{
	for (size_t i = 0; i < b->count; i++)
		strbuf_free(&b->documents[i]);
	for (size_t i = 0; i < b->spool_count; i++)
		spool_free(&b->spools[i]);
	strbuf_free(&b->info);
	memset(b, 0, sizeof *b);
}
