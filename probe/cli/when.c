/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/cli/when.h"

#include "probe/config/config_scalar.h"

#include <stdio.h>
#include <string.h>

bool when_parse(const char *text, struct wall_ns now, struct wall_ns *out)
{
	char full[WALL_TEXT_MAX];
	int64_t ago;

	if (strcmp(text, "now") == 0) {
		*out = now;
		return true;
	}
	if (scalar_seconds(text, &ago)) {
		*out = wall_add(now, -ago * NS_PER_SEC);
		return true;
	}
	if (strlen(text) == 10) {
		snprintf(full, sizeof full, "%sT00:00:00Z", text);
		return wall_parse(full, out);
	}
	return wall_parse(text, out);
}
