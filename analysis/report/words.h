/* SPDX-License-Identifier: BSD-2-Clause */
/* How the text report says things: marks, names for people, figures with units.
 * The functions that take a buffer return it. */
#ifndef ERPROBE_REPORT_WORDS_H
#define ERPROBE_REPORT_WORDS_H

#include "analysis/report/page.h"
#include "erprobe/result.h"

#include <stdint.h>

#define WORDS_MAX 48 /* bytes of any figure or phrase below */

#define MARK_GOOD "✓"
#define MARK_BAD "✗"
#define MARK_WARN "!"
#define MARK_DOUBT "?"

/* The tone of a mark in running text; TONE_PLAIN for any other character ("!" and
 * "?" are common in words, so they get theirs only where they stand alone). */
enum tone report_mark_tone(uint32_t cp);
const char *status_mark(enum status s);
enum tone status_tone(enum status s);
/* "FAULT", … */
const char *status_shout(enum status s);
/* "corporate", "WAN (provider)", "Azure"; "" for DOMAIN_NONE. */
const char *domain_words(enum domain d);
/* "primary link", "secondary link", "both links"; "" otherwise. */
const char *link_words(enum link_id l);

/* "0.41 ms", "184.2 ms"; the number alone without the unit. Never "-0.00". */
const char *ms_words(int64_t ns, bool unit, char buf[WORDS_MAX]);
/* "0 %", "4.2 %", "< 0.1 %", "100 %" only when all is lost. */
const char *percent_words(double ratio, char buf[WORDS_MAX]);
/* "at most", rounded up: "3.0 %". */
const char *bound_words(double ratio, char buf[WORDS_MAX]);
/* "loss 0 % (≤ 3.0 %)", "loss 4.0 % (1.0–7.0 %)", "loss not measured"; brief: without the interval
 * where there was loss, with the bound alone where there was none. */
const char *loss_words(const struct ratio_bound *r, bool brief, char buf[WORDS_MAX]);
/* "confidence 0.99" as two digits, rounded down; "> 0.99" from 0.995 on. */
const char *confidence_words(double c, char buf[WORDS_MAX]);
/* "4 s", "12 min", "3 h", "2 d"; "-" for what lies in the future. */
const char *age_words(int64_t ns, char buf[WORDS_MAX]);

#endif
