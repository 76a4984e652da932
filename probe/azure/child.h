/* SPDX-License-Identifier: BSD-2-Clause */
/* The reader's child: holds the token, asks Azure, writes records. Runs after fork() and
 * never returns to the parent's code. */
#ifndef ERPROBE_AZURE_CHILD_H
#define ERPROBE_AZURE_CHILD_H

#include "erprobe/clock.h"
#include "erprobe/plan.h"
#include "probe/http/url.h"
#include "probe/config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Exit codes of the child; the parent puts them into words. */
enum child_exit { CHILD_DONE = 0, CHILD_NO_MEMORY = 10, CHILD_NO_PIPE, CHILD_ORPHAN, CHILD_NOT_LOCKED };

struct child_task {
	const struct plan_circuit *circuits;
	size_t count;
	struct mono_ns deadline;
	bool stays;               /* once all was read, fd is listened to until the deadline: each byte is a circuit to be read again */
};

/* Locks the process down, reads all circuits until the deadline and writes to fd, a socket.
 * parent: who must still be alive. Returns the exit code for _exit(). */
int child_run(int fd, pid_t parent, const struct azure_settings *settings, const struct url_base *base, const struct child_task *task);

#endif
