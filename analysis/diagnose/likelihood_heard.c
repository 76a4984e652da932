/* SPDX-License-Identifier: BSD-2-Clause */
/* How likely the passive watch comes to each outcome (heard.h) under a cell of the catalogue. A row
 * a letter, a column an outcome; the first is "nothing to say", which says nothing. The others of
 * a row add up to 1; '.' stands first and also for letters that are not listed.
 *
 * Session:  .  it lives   e  ended by the edge's own configuration   p  too many prefixes
 *           n  the edge is gone   l  nothing passes between the two   m  the MSEE is gone
 *           d  the peering is off in Azure   c  set up wrongly in Azure   b  nothing passes one way
 *           o  loss: it may end now and then
 * Segment:  .  as it should be   i  another VLAN, or another line's far end */
#include "analysis/diagnose/likelihood.h"
#include "analysis/observables/heard.h"

#include <math.h>

struct heard_row { char letter; double p[HEARD_SESSIONS]; };

static const struct heard_row session[] = {
	/*      none  up    shutN shutF prefN prefF badAS open  deafN deafF refuN refuF sileN sileF other */
	{'.', {1, .9984, .0001, .0001, .0001, .0001, .0001, .0001, .0001, .0001, .0001, .0001, .0001, .0001, .0004}},
	{'e', {1, .010, .290, .010, .030, .040, .170, .050, .010, .070, .170, .030, .060, .050, .010}},
	{'p', {1, .020, .004, .004, .004, .940, .002, .002, .004, .004, .004, .004, .004, .002, .002}},
	{'n', {1, .040, .010, .003, .002, .002, .002, .002, .004, .440, .010, .004, .470, .006, .005}},
	{'l', {1, .040, .006, .006, .002, .002, .002, .002, .450, .080, .002, .002, .030, .371, .005}},
	{'m', {1, .040, .004, .230, .002, .002, .002, .002, .310, .030, .004, .030, .004, .330, .010}},
	{'d', {1, .030, .004, .400, .002, .002, .010, .010, .110, .020, .004, .160, .004, .234, .010}},
	{'c', {1, .020, .008, .070, .004, .006, .390, .090, .020, .020, .060, .120, .030, .142, .020}},
	{'b', {1, .360, .004, .004, .002, .002, .002, .002, .280, .240, .002, .002, .040, .050, .010}},
	{'o', {1, .930, .002, .002, .001, .001, .001, .001, .025, .025, .001, .001, .002, .002, .006}},
};

static const struct heard_row segment[] = {
	/*      none agrees dup  mac   tags */
	{'.', {1, .996, .002, .001, .001}},
	{'i', {1, .150, .030, .320, .500}},
};

static double look_up(const struct heard_row *rows, size_t count, char letter, uint8_t seen)
{
	const struct heard_row *row = &rows[0];

	for (size_t i = 0; i < count; i++)
		if (rows[i].letter == letter)
			row = &rows[i];
	return row->p[seen] > 0 ? log(row->p[seen]) : 0;
}

double likelihood_heard(enum heard_what what, uint8_t seen, char letter)
{
	if (seen == 0 || seen >= (what == HEARD_SESSION ? (uint8_t)HEARD_SESSIONS : (uint8_t)HEARD_SEGMENTS))
		return 0;
	return what == HEARD_SESSION ? look_up(session, sizeof session / sizeof session[0], letter, seen)
	                             : look_up(segment, sizeof segment / sizeof segment[0], letter, seen);
}
