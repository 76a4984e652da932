/* SPDX-License-Identifier: BSD-2-Clause */
/* Is a bundle what it says it is? From the outside in: digests, signature, custody,
 * packets against plan, the verdict computed again, the texts that repeat it. The build
 * that made a bundle must come to the same bytes; another one to the same facts and
 * verdicts (verify_builds.h), and what it words otherwise is said. */
#ifndef ERPROBE_VERIFY_H
#define ERPROBE_VERIFY_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

enum verify_check { VERIFY_FILES, VERIFY_SIGNATURE, VERIFY_CUSTODY, VERIFY_PACKETS, VERIFY_VERDICT, VERIFY_TEXTS, VERIFY_CHECKS };
enum verify_result {
	VERIFY_NOT_MADE = 0,
	VERIFY_GOOD,
	VERIFY_PARTLY,  /* another build made it: the facts agree, its words cannot be made again here */
	VERIFY_ABSENT,
	VERIFY_BAD
};

struct verify_line {
	enum verify_result result;
	char detail[640]; /* what was checked, or which file or packet fails and how */
};

#define VERIFY_WORDS_MAX 8

struct verified {
	struct verify_line checks[VERIFY_CHECKS];
	/* Documents in it that are the word of who made it (a configuration, what Azure answered, the host's environment): no packet
	 * tells whether they are true. Static texts. */
	const char *words[VERIFY_WORDS_MAX];
	size_t word_count;
	bool intact;      /* every check that could be made is good, none is bad */
};

/* Verifies the bundle at path (a folder, .zip, .tar or .tar.gz). signers is a file of
 * allowed signers: with it a signature must be there and be one of theirs; NULL: a
 * signature is held against its own key. */
void verify_bundle(const char *path, const char *signers, struct verified *out);
/* The same of a bag in memory, filled by bag_add() and not yet checked; it is freed. */
struct bag;
void verify_bag(struct bag *bag, const char *signers, struct verified *out);

/* One line a check and a last one; as a document of schema erprobe.verify/1, compact: on one line. */
void verify_text(const struct verified *v, struct strbuf *out);
void verify_json(const struct verified *v, const char *path, bool compact, struct strbuf *out);

#endif
