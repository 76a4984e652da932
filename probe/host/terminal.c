/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool terminal_color(enum color_when color, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	/* no-color.org: set and not empty. */
	if ((no_color && *no_color) || (term && strcmp(term, "dumb") == 0))
		return false;
	return isatty(fd) == 1;
}

int terminal_width(int fd)
{
	struct winsize size = {0};
	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
