/* SPDX-License-Identifier: BSD-2-Clause */
/* Where this host's account keeps what outlives a run: last good snapshots, the history, turns at BGP ports. */
#ifndef ERPROBE_STATE_FOLDER_H
#define ERPROBE_STATE_FOLDER_H

#include <stdbool.h>

#define STATE_FOLDER_MAX 1024 /* bytes of its path */

/* Given ("" = not), else /var/lib/erprobe where that may be written, else $XDG_STATE_HOME/erprobe, else
 * ~/.local/state/erprobe. It need not exist yet. False when there is no such place. */
bool state_folder(const char *given, char out[STATE_FOLDER_MAX]);

#endif
