/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure's words prove and what they do not. Absent status of a connection,
 * an empty table, "Gateway does not have any Bgp sessions", zero counters: none of
 * these is a fault by itself (they are seen on healthy circuits). */
#include "analysis/observables/azure_view.h"
#include "analysis/value/strbuf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer loses weight with age: what was true ten minutes ago need not be now. */
#define AZURE_AGE_SCALE_S 300.0
/* What an earlier run read was perhaps true before the fault: half at most. */
#define AZURE_STALE_WEIGHT 0.5
#define GATEWAY_ASN 65515
/* Of the sessions at an MSEE. Until it is over a session whose other end died may stand, and a neighbour's entry as well. */
#define HOLD_TIME_NS (180 * NS_PER_SEC)

/* Where a part has no time of its own, the snapshot's holds for it. */
struct azure_age azure_age_of(const struct az_snapshot *s, const struct az_part *part, struct wall_ns now)
{
	struct wall_ns at = part->at.ns != 0 ? part->at : s->done_at;
	double age_s = (double)wall_since(now, at) / (double)NS_PER_SEC;
	double fresh = age_s > 0 ? exp(-age_s / AZURE_AGE_SCALE_S) : 1;
	return (struct azure_age){at, fresh * (s->stale ? AZURE_STALE_WEIGHT : 1)};
}

/* ASCII alone: Azure's words are. The C library's comparison depends on the locale. */
static bool same_word(const char *a, const char *b)
{
	for (; *a != '\0' && *b != '\0'; a++, b++) {
		char x = *a >= 'A' && *a <= 'Z' ? (char)(*a - 'A' + 'a') : *a;
		char y = *b >= 'A' && *b <= 'Z' ? (char)(*b - 'A' + 'a') : *b;
		if (x != y)
			return false;
	}
	return *a == *b;
}

static bool text_is(const struct az_text *t, const char *value)
{
	return t->present && same_word(t->text, value);
}

static enum az_state state_of(const struct az_part *part, const struct az_text *t, const char *healthy)
{
	if (part->read != AZ_OK || !t->present || t->text[0] == '\0')
		return AZ_UNREAD;
	return text_is(t, healthy) ? AZ_GOOD : AZ_BAD;
}

static enum az_peering_state peering_of(const struct az_peering *p)
{
	if (p->part.read != AZ_OK)
		return PEERING_UNREAD;
	if (!p->present)
		return PEERING_MISSING;
	if (text_is(&p->state, "Disabled") || text_is(&p->provisioning_state, "Failed"))
		return PEERING_DISABLED;
	return p->state.present ? PEERING_ENABLED : PEERING_UNREAD;
}

static bool row_is(const struct az_text *text, const struct ip_addr *a)
{
	struct ip_addr parsed;
	return text->present && ip_addr_parse(text->text, &parsed) && ip_addr_equal(&parsed, a);
}

/* The API's own trouble; what is refused (4xx) is a right that is missing, and no sign of more. */
static bool broke(const struct az_part *p)
{
	bool refused = p->http_status >= 400 && p->http_status < 500 && p->http_status != 408 && p->http_status != 429;
	return p->read == AZ_FAILED && !refused;
}

/* Did it fail to answer what has nothing to do with this path? */
static bool breaks_elsewhere(const struct az_snapshot *s, int link)
{
	const struct az_part *others[] = {&s->circuit.part, &s->peering.part, &s->connections.part, &s->gateway_learned.part,
		&s->traffic.part, &s->arp[1 - link].part, &s->bgp[1 - link].part, &s->routes[1 - link].part};
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (broke(others[i]))
			return true;
	return false;
}

/* A failure of one path alone speaks of that path; of both, of the API; and where the API fails here and there, little.
 * An MSEE that gives one of its tables is there. */
enum path_failure { FAILS_NOT, FAILS_ALONE, FAILS_TOO };

static enum path_failure failure_of(const struct az_snapshot *s, int link, const struct az_part *own, const struct az_part *other)
{
	bool answers = s->arp[link].part.read == AZ_OK || s->bgp[link].part.read == AZ_OK || s->routes[link].part.read == AZ_OK;
	if (own->read != AZ_FAILED || other->read != AZ_OK || answers)
		return FAILS_NOT;
	return breaks_elsewhere(s, link) ? FAILS_TOO : FAILS_ALONE;
}

static enum az_arp_state arp_of(const struct az_snapshot *s, int link, const struct ip_addr *ce)
{
	const struct az_arp *t = &s->arp[link];
	static const enum az_arp_state failed[] = {[FAILS_NOT] = ARP_UNREAD, [FAILS_ALONE] = ARP_FAILED, [FAILS_TOO] = ARP_FAILED_TOO};
	if (t->part.read != AZ_OK)
		return failed[failure_of(s, link, &t->part, &s->arp[1 - link].part)];
	bool any_of_family = false;
	for (size_t i = 0; i < t->count; i++) {
		const struct az_arp_row *row = &t->rows[i];
		struct ip_addr addr;
		if (row->ip.present && ip_addr_parse(row->ip.text, &addr) && addr.family == ce->family)
			any_of_family = true;
		if (!row_is(&row->ip, ce))
			continue;
		return !row->mac.present || same_word(row->mac.text, "Incomplete") ? ARP_INCOMPLETE : ARP_COMPLETE;
	}
	/* Only Microsoft's own row: nobody answered at the near address. */
	if (any_of_family)
		return ARP_INCOMPLETE;
	/* IPv6 neighbours are not promised to be in the table at all. */
	return ce->family == IP_V4 ? ARP_EMPTY : ARP_UNREAD;
}

/* statePfxRcd is a number when the session is established, else the state's name. */
static enum az_session_state session_state(const struct az_text *state)
{
	if (!state->present || state->text[0] == '\0')
		return SESSION_DOWN;
	char *end = NULL;
	long prefixes = strtol(state->text, &end, 10);
	if (end == state->text || *end != '\0')
		return same_word(state->text, "Established") ? SESSION_UP : SESSION_DOWN;
	return prefixes > 0 ? SESSION_UP : SESSION_UP_ZERO;
}

static enum az_session_state session_of(const struct az_snapshot *s, int link, const struct ip_addr *ce)
{
	const struct az_bgp *t = &s->bgp[link];
	static const enum az_session_state failed[] = {[FAILS_NOT] = SESSION_UNREAD, [FAILS_ALONE] = SESSION_FAILED, [FAILS_TOO] = SESSION_FAILED_TOO};
	if (t->part.read != AZ_OK)
		return failed[failure_of(s, link, &t->part, &s->bgp[1 - link].part)];
	for (size_t i = 0; i < t->count; i++)
		if (row_is(&t->rows[i].neighbor, ce))
			return session_state(&t->rows[i].state);
	return ce->family == IP_V4 ? SESSION_EMPTY : SESSION_UNREAD;
}

static enum az_state gateway_peers_of(const struct az_snapshot *s)
{
	bool read = false, rows = false;
	for (int l = 0; l < LINKS; l++) {
		if (s->bgp[l].part.read != AZ_OK)
			continue;
		read = true;
		for (size_t i = 0; i < s->bgp[l].count; i++) {
			const struct az_bgp_row *row = &s->bgp[l].rows[i];
			rows = true;
			if (row->as.present && row->as.value == GATEWAY_ASN &&
			    (session_state(&row->state) == SESSION_UP || session_state(&row->state) == SESSION_UP_ZERO))
				return AZ_GOOD;
		}
	}
	return read && rows ? AZ_BAD : AZ_UNREAD;
}

static bool mentions_circuit(const struct az_connection *c, const struct plan_circuit *circuit)
{
	return !c->circuit_id.present || same_word(c->circuit_id.text, circuit->resource_id);
}

static enum az_connection_state connection_of(const struct az_connections *c, const struct plan_circuit *circuit)
{
	if (c->part.read != AZ_OK)
		return CONNECTION_UNREAD;
	enum az_connection_state found = CONNECTION_MISSING;
	for (size_t i = 0; i < c->count; i++) {
		if (!mentions_circuit(&c->rows[i], circuit))
			continue;
		if (!c->rows[i].status.present || text_is(&c->rows[i].status, "Unknown"))
			return CONNECTION_UNREAD; /* seen on healthy ExpressRoute connections */
		if (text_is(&c->rows[i].status, "Connected"))
			return CONNECTION_UP;
		found = CONNECTION_DOWN;
	}
	return found;
}

/* Addresses that were derived lie within Azure's prefix: that they agree says nothing.
 * Those outside come from the file, whatever was derived of the other family. */
static bool prefix_disagrees(const struct az_text *prefix, const struct plan_link *link, int fam, char out[SENTENCE_MAX])
{
	const struct ip_addr *own[] = {&link->ce[fam], &link->msee[fam]};
	struct ip_prefix p;
	if (!prefix->present || !ip_prefix_parse(prefix->text, &p))
		return false;
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		char text[IP_TEXT_MAX];
		if (!ip_addr_is_set(own[i]))
			continue;
		if (!ip_prefix_contains(&p, own[i])) {
			size_t len = strlen(out); /* what else disagrees */
			text_format(out + len, SENTENCE_MAX - len, "%sAzure has %.50s for this link, the edge is configured with %s",
			            len > 0 ? "; " : "", prefix->text, ip_addr_text(own[i], text));
			return true;
		}
	}
	return false;
}

/* Everything that disagrees is named. */
static enum az_state settings_of(const struct az_peering *p, const struct plan_circuit *c, int l, char out[SENTENCE_MAX])
{
	const struct plan_link *link = &c->links[l];
	if (p->part.read != AZ_OK || !p->present || !link->configured)
		return AZ_UNREAD;
	bool as_differs = link->asn >= 0 && p->peer_asn.present && p->peer_asn.value != link->asn;
	if (as_differs)
		snprintf(out, SENTENCE_MAX, "Azure expects AS %lld from the edge, the edge is configured with AS %lld",
		         (long long)p->peer_asn.value, (long long)link->asn);
	bool four = prefix_disagrees(&p->prefix[l], link, FAM4, out), six = prefix_disagrees(&p->prefix6[l], link, FAM6, out);
	if (as_differs || four || six)
		return AZ_BAD;
	if (link->vlan >= 0 && p->vlan.present && p->vlan.value != link->vlan)
		return AZ_UNREAD; /* azure_says.c has it: which link disagrees tells whose VLAN is wrong */
	/* Addresses are mostly taken from Azure itself: that they agree clears neither AS nor VLAN. */
	bool compared = link->asn >= 0 && p->peer_asn.present && link->vlan >= 0 && p->vlan.present;
	return compared ? AZ_GOOD : AZ_UNREAD;
}

/* The neighbours of the gateway stand in both summaries: the older one that was read. */
static struct azure_age gateway_age_of(const struct azure_view *a, const struct az_snapshot *s)
{
	const struct azure_age *one = &a->session_age[LINK_PRIMARY], *other = &a->session_age[LINK_SECONDARY];
	if (s->bgp[LINK_PRIMARY].part.read != AZ_OK)
		return *other;
	if (s->bgp[LINK_SECONDARY].part.read != AZ_OK)
		return *one;
	return one->at.ns <= other->at.ns ? *one : *other;
}

static void date(struct azure_view *a, const struct az_snapshot *s)
{
	a->circuit_age = azure_age_of(s, &s->circuit.part, a->now);
	a->peering_age = azure_age_of(s, &s->peering.part, a->now);
	a->connection_age = azure_age_of(s, &s->connections.part, a->now);
	for (int l = 0; l < LINKS; l++) {
		a->arp_age[l] = azure_age_of(s, &s->arp[l].part, a->now);
		a->session_age[l] = azure_age_of(s, &s->bgp[l].part, a->now);
	}
	a->gateway_age = gateway_age_of(a, s);
}

static bool link_is_good(const struct azure_view *a, int l, bool arp)
{
	for (int fam = 0; fam < FAMILIES; fam++) {
		unsigned seen = arp ? (unsigned)a->arp[fam][l] : (unsigned)a->session[fam][l];
		if (arp ? seen > ARP_COMPLETE : seen > SESSION_UP && seen != SESSION_BRINGS)
			return false;
	}
	return true;
}

/* lags: it calls good for a while what is dead. */
static void age_since(struct azure_view *a, struct azure_age *age, bool lags, struct wall_ns changed)
{
	if (age->at.ns < changed.ns)
		a->outlived = true;
	if (age->at.ns < changed.ns || (lags && wall_since(age->at, changed) < HOLD_TIME_NS))
		age->weight = 0;
}

/* Of what it says besides: that all was well before a death tells nothing of what died, nor does what flowed until then. What was
 * amiss by then, a test that ran, a port without light, may well be why it died; and what was counted of the last hour stays
 * true. */
static bool says_outlived(enum azure_says which, uint8_t seen)
{
	if (which == SAYS_FULL || which == SAYS_DROPS)
		return false;
	return which == SAYS_OUT || seen == AZ_GOOD;
}

/* Does it rest on what an MSEE's session has brought, which stays until that ends, or on what Azure derives minutes later? */
static bool says_lags(enum azure_says which)
{
	return which == SAYS_ROUTES || which == SAYS_ADVERTISED || which == SAYS_LIMIT || which == SAYS_HEALTH;
}

/* Whether Azure is asked once more is for the states to say: not all of this is read again. */
static void age_says_since(struct azure_view *a, enum azure_says which, int l, struct wall_ns changed)
{
	uint8_t seen = a->says[which][l];
	struct azure_age *age = &a->says_age[which][l];
	bool before = age->at.ns < changed.ns, lags = says_lags(which) && wall_since(age->at, changed) < HOLD_TIME_NS;
	if (says_outlived(which, seen) && (before || lags))
		age->weight = 0;
}

void azure_view_since(struct azure_view *a, struct wall_ns changed)
{
	if (changed.ns == 0)
		return;
	age_since(a, &a->circuit_age, false, changed);
	age_since(a, &a->peering_age, false, changed);
	age_since(a, &a->connection_age, a->connection == CONNECTION_UP, changed);
	age_since(a, &a->gateway_age, a->gateway_peers == AZ_GOOD, changed);
	for (int l = 0; l < LINKS; l++) {
		age_since(a, &a->arp_age[l], link_is_good(a, l, true), changed);
		age_since(a, &a->session_age[l], link_is_good(a, l, false), changed);
		for (int which = 0; which < SAYS; which++)
			age_says_since(a, (enum azure_says)which, l, changed);
	}
}

void azure_view_build(struct azure_view *a, const struct plan_circuit *c, const struct az_snapshot *s,
                      struct wall_ns now)
{
	memset(a, 0, sizeof *a);
	if (!s || !az_snapshot_has_answer(s))
		return;
	a->now = now;
	date(a, s);
	a->circuit = state_of(&s->circuit.part, &s->circuit.circuit_state, "Enabled");
	a->provider = state_of(&s->circuit.part, &s->circuit.provider_state, "Provisioned");
	a->peering = peering_of(&s->peering);
	if (c->peering == PEERING_PRIVATE) { /* Microsoft peering ends at Microsoft's edge: no gateway */
		a->connection = connection_of(&s->connections, c);
		a->gateway_peers = gateway_peers_of(s);
	}
	for (int l = 0; l < LINKS; l++) {
		for (int fam = 0; fam < FAMILIES; fam++) {
			const struct ip_addr *ce = &c->links[l].ce[fam];
			if (!ip_addr_is_set(ce))
				continue;
			a->arp[fam][l] = arp_of(s, l, ce);
			a->session[fam][l] = session_of(s, l, ce);
		}
		a->settings[l] = settings_of(&s->peering, c, l, a->disagreement[l]);
	}
	azure_says_build(a, c, s);
}
