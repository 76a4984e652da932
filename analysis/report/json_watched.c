/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen on a link's segment without asking. */
#include "analysis/report/json_parts.h"

#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/passive/watch.h"
#include "analysis/passive/watch_words.h"

static void messages(struct json_out *j, const struct watch_talk *t)
{
	json_object(j, "messages");
	json_int(j, "open", t->opens);
	json_int(j, "update", t->updates);
	json_int(j, "notification", t->notifications);
	json_int(j, "keepalive", t->keepalives);
	json_int(j, "route_refresh", t->refreshes);
	json_object_end(j);
}

static void open_message(struct json_out *j, const struct watch_open *o)
{
	struct ip_addr id = ip_addr_from(IP_V4, o->router_id);

	if (!o->seen) {
		json_null(j, "open");
		return;
	}
	json_object(j, "open");
	json_time(j, "at", o->at);
	json_int(j, "as", o->as);
	json_int(j, "hold_time_s", o->hold_s);
	json_addr(j, "router_id", &id);
	json_array(j, "families");
	for (uint8_t i = 0; i < o->family_count; i++) {
		char words[BGP_FAMILY_WORDS_MAX];

		json_text(j, NULL, bgp_family_words((struct bgp_family){o->afi[i], o->safi[i]}, words));
	}
	json_array_end(j);
	json_bool(j, "graceful_restart", o->graceful_restart);
	json_object_end(j);
}

static void bfd(struct json_out *j, const struct watch_bfd_side *b)
{
	if (!b->seen) {
		json_null(j, "bfd");
		return;
	}
	json_object(j, "bfd");
	json_int(j, "packets", b->packets);
	json_text(j, "state", bfd_state_name(b->state));
	json_text(j, "diagnostic", bfd_diag_name(b->diag));
	json_int(j, "multiplier", b->multiplier);
	json_int(j, "min_tx_us", b->min_tx_us);
	json_int(j, "min_rx_us", b->min_rx_us);
	json_int(j, "longest_gap_us", report_us(b->longest_gap_ns));
	json_object_end(j);
}

static void neighbour(struct json_out *j, const struct watch_neighbour *n)
{
	json_object(j, "neighbour");
	json_int(j, "asked_for", n->asked);
	json_int(j, "changes", n->changes);
	json_bool(j, "duplicate", watch_is_duplicate(n));
	json_array(j, "claims");
	for (uint8_t i = 0; i < n->claim_count; i++) {
		char mac[WATCH_MAC_TEXT_MAX];

		json_object(j, NULL);
		json_text(j, "link_address", watch_mac_text(n->claims[i].mac, mac));
		json_int(j, "times", n->claims[i].times);
		json_int(j, "gratuitous", n->claims[i].gratuitous);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static void side(struct json_out *j, const struct peering_seen *w, uint8_t which)
{
	const struct watch_talk *t = &w->talk[which];

	json_object(j, watch_side_name(which));
	messages(j, t);
	json_int(j, "syns", t->syns);
	json_int(j, "accepted", t->accepted);
	json_int(j, "refusals", t->refusals);
	json_text(j, "signed", t->tcp_md5 ? "md5" : t->tcp_ao ? "ao" : NULL);
	json_bool(j, "end_of_rib", t->end_of_rib);
	if (t->spoke)
		json_time(j, "last_message_at", t->last);
	else
		json_null(j, "last_message_at");
	json_int_or_null(j, "longest_gap_us", t->longest_gap_ns > 0, report_us(t->longest_gap_ns));
	open_message(j, &t->open);
	bfd(j, &w->bfd[which]);
	neighbour(j, &w->neighbour[which]);
	json_object_end(j);
}

static void notice(struct json_out *j, const struct watch_notice *n)
{
	char words[BGP_WORDS_MAX];

	json_object(j, NULL);
	json_time(j, "at", n->at);
	json_text(j, "from", watch_side_name(n->side));
	json_int(j, "code", n->code);
	json_int(j, "subcode", n->subcode);
	json_text(j, "meaning", bgp_error_words(n->code, n->subcode, words));
	json_bool(j, "hard_reset", n->hard_reset);
	json_int_or_null(j, "prefix_limit", n->has_limit, n->limit);
	json_text_or_null(j, "said", n->said);
	json_object_end(j);
}

static void change(struct json_out *j, const struct watch_bfd_change *c)
{
	json_object(j, NULL);
	json_time(j, "at", c->at);
	json_text(j, "from", watch_side_name(c->side));
	json_text(j, "before", bfd_state_name(c->from));
	json_text(j, "after", bfd_state_name(c->to));
	json_text(j, "diagnostic", bfd_diag_name(c->diag));
	json_object_end(j);
}

static void tags(struct json_out *j, const struct watch_tags *t)
{
	json_object(j, NULL);
	json_array(j, "stack");
	for (uint8_t i = 0; i < t->count; i++) {
		json_object(j, NULL);
		json_text(j, "type", watch_tpid_name(t->tpid[i]));
		json_int(j, "vlan", t->vlan[i]);
		json_object_end(j);
	}
	json_array_end(j);
	json_int(j, "frames", t->frames);
	json_object_end(j);
}

static void family(struct json_out *j, const char *key, const struct peering_seen *w)
{
	int hold = watch_hold_s(w);

	json_object(j, key);
	json_int(j, "frames", w->frames);
	json_text(j, "session", watch_session_name(w->session));
	json_time(j, "since", w->session_at);
	json_int(j, "ended", w->sessions_ended);
	json_int_or_null(j, "hold_time_s", hold >= 0, hold);
	json_int(j, "missed", w->holes);
	side(j, w, WATCH_NEAR);
	side(j, w, WATCH_FAR);
	json_array(j, "notifications");
	for (uint8_t i = 0; i < w->notice_count; i++)
		notice(j, &w->notices[i]);
	json_array_end(j);
	json_array(j, "bfd_changes");
	for (uint8_t i = 0; i < w->change_count; i++)
		change(j, &w->changes[i]);
	json_array_end(j);
	json_array(j, "tags");
	for (uint8_t i = 0; i < w->tag_count; i++)
		tags(j, &w->tags[i]);
	json_array_end(j);
	json_int(j, "untagged", w->untagged);
	json_object_end(j);
}

void json_watched(struct json_out *j, const char *key, const struct link_result *l)
{
	static const char *const names[FAMILIES] = {"ipv4", "ipv6"};

	if (!l->watched[FAM4])
		return;
	json_object(j, key);
	for (int fam = 0; fam < FAMILIES; fam++) {
		if (l->watched[fam]->frames > 0)
			family(j, names[fam], l->watched[fam]);
		else
			json_null(j, names[fam]);
	}
	json_object_end(j);
}
