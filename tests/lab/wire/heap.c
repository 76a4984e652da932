/* SPDX-License-Identifier: BSD-2-Clause */
/* A binary heap of waiting frames. */
#include "heap.h"

#include <stdlib.h>

static bool before(const struct waiting *a, const struct waiting *b)
{
    if (a->due_ns != b->due_ns)
        return a->due_ns < b->due_ns;
    return a->order < b->order;
}

static bool grow(struct heap *heap)
{
    size_t size = heap->size ? heap->size * 2 : 1024;
    struct waiting **slots = realloc(heap->slots, size * sizeof *slots);

    if (!slots)
        return false;
    heap->slots = slots;
    heap->size = size;
    return true;
}

bool heap_push(struct heap *heap, struct waiting *frame)
{
    if (heap->used == heap->size && !grow(heap)) {
        free(frame);
        return false;
    }
    size_t i = heap->used++;

    while (i > 0 && before(frame, heap->slots[(i - 1) / 2])) {
        heap->slots[i] = heap->slots[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap->slots[i] = frame;
    return true;
}

const struct waiting *heap_peek(const struct heap *heap)
{
    return heap->used ? heap->slots[0] : NULL;
}

struct waiting *heap_pop(struct heap *heap)
{
    if (heap->used == 0)
        return NULL;
    struct waiting *top = heap->slots[0];
    struct waiting *last = heap->slots[--heap->used];
    size_t i = 0;

    for (size_t child; (child = 2 * i + 1) < heap->used; i = child) {
        if (child + 1 < heap->used && before(heap->slots[child + 1], heap->slots[child]))
            child++;
        if (!before(heap->slots[child], last))
            break;
        heap->slots[i] = heap->slots[child];
    }
    heap->slots[i] = last;
    return top;
}

void heap_clear(struct heap *heap)
{
    for (size_t i = 0; i < heap->used; i++)
        free(heap->slots[i]);
    free(heap->slots);
    *heap = (struct heap){0};
}
