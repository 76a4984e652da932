/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents of a bundle that say in another form what run.json says. Written when the
 * bundle is made, computed again and compared when it is verified. */
#ifndef ERPROBE_DERIVED_H
#define ERPROBE_DERIVED_H

#include "analysis/report/evidence_text.h"
#include "analysis/value/strbuf.h"
#include "erprobe/result.h"

#include <stddef.h>

struct derived {
	const char *path;
	void (*write)(const struct run_result *r, const struct report_place *place, struct strbuf *out);
};

extern const struct derived derived_documents[];
extern const size_t derived_count;
#define DERIVED_MAX 8

#endif
