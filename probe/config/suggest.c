/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/config/suggest.h"

#include "analysis/value/utf8.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, three rows at a time. */
size_t edit_distance(const char *a, const char *b)
{
	size_t la = strnlen(a, SUGGEST_WORD_MAX + 1), lb = strnlen(b, SUGGEST_WORD_MAX + 1);
	if (la > SUGGEST_WORD_MAX || lb > SUGGEST_WORD_MAX)
		return SUGGEST_WORD_MAX + 1;
	size_t rows[3][SUGGEST_WORD_MAX + 1];
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *earlier = rows[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			char ca = ascii_lower(a[i - 1]), cb = ascii_lower(b[j - 1]);
			size_t best = before[j - 1] + (ca == cb ? 0 : 1);
			best = least(best, least(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && ca == ascii_lower(b[j - 2]) && ascii_lower(a[i - 2]) == cb)
				best = least(best, earlier[j - 2] + 1);
			now[j] = best;
		}
	}
	return rows[la % 3][lb];
}

struct suggestion suggest_for(const char *word)
{
	return (struct suggestion){.word = word, .best = NULL, .distance = SUGGEST_WORD_MAX + 1};
}

void suggest_offer(struct suggestion *s, const char *candidate)
{
	if (!candidate)
		return;
	size_t d = edit_distance(s->word, candidate);
	if (d < s->distance) {
		s->distance = d;
		s->best = candidate;
	}
}

const char *suggest_best(const struct suggestion *s)
{
	if (!s->best)
		return NULL;
	/* One slip in a short word, two in a usual one, three in a long one; a word
	 * of which more than a third is wrong was not a slip. */
	size_t len = strlen(s->best);
	size_t allowed = len <= 4 ? 1 : len <= 9 ? 2 : 3;
	return s->distance <= allowed && s->distance < strlen(s->word) ? s->best : NULL;
}
