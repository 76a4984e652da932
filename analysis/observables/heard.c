/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/observables/heard.h"

#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/passive/watch_words.h"
#include "analysis/value/strbuf.h"

#include <string.h>

#define CALLS_CLEAR 2u       /* calls without success, before they say anything */

static uint8_t by_side(uint8_t side, enum heard_session near, enum heard_session far)
{
	return (uint8_t)(side == WATCH_FAR ? far : near);
}

/* --- the session --- */

static uint8_t cease_outcome(const struct watch_notice *n)
{
	switch (n->subcode) {
	case BGP_CEASE_PREFIXES:
		return by_side(n->side, HEARD_PREFIXES_NEAR, HEARD_PREFIXES_FAR);
	case BGP_CEASE_BFD_DOWN:
		return by_side(n->side, HEARD_DEAF_NEAR, HEARD_DEAF_FAR);
	case BGP_CEASE_SHUTDOWN:
	case BGP_CEASE_DECONFIGURED:
	case BGP_CEASE_RESET:
	case BGP_CEASE_REJECTED:
	case BGP_CEASE_CHANGED:
		return by_side(n->side, HEARD_SHUT_NEAR, HEARD_SHUT_FAR);
	case BGP_CEASE_COLLISION: /* two calls at once: one of them ends, always */
		return HEARD_NO_SESSION;
	default:
		return HEARD_OTHER_ERROR;
	}
}

static uint8_t notice_outcome(const struct watch_notice *n)
{
	switch (n->code) {
	case BGP_ERROR_OPEN:
		return n->subcode == BGP_OPEN_BAD_AS ? HEARD_BAD_AS : HEARD_OPEN_ERROR;
	case BGP_ERROR_HOLD:
		return by_side(n->side, HEARD_DEAF_NEAR, HEARD_DEAF_FAR);
	case BGP_ERROR_CEASE:
		return cease_outcome(n);
	default:
		return HEARD_OTHER_ERROR;
	}
}

/* The latest NOTIFICATION that says more than that something was wrong; its place in *at. */
static uint8_t notices_outcome(const struct peering_seen *w, uint8_t *at)
{
	uint8_t other = HEARD_NO_SESSION;

	for (uint8_t i = w->notice_count; i-- > 0;) {
		uint8_t outcome = notice_outcome(&w->notices[i]);

		if (outcome == HEARD_NO_SESSION || (outcome == HEARD_OTHER_ERROR && other != HEARD_NO_SESSION))
			continue;
		*at = i;
		if (outcome != HEARD_OTHER_ERROR)
			return outcome;
		other = outcome;
	}
	return other;
}

/* Why this side's BFD is down: by its latest fall, or by what it says now. A daemon names the
 * reason for a moment only, and begins anew without one. */
static uint8_t bfd_reason(const struct peering_seen *w, uint8_t side)
{
	for (uint8_t i = w->change_count; i-- > 0;)
		if (w->changes[i].side == side && w->changes[i].from == BFD_UP)
			return w->changes[i].diag;
	return w->bfd[side].diag;
}

static uint8_t bfd_outcome(const struct peering_seen *w)
{
	for (uint8_t side = 0; side < WATCH_SIDES; side++) {
		const struct watch_bfd_side *b = &w->bfd[side];

		if (!b->seen || b->state == BFD_UP)
			continue;
		if (b->state == BFD_ADMIN_DOWN || bfd_reason(w, side) == BFD_DIAG_ADMIN)
			return by_side(side, HEARD_SHUT_NEAR, HEARD_SHUT_FAR);
		if (bfd_reason(w, side) == BFD_DIAG_EXPIRED)
			return by_side(side, HEARD_DEAF_NEAR, HEARD_DEAF_FAR);
	}
	return HEARD_NO_SESSION;
}

/* Did any frame of this side's come by? */
static bool was_seen(const struct peering_seen *w, uint8_t side)
{
	const struct watch_talk *t = &w->talk[side];

	return t->spoke || t->syns > 0 || t->accepted > 0 || t->refusals > 0 || w->bfd[side].seen || w->neighbour[side].claim_count > 0;
}

/* What comes of one side's calls for the session; HEARD_NO_SESSION where it does not call, or is let in. A
 * mirror port may be given one direction alone: who was never seen there is not known to be silent. */
static uint8_t call_outcome(const struct peering_seen *w, uint8_t side, bool mirrored)
{
	const struct watch_talk *caller = &w->talk[side], *called = &w->talk[1 - side];

	if (caller->syns < CALLS_CLEAR || caller->opens > 0)
		return HEARD_NO_SESSION;
	if (called->accepted > 0) /* it is answered, and calls on: the answers do not arrive */
		return by_side(side, HEARD_DEAF_NEAR, HEARD_DEAF_FAR);
	if (called->refusals > 0)
		return by_side(side, HEARD_REFUSED_FAR, HEARD_REFUSED_NEAR);
	return mirrored && !was_seen(w, (uint8_t)(1 - side)) ? HEARD_NO_SESSION : by_side(side, HEARD_SILENT_FAR, HEARD_SILENT_NEAR);
}

/* Where both call, being deaf tells more than not being answered: that may come of it. */
static uint8_t calls_outcome(const struct peering_seen *w, bool mirrored)
{
	uint8_t near = call_outcome(w, WATCH_NEAR, mirrored), far = call_outcome(w, WATCH_FAR, mirrored);

	if (far == HEARD_DEAF_FAR || near == HEARD_NO_SESSION)
		return far;
	return near;
}

/* A side that has called since its last word in the session may have lost it, or somebody on
 * it looks at the port: whether the session is up is then not known. */
static bool is_doubtful(const struct peering_seen *w)
{
	for (uint8_t side = 0; side < WATCH_SIDES; side++) {
		const struct watch_talk *t = &w->talk[side];

		if (t->syns > 0 && (!t->spoke || t->called_at.ns > t->last.ns))
			return true;
	}
	return false;
}

static uint8_t session_outcome(const struct peering_seen *w, bool mirrored)
{
	uint8_t at = 0, notice = notices_outcome(w, &at), bfd = bfd_outcome(w);

	if (w->session == WATCH_SESSION_UP)
		return is_doubtful(w) ? HEARD_NO_SESSION : HEARD_UP;
	if (notice != HEARD_NO_SESSION && notice != HEARD_OTHER_ERROR)
		return notice;
	if (bfd != HEARD_NO_SESSION)
		return bfd;
	return notice != HEARD_NO_SESSION ? notice : calls_outcome(w, mirrored);
}

/* --- the segment --- */

/* Azure writes 00:11:22:33:44:55 or 0011.2233.4455. */
static bool read_mac(const struct az_text *t, uint8_t out[6])
{
	unsigned digits = 0;

	memset(out, 0, 6);
	for (const char *c = t->text; t->present && *c != '\0'; c++) {
		static const char hex[] = "0123456789abcdefABCDEF";
		const char *found = strchr(hex, *c);

		if (*c == ':' || *c == '.' || *c == '-')
			continue;
		if (!found || digits == 12)
			return false;
		unsigned value = (unsigned)(found - hex);
		value = value > 15 ? value - 6 : value;
		out[digits / 2] = (uint8_t)((unsigned)out[digits / 2] << 4 | value);
		digits++;
	}
	return digits == 12;
}

/* What Azure's own table says of the MSEE's address; false where it does not. */
static bool azure_mac(const struct observables *o, uint8_t link, uint8_t fam, uint8_t out[6])
{
	const struct az_arp *t = o->snapshot ? &o->snapshot->arp[link] : NULL;

	if (!t || t->part.read != AZ_OK)
		return false;
	for (size_t i = 0; i < t->count; i++) {
		struct ip_addr a;

		if (t->rows[i].ip.present && ip_addr_parse(t->rows[i].ip.text, &a) &&
		    ip_addr_equal(&a, &o->path->circuit->links[link].msee[fam]))
			return read_mac(&t->rows[i].mac, out);
	}
	return false;
}

/* The VLAN id of the peering: the edge's own setting, else Azure's; -1 where nobody says. */
static int64_t expected_vlan(const struct observables *o, uint8_t link)
{
	int32_t own = o->path->circuit->links[link].vlan;

	if (own >= 0)
		return own;
	return o->snapshot && o->snapshot->peering.vlan.present ? o->snapshot->peering.vlan.value : -1;
}

/* Is the link's segment seen by way of a mirror port? */
static bool is_mirrored(const struct observables *o, uint8_t link)
{
	return o->path->circuit->links[link].watch_interface[0] != '\0';
}

/* The peering's own tag is the inner one; the outer is between provider and Microsoft. What mirrors
 * frames may tag them anew (a remote mirror's VLAN) or not at all, so that other tags tell nothing there. */
static uint8_t tags_outcome(const struct observables *o, uint8_t link, const struct peering_seen *w)
{
	int64_t expected = expected_vlan(o, link);

	if (expected < 0 || w->tag_count == 0)
		return HEARD_NO_SEGMENT;
	for (uint8_t i = 0; i < w->tag_count; i++)
		if (w->tags[i].vlan[w->tags[i].count - 1] == expected)
			return HEARD_AGREES;
	return is_mirrored(o, link) ? HEARD_NO_SEGMENT : HEARD_OTHER_TAGS;
}

static uint8_t segment_outcome(const struct observables *o, uint8_t link, uint8_t fam, const struct peering_seen *w)
{
	const struct watch_neighbour *far = &w->neighbour[WATCH_FAR];
	uint8_t tags = tags_outcome(o, link, w), mac[6];

	if (watch_is_duplicate(far) || watch_is_duplicate(&w->neighbour[WATCH_NEAR]))
		return HEARD_DUPLICATE;
	if (tags == HEARD_OTHER_TAGS)
		return tags;
	if (far->claim_count > 0 && azure_mac(o, link, fam, mac))
		return memcmp(mac, far->claims[far->latest].mac, 6) == 0 ? HEARD_AGREES : HEARD_OTHER_MAC;
	return tags;
}

void heard_build(struct observables *o, const struct watch *w, size_t circuit)
{
	for (uint8_t l = 0; l < LINKS; l++)
		for (uint8_t fam = 0; fam < FAMILIES; fam++) {
			const struct peering_seen *seen = watch_seen(w, circuit, l, fam);

			o->links[l].watched[fam] = seen;
			o->links[l].heard[HEARD_SESSION][fam] = seen && seen->frames > 0 ? session_outcome(seen, is_mirrored(o, l)) : HEARD_NO_SESSION;
			o->links[l].heard[HEARD_SEGMENT][fam] = seen && seen->frames > 0 ? segment_outcome(o, l, fam, seen) : HEARD_NO_SEGMENT;
		}
}

/* --- in words --- */

static bool is_far(uint8_t outcome)
{
	return outcome == HEARD_DEAF_FAR || outcome == HEARD_REFUSED_FAR || outcome == HEARD_SILENT_FAR;
}

static void session_words(const struct plan_link *l, uint8_t fam, const struct peering_seen *w, uint8_t outcome, char *out, size_t size)
{
	char who[64], whom[64], what[SENTENCE_MAX - 16];
	uint8_t at = 0;

	if (outcome != HEARD_UP && notices_outcome(w, &at) == outcome) {
		watch_notice_words(l, fam, &w->notices[at], what, sizeof what);
		text_format(out, size, "On the wire %s.", what);
		return;
	}
	watch_end_words(l, fam, is_far(outcome) ? WATCH_FAR : WATCH_NEAR, who, sizeof who);
	watch_end_words(l, fam, is_far(outcome) ? WATCH_NEAR : WATCH_FAR, whom, sizeof whom);
	switch (outcome) {
	case HEARD_UP: text_format(out, size, "Frames show the BGP session of %s and %s to be up.", who, whom); break;
	case HEARD_DEAF_NEAR:
	case HEARD_DEAF_FAR:
		text_format(out, size, "%s does not hear %s: its BFD has run out, or it asks for a session again and again although it is answered.",
		            who, whom);
		break;
	case HEARD_REFUSED_NEAR:
	case HEARD_REFUSED_FAR: text_format(out, size, "%s refuses the BGP connections that %s asks for.", who, whom); break;
	case HEARD_SILENT_NEAR:
	case HEARD_SILENT_FAR: text_format(out, size, "%s answers none of the BGP connections that %s asks for.", who, whom); break;
	case HEARD_SHUT_NEAR:
	case HEARD_SHUT_FAR: text_format(out, size, "BFD between %s and %s is shut by configuration.", who, whom); break;
	default: text_format(out, size, "No frame of the BGP session of %s and %s was seen.", who, whom); break;
	}
	if (size > 0 && out[0] == 'e') /* "edge …" begins the sentence */
		out[0] = 'E';
}

static void segment_words(const struct observables *o, uint8_t link, uint8_t fam, uint8_t outcome, char *out, size_t size)
{
	const struct plan_link *l = &o->path->circuit->links[link];
	const struct peering_seen *w = o->links[link].watched[fam];
	const struct watch_neighbour *far = &w->neighbour[WATCH_FAR];
	char end[64], mac[WATCH_MAC_TEXT_MAX], second[WATCH_MAC_TEXT_MAX], tags[WATCH_TAGS_WORDS_MAX];
	uint8_t azure[6];

	watch_end_words(l, fam, WATCH_FAR, end, sizeof end);
	switch (outcome) {
	case HEARD_DUPLICATE: {
		uint8_t side = watch_is_duplicate(far) ? WATCH_FAR : WATCH_NEAR;
		const struct watch_neighbour *n = &w->neighbour[side];

		watch_end_words(l, fam, side, end, sizeof end);
		text_format(out, size, "The address of %s is used twice: %s and %s claim it in turn (%s).", end, watch_mac_text(n->claims[0].mac, mac),
		            watch_mac_text(n->claims[1].mac, second), link_name((enum link_id)link));
		break;
	}
	case HEARD_OTHER_MAC:
		azure_mac(o, link, fam, azure);
		text_format(out, size, "%s is at %s, and by Azure's table at %s: another device has the address.", end,
		            watch_mac_text(far->claims[far->latest].mac, mac), watch_mac_text(azure, second));
		break;
	case HEARD_OTHER_TAGS:
		text_format(out, size, "Frames of the %s link carry %s, and the peering's VLAN is %d.", link_name((enum link_id)link),
		            watch_tags_words(&w->tags[0], tags), (int)expected_vlan(o, link));
		break;
	default:
		text_format(out, size, "Hardware address and VLAN tag of the %s link are those that Azure and the edge name.", link_name((enum link_id)link));
	}
}

void heard_words(const struct observables *o, enum heard_what what, uint8_t link, uint8_t fam, char *out, size_t size)
{
	const struct link_observables *l = &o->links[link];
	uint8_t outcome = l->heard[what][fam];

	if (!l->watched[fam] || outcome == 0)
		text_format(out, size, "Nothing was heard of the %s link's own frames.", link_name((enum link_id)link));
	else if (what == HEARD_SESSION)
		session_words(&o->path->circuit->links[link], fam, l->watched[fam], outcome, out, size);
	else
		segment_words(o, link, fam, outcome, out, size);
}
