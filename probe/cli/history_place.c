/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/cli/history_place.h"

#include "probe/audit/audit.h"
#include "probe/cli/when.h"
#include "probe/host/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool history_place_time(const struct common_options *c, const char *option, const char *text, struct wall_ns now, int64_t *us)
{
	struct wall_ns t;
	char safe[128];
	if (text && !when_parse(text, now, &t)) {
		text_safe(safe, sizeof(safe), text);
		fprintf(stderr, "%s: '%s' is no value for %s; expected 24h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z\n", c->command, safe, option);
		return false;
	}
	if (text)
		*us = t.ns / NS_PER_US;
	return true;
}

struct history *history_place_open(const struct common_options *c)
{
	struct config config;
	struct history *h;
	char err[HISTORY_ERROR_MAX];
	if (!options_load_config(c, &config))
		return NULL;
	h = history_read(config_history_path(&config), err, sizeof(err));
	if (!h)
		fprintf(stderr, "%s: %s\n", c->command, err);
	config_free(&config);
	return h;
}

bool history_place_print(const struct common_options *c, const struct strbuf *out)
{
	if (strbuf_ok(out) && (out->len == 0 || output_write(out->text, out->len)))
		return true;
	fprintf(stderr, "%s: %s\n", c->command, strbuf_ok(out) ? strerror(errno) : "out of memory");
	return false;
}
