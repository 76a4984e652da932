/* SPDX-License-Identifier: BSD-2-Clause */
/* Values that several JSON documents hold, each in one form: times, addresses, loss, round
 * trips and hops look alike in all of them. `key` is the member's name, NULL in an array. */
#ifndef ERPROBE_RENDER_JSON_VALUES_H
#define ERPROBE_RENDER_JSON_VALUES_H

#include "analysis/value/json_out.h"
#include "erprobe/result.h"

/* Nanoseconds as whole microseconds, rounded half away from zero. */
int64_t report_us(int64_t ns);

/* Seconds as whole microseconds; null for what is no such time (infinity of a plan that anybody may have written). */
void json_seconds_us(struct json_out *j, const char *key, double s);

/* An address as text; null when unset. */
void json_put_addr(struct json_out *j, const struct ip_addr *a);
/* RFC 3339 UTC text; null at 0, which no run ever saw. */
void json_put_time(struct json_out *j, struct wall_ns at);
/* {"ratio", "low", "high"}; the three are null when nothing was sent. */
void json_put_ratio(struct json_out *j, const struct ratio_bound *r);
/* {"min", "median", "p95", "max", "jitter"} in microseconds; null when not one answer came. */
void json_put_rtt(struct json_out *j, const struct rtt_summary *r);
/* The same as members. */
static inline void json_addr(struct json_out *j, const char *key, const struct ip_addr *a)
{
	json_key(j, key);
	json_put_addr(j, a);
}
static inline void json_time(struct json_out *j, const char *key, struct wall_ns at)
{
	json_key(j, key);
	json_put_time(j, at);
}
static inline void json_ratio(struct json_out *j, const char *key, const struct ratio_bound *r)
{
	json_key(j, key);
	json_put_ratio(j, r);
}
static inline void json_rtt(struct json_out *j, const char *key, const struct rtt_summary *r)
{
	json_key(j, key);
	json_put_rtt(j, r);
}
/* Begins the object "clock" with what every document says of the clock that a run was timed by; the caller ends it. */
void json_clock_begin(struct json_out *j, const struct plan_clock *c);
/* Text where "" means that there is none: null. */
static inline void json_text_or_null(struct json_out *j, const char *key, const char *text)
{
	json_text(j, key, text[0] != '\0' ? text : NULL);
}

/* Likewise, made safe (text_safe): for documents whose receivers show texts as they are. */
void json_safe_or_null(struct json_out *j, const char *key, const char *text);

/* One hop, as in erprobe.check/1 and erprobe.trace/1. */
void json_hop(struct json_out *j, const struct hop_result *hop);
/* Its members alone, for an object that has more: those before its round trips, json_rtt(j, "rtt_us", …), those behind. */
void json_hop_begin(struct json_out *j, const struct hop_result *hop);
void json_hop_rest(struct json_out *j, const struct hop_result *hop);

#endif
