/* SPDX-License-Identifier: BSD-2-Clause */
/* The paths, hop by hop, and what else was tried on a link. */
#include "analysis/report/text_parts.h"

#include "analysis/report/words.h"

#include <stdio.h>
#include <string.h>

/* Columns of the table; the address takes what IPv6 needs. */
enum { TTL_COLUMNS = 4, DOMAIN_COLUMNS = 9, ANSWERED_COLUMNS = 9, LOSS_COLUMNS = 9, RTT_COLUMNS = 8, GAP = 2 };
#define ADDRESS_V4 15
#define ADDRESS_V6 26

static size_t address_columns(int fam)
{
	return fam == FAM6 ? ADDRESS_V6 : ADDRESS_V4;
}

static void gap(struct page *p)
{
	page_to(p, p->column + GAP);
}

static void table_head(struct page *p, int fam)
{
	page_cell_right(p, TONE_DIM, "TTL", TTL_COLUMNS);
	gap(p);
	page_cell(p, TONE_DIM, "address", address_columns(fam));
	gap(p);
	page_cell(p, TONE_DIM, "domain", DOMAIN_COLUMNS);
	page_cell_right(p, TONE_DIM, "answered", ANSWERED_COLUMNS);
	page_cell_right(p, TONE_DIM, "path ≤", LOSS_COLUMNS);
	page_cell_right(p, TONE_DIM, "min", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "median", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "p95 ms", RTT_COLUMNS);
	page_line(p);
}

static void round_trips(struct page *p, const struct rtt_summary *r)
{
	char text[WORDS_MAX];

	page_cell_right(p, TONE_PLAIN, r->known ? ms_words(r->min_ns, false, text) : "-", RTT_COLUMNS);
	page_cell_right(p, TONE_PLAIN, r->known ? ms_words(r->median_ns, false, text) : "-", RTT_COLUMNS);
	page_cell_right(p, TONE_PLAIN, r->known ? ms_words(r->p95_ns, false, text) : "-", RTT_COLUMNS);
}

/* Role, labels and note in one phrase: "edge; MPLS 24001; limits its answers". */
static void phrase(const struct hop_result *h, char *buf, size_t size)
{
	static const struct { const char *role, *words; } roles[] = {{"edge", "edge (E)"}, {"msee", "MSEE (M)"}};
	const char *role = h->role;
	char labels[80] = "";

	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (strcmp(role, roles[i].role) == 0)
			role = roles[i].words;
	for (size_t i = 0; i < h->mpls_count && i < MPLS_LABELS_MAX; i++) {
		size_t used = strlen(labels);
		text_format(labels + used, sizeof labels - used, "%s%u", i == 0 ? "MPLS " : "/", (unsigned)h->mpls[i].label);
	}
	text_format(buf, size, "%s%s%s%s%s", role, role[0] != '\0' && labels[0] != '\0' ? "; " : "", labels,
	            (role[0] != '\0' || labels[0] != '\0') && h->note[0] != '\0' ? "; " : "", h->note);
}

/* The note follows where it fits, else it stands on a line below the address. */
static void note(struct page *p, const struct hop_result *h)
{
	char text[256];

	phrase(h, text, sizeof text);
	if (text[0] == '\0') {
		page_line(p);
		return;
	}
	gap(p);
	if (p->column + 18 > p->width) {
		page_line(p);
		page_to(p, TTL_COLUMNS + GAP + 2);
	}
	page_wrap(p, TONE_DIM, text, p->column);
}

static void more_addresses(struct page *p, const struct hop_result *h)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 1; i < h->address_count && i < HOP_ADDRESSES_MAX; i++) {
		page_to(p, TTL_COLUMNS + GAP);
		page_text(p, TONE_PLAIN, ip_addr_text(&h->addresses[i], text));
		page_text(p, TONE_DIM, "  answers here too (several paths)");
		page_line(p);
	}
}

static void hop_row(struct page *p, const struct hop_result *h, int fam)
{
	char text[WORDS_MAX], address[IP_TEXT_MAX] = "*";

	if (h->address_count > 0)
		ip_addr_text(&h->addresses[0], address);
	snprintf(text, sizeof text, "%u", h->ttl);
	page_cell_right(p, TONE_DIM, text, TTL_COLUMNS);
	gap(p);
	page_cell(p, TONE_STRONG, address, address_columns(fam));
	gap(p);
	page_cell(p, TONE_PLAIN, h->domain == DOMAIN_WAN ? "WAN" : domain_words(h->domain), DOMAIN_COLUMNS);
	snprintf(text, sizeof text, "%u/%u", (unsigned)h->answered, (unsigned)h->sent);
	page_cell_right(p, TONE_PLAIN, text, ANSWERED_COLUMNS);
	page_cell_right(p, TONE_PLAIN, h->path_loss.known ? bound_words(h->path_loss.high, text) : "-", LOSS_COLUMNS);
	round_trips(p, &h->rtt);
	note(p, h);
	more_addresses(p, h);
}

static void hop_table(struct page *p, const struct link_result *l, int fam)
{
	if (l->hop_count[fam] == 0)
		return;
	table_head(p, fam);
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		hop_row(p, &l->hops[fam][i], fam);
}

static void check(struct page *p, const struct check_result *c)
{
	char rtt[WORDS_MAX];

	page_to(p, 2);
	page_cell(p, TONE_PLAIN, c->name, 28);
	gap(p);
	page_cell(p, TONE_STRONG, c->outcome, 14);
	page_textf(p, TONE_PLAIN, " %u of %u", (unsigned)c->answered, (unsigned)c->sent);
	if (c->rtt.known)
		page_textf(p, TONE_DIM, ", %s", ms_words(c->rtt.median_ns, true, rtt));
	if (c->detail[0] != '\0') {
		page_text(p, TONE_DIM, "; ");
		page_wrap(p, TONE_DIM, c->detail, 6);
	} else {
		page_line(p);
	}
}

static void link_tables(struct page *p, const struct link_result *l)
{
	char heading[WORDS_MAX];
	bool both = l->hop_count[FAM4] > 0 && l->hop_count[FAM6] > 0;

	if (l->hop_count[FAM4] == 0 && l->hop_count[FAM6] == 0 && l->check_count == 0)
		return;
	snprintf(heading, sizeof heading, "%s, hop by hop", l->id == LINK_PRIMARY ? "Primary link" : "Secondary link");
	page_heading(p, heading);
	hop_table(p, l, FAM4);
	if (both)
		page_line(p);
	hop_table(p, l, FAM6);
	if (l->check_count > 0) {
		page_line(p);
		for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++)
			check(p, &l->checks[i]);
	}
}

void text_hops(struct page *p, const struct circuit_result *c)
{
	for (size_t i = 0; i < c->link_count && i < LINKS; i++)
		link_tables(p, &c->links[i]);
}
