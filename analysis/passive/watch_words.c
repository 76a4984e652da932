/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/passive/watch_words.h"

#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"

/* Two claims in turn are a change of hardware, or a standby that took over; more are two
 * stations that both believe to have the address. */
#define DUPLICATE_CHANGES 2u
#define END_WORDS_MAX 64

const char *watch_session_name(enum watch_session s)
{
	static const char *const names[] = {"unseen", "opening", "up", "down"};

	return names[s & 3];
}

void watch_end_words(const struct plan_link *l, uint8_t fam, uint8_t side, char *out, size_t size)
{
	char addr[IP_TEXT_MAX];

	text_format(out, size, "%s %s", side == WATCH_FAR ? "MSEE" : "edge",
	            ip_addr_text(side == WATCH_FAR ? &l->msee[fam] : &l->ce[fam], addr));
}

void watch_notice_words(const struct plan_link *l, uint8_t fam, const struct watch_notice *n, char *out, size_t size)
{
	char end[END_WORDS_MAX], what[BGP_WORDS_MAX], limit[48] = "";

	watch_end_words(l, fam, n->side, end, sizeof end);
	bgp_error_words(n->code, n->subcode, what);
	if (n->has_limit)
		text_format(limit, sizeof limit, " (at most %u prefix%s)", (unsigned)n->limit, PLURAL(n->limit, "", "es"));
	if (n->said[0] != '\0')
		text_format(out, size, "%s sent NOTIFICATION \"%s\"%s and says \"%s\"", end, what, n->hard_reset ? ", a hard reset," : "", n->said);
	else
		text_format(out, size, "%s sent NOTIFICATION \"%s\"%s%s", end, what, n->hard_reset ? ", a hard reset" : "", limit);
}

void watch_change_words(const struct plan_link *l, uint8_t fam, const struct watch_bfd_change *c, char *out, size_t size)
{
	char end[END_WORDS_MAX];

	watch_end_words(l, fam, c->side, end, sizeof end);
	text_format(out, size, "BFD of %s went from %s to %s%s%s", end, bfd_state_name(c->from), bfd_state_name(c->to),
	            c->diag != 0 ? ": " : "", c->diag != 0 ? bfd_diag_name(c->diag) : "");
}

const char *watch_mac_text(const uint8_t mac[6], char out[WATCH_MAC_TEXT_MAX])
{
	text_format(out, WATCH_MAC_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return out;
}

const char *watch_tpid_name(uint16_t tpid)
{
	return tpid == 0x8100 ? "802.1Q" : tpid == 0x88a8 ? "802.1ad" : "QinQ 0x9100";
}

const char *watch_tags_words(const struct watch_tags *t, char out[WATCH_TAGS_WORDS_MAX])
{
	if (t->count > 1)
		text_format(out, WATCH_TAGS_WORDS_MAX, "%s %u, %s %u", watch_tpid_name(t->tpid[0]), (unsigned)t->vlan[0],
		            watch_tpid_name(t->tpid[1]), (unsigned)t->vlan[1]);
	else
		text_format(out, WATCH_TAGS_WORDS_MAX, "%s %u", watch_tpid_name(t->tpid[0]), (unsigned)t->vlan[0]);
	return out;
}

int watch_hold_s(const struct peering_seen *w)
{
	const struct watch_open *near = &w->talk[WATCH_NEAR].open, *far = &w->talk[WATCH_FAR].open;

	if (!near->seen || !far->seen)
		return -1;
	return near->hold_s < far->hold_s ? near->hold_s : far->hold_s;
}

bool watch_is_duplicate(const struct watch_neighbour *n)
{
	return n->changes >= DUPLICATE_CHANGES;
}
