/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings to a buffer: the same result for a person and for a program. */
#ifndef ERPROBE_REPORT_H
#define ERPROBE_REPORT_H

#include "analysis/render/page.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

/* erprobe.check/1, the contract's document; ends with a newline. */
void report_check_json(const struct run_result *r, bool compact, struct strbuf *out);
/* For a tired engineer: the verdict first. */
void report_check_text(const struct run_result *r, const struct text_style *style, struct strbuf *out);

#endif
