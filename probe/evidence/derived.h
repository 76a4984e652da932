/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents of a bundle that say in another form what run.json says. Written when the
 * bundle is made, computed again and compared when it is verified. */
#ifndef ERPROBE_DERIVED_H
#define ERPROBE_DERIVED_H

#include "analysis/render/place.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"
#include "probe/record/refold.h"

#include <stdbool.h>
#include <stddef.h>

/* One of the two may be NULL: then runs of that kind have no such document. */
struct derived {
	const char *path;
	void (*of_check)(const struct run_result *r, const struct report_place *place, struct strbuf *out);
	bool (*of_trace)(const struct trace_told *t, const struct report_place *place, struct strbuf *out);
};

extern const struct derived derived_documents[];
extern const size_t derived_count;
#define DERIVED_MAX 8

/* Has a run with this log such a document? */
bool derived_is_of(const struct derived *d, const struct event_log *log);
/* Appends it; what fails is the buffer's own failure. run is the log, folded. */
void derived_write(const struct derived *d, const struct refolded *run, const struct event_log *log,
                   const struct report_place *place, struct strbuf *out);

#endif
