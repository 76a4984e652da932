/* SPDX-License-Identifier: BSD-2-Clause */
/* A row's letters (analysis/catalogue/catalogue.h) in words. A letter without a word
 * says nothing that a reader could look for, and its line is left out. */
#include "analysis/report/explain_text.h"

#include "analysis/catalogue/catalogue.h"
#include "analysis/render/page.h"
#include "analysis/render/words.h"

#include <string.h>

#define INDENT 2
#define NAME_COLUMNS 26
#define ID_COLUMNS 26

struct meaning { char letter; const char *words; };

static const struct meaning near_end[] = {
	{'A', "answers"}, {'X', "silent"}, {'L', "answers, but a share is lost"}, {'P', "silent or not, as its one flow chooses"}, {0, NULL}};
static const struct meaning far_end[] = {
	{'A', "answers"}, {'X', "silent"}, {'L', "answers, but a share is lost"}, {'P', "silent or not, as its one flow chooses"},
	{'b', "silent from behind the edge, for want of a way back; answers on the edge itself"}, {0, NULL}};
static const struct meaning own_traffic[] = {
	{'A', "works"}, {'X', "dead"}, {'L', "a share is lost"}, {'m', "dead, or moved to the other link"},
	{'P', "a fixed part of the flows loses everything, the others nothing"},
	{'a', "works, and all of it takes the other link"},
	{'?', "dead, or lives by the other link's way back"}, {0, NULL}};
static const struct meaning other_traffic[] = {
	{'A', "works"}, {'X', "dead too"}, {'L', "loses alike"}, {'P', "the same"}, {'p', "works, or some of its flows lose everything on their way back"},
	{'r', "works, or half of its flows die with their way back"},
	{'h', "works; until routing has noticed, about half of the flows die with their way back"},
	{'l', "loses only where answers return by the faulty link"}, {0, NULL}};
static const struct meaning icmp[] = {
	{'h', "host unreachable, from the edge"},
	{'c', "unreachable, from a corporate router"},
	{'n', "no route, from the edge or a corporate router"},
	{'N', "no route, from the edge, a corporate router or the MSEE"},
	{'m', "no route or host unreachable while routing changes, else nothing"},
	{'w', "unreachable, from a provider hop"},
	{'W', "unreachable, from a provider hop or the corporate router before it"},
	{'a', "refused by a filter: ICMP 3/9, 3/10, 3/13 (ICMPv6 1/1) or a reset, from a corporate address; or nothing"},
	{'p', "refused by a filter in the WAN, or nothing"},
	{'z', "refused by a filter in Azure, or nothing"}, {0, NULL}};
static const struct meaning delay[] = {
	{'S', "higher on this link than on the other"},
	{'R', "higher on this link than usual, and hops in the WAN, or the TTL of the MSEE's answers, are others than usual"},
	{'J', "spreads wider on this link; the fastest answers stay as fast"}, {0, NULL}};
static const struct meaning usual[] = {
	{'C', "to the edges longer than usual over both links, and all behind them is as late; needs a baseline"},
	{'G', "from the MSEEs to every target longer than usual over both links, the MSEEs themselves are not late; needs a baseline"}, {0, NULL}};
static const struct meaning flap[] = {
	{'F', "the MSEE falls silent again and again, for seconds or longer, and traffic over the link dies with it"},
	{'T', "the MSEE falls silent again and again, and traffic takes the other link meanwhile"}, {0, NULL}};
static const struct meaning sizes[] = {
	{'C', "die in the corporate network, silently or with ICMP 3/4 (ICMPv6 2)"},
	{'W', "die between edge and MSEE, silently or with ICMP 3/4 (ICMPv6 2)"}, {0, NULL}};
static const struct meaning circuit[] = {{'X', "not Enabled"}, {0, NULL}};
static const struct meaning provider[] = {{'X', "not Provisioned"}, {0, NULL}};
static const struct meaning peering[] = {{'X', "disabled, failed or missing"}, {0, NULL}};
static const struct meaning arp[] = {
	{'i', "on-premises entry Incomplete or absent"}, {'f', "this path's table cannot be read, or is empty"},
	{'e', "empty or Incomplete"}, {'u', "complete, or Incomplete while the link is down"}, {0, NULL}};
static const struct meaning session[] = {
	{'d', "down; still up until the hold time has run out"}, {'D', "down, as soon as the edge closes it"},
	{'z', "up, with no prefix received"}, {'f', "this path's table cannot be read, or is empty"},
	{'e', "down, or the table is empty"}, {'u', "up, or down for a while"}, {0, NULL}};
static const struct meaning connection[] = {{'n', "not connected, or missing"}, {0, NULL}};
static const struct meaning gateway[] = {{'g', "gone from the summary (AS 65515)"}, {0, NULL}};
static const struct meaning settings[] = {{'X', "AS or /30 disagree with the edge's as configured here"}, {0, NULL}};

/* What Azure says beyond states and tables. */
static const struct said { const char *name; struct meaning words[5]; } says[SAYS] = {
	[SAYS_TEST] = {"failover test", {{'X', "Running on this link; Starting or Stopping, perhaps"}}},
	[SAYS_DRAIN] = {"routes", {{'X', "Microsoft's AS 12076 repeated in their paths over this link"}, {'d', "perhaps Microsoft's AS 12076 repeated"}}},
	[SAYS_PORT] = {"Microsoft's port (Direct)", {{'X', "shut by its admin state"}, {'l', "its line protocol is down or its light is out of range, perhaps"},
	                              {'g', "perhaps light out of range"}, {'p', "its line protocol is down, perhaps"}}},
	[SAYS_VLAN] = {"VLAN", {{'v', "perhaps another than the edge's as configured here"},
	                        {'w', "another than this link's edge as configured here, while the other link's agrees"}}},
	[SAYS_LIMIT] = {"prefixes announced", {{'X', "at the limit, or the session's state names their count (PfxCt)"}}},
	[SAYS_FILTER] = {"route filter", {{'X', "none (Microsoft peering)"}}},
	[SAYS_PUBLIC] = {"public prefixes", {{'X', "not Configured (Microsoft peering)"}}},
	[SAYS_FULL] = {"traffic (BitsInPerSecond, …Out…)", {{'X', "nine tenths of the bandwidth or more within the hour"}}},
	[SAYS_DROPS] = {"dropped bits (QosDrop)", {{'X', "above 0 within the hour"}}},
	[SAYS_VNETS] = {"prefixes of the VNets", {{'X', "1,000 or more"}}},
	[SAYS_ROUTES] = {"route tables", {{'d', "no route to the targets at the MSEEs, or none to us at the gateway"},
	                                 {'n', "perhaps no route to us at the gateway"}}},
	[SAYS_ADVERTISED] = {"route table", {{'X', "no route of yours covers the prober's address"}}},
	[SAYS_FELL] = {"availability, session age", {{'F', "ArpAvailability fell several times within the hour, or the session is younger than an hour and the other's is not"},
	                                            {'T', "BgpAvailability fell several times within the hour, and the session is young"}}},
	[SAYS_OUT] = {"traffic (BitsInPerSecond, …Out…)", {{'X', "bits come out of Azure while all targets are silent"},
	                                                  {'o', "bits come out of Azure while the targets are silent, where that was read"},
	                                                  {'s', "bits go in and none come out, where that was read"}}},
	[SAYS_MAINTENANCE] = {"Service Health", {{'X', "planned maintenance of the circuit goes on"}}},
	[SAYS_ISSUE] = {"Service Health", {{'s', "perhaps trouble of Microsoft's own"}}},
	[SAYS_HEALTH] = {"Resource Health", {{'d', "perhaps Unavailable or Degraded"}, {'s', "perhaps Unavailable or Degraded"}}},
};

/* What the reports name besides faults; no hypothesis of the posterior, so no row. */
struct note {
	const char *id, *title, *meaning;
	const char *wire, *azure;
	const char *steps[STEPS_MAX];
	const char *whom;
};

static const struct note notes[] = {
	{"own.capture", "the measurement itself is disturbed: frames lost by the capture, a starved host, a stepped clock",
	 "What the capture could not see, or what was stamped by a clock that moved, is set aside: neither answered nor lost. Where too little "
	 "is left the status is undetermined. It is never a fault of the circuit.",
	 "capture.dropped above 0, steps or a stall under clock, or frames that came late: the report and its JSON say which.",
	 "Nothing of it.",
	 {"Look up capture.dropped and clock (steps, longest_stall_us) in the JSON of the run.",
	  "Give the host time and memory, or lower --rate; let one service alone discipline the clock (chronyc tracking, timedatectl).",
	  "Run the check again once the host is quiet."},
	 "you: it is this host"},
	{"own.api", "Azure could not be read, or what it said is old",
	 "Azure out of reach, a token refused, requests throttled, an answer malformed or stale: the wire alone is judged, with less "
	 "confidence. It is never a fault by itself.",
	 "As the circuit is: nothing of it.",
	 "available is false with why_not, or single parts are not read; each is named with its reason.",
	 {"Run `erprobe state`: it says which reads fail, why, and which right is lacking.",
	  "Check the sign-in (azure.auth) and the role (`erprobe init --role RESOURCE-ID` prints the least one).",
	  "Check DNS, proxy and firewall on the way to the management endpoint."},
	 "you: the sign-in, its rights and the way to Azure's management are yours"},
	{"conflict", "Azure and the wire contradict each other",
	 "Tables that say established of a link that is dead on the wire, or down of one that carries traffic; a circuit that is "
	 "Disabled, or a setting that does not fit, beside traffic that crosses. Both stand in the report, each with its time; the verdict "
	 "follows the stronger evidence, and a healthy one says in its summary that Azure says otherwise.",
	 "Other than Azure says; contradictions in the JSON has both sides.",
	 "Tables may be minutes old, and a BGP session stands up to its hold time (180 s) after its link died.",
	 {"Compare the two times: what was read before the fault began proves nothing.",
	  "Run the check again after the hold time.",
	  "Where it stays, give both sides to whom the verdict names, with the evidence."},
	 "whom the verdict names"},
};
#define NOTES (sizeof notes / sizeof notes[0])

static const struct note *note_find(const char *id)
{
	for (size_t i = 0; i < NOTES; i++)
		if (strcmp(notes[i].id, id) == 0)
			return &notes[i];
	return NULL;
}

/* What a healthy circuit may show, so that nobody takes it for a fault. */
static const char *const no_faults[] = {
	"An ExpressRoute gateway that answers no expired TTL: one silent hop between MSEE and target.",
	"Middle hops that are silent, limit their answers or are slow themselves while what lies behind them is not; hops that MPLS hides; "
	"several equal paths; jitter within the baseline.",
	"Silence of TCP 179 behind GTSM or MD5, and an MSEE that ignores ping or 179 from here.",
	"An ARP table without the Microsoft row, empty ARP or route tables, \"Gateway does not have any Bgp sessions\", byte counters of zero.",
	"No connection status or enableBgp: false on an ExpressRoute connection, no provider state on ExpressRoute Direct, a dip of BGP "
	"availability during maintenance.",
};

static const char *words_for(const struct meaning *m, char letter)
{
	for (; m->words; m++)
		if (m->letter == letter)
			return m->words;
	return NULL;
}

static bool is_service(const struct fault_row *row)
{
	return row->scope == SCOPE_SERVICE || row->scope == SCOPE_LINK_SERVICE || row->scope == SCOPE_TARGET_SERVICE;
}

static const char *scope_words(enum fault_scope s)
{
	switch (s) {
	case SCOPE_LINK: return "on one link";
	case SCOPE_BOTH: return "on both links at once";
	case SCOPE_SERVICE: return "for one protocol or port, on both links";
	case SCOPE_LINK_SERVICE: return "for one protocol or port, on one link";
	case SCOPE_TARGET: return "for one target, all its services";
	case SCOPE_TARGET_SERVICE: return "for one port or the ping of one target";
	case SCOPE_SHARED: return "for all that crosses this place, over both links";
	default: return "";
	}
}

/* of_direct: the fault may be one of a circuit of ExpressRoute Direct too. */
static const char *who_words(enum contact c, bool of_direct)
{
	switch (c) {
	case CONTACT_YOU: return "you: it is in your own network, or a setting of your own subscription";
	case CONTACT_PROVIDER:
		return of_direct ? "your connectivity provider; with ExpressRoute Direct, which has none, whoever runs the " DIRECT_WAN " to Microsoft's port" :
		                   "your connectivity provider";
	case CONTACT_MICROSOFT: return "Microsoft (a support request on the circuit)";
	default: return "nobody";
	}
}

/* One line "name   what is seen"; nothing for a letter without words. */
static bool say(struct page *p, const char *name, const struct meaning *table, char letter)
{
	const char *words = words_for(table, letter);
	if (!words)
		return false;
	page_to(p, INDENT);
	page_cell(p, TONE_PLAIN, name, NAME_COLUMNS);
	page_wrap(p, TONE_PLAIN, words, INDENT + NAME_COLUMNS);
	return true;
}

static void paragraph(struct page *p, const char *text)
{
	page_to(p, INDENT);
	page_wrap(p, TONE_PLAIN, text, INDENT);
}

/* What a fault of one target or service leaves alone need not be listed. */
static void say_wire(struct page *p, const struct fault_row *row)
{
	bool target_only = row->scope == SCOPE_TARGET || row->scope == SCOPE_TARGET_SERVICE;
	if (is_service(row))
		paragraph(p, "For this protocol or port alone; everything else answers as ever:");
	if (target_only) {
		say(p, "this target", own_traffic, row->target);
	} else {
		say(p, "edge (near /30 address)", near_end, row->edge);
		say(p, "MSEE (far /30 address)", far_end, row->msee);
		say(p, "MSEE, TCP 179", far_end, row->bgp);
		bool shared = row->scope == SCOPE_SHARED || row->scope == SCOPE_BOTH || row->scope == SCOPE_SERVICE;
		say(p, shared ? "targets" : "targets over this link", own_traffic, row->target);
		if (!shared)
			say(p, "targets over the other", other_traffic, row->other);
	}
	say(p, "ICMP errors for the MSEE", icmp, row->icmp_msee);
	say(p, "ICMP errors for targets", icmp, row->icmp_target);
	say(p, "delay", delay, row->delay);
	if (row->usual)
		say(p, "delay", usual, row->usual);
	if (row->flap)
		say(p, "outages", flap, row->flap);
	if (row->size)
		say(p, "full-size datagrams", sizes, row->size);
}

static bool say_azure(struct page *p, const struct fault_row *row)
{
	bool any = say(p, "circuit state", circuit, row->circuit);
	any |= say(p, "provider state", provider, row->provider);
	any |= say(p, "peering", peering, row->peering);
	any |= say(p, "ARP entry", arp, row->arp);
	any |= say(p, "BGP session", session, row->session);
	any |= say(p, "connection", connection, row->connection);
	any |= say(p, "gateway's neighbours", gateway, row->gateway);
	any |= say(p, "settings", settings, row->settings);
	for (size_t i = 0; i < SAYS; i++)
		any |= row->says[i] != 0 && say(p, says[i].name, says[i].words, row->says[i]);
	return any;
}

static bool same_azure(const struct fault_row *a, const struct fault_row *b)
{
	return a->circuit == b->circuit && a->provider == b->provider && a->peering == b->peering && a->arp == b->arp &&
	       a->session == b->session && a->connection == b->connection && a->gateway == b->gateway && a->settings == b->settings &&
	       memcmp(a->says, b->says, sizeof a->says) == 0;
}

/* Rows of one id differ in where they sit; what they share is said once. */
static bool same_wire(const struct fault_row *a, const struct fault_row *b)
{
	return a->scope == b->scope && a->edge == b->edge && a->msee == b->msee && a->target == b->target;
}

static bool is_said(const struct fault_row *row, bool (*same)(const struct fault_row *, const struct fault_row *))
{
	for (const struct fault_row *r = fault_rows; r < row; r++)
		if (strcmp(r->id, row->id) == 0 && same(r, row))
			return true;
	return false;
}

static void each_row_wire(struct page *p, const char *id)
{
	for (size_t i = 0; i < fault_row_count; i++) {
		const struct fault_row *row = &fault_rows[i];
		if (strcmp(row->id, id) != 0 || is_said(row, same_wire))
			continue;
		page_line(p);
		page_text(p, TONE_STRONG, "How it shows on the wire");
		page_textf(p, TONE_PLAIN, ", %s", scope_words(row->scope));
		if (row->handoffs != ON_ALL)
			page_textf(p, TONE_PLAIN, " (handoff %s)", row->handoffs == ON_L3 ? "l3" : "l2 or direct");
		page_line(p);
		say_wire(p, row);
	}
}

static void each_row_azure(struct page *p, const char *id)
{
	page_heading(p, "What Azure reports");
	bool any = false;
	for (size_t i = 0; i < fault_row_count; i++)
		if (strcmp(fault_rows[i].id, id) == 0 && !is_said(&fault_rows[i], same_azure))
			any |= say_azure(p, &fault_rows[i]);
	if (!any)
		paragraph(p, "Nothing: circuit, peering, ARP and BGP all look healthy.");
}

static void say_steps(struct page *p, const char *const *steps)
{
	if (!steps[0])
		return;
	page_heading(p, "What to do");
	for (size_t i = 0; i < STEPS_MAX && steps[i]; i++) {
		page_to(p, INDENT);
		page_textf(p, TONE_PLAIN, "%zu. ", i + 1);
		page_wrap(p, TONE_PLAIN, steps[i], INDENT + 3);
	}
}

static void say_title(struct page *p, const char *id, const char *title)
{
	page_text(p, TONE_STRONG, id);
	page_text(p, TONE_PLAIN, ": ");
	page_wrap(p, TONE_PLAIN, title, INDENT);
}

static void say_note(struct page *p, const struct note *n)
{
	say_title(p, n->id, n->title);
	page_heading(p, "What it means");
	paragraph(p, n->meaning);
	page_heading(p, "How it shows on the wire");
	paragraph(p, n->wire);
	page_heading(p, "What Azure reports");
	paragraph(p, n->azure);
	say_steps(p, n->steps);
	page_heading(p, "Whom to call");
	paragraph(p, n->whom);
}

static void say_no_faults(struct page *p)
{
	page_heading(p, "What may be seen, and is no fault");
	for (size_t i = 0; i < sizeof no_faults / sizeof no_faults[0]; i++) {
		page_to(p, INDENT);
		page_text(p, TONE_PLAIN, "- ");
		page_wrap(p, TONE_PLAIN, no_faults[i], INDENT + 2);
	}
	page_heading(p, "Whom to call");
	paragraph(p, who_words(CONTACT_NONE, false));
}

bool explain_fault_text(const char *id, const struct text_style *style, struct strbuf *out)
{
	const struct fault_row *row = fault_find(id);
	const struct fault_text *text = fault_text_find(id);
	const struct note *note = note_find(id);
	struct page p;
	if (!note && (!row || !text))
		return false;
	page_init(&p, style, out);
	if (note) {
		say_note(&p, note);
		return true;
	}
	say_title(&p, row->id, text->title);
	if (row->domain != DOMAIN_NONE) {
		page_textf(&p, TONE_PLAIN, "Domain: %s", domain_words(row->domain));
		page_line(&p);
	}
	page_heading(&p, "What it means");
	paragraph(&p, text->meaning);
	if (row->scope == SCOPE_NONE) {
		say_no_faults(&p);
		return true;
	}
	each_row_wire(&p, id);
	each_row_azure(&p, id);
	if (text->decided_by && text->decided_by[0] != '\0') {
		page_heading(&p, "What decides it");
		paragraph(&p, text->decided_by);
	}
	say_steps(&p, text->steps);
	page_heading(&p, "Whom to call");
	paragraph(&p, who_words(fault_contact(row), row->handoffs & ON_L2));
	return true;
}

const char *explain_id(size_t at)
{
	size_t seen = 0;
	for (size_t i = 0; i < fault_row_count; i++) {
		if (fault_find(fault_rows[i].id) != &fault_rows[i])
			continue; /* a further row of an id that was met */
		if (seen++ == at)
			return fault_rows[i].id;
	}
	return at - seen < NOTES ? notes[at - seen].id : NULL;
}

static void list_line(struct page *p, const char *id, const char *title)
{
	page_to(p, INDENT);
	page_cell(p, TONE_PLAIN, id, ID_COLUMNS);
	page_wrap(p, TONE_PLAIN, title, INDENT + ID_COLUMNS);
}

static void list_domain(struct page *p, enum domain d)
{
	const char *id;
	if (d != DOMAIN_NONE)
		page_heading(p, d == DOMAIN_CORPORATE ? "Corporate" : domain_words(d));
	for (size_t i = 0; (id = explain_id(i)) != NULL; i++) {
		const struct fault_text *text = fault_text_find(id);
		if (!text || fault_find(id)->domain != d)
			continue;
		list_line(p, id, text->title);
	}
}

void explain_list_text(const struct text_style *style, struct strbuf *out)
{
	static const enum domain order[] = {DOMAIN_CORPORATE, DOMAIN_WAN, DOMAIN_AZURE};
	struct page p;
	page_init(&p, style, out);
	page_wrap(&p, TONE_PLAIN, "The faults that erprobe tells apart; `erprobe explain FAULT-ID` says more of one.", 0);
	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		list_domain(&p, order[i]);
	page_heading(&p, "No fault");
	list_domain(&p, DOMAIN_NONE);
	page_heading(&p, "Of the measurement");
	for (size_t i = 0; i < NOTES; i++)
		list_line(&p, notes[i].id, notes[i].title);
}
