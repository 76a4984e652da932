/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/derived.h"

#include "analysis/report/report_html.h"

const struct derived derived_documents[] = {
	{"data/mtr.txt", report_mtr_text},
	{"data/report.html", report_html},
	{"data/summary.txt", report_summary_text},
};
const size_t derived_count = sizeof derived_documents / sizeof derived_documents[0];
