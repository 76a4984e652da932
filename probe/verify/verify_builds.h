/* SPDX-License-Identifier: BSD-2-Clause */
/* What two builds must agree on. The build that made a bundle must come to the same
 * bytes again. Another one may word things otherwise and round a probability otherwise,
 * but not tell another verdict, nor another fact of a frame. */
#ifndef ERPROBE_VERIFY_BUILDS_H
#define ERPROBE_VERIFY_BUILDS_H

#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>

/* Do two comments of a frame, or of the section, tell the same facts? Each "key=value"
 * that both have must agree, and so must which way the frame went and whether it
 * counted. A key that only one of them has, and all other words, are wording. */
bool verify_same_facts(const char *stored, const char *now);

/* Do two result documents tell the same verdicts (status, domain, fault, link, of every
 * fault of every circuit; of traces destination, end and hops) from as many probes? What differs is appended to `differs`. */
bool verify_same_results(const char *stored, size_t stored_len, const char *now, size_t now_len, struct strbuf *differs);

/* Does a document of words name what this build's names: the run, and each verdict's fault, of every circuit? now: the same
 * document as this build writes it, which need not name all of them; what it names, `stored` must have. Returns the first
 * that is missing, or NULL. */
const char *verify_unnamed(const char *stored, size_t stored_len, const char *now, const struct run_result *r);
/* The same of any names, the last of which is followed by NULL. */
const char *verify_missing_name(const char *stored, size_t stored_len, const char *now, const char *const *names);

#endif
