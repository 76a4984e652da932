/* SPDX-License-Identifier: BSD-2-Clause */
/* What a ticket asks of its reader, and what only its sender can add: so that the first
 * answer is no question. */
#include "analysis/ticket/ticket_parts.h"

#include "analysis/catalogue/catalogue.h"
#include "analysis/render/words.h"

#include <string.h>

#define ASK_MAX 500

/* Where the finding lies, seen from the reader. */
enum stance { THEIRS, BEYOND, OURS, STANCES };

static enum stance stance_of(const struct verdict *v, enum audience a)
{
	enum domain own = a == AUDIENCE_PROVIDER ? DOMAIN_WAN : DOMAIN_AZURE;

	if (v->domain == own || v->domain == DOMAIN_NONE)
		return THEIRS;
	return v->domain == DOMAIN_CORPORATE ? OURS : BEYOND;
}

/* The first request; the link stands before it. */
static const char *first_request(const struct circuit_result *c, enum audience a, enum stance s)
{
	static const char *const provider[STANCES][2] = {
		{"please check the way between your hand-offs to us and to Microsoft: state, light and error counters of both ports, VLAN and S-tag, MAC addresses "
		 "learned at either end.",
		 "please check the way from our hand-off over your edge to Microsoft's: state, light and error counters of the ports, ARP and ND of your edge for "
		 "the MSEE, its BGP session with it (state, last NOTIFICATION, prefixes in and out), the routes to and from us."},
		{"our measurement points behind your network, to Microsoft. Please confirm that your hand-off to them was clean in the time above (light, errors, "
		 "VLAN and S-tag, MAC addresses), so that they do not send us back to you.",
		 "our measurement points behind your network, to Microsoft. Please confirm that port and BGP session of your edge towards them were clean in the time "
		 "above (light, errors, state, prefixes in and out), so that they do not send us back to you."},
		{"our measurement points to our own side. Please confirm that your hand-off to us was clean in the time above (state, light, errors).",
		 "our measurement points to our own side. Please confirm that your hand-off to us was clean in the time above (state, light, errors, the routes that "
		 "you have of us)."}};
	static const char *const microsoft[STANCES] = {
		"please check the MSEE ports and the peering in the time above: state, light, ARP, BGP.",
		"our measurement points to the provider. Please state what the MSEE ports show of it in the time above (light, errors, ARP, BGP), for the provider.",
		"our measurement points to our own side. Please confirm what the MSEEs have of us: BGP state, prefixes received, drops."};
	static const char direct[] =
		"our measurement points to the " DIRECT_WAN " between our edge and the port. Please state what the MSEE ports show of it in the time above (light, errors, "
		"ARP, BGP), for whoever runs it.";
	static const char gateway[] = "please check what lies behind the MSEEs in the time above: the virtual network gateway, its load, drops and BGP peers, its "
	                              "connection, the routes that it learns and announces.";
	static const char network[] = "please check what lies behind the MSEEs in the time above: your network between them and the targets, its load and drops, "
	                              "the prefixes that this peering announces, and the way back to those that it learns.";
	const struct fault_row *row = fault_find(c->faults[0].fault);

	if (a == AUDIENCE_PROVIDER)
		return provider[s][c->plan->handoff == HANDOFF_L3];
	if (s == BEYOND && c->plan->handoff == HANDOFF_DIRECT)
		return direct;
	if (s != THEIRS || !row || row->place < AT_GATEWAY)
		return microsoft[s];
	return c->plan->peering == PEERING_MICROSOFT ? network : gateway;
}

void ticket_ask(struct page *p, const struct circuit_result *c, enum audience a)
{
	const struct verdict *v = &c->faults[0];
	const char *link = v->link == LINK_PRIMARY || v->link == LINK_SECONDARY ? link_words(v->link) : "two links";
	char line[ASK_MAX];

	page_heading(p, "What we ask for");
	if (v->status == STATUS_HEALTHY) {
		ticket_bullet(p, "Nothing: this measurement shows no fault.");
		return;
	}
	if (a == AUDIENCE_INTERNAL)
		a = v->domain == DOMAIN_AZURE ? AUDIENCE_MICROSOFT : AUDIENCE_PROVIDER;
	text_format(line, sizeof line, "For the %s: %s", link, first_request(c, a, stance_of(v, a)));
	ticket_bullet(p, line);
	ticket_bullet(p, a == AUDIENCE_PROVIDER
	                         ? "Please state errors, drops, policer counts and utilisation of these ports in the time above, and any maintenance or change then."
	                         : "Please state what you count for this service key (drops, errors, BGP NOTIFICATIONs) in the time above, and any maintenance or "
	                           "change then.");
	ticket_bullet(p, a == AUDIENCE_PROVIDER ? "Please tell what you find, or with what measurement the fault lies beyond your hand-off."
	                                        : "Please tell what you find, or with what measurement the fault lies before your edge.");
}

void ticket_fill_in(struct page *p, enum audience a)
{
	page_heading(p, "To be filled in before sending: what packets do not tell");
	ticket_field(p, "Contact", "(name, telephone, hours)");
	if (a == AUDIENCE_PROVIDER)
		ticket_field(p, "Your reference", "(your circuit or order number; the addresses of both sites)");
	else
		ticket_field(p, "References", "(support plan and severity asked for; the provider's ticket number)");
	ticket_field(p, "Began", "(first alarm, with its time zone; steady, or does it come and go?)");
	ticket_field(p, "Changes", "(on our side, since: none, or what and when)");
	ticket_field(p, "Checked by us", "(port, light, cabling and power of our edge: when, with what result)");
	if (a == AUDIENCE_PROVIDER)
		ticket_field(p, "Intrusive tests", "(may you interrupt the affected link? when?)");
}
