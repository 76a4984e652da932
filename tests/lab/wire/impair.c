/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings of one direction of a wire, and what they do to a frame. */
#include "impair.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORIGIN_TTL = 64 };   /* what the lab's routers give packets of their own */

static const uint64_t US = 1000;    /* nanoseconds */

static const struct {
    const char *key;
    size_t offset;
} numbers[] = {
    {"delay", offsetof(struct impair, delay_us)},
    {"jitter", offsetof(struct impair, jitter_us)},
    {"own", offsetof(struct impair, own_us)},
    {"rate", offsetof(struct impair, rate_bps)},
    {"queue", offsetof(struct impair, queue_us)},
    {"hold", offsetof(struct impair, hold_us)},
    {"police", offsetof(struct impair, police_bps)},
    {"load", offsetof(struct impair, load_bps)},
    {"max", offsetof(struct impair, max_frame)},
    {"tag", offsetof(struct impair, tag)},
};

static const struct {
    const char *key;
    size_t offset;
} ratios[] = {
    {"loss", offsetof(struct impair, loss)},
    {"duplicate", offsetof(struct impair, duplicate)},
    {"reorder", offsetof(struct impair, reorder)},
};

enum {
    NUMBERS = sizeof numbers / sizeof numbers[0],
    RATIOS = sizeof ratios / sizeof ratios[0],
};

void impair_reset(struct impair *impair)
{
    *impair = (struct impair){.queue_us = 100000, .hold_us = 2000};
}

static bool parse_number(const char *text, uint64_t *value)
{
    char *end = NULL;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    unsigned long long parsed = strtoull(text, &end, 10);

    if (errno || *end || parsed > 1000000000000ULL)
        return false;
    *value = parsed;
    return true;
}

static bool parse_ratio(const char *text, double *value)
{
    char *end = NULL;
    double parsed = strtod(text, &end);

    if (end == text || *end || !(parsed >= 0 && parsed <= 1))
        return false;
    *value = parsed;
    return true;
}

/* "A/B", two numbers. */
static bool parse_pair(const char *text, uint64_t *first, uint64_t *second)
{
    char left[32];
    const char *slash = strchr(text, '/');

    if (!slash || (size_t)(slash - text) >= sizeof left)
        return false;
    memcpy(left, text, (size_t)(slash - text));
    left[slash - text] = '\0';
    return parse_number(left, first) && parse_number(slash + 1, second);
}

/* One of "none", "CLASS" or "CLASS/PORT"; each adds to the list, "none" empties it. */
static const char *set_block(struct impair *impair, const char *value)
{
    char name[16];
    struct block block = {0};
    uint64_t port = 0;
    size_t len = strcspn(value, "/");

    if (strcmp(value, "none") == 0) {
        impair->block_count = 0;
        return NULL;
    }
    if (impair->block_count == BLOCK_MAX)
        return "too many blocks";
    if (len >= sizeof name)
        return "no such class of frames";
    memcpy(name, value, len);
    name[len] = '\0';
    if (!frame_class_from_name(name, &block.class))
        return "no such class of frames";
    if (value[len] == '/' && (!parse_number(value + len + 1, &port) || port > UINT16_MAX))
        return "bad port";
    block.port = (uint16_t)port;
    impair->blocks[impair->block_count++] = block;
    return NULL;
}

const char *impair_set(struct impair *impair, const char *key, const char *value, uint64_t now_ns)
{
    for (size_t i = 0; i < NUMBERS; i++)
        if (strcmp(key, numbers[i].key) == 0)
            return parse_number(value, (uint64_t *)(void *)((char *)impair + numbers[i].offset))
                       ? NULL : "not a number";
    for (size_t i = 0; i < RATIOS; i++)
        if (strcmp(key, ratios[i].key) == 0)
            return parse_ratio(value, (double *)(void *)((char *)impair + ratios[i].offset))
                       ? NULL : "not a ratio from 0 to 1";
    if (strcmp(key, "block") == 0)
        return set_block(impair, value);
    if (strcmp(key, "partial") == 0)
        return parse_pair(value, &impair->partial_dead, &impair->partial_of)
                   ? NULL : "not DEAD/ALL";
    if (strcmp(key, "flap") == 0) {
        impair->since_ns = now_ns;
        return parse_pair(value, &impair->flap_up_us, &impair->flap_down_us) ? NULL : "not UP/DOWN";
    }
    return "no such setting";
}

struct text {
    char *out;
    size_t size;
    size_t len;
};

static void add(struct text *text, const char *what)
{
    size_t len = strlen(what);

    if (text->len + len < text->size)
        memcpy(text->out + text->len, what, len + 1);
    text->len += len;
}

static void add_pair(struct text *text, const char *key, uint64_t a, uint64_t b)
{
    char item[80];

    snprintf(item, sizeof item, " %s=%llu/%llu", key, (unsigned long long)a, (unsigned long long)b);
    add(text, item);
}

int impair_print(const struct impair *impair, char *out, size_t size)
{
    struct text text = {.out = out, .size = size};
    char item[80];

    for (size_t i = 0; i < NUMBERS; i++) {
        uint64_t value;

        memcpy(&value, (const char *)impair + numbers[i].offset, sizeof value);
        snprintf(item, sizeof item, "%s%s=%llu", i ? " " : "", numbers[i].key,
                 (unsigned long long)value);
        add(&text, item);
    }
    for (size_t i = 0; i < RATIOS; i++) {
        double value;

        memcpy(&value, (const char *)impair + ratios[i].offset, sizeof value);
        snprintf(item, sizeof item, " %s=%g", ratios[i].key, value);
        add(&text, item);
    }
    add_pair(&text, "partial", impair->partial_dead, impair->partial_of);
    add_pair(&text, "flap", impair->flap_up_us, impair->flap_down_us);
    for (size_t i = 0; i < impair->block_count; i++) {
        const struct block *block = &impair->blocks[i];

        snprintf(item, sizeof item, block->port ? " block=%s/%u" : " block=%s",
                 frame_class_name(block->class), block->port);
        add(&text, item);
    }
    return (int)text.len;
}

static uint64_t next_random(struct lane *lane)
{
    uint64_t z = (lane->random += 0x9e3779b97f4a7c15U);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static bool chance(struct lane *lane, double probability)
{
    if (!(probability > 0))     /* also keeps the sequence independent of unused settings */
        return false;
    return (double)(next_random(lane) >> 11) * 0x1p-53 < probability;
}

static bool blocked(const struct impair *impair, const struct frame_info *info)
{
    for (size_t i = 0; i < impair->block_count; i++) {
        const struct block *block = &impair->blocks[i];

        if (block->class == info->class
            && (block->port == 0 || block->port == info->sport || block->port == info->dport))
            return true;
    }
    return false;
}

static bool flapped_down(const struct impair *impair, uint64_t now_ns)
{
    uint64_t period = (impair->flap_up_us + impair->flap_down_us) * US;

    return impair->flap_down_us && (now_ns - impair->since_ns) % period >= impair->flap_up_us * US;
}

/* A dead member of a group takes user traffic; what keeps the link alive goes over another. */
static bool on_dead_member(const struct impair *impair, const struct frame_info *info)
{
    if (impair->partial_of == 0 || info->class == FRAME_ARP || info->class == FRAME_BGP)
        return false;
    return info->flow % impair->partial_of < impair->partial_dead;
}

static bool lost(struct lane *lane, const struct frame_info *info, size_t len, uint64_t now_ns)
{
    const struct impair *impair = &lane->impair;

    return (impair->max_frame && len > impair->max_frame) || flapped_down(impair, now_ns)
           || blocked(impair, info) || on_dead_member(impair, info) || chance(lane, impair->loss);
}

/* When the last bit has passed the rate limit; 0 when the queue is full. */
static uint64_t rate_exit(struct lane *lane, size_t len, uint64_t now_ns)
{
    const struct impair *impair = &lane->impair;

    if (impair->rate_bps == 0)
        return now_ns;
    uint64_t start = lane->busy_until_ns > now_ns ? lane->busy_until_ns : now_ns;

    if (start - now_ns > impair->queue_us * US)
        return 0;
    lane->busy_until_ns = start + (uint64_t)len * 8U * 1000000000U / impair->rate_bps;
    return lane->busy_until_ns;
}

enum { LOAD_FRAME_BITS = 100 * 8, BURST_MS = 20 };

static bool take_tokens(struct lane *lane, double bits, uint64_t at_ns)
{
    double most = (double)lane->impair.police_bps * BURST_MS / 1000;

    if (at_ns > lane->filled_ns) {
        lane->tokens += (double)(at_ns - lane->filled_ns) * (double)lane->impair.police_bps / 1e9;
        lane->filled_ns = at_ns;
    }
    if (lane->tokens > most)
        lane->tokens = most;
    if (lane->tokens < bits)
        return false;
    lane->tokens -= bits;
    return true;
}

/* The background has taken its share by the time a frame comes. */
static bool policed(struct lane *lane, size_t len, uint64_t now_ns)
{
    double gap_ns = lane->impair.load_bps ? LOAD_FRAME_BITS * 1e9 / (double)lane->impair.load_bps : 0;

    if (lane->impair.police_bps == 0)
        return false;
    if (lane->load_ns + 1000000000U < now_ns)
        lane->load_ns = now_ns - 1000000000U; /* what was longer ago has left no trace */
    while (gap_ns > 0 && lane->load_ns < now_ns) {
        double uniform = (double)(next_random(lane) >> 11) / 9007199254740992.0;

        take_tokens(lane, LOAD_FRAME_BITS, lane->load_ns);
        lane->load_ns += (uint64_t)(gap_ns * 2 * uniform) + 1;
    }
    return !take_tokens(lane, (double)len * 8, now_ns);
}

struct fate lane_decide(struct lane *lane, const struct frame_info *info, size_t len,
                        uint64_t now_ns)
{
    const struct impair *impair = &lane->impair;
    struct fate fate = {.copies = 1};

    if (lost(lane, info, len, now_ns) || policed(lane, len, now_ns)) {
        fate.lost = true;
        return fate;
    }
    fate.due_ns = rate_exit(lane, len, now_ns);
    if (fate.due_ns == 0) {
        fate.lost = true;
        return fate;
    }
    fate.due_ns += impair->delay_us * US;
    if (impair->jitter_us)
        fate.due_ns += next_random(lane) % (impair->jitter_us * US + 1);
    if (impair->own_us && info->class == FRAME_ICMP && info->ttl == ORIGIN_TTL) {
        fate.due_ns += impair->own_us * US;     /* a slow control plane delays nobody else */
    } else if (chance(lane, impair->reorder)) {
        fate.due_ns += impair->hold_us * US;
    } else {
        if (fate.due_ns < lane->last_due_ns)
            fate.due_ns = lane->last_due_ns;
        lane->last_due_ns = fate.due_ns;
    }
    if (chance(lane, impair->duplicate))
        fate.copies = 2;
    return fate;
}
