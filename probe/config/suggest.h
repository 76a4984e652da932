/* SPDX-License-Identifier: BSD-2-Clause */
/* "Did you mean …?": the known word that is nearest to what was written. */
#ifndef ERPROBE_SUGGEST_H
#define ERPROBE_SUGGEST_H

#include <stddef.h>

/* Words longer than this are never compared: nothing known is that long. */
#define SUGGEST_WORD_MAX 48

struct suggestion {
	const char *word;  /* what was written */
	const char *best;  /* nearest so far, NULL = none */
	size_t distance;   /* of best */
};

/* Edits (insert, drop, change, swap two neighbours) that turn a into b, upper and
 * lower case alike. SUGGEST_WORD_MAX + 1 when either is longer than SUGGEST_WORD_MAX. */
size_t edit_distance(const char *a, const char *b);

/* The word must outlive the suggestion, as must every candidate. */
struct suggestion suggest_for(const char *word);
/* Offers one known word; NULL is passed over. The first of equals stays. */
void suggest_offer(struct suggestion *s, const char *candidate);
/* The nearest candidate, or NULL when none is near enough to be meant. */
const char *suggest_best(const struct suggestion *s);

#endif
