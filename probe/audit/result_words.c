/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/result_words.h"

#include "analysis/value/strbuf.h"

#include <string.h>

static const char *status_at(size_t i) { return status_name((enum status)i); }
static const char *domain_at(size_t i) { return domain_name((enum domain)i); }
static const char *link_at(size_t i) { return link_name((enum link_id)i); }
static const char *contact_at(size_t i) { return contact_name((enum contact)i); }

size_t result_word(const struct json_value *v, const char *(*name)(size_t), size_t count)
{
	const char *text = json_as_text(v);

	for (size_t i = 0; text && i < count; i++)
		if (name(i) && strcmp(name(i), text) == 0)
			return i;
	return count;
}

enum status result_status(const struct json_value *v)
{
	return (enum status)result_word(v, status_at, STATUS_UNDETERMINED);
}

enum domain result_domain(const struct json_value *v)
{
	size_t i = result_word(v, domain_at, DOMAINS);

	return i < DOMAINS ? (enum domain)i : DOMAIN_NONE;
}

enum link_id result_link(const struct json_value *v)
{
	return (enum link_id)result_word(v, link_at, LINK_NULL);
}

enum contact result_contact(const struct json_value *v)
{
	size_t i = result_word(v, contact_at, CONTACT_MICROSOFT + 1);

	return i <= CONTACT_MICROSOFT ? (enum contact)i : CONTACT_NONE;
}

void result_copy(char *dst, size_t size, const struct json_value *v)
{
	const char *text = json_as_text(v);

	text_safe(dst, size, text ? text : "");
}
