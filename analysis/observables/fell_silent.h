/* SPDX-License-Identifier: BSD-2-Clause */
/* Did an end that had answered stop answering at the very end of what was seen? */
#ifndef ERPROBE_FELL_SILENT_H
#define ERPROBE_FELL_SILENT_H

#include "analysis/path/path.h"

#include <stdbool.h>

/* An edge, an MSEE, a target or a control that answered nearly all of its probes, and then none of its latest few. */
struct fell_silent {
	bool lately;              /* these may not have been waited for long enough to be lost: it proves nothing yet */
	bool neighbour;           /* one of them is an edge's own neighbour, without whom nothing of what else is silent would be told */
	struct wall_ns dead_from; /* it is dead by now: when the first of these left, of several ends the latest. ns 0 = none is */
};

struct fell_silent fell_silent_look(const struct path_view *v);

#endif
