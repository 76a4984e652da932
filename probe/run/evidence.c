/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/evidence.h"

#include "analysis/value/strbuf.h"
#include "probe/json/json_in.h"
#include "probe/run/bag.h"
#include "probe/run/evidence_azure.h"
#include "probe/run/evidence_pcapng.h"
#include "probe/run/files.h"
#include "probe/run/plan_json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define FOLDER_MODE 0750
#define REASON_MAX 256
/* The log's own ceiling, and as much again for comments and block heads. */
#define PCAPNG_MAX ((size_t)192 << 20)

/* The documents of one bundle, all in memory before anything is written. */
struct documents { struct strbuf azure, plan, pcapng; };

static void documents_free(struct documents *d)
{
	strbuf_free(&d->azure);
	strbuf_free(&d->plan);
	strbuf_free(&d->pcapng);
}

/* The run id becomes a folder's name, so it must be a UUID and nothing else. */
static bool is_run_id(const char *id)
{
	return strlen(id) == UUID_TEXT_MAX - 1 && strspn(id, "0123456789abcdef-") == UUID_TEXT_MAX - 1 && id[0] != '-';
}

/* A document that replay could not read back is no evidence. */
static bool reads_back(const struct strbuf *b, const char *name, char *err, size_t err_size)
{
	char why[160];
	struct json_doc *doc;

	if (!strbuf_ok(b)) {
		text_format(err, err_size, "%s: out of memory", name);
		return false;
	}
	doc = json_read(b->text, b->len, why, sizeof why);
	if (!doc)
		text_format(err, err_size, "%s: could not be read back (%s): check fewer circuits at a time", name, why);
	json_doc_free(doc);
	return doc != NULL;
}

static bool make_documents(const struct plan *p, const struct event_log *log, const struct run_result *r,
                           struct documents *d, char *err, size_t err_size)
{
	struct utsname u;
	char os[160];

	strbuf_init(&d->azure, STRBUF_MAX_DEFAULT);
	strbuf_init(&d->plan, STRBUF_MAX_DEFAULT);
	strbuf_init(&d->pcapng, PCAPNG_MAX);
	if (!plan_json_write(p, log, &d->plan, err, err_size) || !reads_back(&d->plan, EVIDENCE_PLAN, err, err_size))
		return false;
	evidence_azure_write(p, log, &d->azure);
	if (!reads_back(&d->azure, EVIDENCE_AZURE, err, err_size))
		return false;
	os[0] = '\0';
	if (uname(&u) == 0)
		text_format(os, sizeof os, "%s %s %s", u.sysname, u.release, u.machine);
	if (evidence_pcapng(p, log, os, r->ended_at, &d->pcapng))
		return true;
	text_format(err, err_size, "%s: out of memory", EVIDENCE_PCAPNG);
	return false;
}

static void info_line(struct strbuf *out, const char *label, const char *text)
{
	char safe[RESOURCE_ID_MAX];

	text_safe(safe, sizeof safe, text);
	strbuf_addf(out, "%s: %s\n", label, safe);
}

/* bag-info.txt (RFC 8493 section 2.2.2): who, what, when, and how much. */
static void make_info(const struct plan *p, const struct run_result *r, const struct bag_item *items, size_t count,
                      struct strbuf *out)
{
	char started[WALL_TEXT_MAX], ended[WALL_TEXT_MAX], oxum[64];
	size_t octets = 0;

	wall_text(p->started_at, started);
	wall_text(r->ended_at, ended);
	for (size_t i = 0; i < count; i++)
		octets += items[i].len;
	snprintf(oxum, sizeof oxum, "%zu.%zu", octets, count);
	info_line(out, "Bag-Software-Agent", p->tool);
	strbuf_addf(out, "Bagging-Date: %.10s\n", ended); /* the date of the RFC 3339 text */
	info_line(out, "Payload-Oxum", oxum);
	info_line(out, "External-Identifier", p->run_id);
	info_line(out, "External-Description", "ExpressRoute probes, their answers, what Azure reported, and the result");
	info_line(out, "Erprobe-Host", p->host);
	info_line(out, "Erprobe-Started", started);
	info_line(out, "Erprobe-Ended", ended);
	for (size_t i = 0; i < p->circuit_count; i++)
		info_line(out, "Erprobe-Circuit", p->circuits[i].name);
}

/* Writes under a hidden name and renames: a folder with the final name is whole. */
static bool place(int dir_fd, const struct plan *p, const struct bag_item *items, size_t count, const char *info,
                  char *err, size_t err_size)
{
	char temporary[UUID_TEXT_MAX + 16];
	struct stat st;
	bool ok;

	if (fstatat(dir_fd, p->run_id, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		text_format(err, err_size, "%s: it is there already", p->run_id);
		return false;
	}
	snprintf(temporary, sizeof temporary, ".%s.partial", p->run_id);
	ok = bag_write(dir_fd, temporary, items, count, info, err, err_size);
	if (ok && renameat(dir_fd, temporary, dir_fd, p->run_id) != 0) {
		text_format(err, err_size, "%s: %s", p->run_id, strerror(errno));
		ok = false;
	}
	if (!ok) {
		files_remove_tree(dir_fd, temporary);
		return false;
	}
	return files_sync_dir(dir_fd, "the folder", err, err_size);
}

static bool write_bundle(int dir_fd, const struct plan *p, const struct run_result *r, const struct documents *d,
                         const char *run_json, char *err, size_t err_size)
{
	const struct bag_item items[] = {
		/* in the order of their paths, as the manifest lists them */
		{EVIDENCE_AZURE, d->azure.text, d->azure.len},
		{EVIDENCE_PLAN, d->plan.text, d->plan.len},
		{EVIDENCE_PCAPNG, d->pcapng.text, d->pcapng.len},
		{EVIDENCE_RUN, run_json, strlen(run_json)},
	};
	size_t count = sizeof items / sizeof items[0];
	struct strbuf info;
	bool ok;

	strbuf_init(&info, BAG_TAG_MAX);
	make_info(p, r, items, count, &info);
	if (!strbuf_ok(&info))
		text_format(err, err_size, "%s: out of memory", BAG_INFO);
	ok = strbuf_ok(&info) && place(dir_fd, p, items, count, info.text, err, err_size);
	strbuf_free(&info);
	return ok;
}

static bool write_in(const char *dir, const struct plan *p, const struct run_result *r, const struct documents *d,
                     const char *run_json, char *err, size_t err_size)
{
	int dir_fd;
	bool ok;

	if (!files_make_dir(dir, FOLDER_MODE, err, err_size))
		return false;
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0) {
		text_format(err, err_size, "%s", strerror(errno));
		return false;
	}
	ok = write_bundle(dir_fd, p, r, d, run_json, err, err_size);
	close(dir_fd);
	return ok;
}

bool evidence_prepare(const char *dir, char *err, size_t err_size)
{
	char why[REASON_MAX];
	bool ok = files_make_dir(dir, FOLDER_MODE, why, sizeof why);

	if (ok && faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) != 0) {
		text_format(why, sizeof why, "%s", strerror(errno));
		ok = false;
	}
	if (!ok)
		text_format(err, err_size, "cannot save evidence in %s: %s (--evidence names another folder)", dir, why);
	return ok;
}

bool evidence_write(const char *dir, const struct plan *p, const struct event_log *log, const struct run_result *r,
                    const char *run_json, char *err, size_t err_size)
{
	struct documents d = {0};
	char why[REASON_MAX];
	bool ok;

	if (!is_run_id(p->run_id)) {
		text_format(err, err_size, "cannot save the evidence: the run id is no UUID");
		return false;
	}
	ok = make_documents(p, log, r, &d, why, sizeof why) &&
	     write_in(dir, p, r, &d, run_json, why, sizeof why);
	documents_free(&d);
	if (!ok)
		text_format(err, err_size,
		            "cannot save the evidence in %s: %s; nothing is left there (--evidence names another folder)", dir,
		            why);
	return ok;
}
