/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that speaks HTTP. It holds no file, no secret, no capability and no other
 * socket: bytes from strangers are read here and nowhere else, and what goes wrong costs
 * readers a connection, never a check. */
#ifndef ERPROBE_SERVE_H
#define ERPROBE_SERVE_H

#include <sys/types.h>

/* Serves what comes over the channel (parcel.h) until its other end is gone. To be called
 * in a process of its own, forked by `parent`; does not come back. */
void serve(int channel, pid_t parent) __attribute__((noreturn));

#endif
