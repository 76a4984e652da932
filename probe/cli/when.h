/* SPDX-License-Identifier: BSD-2-Clause */
/* A time on the command line: "2026-01-31", "2026-01-31T12:00:00Z", "now", or how long
 * ago: "36h", "7d". Pure: now is an argument. */
#ifndef ERPROBE_WHEN_H
#define ERPROBE_WHEN_H

#include "erprobe/clock.h"

#include <stdbool.h>

bool when_parse(const char *text, struct wall_ns now, struct wall_ns *out);

#endif
