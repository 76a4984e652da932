/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers in a capture of anybody, and whose they are. Private to sight*.c. */
#ifndef ERPROBE_SIGHT_ANSWER_H
#define ERPROBE_SIGHT_ANSWER_H

#include "analysis/path/sight.h"

/* What a frame says of the probe that it answers. */
struct sight_answer {
	struct sight asked;      /* kind, addresses, ports and numbers as the answer names them */
	bool quotes;             /* asked.ip_id and asked.sum are valid */
	uint32_t frame;
	struct wall_ns at;
	uint8_t answer;          /* enum answer_kind */
	uint8_t icmp_type, icmp_code, reply_ttl;
	struct ip_addr from;
	struct mpls_label mpls[MPLS_LABELS_MAX];
	uint8_t mpls_count;
};

struct sights {
	struct sight *probes;
	size_t probe_count, probe_room;
	struct sight_answer *answers;
	size_t answer_count, answer_room;
	struct sight_totals totals;
};

/* False when the frame can be no answer to a probe. */
bool sight_answer_read(const struct decoded *d, const struct frame *f, uint32_t frame, struct sight_answer *out);
/* Gives each answer to its probe; s->probes must be sorted by sights_order() and time. */
void sight_answers_match(struct sights *s);

#endif
