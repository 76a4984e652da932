/* SPDX-License-Identifier: BSD-2-Clause */
/* What a descriptor is that a person may be reading from: a terminal, and how wide. */
#ifndef ERPROBE_TERMINAL_H
#define ERPROBE_TERMINAL_H

#include <stdbool.h>

enum color_when { COLOR_AUTO = 0, COLOR_ALWAYS, COLOR_NEVER }; /* --color */

/* Should output to this descriptor be coloured? With COLOR_AUTO, NO_COLOR,
 * TERM=dumb and anything that is no terminal mean no. */
bool terminal_color(enum color_when color, int fd);
/* Columns of the terminal on this descriptor; 0 when it is none. */
int terminal_width(int fd);

#endif
