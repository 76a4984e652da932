/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process that holds the token gives up before it reads the token. */
#ifndef ERPROBE_LOCKDOWN_H
#define ERPROBE_LOCKDOWN_H

#include <stdbool.h>
#include <sys/types.h>

/* Keeps keep_fd and standard error, closes every other descriptor; no core file, no
 * debugger of our user, dies with its parent, no environment but the variables that tell
 * how to reach Azure and how to sign in,
 * signals as after exec (interrupts from the terminal are the parent's business).
 * False when the parent is gone already, or a core file cannot be ruled out: then
 * nothing secret may be read. */
bool lockdown(int keep_fd, pid_t parent);

#endif
