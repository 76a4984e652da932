/* SPDX-License-Identifier: BSD-2-Clause */
/* Does data/redactions.json say what is left out of such a bundle? It is made of the audience alone (and of
 * what a trace's sender chose to keep), so it can be made again. */
#ifndef ERPROBE_VERIFY_LEFT_OUT_H
#define ERPROBE_VERIFY_LEFT_OUT_H

#include "probe/evidence/bag.h"

#include <stdbool.h>
#include <stddef.h>

enum left_out {
	LEFT_OUT_NOTHING,  /* there is no such document, and need be none */
	LEFT_OUT_SAID,     /* the same byte for byte */
	LEFT_OUT_WORDED,   /* for the same audience, in other words: those of another build */
	LEFT_OUT_WRONG     /* one line in err */
};

/* audience: as custody's last line names it, "" where there is none. */
enum left_out verify_left_out(const struct bag *bag, const char *audience, bool trace, bool other_build, char *err, size_t err_size);

#endif
