/* SPDX-License-Identifier: BSD-2-Clause */
/* What one direction of a wire does to frames: settings, and the decision for one frame. */
#ifndef LAB_WIRE_IMPAIR_H
#define LAB_WIRE_IMPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

enum { BLOCK_MAX = 8 };

struct block {
    enum frame_class class;
    uint16_t port;          /* either end; 0 = every frame of the class */
};

struct impair {
    uint64_t delay_us;
    uint64_t jitter_us;     /* added on top of delay, uniform from 0; never reorders */
    uint64_t own_us;        /* added for ICMP sent by the nearest router itself (TTL 64) */
    uint64_t rate_bps;      /* 0 = no limit */
    uint64_t queue_us;      /* longest wait for the rate; beyond it the tail is dropped */
    uint64_t police_bps;    /* token bucket of 20 ms: what finds it empty is dropped, nothing waits; 0 = none */
    uint64_t load_bps;      /* what else takes its tokens: frames of 100 bytes at random times, that nobody sees */
    uint64_t hold_us;       /* how much later a reordered frame leaves */
    double loss;            /* probabilities, 0..1 */
    double duplicate;
    double reorder;
    uint64_t max_frame;     /* largest frame with its Ethernet header, without FCS; 0 = any */
    uint64_t tag;           /* VLAN id pushed on every frame; 0 = none */
    uint64_t partial_of;    /* of this many equal paths ... */
    uint64_t partial_dead;  /* ... these many lose their flows */
    uint64_t flap_up_us;    /* up this long, then down that long, for ever; 0 = always up */
    uint64_t flap_down_us;
    uint64_t since_ns;      /* when flapping began */
    struct block blocks[BLOCK_MAX];
    size_t block_count;
};

/* One direction's state that settings do not carry. */
struct lane {
    struct impair impair;
    uint64_t random;        /* splitmix64 state */
    uint64_t busy_until_ns;
    uint64_t last_due_ns;
    double tokens;          /* bits in the bucket at filled_ns */
    uint64_t filled_ns, load_ns; /* next background frame */
};

struct fate {
    bool lost;
    unsigned copies;
    uint64_t due_ns;        /* no later than now: send at once */
};

void impair_reset(struct impair *impair);

/* Applies "key=value". NULL when done, else what is wrong. Times are microseconds. */
const char *impair_set(struct impair *impair, const char *key, const char *value, uint64_t now_ns);

/* Writes the settings as "key=value ..."; returns the length as snprintf does. */
int impair_print(const struct impair *impair, char *out, size_t size);

/* Decides what happens to a frame that arrives now. */
struct fate lane_decide(struct lane *lane, const struct frame_info *info, size_t len,
                        uint64_t now_ns);

#endif
