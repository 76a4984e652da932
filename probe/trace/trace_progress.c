/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/trace/trace_progress.h"

#include "analysis/trace/trace_capture.h"
#include "analysis/value/strbuf.h"
#include "erprobe/clock.h"

#define TOLD_NS (10 * NS_PER_SEC) /* between two lines of progress in a log */

void trace_progress(struct progress *p, struct trace_far far)
{
	double s = (double)far.ran_ns / (double)NS_PER_SEC;
	char left[48] = "", line[160];

	if (far.all < TRACE_BULK_FROM) {
		progress_show(p, far.ran_ns, far.sent, "answers");
		return;
	}
	if (far.done > 0)
		text_format(left, sizeof left, ", about %.0f s left", s * (double)(far.all - far.done) / (double)far.done);
	text_format(line, sizeof line, "%zu of %zu traces, %.0f s, %u probes, %.0f a second%s", far.done, far.all, s, far.sent,
	            s > 0 ? far.sent / s : 0.0, left);
	progress_line(p, line);
	if (!p->live && !p->quiet && far.ran_ns - p->told_ns >= TOLD_NS) {
		p->told_ns = far.ran_ns;
		progress_note(p, "%s: %s", p->command, line);
	}
}
