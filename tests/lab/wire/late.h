/* SPDX-License-Identifier: BSD-2-Clause */
/* How late the wire itself is: a wire that waits for a processor holds every frame of every link
 * meanwhile, which nobody behind it can tell from a queue on the link. */
#ifndef WIRE_LATE_H
#define WIRE_LATE_H

#include <stdint.h>

enum {
    LATE_NS = 5000000,      /* a wait this long counts */
    LATE_MOMENTS = 32,      /* the newest are kept */
};

struct late_moment {
    uint64_t at_ms;         /* wall clock, when the wait ended */
    uint64_t waited_us;
};

struct late {
    int fd;                 /* the kernel's account of this process, or -1: lateness is not known */
    uint64_t waited_ns;     /* for a processor, since the process began */
    uint64_t max_ns;        /* of one wait, since late_clear() */
    uint64_t over;          /* waits of LATE_NS and more since then */
    struct late_moment moments[LATE_MOMENTS];   /* the newest at (over - 1) % LATE_MOMENTS */
};

/* Never fails: where the kernel keeps no account, fd is -1 and nothing is counted. */
void late_open(struct late *late);

/* Takes what was waited since the last call as one wait. Call it each time the loop has woken, and after
 * each burst. */
void late_look(struct late *late);

/* Forgets all that was counted. */
void late_clear(struct late *late);

#endif
