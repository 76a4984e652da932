/* SPDX-License-Identifier: BSD-2-Clause */
/* Probes of a capture gathered by who asked whom with what: the path and its timing, as
 * seen from the place of capture. */
#ifndef ERPROBE_SIGHT_PATH_H
#define ERPROBE_SIGHT_PATH_H

#include "analysis/path/sight.h"
#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* hop.ttl is the TTL that the probes had here: hop 1 answered those that could go one
 * router further. hop.domain and hop.role stay unset. All probes that the destination
 * itself answered, and those with a higher TTL, are in the last one. */
struct sight_path {
	uint8_t kind;                /* enum probe_kind */
	struct ip_addr src, dst;
	uint16_t port;               /* TCP destination port; 0 for the others */
	struct wall_ns first, last;  /* first and last probe */
	uint32_t probes, answered;   /* without those that were under way at the end */
	uint32_t open;               /* under way when the capture ended */
	bool reached;                /* the destination answered */
	enum answer_kind end;        /* how, else ANSWER_NONE */
	int16_t distance;            /* routers from here to the destination and itself, by the answers' TTL; -1 = unknown */
	struct hop_result *hops;     /* by TTL; owned by the list */
	size_t hop_count;
};

/* The list is the caller's: sight_paths_free(). In the order of sight_path_order(), each once. NULL when out of memory; *count
 * may be 0. */
struct sight_path *sight_paths(const struct sights *s, size_t *count);
/* Negative, 0, positive: by destination, source, kind and port. */
int sight_path_order(const struct sight_path *a, const struct sight_path *b);
void sight_paths_free(struct sight_path *paths, size_t count);

#endif
