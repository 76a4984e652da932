/* SPDX-License-Identifier: BSD-2-Clause */
/* May a sentence go to this reader? Its addresses decide: those of the links' ends are both
 * sides' business, the provider knows its own besides, Microsoft those of its networks and of
 * the targets in them. */
#include "analysis/ticket/ticket_parts.h"

#include <string.h>

#define ADDRESS_LETTERS "0123456789abcdefABCDEF:."

static bool is_end(const struct circuit_result *c, const struct ip_addr *a)
{
	for (size_t l = 0; l < c->link_count && l < LINKS; l++) {
		for (size_t fam = 0; fam < FAMILIES; fam++) {
			if (ip_addr_equal(a, &c->links[l].ce[fam]) || ip_addr_equal(a, &c->links[l].msee[fam]))
				return true;
		}
	}
	return false;
}

static bool is_target(const struct circuit_result *c, const struct ip_addr *a)
{
	for (size_t i = 0; i < c->target_count; i++) {
		if (!c->targets[i].control && ip_addr_equal(a, &c->targets[i].address))
			return true;
	}
	return false;
}

/* A word of letters that addresses are made of; a full stop or colon of the sentence may end it. */
static bool is_strangers(const struct circuit_result *c, enum domain own, const char *word, size_t len)
{
	char text[IP_TEXT_MAX];
	struct ip_addr a;

	for (; len > 0; len--) {
		if (len < sizeof text) {
			text_format(text, sizeof text, "%.*s", (int)len, word);
			if (ip_addr_parse(text, &a))
				return !is_end(c, &a) && plan_domain_of(c->plan, &a) != own && (own != DOMAIN_AZURE || !is_target(c, &a));
		}
		if (word[len - 1] != '.' && word[len - 1] != ':')
			break;
	}
	return false;
}

bool ticket_may_say(const struct circuit_result *c, enum audience a, const char *sentence)
{
	enum domain own = a == AUDIENCE_PROVIDER ? DOMAIN_WAN : DOMAIN_AZURE;

	if (a == AUDIENCE_INTERNAL)
		return true;
	for (const char *at = sentence; *at != '\0';) {
		size_t len = strspn(at, ADDRESS_LETTERS);

		if (is_strangers(c, own, at, len))
			return false;
		at += len;
		at += strcspn(at, ADDRESS_LETTERS);
	}
	return true;
}
