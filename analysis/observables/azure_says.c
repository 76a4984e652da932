/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure says beyond states and tables, for the diagnosis: tests, maintenance, drained
 * paths. Nothing of it proves a fault alone; likelihood_says.c says how much it weighs. */
#include "analysis/observables/azure_view.h"
#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"

#include <string.h>

#define MSEE_ASN 12076

bool azure_says_of_link(enum azure_says which)
{
	return which == SAYS_TEST || which == SAYS_DRAIN || which == SAYS_PORT || which == SAYS_VLAN || which == SAYS_LIMIT ||
	       which == SAYS_ADVERTISED || which == SAYS_FELL;
}

static uint8_t state_of(enum az_fact fact)
{
	return fact == AZ_FACT_YES ? AZ_BAD : fact == AZ_FACT_NO ? AZ_GOOD : AZ_UNREAD;
}

/* --- drained paths --- */

/* Is Microsoft's AS repeated ("12076 12076 65515 I", "12076-12076-65010")? That is how a link
 * is drained: the longer path is taken by nobody who has another. */
static bool is_prepended(const struct az_text *path)
{
	const char *at = path->text;
	bool before = false;
	if (!path->present)
		return false;
	while (*at != '\0') {
		size_t digits = strspn(at, "0123456789");
		struct az_text one = {.present = true};
		text_format(one.text, sizeof one.text, "%.*s", (int)digits, at);
		bool own = az_first_as(&one) == MSEE_ASN;
		if (own && before)
			return true;
		if (digits > 0)
			before = own;
		at += digits > 0 ? digits : 1;
	}
	return false;
}

static bool any_prepended(const struct az_routes *t)
{
	for (size_t i = 0; t->part.read == AZ_OK && i < t->count; i++)
		if (is_prepended(&t->rows[i].path))
			return true;
	return false;
}

/* The gateway's table has the paths over both MSEEs, and does not tell which peer is whose. */
static bool gateway_learned_prepended(const struct az_gateway_routes *t)
{
	for (size_t i = 0; t->part.read == AZ_OK && i < t->count; i++)
		if (is_prepended(&t->rows[i].as_path))
			return true;
	return false;
}

static uint8_t drain_of(const struct az_snapshot *s, int l)
{
	if (any_prepended(&s->routes[l]))
		return DRAIN_HERE;
	if (!any_prepended(&s->routes[1 - l]) && gateway_learned_prepended(&s->gateway_learned))
		return DRAIN_SOMEWHERE;
	/* The longer paths are known of the MSEE's own table: that the gateway has none denies nothing. */
	return s->routes[l].part.read == AZ_OK ? DRAIN_NONE : DRAIN_UNREAD;
}

/* --- ports and VLAN --- */

/* The line protocol of a port is down as well when it is shut, or when no light comes. */
static uint8_t port_of(const struct az_snapshot *s, enum link_id l)
{
	enum az_fact shut = az_port_shut(s, l), down = az_port_down(s, l), dark = az_light_bad(s, l, NULL);
	if (shut == AZ_FACT_YES)
		return PORT_SHUT;
	if (down == AZ_FACT_YES)
		return shut == AZ_FACT_UNKNOWN ? PORT_DOWN_UNTOLD : PORT_DOWN;
	bool alone = shut == AZ_FACT_UNKNOWN && down == AZ_FACT_UNKNOWN;
	if (dark == AZ_FACT_YES)
		return alone ? PORT_DARK_ALONE : PORT_DARK;
	return alone ? (dark == AZ_FACT_UNKNOWN ? PORT_UNREAD : PORT_LIT_ALONE) : PORT_UP;
}

static uint8_t compare_vlan(const struct plan_link *link, const struct az_peering *p)
{
	if (p->part.read != AZ_OK || !p->present || !p->vlan.present || !link->configured || link->vlan < 0)
		return VLAN_UNREAD;
	return link->vlan == p->vlan.value ? VLAN_AGREES : VLAN_DIFFERS;
}

/* Azure has one VLAN for both links: where the other edge agrees with it, this one is the odd one. */
static uint8_t vlan_of(const struct plan_circuit *c, const struct az_snapshot *s, int l)
{
	uint8_t own = compare_vlan(&c->links[l], &s->peering), other = compare_vlan(&c->links[1 - l], &s->peering);
	return own == VLAN_DIFFERS && other == VLAN_AGREES ? VLAN_DIFFERS_HERE : own;
}

/* --- limits --- */

#define NEAR_LIMIT 95 /* percent of a limit */

/* A session that its limit ended says so in its state: "Idle (PfxCt)" (Cisco), "PfxCt". */
static bool names_prefix_count(const struct az_text *state)
{
	for (const char *at = state->text; state->present && *at != '\0'; at++) {
		struct az_text word = {.present = true};
		text_format(word.text, sizeof word.text, "%.5s", at);
		if (az_text_is(&word, "PfxCt"))
			return true;
	}
	return false;
}

static uint8_t limit_of_session(const struct az_snapshot *s, enum peering_type peering, const struct az_bgp_row *row, int fam)
{
	int64_t most = az_prefix_limit(s, peering, fam);
	double count = 0;
	if (names_prefix_count(&row->state))
		return LIMIT_EXCEEDED;
	if (most == 0 || !az_text_number(&row->state, &count))
		return LIMIT_UNREAD; /* down for another reason, or not known what is allowed */
	return count >= (double)most ? LIMIT_EXCEEDED : count * 100 >= (double)most * NEAR_LIMIT ? LIMIT_NEAR : LIMIT_FAR;
}

/* The worst of the link's sessions. */
static uint8_t limit_of(const struct plan_circuit *c, const struct az_snapshot *s, int l)
{
	uint8_t worst = LIMIT_UNREAD;
	for (size_t i = 0; s->bgp[l].part.read == AZ_OK && i < s->bgp[l].count; i++) {
		const struct az_bgp_row *row = &s->bgp[l].rows[i];
		struct ip_addr neighbor;
		if (!row->neighbor.present || !ip_addr_parse(row->neighbor.text, &neighbor))
			continue;
		int fam = ip_family_index(neighbor.family);
		if (fam < 0 || !ip_addr_equal(&neighbor, &c->links[l].ce[fam]))
			continue;
		uint8_t one = limit_of_session(s, c->peering, row, fam);
		worst = one > worst ? one : worst;
	}
	return worst;
}

/* What the virtual networks announce: counted at the MSEEs, or by the gateway itself within the
 * hour, since beyond the limit nothing of it is left at the MSEEs. */
static uint8_t vnets_of(const struct az_snapshot *s)
{
	size_t customer, gateway, most = 0;
	double value, counted = 0;
	bool known = false;
	for (int l = 0; l < LINKS; l++)
		if (az_route_counts(s, (enum link_id)l, FAM4, &customer, &gateway)) {
			known = true;
			most = gateway > most ? gateway : most;
		}
	for (size_t i = 0; s->gateway_counts.part.read == AZ_OK && i < s->gateway_counts.count; i++) {
		const struct az_metric *m = &s->gateway_counts.rows[i];
		if (!az_text_is(&m->name, "ExpressRouteGatewayCountOfRoutesAdvertisedToPeer") || !az_text_number(&m->highest, &value))
			continue;
		known = true;
		counted = value > counted ? value : counted;
	}
	if (!known)
		return AZ_UNREAD;
	return most >= AZ_VNET_PREFIXES_V4 || counted >= AZ_VNET_PREFIXES_V4 ? AZ_BAD : AZ_GOOD;
}

/* --- what fell and came back, what comes out --- */

#define YOUNG_S 3600.0
#define MUCH_OLDER 2.0   /* than a young one: the other link's session saw nothing of it */
#define FALLS_AGAIN 2.0
#define FLOWS_BITS 1000.0 /* a second: beyond what the sessions themselves send */

/* How long this link's session, of the family whose session is younger, has stood; false when none does. */
static bool session_age(const struct plan_circuit *c, const struct az_snapshot *s, int l, double *youngest)
{
	bool any = false;
	for (size_t i = 0; s->bgp[l].part.read == AZ_OK && i < s->bgp[l].count; i++) {
		const struct az_bgp_row *row = &s->bgp[l].rows[i];
		struct ip_addr neighbor;
		double age, prefixes;
		if (!row->neighbor.present || !ip_addr_parse(row->neighbor.text, &neighbor) || !az_text_number(&row->state, &prefixes) ||
		    !az_text_age(&row->up_down, &age))
			continue;
		int fam = ip_family_index(neighbor.family);
		if (fam < 0 || !ip_addr_equal(&neighbor, &c->links[l].ce[fam]))
			continue;
		*youngest = !any || age < *youngest ? age : *youngest;
		any = true;
	}
	return any;
}

/* BGP's availability also falls in maintenance while the session stands: a session that is old saw nothing. */
static uint8_t fell_of(const struct plan_circuit *c, const struct az_snapshot *s, int l)
{
	double arp = 0, bgp = 0, age = 0, other = 0;
	bool has_arp = az_availability_falls(s, c->peering, (enum link_id)l, true, &arp);
	bool has_bgp = az_availability_falls(s, c->peering, (enum link_id)l, false, &bgp);
	bool stands = session_age(c, s, l, &age), young = stands && age < YOUNG_S;
	if (has_arp && arp >= FALLS_AGAIN)
		return FELL_BELOW;
	if (has_bgp && bgp >= FALLS_AGAIN && young)
		return FELL_AGAIN;
	if (young && session_age(c, s, 1 - l, &other) && other >= MUCH_OLDER * age && other >= YOUNG_S)
		return FELL_ONCE;
	return stands || has_arp ? FELL_NOT : FELL_UNREAD;
}

static uint8_t out_of(const struct plan_circuit *c, const struct az_snapshot *s, struct wall_ns now)
{
	double in, out;
	if (!az_traffic_now(s, c->peering, now, &in, &out))
		return OUT_UNREAD;
	return out >= FLOWS_BITS ? OUT_FLOWS : in >= FLOWS_BITS ? OUT_STANDS : OUT_IDLE;
}

/* --- Microsoft peering --- */

/* Without a route filter Azure announces nothing (since 2017). */
static uint8_t filter_of(const struct az_peering *p)
{
	if (p->part.read != AZ_OK || !p->present)
		return AZ_UNREAD;
	return p->has_route_filter ? AZ_GOOD : AZ_BAD;
}

/* "Configuring" is on its way, and nothing is known of it yet. */
static uint8_t validation_of(const struct az_text *state)
{
	if (!state->present || state->text[0] == '\0' || az_text_is(state, "Configuring"))
		return AZ_UNREAD;
	return az_text_is(state, "Configured") ? AZ_GOOD : AZ_BAD;
}

static uint8_t public_of(const struct az_snapshot *s)
{
	const struct az_peering *p = &s->peering;
	if (p->part.read != AZ_OK || !p->present)
		return AZ_UNREAD;
	uint8_t four = validation_of(&p->advertised_prefixes_state), six = validation_of(&p->advertised_prefixes_state6);
	return four == AZ_BAD || six == AZ_BAD ? AZ_BAD : four ? four : six;
}

static uint8_t test_of(const struct az_snapshot *s, enum link_id l)
{
	const struct az_failover_test *t = NULL;
	switch (az_failover_test(s, l, &t)) {
	case AZ_FACT_UNKNOWN: return TEST_UNREAD;
	case AZ_FACT_NO: return TEST_NONE;
	default: return t && az_text_is(&t->status, "Running") ? TEST_RUNS : TEST_TURNS;
	}
}

/* --- all of it --- */

static const struct az_part *read_first(const struct az_part *first, const struct az_part *second)
{
	return first->read == AZ_OK ? first : second;
}

static const struct az_part *part_of_port(const struct az_snapshot *s, uint8_t seen)
{
	bool dark = seen == PORT_DARK || seen == PORT_DARK_ALONE, down = seen == PORT_DOWN || seen == PORT_DOWN_UNTOLD;
	return dark ? &s->port_light.part : down ? &s->port_state.part
	       : read_first(&s->port.part, read_first(&s->port_state.part, &s->port_light.part));
}

/* What it rests on. */
static const struct az_part *part_of(const struct azure_view *a, const struct az_snapshot *s, enum azure_says which, int l)
{
	uint8_t seen = a->says[which][l];
	switch (which) {
	case SAYS_TEST: return &s->failover_tests.part;
	case SAYS_DRAIN: return seen == DRAIN_SOMEWHERE ? &s->gateway_learned.part : &s->routes[l].part;
	case SAYS_PORT: return part_of_port(s, seen);
	case SAYS_LIMIT: return &s->bgp[l].part;
	case SAYS_FULL:
	case SAYS_OUT: return &s->traffic.part;
	case SAYS_FELL: return seen == FELL_BELOW || seen == FELL_AGAIN ? &s->metrics.part : read_first(&s->bgp[l].part, &s->metrics.part);
	case SAYS_ADVERTISED: return &s->routes[l].part;
	case SAYS_ROUTES: return a->routes_learned ? &s->gateway_learned.part : read_first(&s->routes[LINK_PRIMARY].part, &s->routes[LINK_SECONDARY].part);
	case SAYS_DROPS: return &s->drops.part;
	case SAYS_VNETS: return read_first(&s->gateway_counts.part, read_first(&s->routes[LINK_PRIMARY].part, &s->routes[LINK_SECONDARY].part));
	case SAYS_HEALTH: return &s->health.part;
	case SAYS_MAINTENANCE:
	case SAYS_ISSUE: return read_first(&s->circuit_events.part, &s->service_events.part);
	default: return &s->peering.part; /* VLAN, route filter, validation */
	}
}

static void date(struct azure_view *a, const struct az_snapshot *s)
{
	for (int which = 0; which < SAYS; which++)
		for (int l = 0; l < LINKS; l++)
			a->says_age[which][l] = azure_age_of(s, part_of(a, s, (enum azure_says)which, l), a->now);
}

static void forget_before(struct az_part *p, struct wall_ns at, struct wall_ns changed)
{
	if (at.ns < changed.ns)
		p->read = AZ_NOT_ASKED;
}

/* The port itself, its line protocol and its light are read one by one, and one that was not read once more has its first answer.
 * That a metric calls it well may be of minutes ago. */
void azure_says_since(struct azure_view *a, const struct az_snapshot *s, struct wall_ns changed)
{
	if (changed.ns == 0 || !s || !az_snapshot_has_answer(s))
		return;
	struct az_snapshot told = *s; /* its rows are borrowed */
	struct az_part *parts[] = {&told.port.part, &told.port_state.part, &told.port_light.part};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		forget_before(parts[i], azure_age_of(s, parts[i], a->now).at, changed);
	for (int l = 0; l < LINKS; l++) {
		uint8_t seen = port_of(&told, (enum link_id)l);
		if (seen == PORT_UP && told.port.part.read != AZ_OK)
			seen = PORT_UNREAD;
		if (seen == PORT_UNREAD)
			continue;
		a->says[SAYS_PORT][l] = seen;
		a->says_age[SAYS_PORT][l] = azure_age_of(s, part_of_port(&told, seen), a->now);
	}
}

void azure_says_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s)
{
	for (int l = 0; l < LINKS; l++) {
		a->says[SAYS_TEST][l] = test_of(s, (enum link_id)l);
		a->says[SAYS_DRAIN][l] = drain_of(s, l);
		a->says[SAYS_PORT][l] = port_of(s, (enum link_id)l);
		a->says[SAYS_VLAN][l] = vlan_of(c, s, l);
		a->own_vlan[l] = c->links[l].vlan;
		a->says[SAYS_LIMIT][l] = limit_of(c, s, l);
		a->says[SAYS_FELL][l] = fell_of(c, s, l);
	}
	a->says[SAYS_ISSUE][0] = state_of(az_event_now(s, "ServiceIssue", a->now, NULL));
	a->says[SAYS_FULL][0] = state_of(az_bandwidth_used(s, NULL));
	a->says[SAYS_OUT][0] = out_of(c, s, a->now);
	a->says[SAYS_DROPS][0] = state_of(az_qos_drops(s, NULL));
	azure_routes_build(a, c, s);
	if (c->peering == PEERING_PRIVATE) {
		a->says[SAYS_VNETS][0] = vnets_of(s);
	} else {
		a->says[SAYS_FILTER][0] = filter_of(&s->peering);
		a->says[SAYS_PUBLIC][0] = public_of(s);
	}
	a->says[SAYS_HEALTH][0] = state_of(az_health_bad(s));
	a->says[SAYS_MAINTENANCE][0] = state_of(az_event_now(s, "PlannedMaintenance", a->now, NULL));
	date(a, s);
}

/* --- in words --- */

static const char *since(const struct az_text *began)
{
	return began->present && began->text[0] != '\0' ? began->text : "an unknown time";
}

static void test_words(const struct az_snapshot *s, uint8_t link, bool runs, char *out, size_t size)
{
	const struct az_failover_test *t = NULL;
	const char *name = link_name((enum link_id)link);
	if (!runs || az_failover_test(s, (enum link_id)link, &t) != AZ_FACT_YES || !t)
		text_format(out, size, "Azure: no failover test runs on the %s link.", name);
	else
		text_format(out, size, "Azure: a failover test (%s) of the %s link is %s since %s.",
		            t->category.present ? t->category.text : "of any kind", name, t->status.text, since(&t->began));
}

static void drain_words(uint8_t link, uint8_t seen, char *out, size_t size)
{
	const char *name = link_name((enum link_id)link);
	if (seen == DRAIN_HERE)
		text_format(out, size, "Azure: routes over the %s link have Microsoft's AS 12076 repeated: the link is drained.", name);
	else if (seen == DRAIN_SOMEWHERE)
		text_format(out, size, "Azure: routes of the gateway have Microsoft's AS 12076 repeated: one link is drained.");
	else
		text_format(out, size, "Azure: no route over the %s link has Microsoft's AS 12076 repeated.", name);
}

static void event_words(const struct az_snapshot *s, const char *kind, struct wall_ns now, const char *none, char *out, size_t size)
{
	const struct az_event *e = NULL;
	if (az_event_now(s, kind, now, &e) != AZ_FACT_YES || !e)
		text_format(out, size, "Azure: %s.", none);
	else
		text_format(out, size, "Azure: %s %s goes on since %s: %.120s.", e->kind.text, e->id.text, since(&e->began), e->title.text);
}

static void port_words(const struct az_snapshot *s, uint8_t link, uint8_t seen, char *out, size_t size)
{
	const char *name = link_name((enum link_id)link);
	double dbm = 0;
	if (seen == PORT_SHUT)
		text_format(out, size, "Azure: Microsoft's port of the %s link is shut by its admin state.", name);
	else if (seen == PORT_DOWN)
		text_format(out, size, "Azure: the line protocol of Microsoft's port of the %s link is down.", name);
	else if (seen == PORT_DOWN_UNTOLD)
		text_format(out, size, "Azure: the line protocol of Microsoft's port of the %s link is down; whether it is shut was not read.", name);
	else if (seen == PORT_LIT_ALONE)
		text_format(out, size, "Azure: Microsoft's port of the %s link receives light; whether it is shut was not read.", name);
	else if ((seen == PORT_DARK || seen == PORT_DARK_ALONE) && az_light_bad(s, (enum link_id)link, &dbm) == AZ_FACT_YES)
		text_format(out, size, "Azure: Microsoft's port of the %s link receives light of %.1f dBm (-10 to 0 is healthy).", name, dbm);
	else
		text_format(out, size, "Azure: Microsoft's port of the %s link is up.", name);
}

static void vlan_words(const struct azure_view *a, const struct az_peering *p, uint8_t link, uint8_t seen, char *out, size_t size)
{
	const char *name = link_name((enum link_id)link);
	if (seen != VLAN_DIFFERS && seen != VLAN_DIFFERS_HERE)
		text_format(out, size, "Azure: the peering's VLAN is that of the %s edge as configured.", name);
	else
		text_format(out, size, "Azure: the peering's VLAN is %lld, the %s edge is configured with %d%s.", (long long)p->vlan.value, name, (int)a->own_vlan[link],
		            seen == VLAN_DIFFERS_HERE ? "; the other link's edge agrees with Azure" : "");
}

static void public_words(const struct az_peering *p, uint8_t seen, char *out, size_t size)
{
	const struct az_text *bad = validation_of(&p->advertised_prefixes_state) == AZ_BAD ? &p->advertised_prefixes_state : &p->advertised_prefixes_state6;
	text_format(out, size, "Azure: the advertised public prefixes%s are %s.", seen == AZ_BAD && bad == &p->advertised_prefixes_state6 ? " of IPv6" : "",
	            seen == AZ_BAD ? bad->text : "Configured");
}

static void limit_words(uint8_t link, uint8_t seen, char *out, size_t size)
{
	static const char *const words[] = {"is not known", "is far", "is near", "is exceeded: Microsoft ends the session"};
	text_format(out, size, "Azure: the limit of prefixes from the %s edge %s.", link_name((enum link_id)link),
	            words[seen <= LIMIT_EXCEEDED ? seen : LIMIT_UNREAD]);
}

/* Nobody reads nine digits of bits. */
static void rate_words(double bits, char out[32])
{
	if (bits >= 1e9)
		text_format(out, 32, "%.1f Gbit/s", bits / 1e9);
	else if (bits >= 1e6)
		text_format(out, 32, "%.*f Mbit/s", bits >= 1e7 ? 0 : 1, bits / 1e6);
	else if (bits >= 1e3)
		text_format(out, 32, "%.0f kbit/s", bits / 1e3);
	else
		text_format(out, 32, "%.0f bit/s", bits);
}

static void fell_words(const struct plan_circuit *c, const struct az_snapshot *s, uint8_t link, uint8_t seen, char *out, size_t size)
{
	double falls = 0, age = 0;
	const char *name = link_name((enum link_id)link);
	if (seen == FELL_BELOW && az_availability_falls(s, c->peering, (enum link_id)link, true, &falls))
		text_format(out, size, "Azure: ArpAvailability of the %s link fell %.0f times within the hour: layer 2 went down and came back.", name, falls);
	else if (seen == FELL_AGAIN && az_availability_falls(s, c->peering, (enum link_id)link, false, &falls))
		text_format(out, size, "Azure: BgpAvailability of the %s link fell %.0f times within the hour, and its session is young.", name, falls);
	else if (seen == FELL_ONCE && session_age(c, s, link, &age))
		text_format(out, size, "Azure: the %s link's BGP session stands for %.0f s only, the other link's for much longer.", name, age);
	else
		text_format(out, size, "Azure: the %s link was not down within the hour.", name);
}

static void out_words(const struct plan_circuit *c, const struct az_snapshot *s, struct wall_ns now, char *out, size_t size)
{
	double in = 0, outward = 0;
	char words_in[32], words_out[32];
	if (!az_traffic_now(s, c->peering, now, &in, &outward)) {
		text_format(out, size, "Azure: what flows through the circuit now was not read.");
		return;
	}
	rate_words(in, words_in);
	rate_words(outward, words_out);
	text_format(out, size, "Azure: in the latest minutes %s went into Azure over the circuit, and %s came out.", words_in, words_out);
}

static void full_words(const struct az_snapshot *s, uint8_t seen, char *out, size_t size)
{
	double bits = 0;
	char most[32], bought[32];
	if (az_bandwidth_used(s, &bits) == AZ_FACT_UNKNOWN) {
		text_format(out, size, "Azure: how much the circuit carried was not read.");
		return;
	}
	rate_words(bits, most);
	rate_words((double)s->circuit.bandwidth_mbps.value * 1e6, bought);
	text_format(out, size, "Azure: the circuit carried up to %s within the hour, %s the %s that were bought.", most, seen == AZ_BAD ? "near" : "well below", bought);
}

static void drops_words(const struct az_snapshot *s, uint8_t seen, char *out, size_t size)
{
	double bits = 0;
	char most[32];
	if (seen == AZ_BAD && az_qos_drops(s, &bits) == AZ_FACT_YES) {
		rate_words(bits, most);
		text_format(out, size, "Azure: Microsoft dropped up to %s above the circuit's bandwidth within the hour.", most);
	} else {
		text_format(out, size, "Azure: no traffic above the circuit's bandwidth was dropped within the hour.");
	}
}

static void health_words(const struct az_snapshot *s, uint8_t seen, char *out, size_t size)
{
	text_format(out, size, "Azure: Resource Health calls the circuit %s%s%.120s.", s->health.state.present ? s->health.state.text : "healthy",
	            seen == AZ_BAD && s->health.summary.present ? ": " : "",
	            seen == AZ_BAD && s->health.summary.present ? s->health.summary.text : "");
}

static void routes_words(const struct azure_view *a, uint8_t seen, char *out, size_t size)
{
	if (seen == AZ_BAD && a->routes_learned)
		text_format(out, size, "Azure: the gateway has learned no route from the MSEEs, which have routes of this side.");
	else if (seen == AZ_BAD)
		text_format(out, size, "Azure: the MSEEs have no route to any target, although their sessions with the gateway stand.");
	else
		text_format(out, size, "Azure: MSEEs and gateway have the routes of each other.");
}

void azure_says_words(const struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s, enum azure_says which,
                      uint8_t link, char *out, size_t size)
{
	uint8_t seen = a->says[which][link < LINKS ? link : 0];
	if (!s) {
		text_format(out, size, "Azure was not read.");
		return;
	}
	switch (which) {
	case SAYS_TEST: test_words(s, link, seen == TEST_RUNS || seen == TEST_TURNS, out, size); break;
	case SAYS_DRAIN: drain_words(link, seen, out, size); break;
	case SAYS_MAINTENANCE: event_words(s, "PlannedMaintenance", a->now, "no maintenance goes on", out, size); break;
	case SAYS_ISSUE: event_words(s, "ServiceIssue", a->now, "no trouble of the service is known", out, size); break;
	case SAYS_LIMIT: limit_words(link, seen, out, size); break;
	case SAYS_FULL: full_words(s, seen, out, size); break;
	case SAYS_DROPS: drops_words(s, seen, out, size); break;
	case SAYS_FELL: fell_words(c, s, link < LINKS ? link : 0, seen, out, size); break;
	case SAYS_OUT: out_words(c, s, a->now, out, size); break;
	case SAYS_VNETS:
		text_format(out, size, "Azure: the virtual networks announce %s than the limit of %d prefixes.", seen == AZ_BAD ? "no fewer" : "fewer",
		            AZ_VNET_PREFIXES_V4);
		break;
	case SAYS_ROUTES: routes_words(a, seen, out, size); break;
	case SAYS_ADVERTISED:
		text_format(out, size, "Azure: the %s MSEE has %s route to the address that the probes come from.", link_name((enum link_id)link),
		            seen == AZ_BAD ? "no" : "a");
		break;
	case SAYS_FILTER:
		text_format(out, size, "Azure: the Microsoft peering has %s route filter%s.", seen == AZ_BAD ? "no" : "a",
		            seen == AZ_BAD ? ": Azure announces nothing over it" : "");
		break;
	case SAYS_PUBLIC: public_words(&s->peering, seen, out, size); break;
	case SAYS_HEALTH: health_words(s, seen, out, size); break;
	case SAYS_PORT: port_words(s, link, seen, out, size); break;
	case SAYS_VLAN: vlan_words(a, &s->peering, link < LINKS ? link : 0, seen, out, size); break;
	default: text_format(out, size, "Azure says nothing of it."); break;
	}
}
