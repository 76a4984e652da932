/* SPDX-License-Identifier: BSD-2-Clause */
/* The terminal: the only user of ncurses. */
#ifndef ERPROBE_WATCH_SCREEN_H
#define ERPROBE_WATCH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum screen_key { KEY_NOTHING = 0, KEY_UP_ARROW = 256, KEY_DOWN_ARROW, KEY_RESIZED };

/* Takes the terminal over. False with one line in err when standard input or output is
 * none, or it is of a kind that is not known. */
bool screen_open(bool color, char *err, size_t err_size);
/* Gives it back as it was; also after a failed open. */
void screen_close(void);
void screen_size(int *width, int *height);
/* Shows a text: lines with the colour codes that analysis/render/page.c writes, and no
 * other control character. What does not fit is cut. */
void screen_show(const char *text);
/* The next key that was pressed: a character, or one of enum screen_key; KEY_NOTHING when none waits. */
int screen_key(void);

#endif
