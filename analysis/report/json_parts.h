/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of erprobe.check/1, one function and file each. `key` is the member's name, NULL in
 * an array. */
#ifndef ERPROBE_REPORT_JSON_PARTS_H
#define ERPROBE_REPORT_JSON_PARTS_H

#include "analysis/render/json_values.h"

/* One element of links[]. p is the link's plan. */
void json_link(struct json_out *j, const struct link_result *l, const struct plan_link *p);
/* What was seen on its segment; nothing at all where nobody watched. */
void json_watched(struct json_out *j, const char *key, const struct link_result *l);
/* One element of targets[]. */
void json_target(struct json_out *j, const struct target_result *t);
/* A verdict, also as an element of faults[] (key NULL). */
void json_verdict(struct json_out *j, const char *key, const struct verdict *v);
/* What a baseline said, one element a link and family; no member at all without one. */
void json_baseline(struct json_out *j, const char *key, const struct circuit_result *c);
/* The azure object of a circuit. */
void json_azure(struct json_out *j, const char *key, const struct azure_result *a);

#endif
