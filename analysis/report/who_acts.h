/* SPDX-License-Identifier: BSD-2-Clause */
/* Who must act, in words, as every report of a check says it. */
#ifndef ERPROBE_WHO_ACTS_H
#define ERPROBE_WHO_ACTS_H

#include "erprobe/result.h"

#include <stddef.h>

/* "the provider, Lab Networks": the name where Azure told it. With ExpressRoute Direct there is no
 * provider: whoever runs the way to Microsoft's port. "" where a verdict names nobody. Returns buf. */
const char *who_acts_words(const struct circuit_result *c, const struct verdict *v, char *buf, size_t size);

#endif
