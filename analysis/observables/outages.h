/* SPDX-License-Identifier: BSD-2-Clause */
/* A link that goes up and down while we look: its MSEE falls silent for a while and answers again,
 * the edge answers all the time, and so does the other link's MSEE. A lossy link loses a share of what
 * crosses it, for as long as anybody looks; one that is down stays so. */
#ifndef ERPROBE_OUTAGES_H
#define ERPROBE_OUTAGES_H

#include "analysis/path/path.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUTAGES_MAX 16

struct outage {
	struct wall_ns up;         /* the last probe that was answered before; ns 0 = none was */
	struct wall_ns from, to;   /* from the first probe that was lost to the one that was answered again */
	bool over;                 /* false: nothing was answered yet; to is the latest loss */
};

struct link_outages {
	struct outage list[OUTAGES_MAX]; /* in order; what exceeds the room is not kept */
	size_t count;
	struct outage part[OUTAGES_MAX]; /* silences that may be part of one, with others beside them: from the start on, or … */
	size_t parts;              /* … too few probes to tell how long they were */
	struct wall_ns last;       /* its last answer: another may begin there, before anybody can know; ns 0 = none */
	/* Traffic to the targets died with it, twice at least, or the edge could not find the MSEE: routing still
	 * led over the link, so that not the BGP session alone went up and down. */
	bool forwarding;
	bool answered;             /* its MSEE answered at least once: there is something to say */
};

/* What the wire shows of it. */
enum flap_seen { FLAP_UNKNOWN = 0, FLAP_NONE, FLAP_ONCE, FLAP_AGAIN, FLAP_AGAIN_FORWARDING, FLAPS };

/* Looks at what each link's MSEE was asked. An outage that is not over counts after one that is. Where the edge
 * does not answer, both links fall silent at once, or the link loses between its outages as well, none is found; nor where
 * there is no other link and the targets answer meanwhile. */
void outages_find(const struct path_view *v, struct link_outages out[LINKS]);

/* What the outages of a link come to. */
enum flap_seen outages_seen(const struct link_outages *o);

/* Did this probe, over this link or perhaps over it (LINK_ANY), leave or return in an outage? Such probes tell
 * nothing of what the link is like while it is up. Nor does the first SYN of a flow after the outage, if it is lost: where
 * the answer to the one before died, the target's half-open connection answers with an ACK alone (RFC 9293 3.10.7.4).
 * To be asked of all records in order; half_open: one for each flow of the plan, false at first. */
bool outages_cover(const struct link_outages out[LINKS], const struct path_view *v, const struct probe_record *r, bool *half_open);

/* "2 times in this run, for 1.5 to 1.6 s, …" as a sentence about the link. */
void outages_words(const struct link_outages *o, enum link_id link, char *out, size_t size);

#endif
