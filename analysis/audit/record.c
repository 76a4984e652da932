/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/audit/record.h"

#include <stdio.h>
#include <string.h>

#define PATH_TEXT_MAX 1024

const char *record_outcome_name(enum record_outcome o)
{
	static const char *const names[] = {
		[RECORD_FINISHED] = "finished", [RECORD_INTERRUPTED] = "interrupted", [RECORD_FAILED] = "failed"};
	size_t i = (size_t)o;

	return i < sizeof names / sizeof names[0] ? names[i] : "failed";
}

static bool has_family(const struct run_record *r, enum link_id link, uint8_t family)
{
	for (size_t i = 0; i < r->hop_count; i++)
		if (r->hops[i].link == (uint8_t)link && r->hops[i].family == family)
			return true;
	return false;
}

void record_path(const struct run_record *r, enum link_id link, char *text, size_t size)
{
	uint8_t family = has_family(r, link, 4) ? 4 : 6;
	size_t at = 0;
	bool any = false;

	text[0] = '\0';
	for (size_t i = 0; i < r->hop_count; i++) {
		const struct record_hop *h = &r->hops[i];
		const char *word = h->address[0] ? h->address : "*";
		size_t len = strlen(word) + (at > 0 ? 1 : 0);

		if (h->link != (uint8_t)link || h->family != family)
			continue;
		if (at + len >= size)
			break;
		snprintf(text + at, size - at, "%s%s", at > 0 ? " " : "", word);
		at += len;
		any = any || h->address[0];
	}
	if (!any)
		text[0] = '\0';
}

bool record_path_differs(const char *before, const char *after)
{
	while (*before && *after) {
		size_t b = strcspn(before, " "), a = strcspn(after, " ");

		if (before[0] != '*' && after[0] != '*' && (a != b || memcmp(before, after, a) != 0))
			return true;
		before += b + (before[b] == ' ');
		after += a + (after[a] == ' ');
	}
	return false;
}

const char *record_fact(const struct run_record *r, const char *key)
{
	for (size_t i = 0; i < r->fact_count; i++)
		if (strcmp(r->facts[i].key, key) == 0)
			return r->facts[i].value;
	return NULL;
}

bool record_wants_deep(const struct run_record *before, const struct run_record *now)
{
	char was[PATH_TEXT_MAX], is[PATH_TEXT_MAX];

	if (now->deep || now->outcome != RECORD_FINISHED)
		return false;
	if (!before)
		return now->status != STATUS_HEALTHY;
	if (before->status != now->status || strcmp(before->fault, now->fault) != 0 || before->link != now->link)
		return true;
	for (int l = 0; l < LINKS; l++) {
		record_path(before, (enum link_id)l, was, sizeof was);
		record_path(now, (enum link_id)l, is, sizeof is);
		if (record_path_differs(was, is))
			return true;
	}
	return false;
}
