/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames waiting for their time to leave: a binary heap, earliest first. */
#ifndef LAB_WIRE_HEAP_H
#define LAB_WIRE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct waiting {
    uint64_t due_ns;    /* CLOCK_MONOTONIC */
    uint64_t order;     /* frames due at the same moment leave in order of arrival */
    void *owner;        /* the direction the frame travels */
    size_t len;
    uint8_t bytes[];
};

struct heap {
    struct waiting **slots;
    size_t used;
    size_t size;
};

/* Takes ownership of the frame; false (and the frame is freed) when memory is short. */
bool heap_push(struct heap *heap, struct waiting *frame);

/* The earliest frame, or NULL; peek keeps it in the heap, pop hands it to the caller to free. */
const struct waiting *heap_peek(const struct heap *heap);
struct waiting *heap_pop(struct heap *heap);

void heap_clear(struct heap *heap);

#endif
