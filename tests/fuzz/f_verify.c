/* SPDX-License-Identifier: BSD-2-Clause */
/* Verification from its front door. The first byte chooses: an archive as it is; or a
 * good bundle of this build that somebody edited and hashed anew, so that the fuzzer gets
 * past the digests to signature, custody, packets, verdict and texts. An edit is
 *
 *   file (1 byte: its place among the payload, then bag-info, bagit, signature)  offset (2)  bytes to drop (1)  bytes to put (1)  those bytes
 *
 * Whatever comes: "verified" is said of nothing that failed, and never of a bundle whose
 * result, packets or words were changed. */
#include "probe/evidence/verify.h"

#include "analysis/report/report.h"
#include "probe/run/bag.h"
#include "probe/run/evidence.h"
#include "probe/run/refold.h"
#include "tests/unit/sample_run.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bag good;
static char place[] = "/dev/shm/erprobe-f-verify-XXXXXX"; /* of the file that is verified */
static int place_fd;

static void leave(void)
{
	unlink(place);
}

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

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char dir[] = "/tmp/erprobe-f-verify-XXXXXX", path[128], err[500];
	struct refolded f;
	struct event_log log;
	struct strbuf json;
	struct plan plan;

	(void)argc;
	(void)argv;
	place_fd = mkstemp(place);
	require(place_fd >= 0 && atexit(leave) == 0);
	run_plan(&plan);
	run_log(&plan, &log);
	strbuf_init(&json, STRBUF_MAX_DEFAULT);
	require(mkdtemp(dir) && refold(&plan, &log, NULL, NULL, &f));
	report_check_json(&f.result, false, &json);
	require(evidence_write(dir, &plan, &log, &f.result, json.text, &(struct evidence_extras){.config = "circuits: []\n"}, err, sizeof err));
	snprintf(path, sizeof path, "%s/%s", dir, plan.run_id);
	require(bag_load(path, &good, err, sizeof err));
	files_remove_tree(AT_FDCWD, dir);
	qsort(good.files, good.count, sizeof good.files[0], by_path); /* the same places everywhere */
	refolded_free(&f);
	strbuf_free(&json);
	event_log_free(&log);
	plan_free(&plan);
	return 0;
}

/* -- a bundle as a plain tar in memory -- */

static void add_member(struct strbuf *tar, const char *path, const void *data, size_t len)
{
	static const char zeros[512];
	char head[512] = {0};
	unsigned sum = 0;

	/* ustar (POSIX.1-1988): fields in octal at fixed places; the checksum counts itself as blanks. */
	snprintf(head, 100, "bundle/%s", path);
	memcpy(head + 100, "0000644", 8);
	snprintf(head + 124, 12, "%011zo", len);
	memcpy(head + 136, "00000000000", 12);
	memset(head + 148, ' ', 8);
	head[156] = '0';
	memcpy(head + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof head; i++)
		sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	strbuf_add_bytes(tar, head, sizeof head);
	strbuf_add_bytes(tar, data, len);
	strbuf_add_bytes(tar, zeros, (512 - len % 512) % 512);
}

static void add_line(struct strbuf *manifest, const char *path, const struct strbuf *content)
{
	char hex[SHA256_HEX_MAX];

	require(files_sha256(content->text ? content->text : "", content->len, hex));
	strbuf_addf(manifest, "%s  %s\n", hex, path);
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

static const struct bag_file *tag(const char *name)
{
	const struct bag_file *f = bag_find_tag(&good, name);

	require(f != NULL);
	return f;
}

/* Appends the edited bundle; returns whether it must not be believed. */
static bool forge(const uint8_t *data, size_t size, struct strbuf *tar)
{
	static const char *const tags[] = {BAG_INFO, BAG_DECLARATION};
	struct strbuf manifest, tag_manifest, text;
	bool wrong = false;

	strbuf_init(&manifest, STRBUF_MAX_DEFAULT);
	strbuf_init(&tag_manifest, STRBUF_MAX_DEFAULT);
	for (size_t i = 0; i < good.count; i++) {
		const struct bag_file *f = &good.files[i];

		edited(f, i, data, size, &text);
		wrong = wrong || (is_computed(f->path) && (text.len != f->len || memcmp(text.text, f->data, f->len) != 0));
		add_member(tar, f->path, text.text, text.len);
		add_line(&manifest, f->path, &text);
		strbuf_free(&text);
	}
	for (size_t i = 0; i < 2; i++) {
		edited(tag(tags[i]), good.count + i, data, size, &text);
		add_member(tar, tags[i], text.text, text.len);
		add_line(&tag_manifest, tags[i], &text);
		strbuf_free(&text);
	}
	add_member(tar, BAG_MANIFEST, manifest.text, manifest.len);
	add_line(&tag_manifest, BAG_MANIFEST, &manifest);
	add_member(tar, BAG_TAG_MANIFEST, tag_manifest.text, tag_manifest.len);
	/* A signature is all bytes that are put in place of it. */
	edited(&(struct bag_file){.data = (char[]){""}}, good.count + 2, data, size, &text);
	if (text.len > 0)
		add_member(tar, BAG_SIGNATURE, text.text, text.len);
	strbuf_free(&text);
	strbuf_free(&manifest);
	strbuf_free(&tag_manifest);
	strbuf_add_bytes(tar, (const char[1024]){0}, 1024); /* the end of a tar */
	return wrong;
}

/* right: nothing was changed, so that it must be believed. */
static void judge(const char *path, bool wrong, bool right)
{
	struct verified v;
	struct strbuf text;
	bool bad = false;

	verify_bundle(path, NULL, &v);
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
	verify_json(&v, path, false, &text);
	require(strbuf_ok(&text));
	strbuf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct strbuf file;
	bool wrong = false;

	if (size == 0)
		return 0;
	strbuf_init(&file, STRBUF_MAX_DEFAULT);
	if (data[0] & 1)
		wrong = forge(data + 1, size - 1, &file);
	else
		strbuf_add_bytes(&file, (const char *)data + 1, size - 1);
	require(strbuf_ok(&file));
	require(ftruncate(place_fd, 0) == 0 && pwrite(place_fd, file.text ? file.text : "", file.len, 0) == (ssize_t)file.len);
	judge(place, wrong, size == 1 && (data[0] & 1));
	strbuf_free(&file);
	return 0;
}
