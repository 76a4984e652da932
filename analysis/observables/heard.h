/* SPDX-License-Identifier: BSD-2-Clause */
/* What the passive watch of a link (erprobe/watched.h) comes to for the diagnosis: one outcome for
 * its BGP session, one for its segment. 0 is "nothing to say", always so where nobody watched. */
#ifndef ERPROBE_HEARD_H
#define ERPROBE_HEARD_H

#include "analysis/observables/observables.h"
#include "analysis/passive/watch.h"

/* near: the edge (E), far: the MSEE. Of several statements the one that tells most. */
enum heard_session {
	HEARD_NO_SESSION = 0,
	HEARD_UP,
	HEARD_SHUT_NEAR,     /* Cease: shut, de-configured, reset, reconfigured, rejected */
	HEARD_SHUT_FAR,
	HEARD_PREFIXES_NEAR, /* Cease: too many prefixes, said by the edge */
	HEARD_PREFIXES_FAR,
	HEARD_BAD_AS,        /* OPEN error: bad peer AS */
	HEARD_OPEN_ERROR,
	HEARD_DEAF_NEAR,     /* the edge does not hear the MSEE: hold timer or BFD ran out, or it calls although it is answered */
	HEARD_DEAF_FAR,
	HEARD_REFUSED_NEAR,  /* the edge resets the MSEE's calls */
	HEARD_REFUSED_FAR,
	HEARD_SILENT_NEAR,   /* the edge leaves the MSEE's calls unanswered */
	HEARD_SILENT_FAR,
	HEARD_OTHER_ERROR,
	HEARD_SESSIONS
};

enum heard_segment {
	HEARD_NO_SEGMENT = 0,
	HEARD_AGREES,        /* the MSEE's hardware address is Azure's, or the tag the configured one */
	HEARD_DUPLICATE,     /* one of the two addresses is used twice */
	HEARD_OTHER_MAC,     /* somebody has the MSEE's address who is not it */
	HEARD_OTHER_TAGS,
	HEARD_SEGMENTS
};

/* Fills links[].heard and links[].watched; w may be NULL. */
void heard_build(struct observables *o, const struct watch *w, size_t circuit);
/* As a sentence. */
void heard_words(const struct observables *o, enum heard_what what, uint8_t link, uint8_t fam, char *out, size_t size);

#endif
