/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for the largest datagram that passes: when is silence a refusal, which size
 * comes next, do large ones get lost more than small ones? */
#ifndef ERPROBE_SIZE_SEARCH_H
#define ERPROBE_SIZE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIZE_LEAST_V4 576u      /* RFC 791: what every host takes */
#define SIZE_LEAST_V6 1280u     /* RFC 8200: what every link carries */
#define SIZE_STEPS 3u           /* sizes asked for at once */
#define SIZE_BY_CHANCE 1e-3     /* the loss that small probes show makes a row of silences so with at most this */
#define SIZE_DIFFERS 0.01       /* likewise, for a difference in loss */

/* So many in a row are lost by chance with no more than this, where small ones lose so few. */
bool size_lost_beyond(uint32_t small_sent, uint32_t small_answered, uint32_t lost, double by_chance);
/* How many must be lost in a row for size_lost_beyond(). */
uint32_t size_tries(uint32_t small_sent, uint32_t small_answered, double by_chance);
/* Sizes to try next, between what is carried (0 = nothing known) and what is not. Returns
 * how many; none when the two are neighbours. */
size_t size_split(uint16_t carried, uint16_t refused, bool v6, uint16_t out[SIZE_STEPS]);
/* Chance that of all that were answered so few or fewer are large, were size no matter
 * (Fisher's exact test, one side). 1 where nothing was sent. */
double size_loss_chance(uint32_t small_sent, uint32_t small_answered, uint32_t large_sent, uint32_t large_answered);

#endif
