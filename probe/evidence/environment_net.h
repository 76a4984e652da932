/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces, routes and neighbours of the host as JSON: the kernel's own tables. */
#ifndef ERPROBE_ENVIRONMENT_NET_H
#define ERPROBE_ENVIRONMENT_NET_H

#include "analysis/value/json_out.h"

/* Appends "interfaces", "addresses", "routes" and "neighbours" to the open object,
 * each followed by "NAME_complete": false where the kernel gave no answer, or where it
 * had more than ENVIRONMENT_ROWS_MAX rows and the table is cut. */
#define ENVIRONMENT_ROWS_MAX 2000
void environment_net_write(struct json_out *j);

#endif
