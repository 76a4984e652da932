/* SPDX-License-Identifier: BSD-2-Clause */
/* Readings of single values of Azure's tables. */
#include "probe/snapshot/rows.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool row_arp_resolved(const struct az_arp_row *r, bool *known)
{
	size_t digits = 0;
	*known = r->mac.present && r->mac.text[0];
	if (!*known || strcasecmp(r->mac.text, "Incomplete") == 0)
		return false;
	/* 02cf.2b02.c22b, 02:cf:2b:02:c2:2b or 02-cf-2b-02-c2-2b: twelve digits. */
	for (const char *c = r->mac.text; *c; c++) {
		digits += isxdigit((unsigned char)*c) != 0;
		*known = *known && (isxdigit((unsigned char)*c) || strchr(".:-", *c));
	}
	*known = *known && digits == 12;
	return *known;
}

bool row_arp_on_prem(const struct az_arp_row *r)
{
	return r->interface.present && strncasecmp(r->interface.text, "On-Prem", 7) == 0;
}

bool row_bgp_prefixes(const struct az_bgp_row *r, int64_t *prefixes)
{
	const char *text = r->state.text;
	size_t digits = strspn(text, "0123456789");
	if (!r->state.present || digits == 0 || digits > 9 || text[digits] != '\0')
		return false;
	*prefixes = 0;
	for (size_t i = 0; i < digits; i++)
		*prefixes = *prefixes * 10 + (text[i] - '0');
	return true;
}

static size_t trimmed_length(const char *text)
{
	size_t len = strlen(text);
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	return len;
}

bool row_route_best(const struct az_route_row *r)
{
	size_t len = trimmed_length(r->next_hop.text);
	return len > 0 && r->next_hop.text[len - 1] == '*';
}

void row_route_path(const struct az_route_row *r, char out[AZ_TEXT_MAX], char *origin)
{
	const char *from = r->path.text + strspn(r->path.text, " \t\r\n");
	size_t len = trimmed_length(from);
	*origin = 0;
	if (len > 0 && strchr("iIeE?", from[len - 1]) && (len == 1 || from[len - 2] == ' ')) {
		*origin = (char)tolower((unsigned char)from[len - 1]);
		len--;
		while (len > 0 && isspace((unsigned char)from[len - 1]))
			len--;
	}
	memcpy(out, from, len);
	out[len] = '\0';
}
