/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of one bundle, made in memory (or, where they are large, in files without a name)
 * and then written as a whole.
 *
 *   DIR/RUN_ID/
 *     bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
 *     tagmanifest-sha256.txt.sig  where a key signed it
 *     data/probes.pcapng         every frame, each with a comment
 *     data/run.json              the result document
 *     data/plan.json             the plan, and every event that is not a frame
 *     data/azure/snapshot.json   what Azure answered, by circuit
 *     data/summary.txt, mtr.txt, report.html   what run.json says, for people
 *     data/environment.json      the host that measured
 *     data/config.yaml           the configuration in effect; it never holds a secret
 *     data/redactions.json       what was left out for whom, and why
 *     data/custody.jsonl         who made it out of what
 *
 * A trace's has no azure/, summary.txt, report.html and config.yaml: no circuit was asked about.
 * redactions.json is in one that was made for somebody else (redact.h). */
#ifndef ERPROBE_BUNDLE_H
#define ERPROBE_BUNDLE_H

#include "analysis/value/strbuf.h"
#include "probe/evidence/bag.h"
#include "probe/evidence/custody.h"
#include "probe/evidence/derived.h"
#include "probe/record/event_log.h"
#include "probe/record/refold.h"
#include "probe/record/spool.h"

#include <stdbool.h>
#include <stddef.h>

#define BUNDLE_CONFIG "data/config.yaml"
#define BUNDLE_ENVIRONMENT "data/environment.json"
#define BUNDLE_REDACTIONS "data/redactions.json"
#define BUNDLE_DOCUMENTS_MAX 20
#define BUNDLE_SPOOLS 2 /* probes.pcapng and run.json */

/* What a bundle is made of; all borrowed. */
struct bundle_source {
	const struct plan *plan;
	const struct event_log *log;
	const struct refolded *run; /* plan and log, folded */
	const char *run_json;     /* as printed; NULL: made of the run */
	const char *spool_dir;    /* where large documents grow, or NULL: in memory */
	const char *environment;  /* document text, or NULL: left out */
	const char *config;       /* likewise */
	const char *redactions;   /* likewise */
	const char *os;           /* of the measuring host */
	struct report_place place;
	struct custody_entry custody;
};

struct bundle {
	struct strbuf documents[BUNDLE_DOCUMENTS_MAX];
	struct spool spools[BUNDLE_SPOOLS];          /* the first spool_count are open */
	size_t spool_count;
	struct bag_item items[BUNDLE_DOCUMENTS_MAX]; /* sorted by path */
	size_t count;
	struct strbuf info;                          /* bag-info.txt */
	/* A signature that is there already, and the tag manifest that it signs; both borrowed, NULL
	 * without. A copy keeps it where it is not signed anew. */
	const struct bag_file *signature, *signed_manifest;
};

/* Makes all documents. False with one line in err; bundle_free() is due in any case. */
bool bundle_make(const struct bundle_source *s, struct bundle *b, char *err, size_t err_size);
/* Writes DIR/RUN_ID (DIR is created where missing): in a hidden folder (unfinished.h), synced, signed
 * where sign_key is given, and renamed at the end, so that a folder with the final name
 * is complete. False with one line in err; then nothing is left. What earlier ones that were killed left in
 * DIR is removed. */
bool bundle_write(const struct bundle *b, const char *dir, const char *run_id, const char *sign_key, char *err,
                  size_t err_size);
/* The part of it that writes: run_id in an open folder, synced and signed. False with one line in err; what was
 * written so far is left for the caller to remove. */
bool bundle_build(const struct bundle *b, int dir_fd, const char *run_id, const char *sign_key, char *err, size_t err_size);
/* Can the run id be a folder's name? False with one line in err. */
bool bundle_has_name(const char *run_id, char *err, size_t err_size);
void bundle_free(struct bundle *b);
/* Appends bag-info.txt (RFC 8493 section 2.2.2): who, what, when, and how much: `count`
 * payload files of `octets` bytes. */
void bundle_info(const struct run_result *r, size_t octets, size_t count, struct strbuf *out);

#endif
