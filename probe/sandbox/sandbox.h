/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving up rights. The only user of libcap-ng and libseccomp, and the only place
 * where a capability is named.
 *
 * erprobe-packet: open everything, then sandbox_packet(), then read the first byte.
 *
 * erprobe: a process calls sandbox_clear_capabilities() right after helper_start()
 * answered, before it reads anything from the network. It needs no special case for
 * users other than root. Afterwards the process, and all it starts, can gain no
 * rights again: no set-uid program and no file capability works, so it can NOT start
 * another packet helper. A service that diagnoses again and again therefore forks a
 * process for each run, which starts its helper and then clears itself. The user id
 * stays: root goes on owning root's files, but reads and writes only what uid 0 owns
 * or anybody may. */
#ifndef ERPROBE_SANDBOX_H
#define ERPROBE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Clears all capability sets of the calling thread, the bounding set too where
 * allowed, and sets no_new_privs; checks that nothing is left. Call while there is
 * only one thread. False with one line in err; then do not go on. */
bool sandbox_clear_capabilities(char *err, size_t err_size);

/* Could whoever started us open raw sockets himself: is he root, or has he the right, and we not by our file? One that he may
 * only hand on (inheritable) is none. Where our file has the right to give, nobody can tell whose it is, unless he set
 * no_new_privs: then the answer is no. Before the rights are given up. */
bool sandbox_caller_has_right(void);

/* The whole cage of erprobe-packet, in this order: no user identity of root, no
 * capabilities, no_new_privs, not dumpable (so not traceable), no new descriptors,
 * processes or files, killed with its parent, and then a list of system calls: any
 * other one kills the process. parent is getppid() as it was at the start. False with
 * one line in err; then end at once. Descriptors that are open stay usable. */
bool sandbox_packet(pid_t parent, char *err, size_t err_size);

/* The cage of the process that speaks HTTP for the audit: as above, but it accepts
 * connections, at most `guests` at a time, and its memory is bounded. What it serves comes
 * over a descriptor that is open. */
bool sandbox_web(pid_t parent, unsigned guests, char *err, size_t err_size);

#endif
