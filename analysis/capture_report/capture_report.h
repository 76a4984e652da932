/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found in a capture that no run of ours made. */
#ifndef ERPROBE_CAPTURE_REPORT_H
#define ERPROBE_CAPTURE_REPORT_H

#include "analysis/path/sight_path.h"
#include "analysis/render/page.h"
#include "analysis/value/strbuf.h"

struct capture_report {
	const char *tool;               /* "erprobe 0.1.0" */
	const char *sha256;             /* of the file, hex */
	uint64_t bytes;
	uint32_t interfaces;
	const struct sight_totals *totals;
	const struct sight_path *paths;
	size_t path_count;
};

void report_capture_text(const struct capture_report *c, const struct text_style *style, struct strbuf *out);
/* erprobe.capture/1; ends with a newline. */
void report_capture_json(const struct capture_report *c, struct strbuf *out);

#endif
