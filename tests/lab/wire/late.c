/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE 1
#include "late.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* /proc/PID/schedstat: ns on a processor, ns runnable without one, turns (Documentation/scheduler/sched-stats). A TAP
 * stamps no frame, but one that came while this process slept made it runnable at that moment. */
static uint64_t waited(const struct late *late)
{
    char text[96];
    unsigned long long ran, wait;
    ssize_t len = late->fd < 0 ? -1 : pread(late->fd, text, sizeof text - 1, 0);

    if (len <= 0)
        return late->waited_ns;
    text[len] = '\0';
    return sscanf(text, "%llu %llu", &ran, &wait) == 2 ? wait : late->waited_ns;
}

void late_open(struct late *late)
{
    *late = (struct late){.fd = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC)};
    late->waited_ns = waited(late);
}

void late_look(struct late *late)
{
    uint64_t now = waited(late), wait = now - late->waited_ns;

    late->waited_ns = now;
    if (wait > late->max_ns)
        late->max_ns = wait;
    if (wait < LATE_NS)
        return;
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    late->moments[late->over++ % LATE_MOMENTS] = (struct late_moment){
        .at_ms = (uint64_t)t.tv_sec * 1000U + (uint64_t)t.tv_nsec / 1000000U,
        .waited_us = wait / 1000U,
    };
}

void late_clear(struct late *late)
{
    late->max_ns = 0;
    late->over = 0;
}
