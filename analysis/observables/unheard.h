/* SPDX-License-Identifier: BSD-2-Clause */
/* Hops of which nothing was ever heard. */
#ifndef ERPROBE_UNHEARD_H
#define ERPROBE_UNHEARD_H

#include "analysis/observables/observables.h"

/* Takes their groups out of o, since such silence tells nothing, but for what unheard.c says. speaks: which MSEEs answer what
 * is asked of themselves. False without memory. */
bool unheard_hops_drop(struct observables *o, bool speaks[FAMILIES][LINKS]);

#endif
