/* SPDX-License-Identifier: BSD-2-Clause */
/* Running erprobe-packet: its file, its arguments, its descriptors. */
#ifndef ERPROBE_HELPER_SPAWN_H
#define ERPROBE_HELPER_SPAWN_H

#include "probe/channel/helper.h"

#include <sys/types.h>

/* Runs the program with its channel and standard error; both fds stay the caller's.
 * It inherits nothing else: no other descriptor, no environment. False with one line
 * in err when it cannot be run. */
bool helper_spawn(const struct helper_options *o, int channel, int errors, pid_t *pid, char *err,
                  size_t err_size);

#endif
