/* SPDX-License-Identifier: BSD-2-Clause */
/* One SYN a second to a BGP port, from all runs of this host: runs that follow each other, or go on
 * at the same time, tell each other by a small file when they last asked whom.
 *
 * Runs of all accounts share SYN_TURNS_SHARED/syn-turns: a folder that none but root (or we) may
 * write to, so that nobody puts a link or a file of his own in the file's place; the file itself
 * anybody may write. The installation makes it, else a run of root's. Where it is not, runs of one
 * account share a file where the history lies (state_folder()), and where that cannot be had
 * either, each run keeps the limit by itself.
 *
 * A file has SYN_TURNS places, and is cut to them when a turn is taken; of one that is unreadable, full of rubbish or from before a restart
 * nothing is believed. Who writes to it on purpose, and goes on, can keep a question from being asked; who holds its lock, or
 * empties it, has each run keep the limit by itself, which the packet helper enforces in any case (probe/packet/policy.h). */
#ifndef ERPROBE_SYN_TURNS_H
#define ERPROBE_SYN_TURNS_H

#include "erprobe/addr.h"
#include "erprobe/clock.h"

#include <stdbool.h>
#include <stddef.h>

#define SYN_TURNS 256
#define SYN_LATE_NS (80 * NS_PER_MS) /* how late in its turn a SYN may be with the helper: probe_spec.not_after */
#define SYN_TURN_NS (NS_PER_SEC + SYN_LATE_NS + 20 * NS_PER_MS) /* a second, and what the first may leave late */

struct syn_turns;

#define SYN_TURNS_SHARED "/run/erprobe-bgp"

/* shared: the folder for all accounts, made where it can be; NULL = none. folder: as of
 * state_folder(), "" = the usual one. NULL with one line in err: the limit then holds
 * within this run alone. */
struct syn_turns *syn_turns_open(const char *shared, const char *folder, char *err, size_t err_size);
void syn_turns_close(struct syn_turns *t);
/* Takes the next turn for this address: 0 = now, else how many nanoseconds later. -1 where
 * others are before us for longer than that: nothing is taken. Waits for no more than 20 ms.
 * Addresses in different network namespaces are different. t may be NULL. */
int64_t syn_turns_take(struct syn_turns *t, const struct ip_addr *a, struct mono_ns now);

#endif
