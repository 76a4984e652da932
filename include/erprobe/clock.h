/* SPDX-License-Identifier: BSD-2-Clause */
/* Time with types: monotonic, wall and spans cannot be mixed by accident.
 * Capture stamps are wall time of the kernel's capture clock. */
#ifndef ERPROBE_CLOCK_H
#define ERPROBE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct mono_ns { int64_t ns; }; /* CLOCK_MONOTONIC */
struct wall_ns { int64_t ns; }; /* CLOCK_REALTIME, since 1970-01-01T00:00:00Z */

#define NS_PER_US INT64_C(1000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SEC INT64_C(1000000000)

/* Seconds as nanoseconds, towards zero. At most some 290 years: a limit is checked where it is read. */
static inline int64_t seconds_ns(double s)
{
	return (int64_t)(s * (double)NS_PER_SEC);
}
static inline int64_t mono_since(struct mono_ns later, struct mono_ns earlier)
{
	return later.ns - earlier.ns;
}
static inline int64_t wall_since(struct wall_ns later, struct wall_ns earlier)
{
	return later.ns - earlier.ns;
}
static inline struct mono_ns mono_add(struct mono_ns t, int64_t ns)
{
	return (struct mono_ns){t.ns + ns};
}
static inline struct wall_ns wall_add(struct wall_ns t, int64_t ns)
{
	return (struct wall_ns){t.ns + ns};
}

#define WALL_TEXT_MAX 32
/* RFC 3339 UTC with microseconds: 2026-01-31T12:00:00.000001Z. Returns buf. */
const char *wall_text(struct wall_ns t, char buf[WALL_TEXT_MAX]);
/* Reads what wall_text writes (0 to 9 fraction digits). False on anything else. */
bool wall_parse(const char *text, struct wall_ns *out);

#endif
