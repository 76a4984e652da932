/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure asked once, and waited for: for commands that do nothing else meanwhile. */
#ifndef ERPROBE_AZURE_ASK_H
#define ERPROBE_AZURE_ASK_H

#include "erprobe/snapshot.h"
#include "probe/config/config.h"

#include <signal.h>
#include <stdbool.h>

/* Reads all circuits of the configuration, for at most so many seconds, into snapshots (one
 * a circuit; what they hold is freed first). Warnings go to standard error behind command.
 * stop: ends the waiting once a signal's handler has set it; NULL = none. False when it could
 * not even start; the reason is on standard error. */
bool azure_ask(const char *command, const struct config *config, double seconds, struct az_snapshot *snapshots,
               const volatile sig_atomic_t *stop);

#endif
