/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/report/watched_lines.h"

#include "analysis/decode/bfd.h"
#include "analysis/passive/watch_words.h"
#include "analysis/render/words.h"
#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"

#include <string.h>

#define CLOCK_AT 11          /* of "2026-11-29T12:00:00.000000Z": the time of day */
#define CLOCK_COLUMNS 12     /* to the millisecond */

/* Who is told, and of which link and family. */
struct telling {
	const struct plan_link *link;
	const struct peering_seen *seen;
	watched_tell *tell;
	void *arg;
	uint8_t fam;
};

static const char *clock_words(struct wall_ns at, char out[CLOCK_COLUMNS + 1])
{
	char text[WALL_TEXT_MAX];

	wall_text(at, text);
	text_format(out, CLOCK_COLUMNS + 1, "%.12s", strlen(text) > CLOCK_AT ? text + CLOCK_AT : text);
	return out;
}

static void open_words(const struct watch_open *o, const char *who, char *out, size_t size)
{
	if (o->seen)
		text_format(out, size, "; %s AS %u, hold time %u s", who, (unsigned)o->as, (unsigned)o->hold_s);
	else
		out[0] = '\0';
}

static void session(const struct telling *t)
{
	static const char *const words[] = {"no frame of it", "is being opened", "is up", "is down"};
	const struct watch_talk *near = &t->seen->talk[WATCH_NEAR], *far = &t->seen->talk[WATCH_FAR];
	char text[WATCHED_LINE_MAX], since[CLOCK_COLUMNS + 1], edge[80], msee[80];

	if (t->seen->session == WATCH_SESSION_UNSEEN) {
		t->tell(t->arg, false, t->fam == FAM6 ? "BGP over IPv6: no frame of it" : "BGP: no frame of it");
		return;
	}
	open_words(&near->open, "edge", edge, sizeof edge);
	open_words(&far->open, "MSEE", msee, sizeof msee);
	text_format(text, sizeof text, "BGP%s %s, seen first at %s%s%s; KEEPALIVEs %u from the edge, %u from the MSEE; UPDATEs %u, %u%s",
	            t->fam == FAM6 ? " over IPv6" : "", words[t->seen->session], clock_words(t->seen->session_at, since), edge, msee,
	            (unsigned)near->keepalives, (unsigned)far->keepalives, (unsigned)near->updates, (unsigned)far->updates,
	            near->tcp_md5 || far->tcp_md5 ? "; signed with TCP-MD5" : "");
	t->tell(t->arg, t->seen->session != WATCH_SESSION_UP, text);
}

/* SYNs that nobody answers, or that are refused. */
static void attempts(const struct telling *t)
{
	for (uint8_t side = 0; side < WATCH_SIDES; side++) {
		const struct watch_talk *talk = &t->seen->talk[side], *other = &t->seen->talk[1 - side];
		char text[WATCHED_LINE_MAX], end[80];

		if (talk->syns == 0)
			continue;
		watch_end_words(t->link, t->fam, side, end, sizeof end);
		text_format(text, sizeof text, "%s asked for the session %u time%s, refused %u time%s", end, (unsigned)talk->syns,
		            PLURAL_S(talk->syns), (unsigned)other->refusals, PLURAL_S(other->refusals));
		t->tell(t->arg, false, text);
	}
}

static void gaps(const struct telling *t)
{
	int hold = watch_hold_s(t->seen);

	for (uint8_t side = 0; side < WATCH_SIDES; side++) {
		int64_t gap = t->seen->talk[side].longest_gap_ns;
		char text[WATCHED_LINE_MAX], end[80];

		/* A third of the hold time is what lies between two KEEPALIVEs (RFC 4271 10). */
		if (hold <= 0 || gap <= hold * NS_PER_SEC / 2)
			continue;
		watch_end_words(t->link, t->fam, side, end, sizeof end);
		text_format(text, sizeof text, "%s was silent for %.1f s of a hold time of %d s", end, (double)gap / NS_PER_SEC, hold);
		t->tell(t->arg, true, text);
	}
}

static void events(const struct telling *t)
{
	char text[WATCHED_LINE_MAX], what[WATCHED_LINE_MAX / 2], at[CLOCK_COLUMNS + 1];

	for (uint8_t i = 0; i < t->seen->notice_count; i++) {
		watch_notice_words(t->link, t->fam, &t->seen->notices[i], what, sizeof what);
		text_format(text, sizeof text, "%s  %s", clock_words(t->seen->notices[i].at, at), what);
		t->tell(t->arg, true, text);
	}
	for (uint8_t i = 0; i < t->seen->change_count; i++) {
		watch_change_words(t->link, t->fam, &t->seen->changes[i], what, sizeof what);
		text_format(text, sizeof text, "%s  %s", clock_words(t->seen->changes[i].at, at), what);
		t->tell(t->arg, true, text);
	}
}

static void bfd(const struct telling *t)
{
	const struct watch_bfd_side *near = &t->seen->bfd[WATCH_NEAR], *far = &t->seen->bfd[WATCH_FAR];
	const struct watch_bfd_side *any = far->seen ? far : near;
	char text[WATCHED_LINE_MAX], interval[WORDS_MAX];

	if (!any->seen)
		return;
	text_format(text, sizeof text, "BFD edge %s, MSEE %s; %u packets, an interval of %s, times %u",
	            near->seen ? bfd_state_name(near->state) : "unseen", far->seen ? bfd_state_name(far->state) : "unseen",
	            (unsigned)(near->packets + far->packets), ms_words((int64_t)any->min_tx_us * NS_PER_US, true, interval),
	            (unsigned)any->multiplier);
	t->tell(t->arg, false, text);
}

static void neighbours(const struct telling *t)
{
	for (uint8_t side = 0; side < WATCH_SIDES; side++) {
		const struct watch_neighbour *n = &t->seen->neighbour[side];
		char text[WATCHED_LINE_MAX], end[80], mac[WATCH_MAC_TEXT_MAX];

		watch_end_words(t->link, t->fam, side, end, sizeof end);
		if (n->claim_count == 0 && n->asked > 0) {
			text_format(text, sizeof text, "%s was asked for %u time%s and nobody answered", end, (unsigned)n->asked,
			            PLURAL_S(n->asked));
			t->tell(t->arg, true, text);
		}
		for (uint8_t i = 0; i < n->claim_count; i++) {
			text_format(text, sizeof text, "%s is at %s%s%s", end, watch_mac_text(n->claims[i].mac, mac),
			            n->claims[i].gratuitous > 0 ? ", announced unasked" : "",
			            watch_is_duplicate(n) ? ": the address is used twice" : n->claim_count > 1 && i != n->latest ? ", before" : "");
			t->tell(t->arg, watch_is_duplicate(n), text);
		}
	}
}

static void tags(const struct telling *t)
{
	for (uint8_t i = 0; i < t->seen->tag_count; i++) {
		char text[WATCHED_LINE_MAX], words[WATCH_TAGS_WORDS_MAX];

		text_format(text, sizeof text, "tags %s: %u frame%s", watch_tags_words(&t->seen->tags[i], words), (unsigned)t->seen->tags[i].frames,
		            PLURAL_S(t->seen->tags[i].frames));
		t->tell(t->arg, false, text);
	}
}

/* One link in one family. */
static void family(const struct telling *t)
{
	session(t);
	if (t->seen->session != WATCH_SESSION_UP)
		attempts(t);
	gaps(t);
	events(t);
	bfd(t);
	neighbours(t);
	tags(t);
}

bool watched_listened(const struct circuit_result *c)
{
	return c->link_count > 0 && c->links[0].watched[FAM4];
}

const char *captured_words(const struct run_result *r)
{
	return r->circuit_count > 0 && watched_listened(&r->circuits[0])
	               ? "our own probes, their answers, and the BGP, BFD, ARP and ND frames of the peerings' own addresses"
	               : "our own probes and their answers";
}

void watched_lines(const struct circuit_result *c, const struct link_result *l, watched_tell *tell, void *arg)
{
	struct telling t = {.link = &c->plan->links[l->id], .tell = tell, .arg = arg};
	bool any = false;

	for (t.fam = 0; t.fam < FAMILIES; t.fam++) {
		t.seen = l->watched[t.fam];
		if (t.seen->frames == 0)
			continue;
		any = true;
		family(&t);
	}
	if (!any)
		tell(arg, false, "nothing: its frames do not pass this host");
}
