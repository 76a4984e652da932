/* SPDX-License-Identifier: BSD-2-Clause */
/* Words beside a count: "1 run", "2 runs", "0 runs". n is any integer. */
#ifndef ERPROBE_PLURAL_H
#define ERPROBE_PLURAL_H

#define PLURAL(n, one, many) ((n) == 1 ? (one) : (many))
/* What a regular noun ends in: "probe%s". */
#define PLURAL_S(n) PLURAL(n, "", "s")

#endif
