/* SPDX-License-Identifier: BSD-2-Clause */
/* One service at a time keeps a history: two would each judge incidents by their own runs, and tell of each twice. */
#ifndef ERPROBE_AUDIT_ONLY_ONE_H
#define ERPROBE_AUDIT_ONLY_ONE_H

#include <stdbool.h>
#include <stddef.h>

/* Takes the lock beside the history. It holds until close(*fd) or the end of the process, and passes to no
 * child. False when another process holds it (err: one line). Where no lock can be had
 * (a full or read-only disk, no such locks), true with *fd -1: checks are worth more than the lock. */
bool only_one_take(const char *history_path, int *fd, char *err, size_t err_size);

#endif
