/* SPDX-License-Identifier: BSD-2-Clause */
/* What the picture of a link shows: which of its stations answered, and what is
 * known of each domain. Pure reading of the result; text_links.c and html_picture.c
 * draw it. */
#ifndef ERPROBE_REPORT_PICTURE_H
#define ERPROBE_REPORT_PICTURE_H

#include "erprobe/result.h"

#include <stdbool.h>
#include <stddef.h>

#define STRAND_MAX 512 /* bytes of one drawn cell */

/* What is known of one domain on one link. */
enum domain_state { DOMAIN_OK, DOMAIN_FAULTY, DOMAIN_SUSPECT, DOMAIN_BEYOND, DOMAIN_UNMEASURED };
enum domain_state domain_state_of(const struct circuit_result *c, const struct link_result *l, enum domain d);
/* The link's status in a word: "not seen" where it is undetermined because a fault before the WAN stops all that goes
 * there. */
const char *link_status_words(const struct circuit_result *c, const struct link_result *l);
bool link_is_unseen(const struct circuit_result *c, const struct link_result *l);
/* The segment of this domain, or NULL. */
const struct segment_result *segment_of(const struct link_result *l, enum domain d);

/* Stations that were seen to answer, or to be passed by what answered behind them. */
struct reach { bool edge, msee, gateway, target; };
struct reach reach_of(const struct circuit_result *c, const struct link_result *l, int fam);

/* Has the link anything of this family to show? IPv4 where it has nothing at all. */
bool picture_shows(const struct link_result *l, int fam);
/* Beside a fault of which a sentence estimates the loss: whose figures those of the picture are. Else "". */
const char *picture_loss_note(const struct circuit_result *c);
/* How many hops of the corporate network answered before the edge; the last one's address, or IP_NONE. */
unsigned corporate_hops_seen(const struct link_result *l, int fam, struct ip_addr *last);
/* One target by its name, several by how many of them answer over this link; false: there is none. */
bool target_station(const struct circuit_result *c, const struct link_result *l, int fam, char *buf, size_t size);

/* How much a cell tells, and which addresses it names; the drawing takes the richest
 * that fits, and the least fits any terminal. */
enum detail { DETAIL_ALL, DETAIL_SOME, DETAIL_LITTLE };
struct richness { enum detail corporate, azure; bool addresses[FAMILIES]; };

/* One row of the picture: the cells left of, between and right of the two borders,
 * without the lines that fill them up. */
struct strand {
	char corporate[STRAND_MAX]; /* "host ── 10.10.0.1 ── CE 172.16.3.1" */
	char wan[STRAND_MAX];       /* with l3 "PE 172.16.3.1", else "" */
	char azure[STRAND_MAX];     /* "─ MSEE 172.16.3.2 ── gateway ── app" */
	bool corporate_alive;       /* the last station of the cell answered */
	bool wan_alive;
	bool azure_alive;           /* the MSEE answered */
	enum domain_state wan_state;
};
void strand_draw(struct strand *s, const struct circuit_result *c, const struct link_result *l, int fam,
                 const struct richness *rich);

#endif
