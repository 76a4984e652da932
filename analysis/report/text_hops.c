/* SPDX-License-Identifier: BSD-2-Clause */
/* The paths, hop by hop, and what else was tried on a link. */
#include "analysis/report/text_parts.h"

#include "analysis/render/words.h"
#include "analysis/value/utf8.h"

#include <string.h>

/* Columns of the table. */
enum { TTL_COLUMNS = 4, DOMAIN_COLUMNS = 9, ANSWERED_COLUMNS = 9, LOSS_COLUMNS = 11, RTT_COLUMNS = 8, GAP = 2 };
enum { ADDRESS_V4 = 15, ADDRESS_V6 = 26, NARROW = 90 };
#define NAME_COLUMNS_MAX 32
#define OUTCOME_COLUMNS_MIN 14
#define NOTE_MIN 20 /* a note that has less room stands on a line of its own */

/* What fits: longer addresses get a line of their own, narrow tables have no minimum. */
struct table { size_t address; bool minimum; const struct circuit_result *circuit; };

static struct table table_for(const struct page *p, const struct circuit_result *c, int fam)
{
	bool narrow = p->width < NARROW;

	return (struct table){.address = fam == FAM6 && !narrow ? ADDRESS_V6 : ADDRESS_V4, .minimum = !narrow, .circuit = c};
}

static void gap(struct page *p)
{
	page_to(p, p->column + GAP);
}

static void table_head(struct page *p, const struct table *t)
{
	page_cell_right(p, TONE_DIM, "TTL", TTL_COLUMNS);
	gap(p);
	page_cell(p, TONE_DIM, "address", t->address);
	gap(p);
	page_cell(p, TONE_DIM, "domain", DOMAIN_COLUMNS);
	page_cell_right(p, TONE_DIM, "answered", ANSWERED_COLUMNS);
	page_cell_right(p, TONE_DIM, "path loss", LOSS_COLUMNS);
	if (t->minimum)
		page_cell_right(p, TONE_DIM, "min", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "median", RTT_COLUMNS);
	page_cell_right(p, TONE_DIM, "p95 ms", RTT_COLUMNS);
	page_line(p);
}

static void round_trips(struct page *p, const struct table *t, const struct rtt_summary *r)
{
	char text[WORDS_MAX];

	if (t->minimum)
		page_cell_right(p, TONE_PLAIN, r->known ? ms_words(r->min_ns, false, text) : "-", RTT_COLUMNS);
	page_cell_right(p, TONE_STRONG, r->known ? ms_words(r->median_ns, false, text) : "-", RTT_COLUMNS);
	page_cell_right(p, TONE_PLAIN, r->known ? ms_words(r->p95_ns, false, text) : "-", RTT_COLUMNS);
}

/* The phrase follows where it fits, else it stands below the address. */
static void note(struct page *p, const struct table *t, const struct hop_result *h)
{
	char text[256];

	hop_words(t->circuit, h, text, sizeof text);
	if (text[0] == '\0') {
		page_line(p);
		return;
	}
	gap(p);
	if (p->column + (utf8_columns(text) < NOTE_MIN ? utf8_columns(text) : NOTE_MIN) > p->width) {
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
		page_textf(p, TONE_DIM, "  %s", other_address_words(h));
		page_line(p);
	}
}

static void hop_address(struct page *p, const struct table *t, const struct hop_result *h)
{
	char address[IP_TEXT_MAX] = "*";

	if (h->address_count > 0)
		ip_addr_text(&h->addresses[0], address);
	if (utf8_columns(address) <= t->address) {
		page_cell(p, TONE_STRONG, address, t->address);
		return;
	}
	page_text(p, TONE_STRONG, address);
	page_line(p);
	page_to(p, TTL_COLUMNS + GAP + t->address);
}

static void hop_row(struct page *p, const struct table *t, const struct hop_result *h)
{
	char text[WORDS_MAX] = "-", bound[WORDS_MAX];

	page_textf(p, TONE_DIM, "%*u", TTL_COLUMNS, h->ttl);
	gap(p);
	hop_address(p, t, h);
	gap(p);
	page_cell(p, TONE_PLAIN, domain_words(h->domain), DOMAIN_COLUMNS);
	page_textf(p, TONE_PLAIN, "%*u/%-*u", ANSWERED_COLUMNS - 5, (unsigned)h->answered, 4, (unsigned)h->sent);
	if (h->path_loss.known)
		text_format(text, sizeof text, "≤ %s", bound_words(h->path_loss.high, bound));
	page_cell_right(p, TONE_PLAIN, text, LOSS_COLUMNS);
	round_trips(p, t, &h->rtt);
	note(p, t, h);
	more_addresses(p, h);
}

static void hop_table(struct page *p, const struct circuit_result *c, const struct link_result *l, int fam)
{
	struct table t = table_for(p, c, fam);

	if (l->hop_count[fam] == 0)
		return;
	table_head(p, &t);
	for (size_t i = 0; i < l->hop_count[fam]; i++)
		hop_row(p, &t, &l->hops[fam][i]);
}

static void check(struct page *p, const struct link_result *l, const struct check_result *c, size_t name_columns, size_t outcome_columns)
{
	char rtt[WORDS_MAX], name[CHECK_NAME_WORDS_MAX];

	page_to(p, 2);
	page_cell(p, TONE_PLAIN, check_name_words(l, c, name), name_columns);
	gap(p);
	page_cell(p, TONE_STRONG, c->outcome, outcome_columns);
	gap(p);
	page_textf(p, TONE_PLAIN, "%u of %u", (unsigned)c->answered, (unsigned)c->sent);
	if (c->rtt.known)
		page_textf(p, TONE_DIM, ", %s", ms_words(c->rtt.median_ns, true, rtt));
	if (c->detail[0] != '\0') {
		page_text(p, TONE_DIM, "; ");
		page_wrap(p, TONE_DIM, c->detail, 6);
	} else {
		page_line(p);
	}
}

static void checks(struct page *p, const struct link_result *l)
{
	size_t widest = 0, outcome = OUTCOME_COLUMNS_MIN;
	char name[CHECK_NAME_WORDS_MAX];

	if (l->check_count == 0)
		return;
	for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++) {
		size_t columns = utf8_columns(check_name_words(l, &l->checks[i], name));
		widest = columns > widest ? columns : widest;
		columns = utf8_columns(l->checks[i].outcome);
		outcome = columns > outcome ? columns : outcome;
	}
	page_line(p);
	for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++)
		check(p, l, &l->checks[i], widest < NAME_COLUMNS_MAX ? widest : NAME_COLUMNS_MAX, outcome);
}

/* True when there was something to print. */
static bool link_tables(struct page *p, const struct circuit_result *c, const struct link_result *l)
{
	if (l->hop_count[FAM4] == 0 && l->hop_count[FAM6] == 0 && l->check_count == 0)
		return false;
	page_heading(p, l->id == LINK_PRIMARY ? "Primary link, hop by hop" : "Secondary link, hop by hop");
	hop_table(p, c, l, FAM4);
	if (l->hop_count[FAM4] > 0 && l->hop_count[FAM6] > 0)
		page_line(p);
	hop_table(p, c, l, FAM6);
	checks(p, l);
	return true;
}

void text_hops(struct page *p, const struct circuit_result *c)
{
	bool any = false;

	for (size_t i = 0; i < c->link_count && i < LINKS; i++)
		any = link_tables(p, c, &c->links[i]) || any;
	if (!any)
		return;
	page_line(p);
	page_wrap(p, TONE_DIM, "answered counts raw answers, which many routers limit; path loss is the most that the path up to "
	                       "there can lose, since later hops answered.", 0);
}
