/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/verify/verify_left_out.h"

#include "probe/evidence/bundle.h"
#include "probe/evidence/redact.h"

#include <string.h>

static enum left_out wrong(char *err, size_t err_size, const char *what)
{
	text_format(err, err_size, BUNDLE_REDACTIONS ": %s", what);
	return LEFT_OUT_WRONG;
}

static bool same_bytes(const struct bag_file *f, const struct redact_rule *rule, bool trace)
{
	struct strbuf now;
	bool same;

	strbuf_init(&now, STRBUF_MAX_DEFAULT);
	redact_list(rule, trace, &now);
	same = strbuf_ok(&now) && now.len == f->len && memcmp(now.text, f->data, f->len) == 0;
	strbuf_free(&now);
	return same;
}

enum left_out verify_left_out(const struct bag *bag, const char *audience, bool trace, bool other_build, char *err, size_t err_size)
{
	const struct bag_file *f = bag_find(bag, BUNDLE_REDACTIONS);
	struct redact_rule rule;
	bool whole = strcmp(audience, audience_name(AUDIENCE_INTERNAL)) == 0;

	if (!f)
		return audience[0] == '\0' || whole ? LEFT_OUT_NOTHING : wrong(err, err_size, "it is missing, though " CUSTODY_PATH " says that this bundle is a part");
	if (whole)
		return wrong(err, err_size, CUSTODY_PATH " says that nothing was left out");
	if (!redact_list_read(f->data, f->len, &rule))
		return wrong(err, err_size, "it does not say what was left out for whom");
	if (audience[0] != '\0' && strcmp(audience_name(rule.audience), audience) != 0)
		return wrong(err, err_size, "it is for another reader than " CUSTODY_PATH " says");
	if (same_bytes(f, &rule, trace))
		return LEFT_OUT_SAID;
	return other_build ? LEFT_OUT_WORDED : wrong(err, err_size, "it does not say what such a bundle leaves out");
}
