/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/derived.h"

#include "analysis/report/evidence_text.h"
#include "analysis/report/report_html.h"

const struct derived derived_documents[] = {
	{"data/mtr.txt", report_mtr_text, trace_document_mtr},
	{"data/report.html", report_html, NULL},
	{"data/summary.txt", report_summary_text, NULL},
};
const size_t derived_count = sizeof derived_documents / sizeof derived_documents[0];

bool derived_is_of(const struct derived *d, const struct event_log *log)
{
	return log->trace ? d->of_trace != NULL : d->of_check != NULL;
}

void derived_write(const struct derived *d, const struct refolded *run, const struct event_log *log,
                   const struct report_place *place, struct strbuf *out)
{
	const struct trace_told told = refold_trace(run, log);

	if (!log->trace)
		d->of_check(&run->result, place, out);
	else if (!d->of_trace(&told, place, out))
		out->failed = true;
}
