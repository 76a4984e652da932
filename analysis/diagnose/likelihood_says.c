/* SPDX-License-Identifier: BSD-2-Clause */
/* How likely Azure says each thing of azure_says, under a cell of the catalogue. A row a letter,
 * a column an outcome; the first column is "not known", which says nothing. Outcomes of a row add
 * up to 1; '.' stands first and also for letters that are not listed.
 *
 * Most of these are true for long on circuits that are well (maintenance is announced for hours
 * and takes minutes), so that each is worth something beside the wire and little alone. */
#include "analysis/diagnose/likelihood.h"

#include <math.h>
#include <stddef.h>

#define SAYS_LETTERS 7
#define OUTCOMES 8

struct says_row { char letter; double p[OUTCOMES]; };

static const struct says_row numbers[SAYS][SAYS_LETTERS] = {
	/* none, running, starting or stopping: it may run and hurt nothing; before and after, mostly so */
	[SAYS_TEST] = {{'.', {1, .994, .003, .003}}, {'X', {1, .03, .91, .06}}},
	/* no prepending, on this link, on one of the two, or of another circuit that the gateway has:
	 * one fact which is said of both links, so that each has the square root of what it is worth (18) */
	[SAYS_DRAIN] = {{'.', {1, .975, .005, .020}}, {'X', {1, .300, .615, .085}}, {'d', {1, .60, .34, .06}},
	                {'o', {1, .895, .020, .085}}},
	/* up, shut by its admin state, line protocol down, light out of range. And where the admin state was not read, the line protocol
	 * that is down (what is shut has none), and the light alone, bad or well, which says as much as it would without that: each of
	 * the two adds up by itself. */
	[SAYS_PORT] = {{'.', {1, .985, .0005, .0045, .010, .005, .010, .990}}, {'X', {1, .01, .96, .02, .01, .980, .500, .500}},
	               {'l', {1, .45, .001, .349, .20, .350, .450, .550}}, {'g', {1, .90, .0005, .0095, .090, .010, .090, .910}},
	               {'p', {1, .50, .001, .449, .05, .450, .100, .900}}},
	/* agree, differ, differ on this link alone; the provider may change the tag on the way, so that
	 * some differ and are well */
	[SAYS_VLAN] = {{'.', {1, .99, .006, .004}}, {'v', {1, .30, .62, .08}}, {'w', {1, .10, .25, .65}}},
	/* far, near, exceeded: a session that names its limit ended by it */
	[SAYS_LIMIT] = {{'.', {1, .988, .0119, .0001}}, {'X', {1, .08, .12, .80}}},
	/* well below its bandwidth, near it: many a circuit that is well is so at some minute of the hour */
	[SAYS_FULL] = {{'.', {1, .92, .08}}, {'X', {1, .05, .95}}},
	/* none, some: short bursts are dropped on many circuits that are well */
	[SAYS_DROPS] = {{'.', {1, .96, .04}}, {'X', {1, .03, .97}}},
	/* there, none: then nothing is announced, whatever the wire shows of the Internet's way */
	[SAYS_FILTER] = {{'.', {1, .998, .002}}, {'X', {1, .02, .98}}},
	/* validated, not: one of several prefixes may wait for it and hurt nothing yet */
	[SAYS_PUBLIC] = {{'.', {1, .98, .02}}, {'X', {1, .04, .96}}},
	/* fewer, at the limit */
	[SAYS_VNETS] = {{'.', {1, .998, .002}}, {'X', {1, .15, .85}}},
	/* there, missing: a table that is read and holds something is the device's own; the untold are not counted */
	[SAYS_ROUTES] = {{'.', {1, .995, .005}}, {'d', {1, .10, .90}}, {'n', {1, .70, .30}}},
	/* covered, not: behind a NAT the probes' own address is not what Azure knows */
	[SAYS_ADVERTISED] = {{'.', {1, .96, .04}}, {'X', {1, .03, .97}}, {'z', {1, .10, .90}}},
	/* not, once, again, layer 2 again: somebody resets a session now and then, and maintenance does */
	[SAYS_FELL] = {{'.', {1, .96948, .03000, .00050, .00002}}, {'F', {1, .40, .20, .10, .30}}, {'T', {1, .30, .25, .44, .01}},
	               {'l', {1, .90, .06, .035, .005}}, {'?', {1, .75, .17, .06, .02}}},
	/* Traffic comes out, it only goes in, none does; s nothing comes back, i nothing goes there either,
	 * w that alone, u nothing of the corporate network that we know does. Samples lag by minutes, in which what is dead now still was well, and
	 * they are the whole circuit's: another gateway's traffic goes on. So this favours, and does not decide. */
	[SAYS_OUT] = {{'.', {1, .95, .01, .04}}, {'o', {1, .95, .02, .03}}, {'X', {1, .97, .02, .01}}, {'s', {1, .38, .52, .10}},
	              {'i', {1, .40, .10, .50}}, {'w', {1, .86, .02, .12}}, {'u', {1, .65, .05, .30}}},
	/* none, goes on */
	[SAYS_MAINTENANCE] = {{'.', {1, .99, .01}}, {'X', {1, .10, .90}}},
	/* none, goes on: mostly elsewhere in the region */
	[SAYS_ISSUE] = {{'.', {1, .98, .02}}, {'s', {1, .80, .20}}},
	/* available; unavailable or degraded. What makes it so is not documented: any link that is down
	 * may, and what is Microsoft's own is a little likelier */
	[SAYS_HEALTH] = {{'.', {1, .985, .015}}, {'d', {1, .60, .40}}, {'s', {1, .45, .55}}},
};

double likelihood_says(enum azure_says which, uint8_t seen, char letter)
{
	const struct says_row *row = &numbers[which][0];
	if (seen == 0 || seen >= OUTCOMES)
		return 0;
	for (size_t i = 0; i < SAYS_LETTERS; i++)
		if (numbers[which][i].letter == letter)
			row = &numbers[which][i];
	return log(row->p[seen]);
}
