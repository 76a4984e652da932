/* SPDX-License-Identifier: BSD-2-Clause */
/* Times as texts for people show them: UTC, and beside it the local time of the place where
 * the run was made, whatever zone the reader is in. */
#ifndef ERPROBE_RENDER_PLACE_H
#define ERPROBE_RENDER_PLACE_H

#include "erprobe/clock.h"

/* Local time of the place where the run was made. */
struct report_place {
	char zone[16];   /* "CET"; "" = not known: UTC alone is printed */
	int utc_offset_s;
};

/* "2026-01-31 12:00:00 UTC (2026-01-31 13:00:00 CET)" */
#define PLACE_TEXT_MAX 80
const char *place_text(const struct report_place *place, struct wall_ns t, char buf[PLACE_TEXT_MAX]);

#endif
