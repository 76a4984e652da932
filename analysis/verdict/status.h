/* SPDX-License-Identifier: BSD-2-Clause */
/* How bad is it? The status of one fault that is said, and of each link. */
#ifndef ERPROBE_STATUS_H
#define ERPROBE_STATUS_H

#include "analysis/diagnose/posterior.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stdint.h>

/* said: the faults of an explanation that are said, a bit each by their place in parts[]. */
bool status_is_said(unsigned said, uint8_t part);
/* Does what the row hits cease to work, rather than work worse? */
bool status_is_dead_row(const struct fault_row *row);
/* Of h, one of e's parts: STATUS_FAULT where nothing works in its stead, else STATUS_DEGRADED. r's links and
 * targets must be filled already. */
enum status status_of_part(const struct posterior *p, const struct explanation *e, unsigned said, const struct hypothesis *h,
                           const struct circuit_result *r);
/* Fills the status of r's links that e speaks of. What is not said of a link is at most in doubt, and so is a link of
 * which nothing is seen because the corporate network is cut before it. */
void status_mark_links(const struct explanation *e, unsigned said, struct circuit_result *r);

#endif
