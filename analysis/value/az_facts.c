/* SPDX-License-Identifier: BSD-2-Clause */
/* What a snapshot of Azure says beyond states and tables. */
#include "analysis/value/az_facts.h"

#include "analysis/value/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GATEWAY_ASN 65515
#define LIGHT_LEAST (-10.0) /* dBm: what Microsoft's own alerts take for healthy */
#define LIGHT_MOST 0.0

/* ------------------------------------------------------------------ words */

/* Length of the common beginning. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0;
	while (a[n] != '\0' && ascii_lower(a[n]) == ascii_lower(b[n]))
		n++;
	return n;
}

bool az_text_is(const struct az_text *t, const char *word)
{
	size_t n = t->present ? common(t->text, word) : 0;
	return t->present && t->text[n] == '\0' && word[n] == '\0';
}

/* Digits with at most one point: the whole as an integer, and how many stand behind the point. */
static const char *read_digits(const char *at, double *value, int *digits, int *behind)
{
	bool point = false;
	for (; (*at >= '0' && *at <= '9') || (*at == '.' && !point); at++) {
		if (*at == '.') {
			point = true;
			continue;
		}
		*value = *value * 10 + (*at - '0');
		*behind += point;
		++*digits;
	}
	return at;
}

/* By hand: the C library's reading depends on the locale. */
bool az_text_number(const struct az_text *t, double *out)
{
	const char *at = t->text;
	double value = 0;
	int digits = 0, behind = 0;
	bool negative = at[0] == '-';
	if (!t->present)
		return false;
	at += negative;
	const char *end = read_digits(at, &value, &digits, &behind);
	if (digits == 0)
		return false;
	long exponent = 0;
	if (*end == 'e' || *end == 'E') {
		char *rest = NULL;
		exponent = strtol(end + 1, &rest, 10);
		if (rest == end + 1)
			return false;
		end = rest;
	}
	if (*end != '\0' || exponent < -300 || exponent > 300)
		return false;
	value *= pow(10, (double)(exponent - behind));
	*out = negative ? -value : value;
	return true;
}

/* Digits, then a colon or one of the letters of "1y2w3d4h": each is worth more of the smaller. */
bool az_text_age(const struct az_text *t, double *seconds)
{
	static const struct { char letter; double s; } units[] = {{'y', 31536000}, {'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
	double sum = 0, clock = 0;
	bool any = false, is_clock = false;
	for (const char *at = t->text; t->present && *at != '\0';) {
		size_t digits = strspn(at, "0123456789"), u = 0;
		double value;
		if (digits == 0 || digits > 9)
			return false;
		value = (double)strtol(at, NULL, 10);
		at += digits;
		any = true;
		if (*at == '.' && !is_clock) { /* days of a .NET time span */
			sum += value * 86400;
			at++;
			continue;
		}
		if (*at == ':' || (*at == '\0' && is_clock) || (*at == '.' && is_clock)) {
			clock = clock * 60 + value;
			is_clock = true;
			if (*at != ':')
				break; /* parts of a second do not matter */
			at++;
			continue;
		}
		while (u < sizeof units / sizeof units[0] && units[u].letter != *at)
			u++;
		if (is_clock || u == sizeof units / sizeof units[0])
			return false;
		sum += value * units[u].s;
		at++;
	}
	*seconds = sum + clock;
	return any;
}

enum link_id az_text_link(const struct az_text *t)
{
	if (t->present && common("Primary", t->text) == 7)
		return LINK_PRIMARY;
	if (t->present && common("Secondary", t->text) == 9)
		return LINK_SECONDARY;
	return LINK_NULL;
}

/* ------------------------------------------------------------------ tests and events */

enum az_fact az_failover_test(const struct az_snapshot *s, enum link_id l, const struct az_failover_test **which)
{
	const struct az_failover_tests *t = &s->failover_tests;
	const struct az_failover_test *found = NULL;
	if (t->part.read != AZ_OK)
		return AZ_FACT_UNKNOWN;
	for (size_t i = 0; i < t->count; i++) {
		const struct az_failover_test *row = &t->rows[i];
		bool runs = az_text_is(&row->status, "Running");
		bool turns = az_text_is(&row->status, "Starting") || az_text_is(&row->status, "Stopping");
		if (az_text_link(&row->link) == l && ((runs && !(found && az_text_is(&found->status, "Running"))) || (turns && !found)))
			found = row;
	}
	if (found && which)
		*which = found;
	return found ? AZ_FACT_YES : AZ_FACT_NO;
}

enum az_event_when az_event_when(const struct az_event *e, struct wall_ns now)
{
	struct wall_ns at;
	if (e->ended.present && wall_parse(e->ended.text, &at) && wall_since(now, at) >= 0)
		return AZ_EVENT_OVER;
	if (e->began.present && wall_parse(e->began.text, &at) && wall_since(now, at) < 0)
		return AZ_EVENT_AHEAD;
	/* "Resolved" without an end, or with one ahead, is over all the same. */
	return az_text_is(&e->status, "Resolved") ? AZ_EVENT_OVER : AZ_EVENT_NOW;
}

/* "West US 2" and "westus2" are one region: letters and digits count. Returns how much of text
 * the name takes, 0 when it does not begin with it. */
static size_t region_at(const char *text, const char *region)
{
	size_t n = 0;
	for (; *region != '\0'; n++) {
		if (text[n] == ' ')
			continue;
		if (text[n] == '\0' || ascii_lower(text[n]) != ascii_lower(*region))
			return 0;
		region++;
	}
	return n;
}

bool az_event_is_near(const struct az_event *e, const struct az_circuit *c)
{
	const char *at = e->region.text;
	if (!e->region.present || at[0] == '\0' || !c->location.present)
		return true;
	while (*at != '\0') {
		size_t used = region_at(at, c->location.text);
		if ((used > 0 && (at[used] == '\0' || at[used] == ',')) || region_at(at, "global") > 0)
			return true;
		at += strcspn(at, ",");
		at += strspn(at, ", ");
	}
	return false;
}

static bool find_event(const struct az_events *list, const struct az_circuit *near, const char *kind, struct wall_ns now,
                       const struct az_event **which)
{
	for (size_t i = 0; list->part.read == AZ_OK && i < list->count; i++) {
		const struct az_event *e = &list->rows[i];
		if (!az_text_is(&e->kind, kind) || az_event_when(e, now) != AZ_EVENT_NOW || (near && !az_event_is_near(e, near)))
			continue;
		if (which)
			*which = e;
		return true;
	}
	return false;
}

enum az_fact az_event_now(const struct az_snapshot *s, const char *kind, struct wall_ns now, const struct az_event **which)
{
	if (find_event(&s->circuit_events, NULL, kind, now, which) ||
	    find_event(&s->service_events, &s->circuit, kind, now, which))
		return AZ_FACT_YES;
	return s->circuit_events.part.read == AZ_OK ? AZ_FACT_NO : AZ_FACT_UNKNOWN;
}

enum az_fact az_health_bad(const struct az_snapshot *s)
{
	const struct az_health *h = &s->health;
	if (h->part.read != AZ_OK || !h->state.present || az_text_is(&h->state, "Unknown"))
		return AZ_FACT_UNKNOWN;
	return az_text_is(&h->state, "Unavailable") || az_text_is(&h->state, "Degraded") ? AZ_FACT_YES : AZ_FACT_NO;
}

/* ------------------------------------------------------------------ metrics */

#define BANDWIDTH_USED 0.9

enum az_fact az_qos_drops(const struct az_snapshot *s, double *bits_per_second)
{
	double most = 0, value;
	if (s->drops.part.read != AZ_OK || s->drops.count == 0)
		return AZ_FACT_UNKNOWN;
	for (size_t i = 0; i < s->drops.count; i++)
		if (az_text_number(&s->drops.rows[i].highest, &value) && value > most)
			most = value;
	if (bits_per_second)
		*bits_per_second = most;
	return most > 0 ? AZ_FACT_YES : AZ_FACT_NO;
}

enum az_fact az_bandwidth_used(const struct az_snapshot *s, double *bits_per_second)
{
	double most = 0, value, bought;
	const struct az_int *mbps = &s->circuit.bandwidth_mbps;
	if (s->traffic.part.read != AZ_OK || s->traffic.count == 0 || s->circuit.part.read != AZ_OK || !mbps->present || mbps->value <= 0)
		return AZ_FACT_UNKNOWN;
	bought = (double)mbps->value * 1e6;
	for (size_t i = 0; i < s->traffic.count; i++)
		if (az_text_number(&s->traffic.rows[i].highest, &value) && value > most)
			most = value;
	if (bits_per_second)
		*bits_per_second = most;
	return most >= BANDWIDTH_USED * bought ? AZ_FACT_YES : AZ_FACT_NO;
}

#define TRAFFIC_AGE_S 900

/* Of one peering's series, or of those that name none. */
static bool is_of_peering(const struct az_metric *m, enum peering_type peering)
{
	const char *other = peering == PEERING_PRIVATE ? "microsoft" : "private";
	for (const char *at = m->peering_type.text; m->peering_type.present && *at != '\0'; at++)
		if (common(at, other) == strlen(other))
			return false;
	return true;
}

bool az_traffic_now(const struct az_snapshot *s, enum peering_type peering, struct wall_ns now, double *in, double *out)
{
	bool has_in = false, has_out = false;
	*in = *out = 0;
	for (size_t i = 0; s->traffic.part.read == AZ_OK && i < s->traffic.count; i++) {
		const struct az_metric *m = &s->traffic.rows[i];
		bool into = az_text_is(&m->name, "BitsInPerSecond");
		struct wall_ns at;
		double value;
		if ((!into && !az_text_is(&m->name, "BitsOutPerSecond")) || !is_of_peering(m, peering) || !az_text_number(&m->average, &value) ||
		    !m->at.present || !wall_parse(m->at.text, &at) || wall_since(now, at) > TRAFFIC_AGE_S * NS_PER_SEC)
			continue;
		*(into ? in : out) += value;
		has_in |= into;
		has_out |= !into;
	}
	return has_in && has_out;
}

bool az_availability_falls(const struct az_snapshot *s, enum peering_type peering, enum link_id l, bool arp, double *falls)
{
	bool read = false;
	*falls = 0;
	for (size_t i = 0; s->metrics.part.read == AZ_OK && i < s->metrics.count; i++) {
		const struct az_metric *m = &s->metrics.rows[i];
		double value;
		if (!az_text_is(&m->name, arp ? "ArpAvailability" : "BgpAvailability") || !is_of_peering(m, peering) || az_text_link(&m->peer) != l ||
		    !az_text_number(&m->falls, &value))
			continue;
		read = true;
		*falls = fmax(*falls, value); /* both families over one wire fall at once */
	}
	return read;
}

/* The ports are named link1 and link2; which is the primary's follows from the order. */
static bool is_port_of(const struct az_text *name, enum link_id l)
{
	return az_text_is(name, l == LINK_PRIMARY ? "link1" : "link2");
}

static enum az_fact admin_down(const struct az_snapshot *s, enum link_id l)
{
	for (size_t i = 0; s->port.part.read == AZ_OK && i < s->port.count; i++)
		if (is_port_of(&s->port.rows[i].name, l) && s->port.rows[i].admin_state.present)
			return az_text_is(&s->port.rows[i].admin_state, "Disabled") ? AZ_FACT_YES : AZ_FACT_NO;
	return AZ_FACT_UNKNOWN;
}

enum az_fact az_port_shut(const struct az_snapshot *s, enum link_id l)
{
	enum az_fact fact = admin_down(s, l);
	double value;
	for (size_t i = 0; s->port_state.part.read == AZ_OK && i < s->port_state.count && fact == AZ_FACT_UNKNOWN; i++) {
		const struct az_metric *m = &s->port_state.rows[i];
		if (az_text_is(&m->name, "AdminState") && is_port_of(&m->link, l) && az_text_number(&m->average, &value))
			fact = value < 0.5 ? AZ_FACT_YES : AZ_FACT_NO;
	}
	return fact;
}

enum az_fact az_port_down(const struct az_snapshot *s, enum link_id l)
{
	enum az_fact fact = admin_down(s, l);
	double value;
	for (size_t i = 0; s->port_state.part.read == AZ_OK && i < s->port_state.count && fact != AZ_FACT_YES; i++) {
		const struct az_metric *m = &s->port_state.rows[i];
		if (az_text_is(&m->name, "LineProtocol") && is_port_of(&m->link, l) && az_text_number(&m->average, &value))
			fact = value < 0.5 ? AZ_FACT_YES : AZ_FACT_NO;
	}
	return fact;
}

enum az_fact az_light_bad(const struct az_snapshot *s, enum link_id l, double *dbm)
{
	enum az_fact fact = AZ_FACT_UNKNOWN;
	double worst = 0, value;
	if (admin_down(s, l) == AZ_FACT_YES || s->port_light.part.read != AZ_OK)
		return AZ_FACT_UNKNOWN;
	for (size_t i = 0; i < s->port_light.count; i++) {
		const struct az_metric *m = &s->port_light.rows[i];
		if (!az_text_is(&m->name, "RxLightLevel") || !is_port_of(&m->link, l) || !az_text_number(&m->average, &value))
			continue;
		bool bad = value < LIGHT_LEAST || value > LIGHT_MOST;
		if (fact == AZ_FACT_UNKNOWN || (bad && (fact == AZ_FACT_NO || value < worst)))
			worst = value;
		fact = bad || fact == AZ_FACT_YES ? AZ_FACT_YES : AZ_FACT_NO;
	}
	if (dbm)
		*dbm = worst;
	return fact;
}

/* ------------------------------------------------------------------ routes */

bool az_gateway_sessions(const struct az_snapshot *s, struct az_gateway_sessions *out)
{
	const struct az_gateway_peers *g = &s->gateway_peers;

	*out = (struct az_gateway_sessions){0};
	for (size_t i = 0; g->part.read == AZ_OK && i < g->count; i++) {
		const struct az_gateway_peer *p = &g->rows[i];
		if (!p->asn.present || p->asn.value != AZ_MSEE_ASN)
			continue;
		out->all++;
		out->up += az_text_is(&p->state, "Connected");
		out->unknown += !p->state.present || az_text_is(&p->state, "Unknown");
	}
	return g->part.read == AZ_OK;
}

int64_t az_prefix_limit(const struct az_snapshot *s, enum peering_type peering, int family)
{
	const struct az_circuit *c = &s->circuit;
	if (peering == PEERING_MICROSOFT)
		return 200;
	if (family == FAM6)
		return 100;
	if (c->part.read != AZ_OK || !c->sku_tier.present)
		return 0;
	return az_text_is(&c->sku_tier, "Premium") ? 10000 : 4000;
}

int64_t az_first_as(const struct az_text *path)
{
	const char *at = path->text + strspn(path->text, " \t\r\n");
	size_t digits = strspn(at, "0123456789");
	int64_t as = 0;
	if (!path->present || digits == 0 || digits > 10)
		return -1;
	for (size_t i = 0; i < digits; i++)
		as = as * 10 + (at[i] - '0');
	return as;
}

bool az_route_counts(const struct az_snapshot *s, enum link_id l, int family, size_t *customer, size_t *gateway)
{
	const struct az_routes *t = &s->routes[l];
	*customer = *gateway = 0;
	if (t->part.read != AZ_OK)
		return false;
	for (size_t i = 0; i < t->count; i++) {
		bool v6 = strchr(t->rows[i].network.text, ':') != NULL;
		int64_t as = az_first_as(&t->rows[i].path);
		if (v6 != (family == FAM6))
			continue;
		*gateway += as == GATEWAY_ASN;
		*customer += s->peering.peer_asn.present && as == s->peering.peer_asn.value;
	}
	return true;
}
