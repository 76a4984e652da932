/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process that holds a secret gives up before it reads it. */
#ifndef ERPROBE_LOCKDOWN_H
#define ERPROBE_LOCKDOWN_H

#include <stdbool.h>
#include <sys/types.h>

/* No core file, to no place that core_pattern may name, and no debugger of our user: for any process that holds a secret.
 * False when that cannot be had. */
bool lockdown_no_dump(void);
/* All that and more: keeps keep_fd and standard error, closes every other descriptor; dies
 * with its parent, no environment but the variables that tell how to reach Azure and how to sign in,
 * signals as after exec (interrupts from the terminal are the parent's business).
 * False when the parent is gone already, or a core file cannot be ruled out: then
 * nothing secret may be read. */
bool lockdown(int keep_fd, pid_t parent);

#endif
