/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/audit/record.h"

#include <stdio.h>
#include <string.h>

#define PATH_TEXT_MAX 1024
#define HOP_TEXT_MAX ((RECORD_OTHERS_MAX + 1) * IP_TEXT_MAX)

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

/* All addresses of a hop in their order; the order in which they answered most is chance. */
static void hop_text(const struct record_hop *h, char *text, size_t size)
{
	struct ip_addr all[RECORD_OTHERS_MAX + 1];
	char one[IP_TEXT_MAX];
	size_t count = 1, at = 0;

	snprintf(text, size, "%s", h->address[0] ? h->address : "*");
	if (!h->address[0] || !ip_addr_parse(h->address, &all[0]))
		return;
	for (size_t i = 0; i < RECORD_OTHERS_MAX && ip_addr_is_set(&h->others[i]); i++) {
		size_t place = count++;

		for (; place > 0 && ip_addr_compare(&h->others[i], &all[place - 1]) < 0; place--)
			all[place] = all[place - 1];
		all[place] = h->others[i];
	}
	for (size_t i = 0; i < count && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%s", i > 0 ? "," : "", ip_addr_text(&all[i], one));
}

void record_path(const struct run_record *r, enum link_id link, char *text, size_t size)
{
	uint8_t family = has_family(r, link, 4) ? 4 : 6;
	char word[HOP_TEXT_MAX];
	size_t at = 0;
	bool any = false;

	text[0] = '\0';
	for (size_t i = 0; i < r->hop_count; i++) {
		const struct record_hop *h = &r->hops[i];

		if (h->link != (uint8_t)link || h->family != family || h->target)
			continue;
		hop_text(h, word, sizeof word);
		if (at + strlen(word) + (at > 0 ? 1 : 0) >= size)
			break;
		at += (size_t)snprintf(text + at, size - at, "%s%s", at > 0 ? " " : "", word);
		any = any || h->address[0];
	}
	if (!any)
		text[0] = '\0';
}

/* Is one of the addresses in the first list, parted by commas, in the second? */
static bool share_an_address(const char *a, size_t a_len, const char *b, size_t b_len)
{
	for (size_t i = 0; i < a_len;) {
		size_t len = strcspn(a + i, ", ");

		for (size_t k = 0; k < b_len; k += strcspn(b + k, ", ") + 1)
			if (strcspn(b + k, ", ") == len && memcmp(a + i, b + k, len) == 0)
				return true;
		i += len + 1;
	}
	return false;
}

bool record_path_differs(const char *before, const char *after)
{
	while (*before && *after) {
		size_t b = strcspn(before, " "), a = strcspn(after, " ");

		if (before[0] != '*' && after[0] != '*' && !share_an_address(before, b, after, a))
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
