/* SPDX-License-Identifier: BSD-2-Clause */
/* Sizes in words. */
#include "analysis/observables/sizes.h"
#include "analysis/value/strbuf.h"

#include <string.h>

/* Who answers at this hop of the link, or "hop N". */
static void hop_words(const struct path_view *v, uint8_t link, uint8_t fam, uint8_t hop, char *out, size_t size)
{
	char text[IP_TEXT_MAX];
	const struct path_distance *d = &v->distance[fam];
	if (hop == 0) {
		text_format(out, size, "this host");
		return;
	}
	if (hop == d->msee[link] || hop == d->edge[link]) {
		bool msee = hop == d->msee[link];
		const struct plan_link *l = &v->circuit->links[link];
		text_format(out, size, "%s %s", msee ? "MSEE" : "edge", ip_addr_text(msee ? &l->msee[fam] : &l->ce[fam], text));
		return;
	}
	for (size_t i = 0; i < v->address_count; i++) {
		const struct path_address *a = &v->addresses[i];
		if (a->ttl == hop && ip_family_index(a->addr.family) == (int)fam && (a->link == link || a->link == LINK_ANY)) {
			text_format(out, size, "hop %u (%s)", (unsigned)hop, ip_addr_text(&a->addr, text));
			return;
		}
	}
	text_format(out, size, "hop %u", (unsigned)hop);
}

/* "1,400 bytes pass": what the search found, or how far it came. */
static void limit_words(const struct link_size *s, char *out, size_t size)
{
	if (s->carried == 0 && s->refused == 0)
		text_format(out, size, "no large size passes");
	else if (s->carried == 0)
		text_format(out, size, "%u do not either", (unsigned)s->refused);
	else if (s->searched)
		text_format(out, size, "%u pass, more do not", (unsigned)s->carried);
	else
		text_format(out, size, "%u pass, %u do not", (unsigned)s->carried, (unsigned)s->refused);
}

void sizes_words(const struct path_view *v, uint8_t link, uint8_t fam, const struct link_size *s, char *out, size_t size)
{
	char near[80], far[80], limit[64], by[IP_TEXT_MAX];
	const char *family = fam == FAM6 ? "IPv6 datagrams" : "Datagrams";
	limit_words(s, limit, sizeof limit);
	switch (s->outcome) {
	case SIZE_PASSES:
		text_format(out, size, "%s of %u bytes pass the %s link%s.", family, (unsigned)s->full, link_name((enum link_id)link),
		            s->carried < s->full ? "" : s->in_pieces ? "; their echoes come back in fragments" : ", there and back");
		break;
	case SIZE_TOLD:
		if (s->told_mtu > 0)
			text_format(out, size, "%s of %u bytes are too large for the %s link: %s says so (ICMP%s), and that %u would pass; %s.",
			            family, (unsigned)s->full, link_name((enum link_id)link), ip_addr_text(&s->told_by, by),
			            fam == FAM6 ? "v6 2" : " 3/4", (unsigned)s->told_mtu, limit);
		else
			text_format(out, size, "%s of %u bytes are too large for the %s link: %s says so (ICMP%s); %s.", family,
			            (unsigned)s->full, link_name((enum link_id)link), ip_addr_text(&s->told_by, by), fam == FAM6 ? "v6 2" : " 3/4", limit);
		break;
	case SIZE_DIES:
		hop_words(v, link, fam, s->passed, near, sizeof near);
		hop_words(v, link, fam, s->dead > 0 ? s->dead : s->msee, far, sizeof far);
		text_format(out, size, "%s of %u bytes die silently on the %s link, %s %s and %s; small ones pass; %s.", family,
		            (unsigned)s->full, link_name((enum link_id)link), s->back_alone ? "on the way back between" : "between", near, far, limit);
		break;
	default:
		/* Of a dead link all that was asked before its break may have answered: no good sign of the link. */
		if (s->passed > 0 && s->carried == 0) {
			hop_words(v, link, fam, s->passed, near, sizeof near);
			text_format(out, size, "%s of %u bytes pass as far as %s; what lies behind it on the %s link has not answered that size.",
			            family, (unsigned)s->full, near, link_name((enum link_id)link));
			break;
		}
		text_format(out, size, "What size the %s link carries was not decided.", link_name((enum link_id)link));
	}
}

void sizes_result(const struct link_size *s, struct path_mtu *out)
{
	static const char *const outcome[] = {"not decided", "passes", "too large", "dies silently"};
	*out = (struct path_mtu){.asked = s->full, .carried = s->carried, .refused = s->refused};
	text_format(out->outcome, sizeof out->outcome, "%s", outcome[s->outcome]);
	if (s->outcome == SIZE_TOLD)
		out->told_by = s->told_by;
	out->both_ways = s->carried > 0 && !s->in_pieces;
}
