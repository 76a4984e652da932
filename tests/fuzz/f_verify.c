/* SPDX-License-Identifier: BSD-2-Clause */
/* Verification from its front door, all in memory. The first byte chooses: an archive as it
 * is (f_bag has those, and the doors behind); or a good bundle of this build, of a check or of a
 * trace, that somebody edited and hashed anew, so that the fuzzer gets past the digests to
 * signature, custody, packets, verdict and texts. An edit is
 *
 *   file (1 byte: its place among the payload, then bag-info, bagit, signature)  offset (2)  bytes to drop (1)  bytes to put (1)  those bytes
 *
 * Whatever comes: "verified" is said of nothing that failed, and never of a bundle whose
 * result, packets or words were changed. */
#include "probe/verify/verify.h"

#include "analysis/report/report.h"
#include "erprobe/snapshot.h"
#include "probe/evidence/archive.h"
#include "probe/evidence/bag.h"
#include "probe/evidence/evidence.h"
#include "probe/host/files.h"
#include "probe/record/refold.h"
#include "probe/record/trace_log.h"
#include "tests/unit/sample_run.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bag good[2]; /* of a check, of a trace */

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int by_path(const void *a, const void *b)
{
	const struct bag_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* Writes the run as a bundle and loads that. */
static void save(struct bag *into, const struct event_log *log, const struct refolded *run, const char *json)
{
	char dir[] = "/tmp/erprobe-f-verify-XXXXXX", path[128], err[500];
	const char *config = json ? "circuits: []\n" : NULL;

	require(mkdtemp(dir) != NULL);
	require(evidence_write_run(dir, log, run, json, &(struct evidence_extras){.config = config}, err, sizeof err));
	snprintf(path, sizeof path, "%s/%s", dir, run->result.plan->run_id);
	require(bag_load(path, into, err, sizeof err));
	files_remove_tree(AT_FDCWD, dir);
	qsort(into->files, into->count, sizeof into->files[0], by_path); /* the same places everywhere */
}

static void make_check(struct bag *into)
{
	struct refolded f;
	struct event_log log;
	struct strbuf json;
	struct plan plan;

	run_plan(&plan);
	run_log(&plan, &log);
	strbuf_init(&json, STRBUF_MAX_DEFAULT);
	require(refold(&plan, &log, NULL, NULL, &f));
	report_check_json(&f.result, false, &json);
	save(into, &log, &f, json.text);
	refolded_free(&f);
	strbuf_free(&json);
	event_log_free(&log);
	plan_free(&plan);
}

/* The same frames as those of two traces: a tenth of the time, for no fault is weighed. */
static void make_trace(struct bag *into)
{
	static const struct trace_options options = {.max_ttl = 64, .count = 1, .flows = 1};
	struct plan check, plan;
	struct refolded f;
	struct event_log log;

	run_plan(&check);
	run_log(&check, &log);
	require(plan_copy(&plan, &check));
	plan.circuit_count = 0;
	for (size_t i = 0; i < plan.flow_count; i++) {
		plan.flows[i].role = FLOW_TRACE;
		plan.flows[i].link = LINK_ANY;
	}
	if (log.snapshots[0])
		az_snapshot_free(log.snapshots[0]);
	free(log.snapshots[0]);
	log.snapshots[0] = NULL;
	log.trace = trace_log_new(&options, plan.flow_count);
	require(log.trace != NULL);
	strbuf_add(&log.trace->words, "b0 b1 a0.1 f2 a0.64 f3 a1.64 f2 e0 e1 ");
	require(trace_log_name(log.trace, &(struct ip_addr){IP_V4, {172, 16, 3, 2}}, "msee.example"));
	require(refold(&plan, &log, NULL, NULL, &f));
	log.trace->exit_code = refold_exit_code(&f, &log);
	save(into, &log, &f, NULL);
	refolded_free(&f);
	event_log_free(&log);
	plan.circuit_count = check.circuit_count;
	plan_free(&plan);
	plan_free(&check);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	make_check(&good[0]);
	make_trace(&good[1]);
	return 0;
}

/* -- a bundle in memory -- */

static void add(struct bag *b, const char *path, const char *data, size_t len)
{
	char err[600], *copy = malloc(len + 1);

	require(copy != NULL);
	memcpy(copy, data, len);
	copy[len] = '\0';
	require(bag_add(b, path, copy, len, err, sizeof err));
}

/* Adds a manifest of the files that stand in the bag, in their order. */
static void add_manifest(struct bag *b, const char *name, const struct bag_file *files, size_t count)
{
	struct strbuf text;

	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&text, "%s  %s\n", files[i].sha256, files[i].path);
	require(strbuf_ok(&text));
	add(b, name, text.text, text.len);
	strbuf_free(&text);
}

/* One file of the good bundle with the edits that concern it. */
static void edited(const struct bag_file *f, size_t number, const uint8_t *data, size_t size, struct strbuf *out)
{
	strbuf_init(out, STRBUF_MAX_DEFAULT);
	strbuf_add_bytes(out, f->data, f->len);
	while (size >= 5) {
		size_t at = (size_t)(data[1] << 8 | data[2]), drop = data[3], len = data[4], behind;

		len = len > size - 5 ? size - 5 : len;
		if (data[0] == number && at <= out->len) {
			struct strbuf whole;

			behind = out->len - at;
			drop = drop > behind ? behind : drop;
			strbuf_init(&whole, STRBUF_MAX_DEFAULT);
			strbuf_add_bytes(&whole, out->text, at);
			strbuf_add_bytes(&whole, (const char *)data + 5, len);
			strbuf_add_bytes(&whole, out->text + at + drop, behind - drop);
			strbuf_free(out);
			*out = whole;
		}
		data += 5 + len;
		size -= 5 + len;
	}
}

/* Documents that packets and plan give again: no change of them may pass. */
static bool is_computed(const char *path)
{
	static const char *const paths[] = {"data/run.json", "data/probes.pcapng", "data/summary.txt", "data/mtr.txt", "data/report.html"};

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (strcmp(path, paths[i]) == 0)
			return true;
	return false;
}

static const struct bag_file *tag(const struct bag *of, const char *name)
{
	const struct bag_file *f = bag_find_tag(of, name);

	require(f != NULL);
	return f;
}

/* Fills the bag with the edited bundle; returns whether it must not be believed. */
static bool forge(const struct bag *of, const uint8_t *data, size_t size, struct bag *b)
{
	static const char *const tags[] = {BAG_INFO, BAG_DECLARATION};
	struct strbuf text;
	bool wrong = false;

	for (size_t i = 0; i < of->count; i++) {
		const struct bag_file *f = &of->files[i];

		edited(f, i, data, size, &text);
		wrong = wrong || (is_computed(f->path) && (text.len != f->len || memcmp(text.text, f->data, f->len) != 0));
		add(b, f->path, text.text ? text.text : "", text.len);
		strbuf_free(&text);
	}
	for (size_t i = 0; i < 2; i++) {
		edited(tag(of, tags[i]), of->count + i, data, size, &text);
		add(b, tags[i], text.text ? text.text : "", text.len);
		strbuf_free(&text);
	}
	add_manifest(b, BAG_MANIFEST, b->files, b->count);
	add_manifest(b, BAG_TAG_MANIFEST, b->tags, b->tag_count);
	/* A signature is all bytes that are put in place of it. */
	edited(&(struct bag_file){.data = (char[]){""}}, of->count + 2, data, size, &text);
	if (text.len > 0)
		add(b, BAG_SIGNATURE, text.text, text.len);
	strbuf_free(&text);
	return wrong;
}

/* right: nothing was changed, so that it must be believed. */
static void judge(struct bag *b, bool wrong, bool right)
{
	struct verified v;
	struct strbuf text;
	bool bad = false;

	verify_bag(b, NULL, &v);
	for (int i = 0; i < VERIFY_CHECKS; i++) {
		bad = bad || v.checks[i].result == VERIFY_BAD || v.checks[i].result == VERIFY_NOT_MADE;
		require(strnlen(v.checks[i].detail, sizeof v.checks[i].detail) < sizeof v.checks[i].detail);
	}
	require(v.intact == !bad);
	require(!(wrong && v.intact) && !(right && !v.intact));
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	verify_text(&v, &text);
	require(strbuf_ok(&text) && (strstr(text.text, "\nverified") != NULL) == v.intact);
	text.len = 0;
	verify_json(&v, "bundle", false, &text);
	require(strbuf_ok(&text));
	strbuf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bag b;
	char err[600];
	bool wrong = false;

	if (size == 0)
		return 0;
	require(bag_begin(&b));
	if (data[0] & 1) {
		wrong = forge(&good[data[0] >> 1 & 1], data + 1, size - 1, &b);
	} else if (!archive_read_bytes(data + 1, size - 1, &b, err, sizeof err)) {
		bag_free(&b);
		return 0;
	}
	judge(&b, wrong, size == 1 && (data[0] & 1));
	return 0;
}
