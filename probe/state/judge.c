/* SPDX-License-Identifier: BSD-2-Clause */
/* What Azure's own words say of a circuit. */
#include "probe/state/judge.h"

#include "analysis/value/az_facts.h"
#include "analysis/value/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>


const char *state_status_name(enum state_status s)
{
	static const char *const names[] = {"healthy", "degraded", "fault", "unread"};
	return names[s];
}

bool judge_is(const struct az_text *t, const char *word)
{
	return t->present && strcasecmp(t->text, word) == 0;
}

/* Worst first, else in the order of finding. When full, the least of all goes. */
void judge_add(struct judgement *j, enum state_status weight, enum link_id link, const char *means,
               const char *format, ...)
{
	char raw[FINDING_TEXT_MAX];
	struct finding f = {.weight = weight, .link = link};
	size_t at = 0;
	va_list args;
	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	text_safe(f.what, sizeof(f.what), raw);
	text_safe(f.means, sizeof(f.means), means);
	while (at < j->count && j->findings[at].weight >= weight)
		at++;
	if (at == FINDINGS_MAX)
		return;
	size_t behind = (j->count < FINDINGS_MAX ? j->count : FINDINGS_MAX - 1) - at;
	memmove(&j->findings[at + 1], &j->findings[at], behind * sizeof(f));
	j->findings[at] = f;
	j->count += j->count < FINDINGS_MAX;
}

/* ------------------------------------------------------------------ circuit */

static void judge_circuit(const struct az_circuit *c, struct judgement *j)
{
	if (c->part.read != AZ_OK)
		return;
	if (c->circuit_state.present && !judge_is(&c->circuit_state, "Enabled"))
		judge_add(j, STATE_FAULT, LINK_NULL, "the circuit does not carry traffic: open a ticket with Microsoft",
		          "the circuit is '%s', not Enabled", c->circuit_state.text);
	if (c->provider_state.present && !judge_is(&c->provider_state, "Provisioned"))
		judge_add(j, STATE_FAULT, LINK_NULL,
		          "the provider has not provisioned the circuit, or has taken it down: call the provider",
		          "the provider's state is '%s', not Provisioned", c->provider_state.text);
	if (judge_is(&c->provisioning_state, "Failed"))
		judge_add(j, STATE_DEGRADED, LINK_NULL,
		          "Azure's last change of the circuit failed; traffic may be fine. Refresh the circuit in the portal",
		          "the circuit's provisioning state is Failed");
	else if (c->provisioning_state.present && !judge_is(&c->provisioning_state, "Succeeded"))
		judge_add(j, STATE_HEALTHY, LINK_NULL, "somebody is changing the circuit at this moment",
		          "the circuit's provisioning state is '%s'", c->provisioning_state.text);
}

/* ------------------------------------------------------------------ peering */

/* Where a session stands, validation is open for further prefixes only. */
static bool any_session_stands(const struct judgement *j)
{
	for (int l = 0; l < LINKS; l++)
		for (int f = 0; f < FAMILIES; f++)
			if (j->paths[l].session[f].established)
				return true;
	return false;
}

static void judge_microsoft(const struct az_peering *p, struct judgement *j)
{
	enum state_status weight = any_session_stands(j) ? STATE_DEGRADED : STATE_FAULT;
	if (p->advertised_prefixes_state.present && !judge_is(&p->advertised_prefixes_state, "Configured"))
		judge_add(j, weight, LINK_NULL,
		          "Microsoft accepts no public prefix before it has validated it: prove that they are yours",
		          "the advertised public prefixes are '%s', not Configured", p->advertised_prefixes_state.text);
	if (!p->has_route_filter)
		judge_add(j, STATE_FAULT, LINK_NULL, "without one Azure announces nothing over Microsoft peering: attach one",
		          "the peering has no route filter");
}

static void judge_peering(const struct plan_circuit *c, const struct az_peering *p, struct judgement *j)
{
	if (p->part.read != AZ_OK)
		return;
	if (!p->present) {
		judge_add(j, STATE_FAULT, LINK_NULL, "nothing can cross the circuit before the peering is configured",
		          "the circuit has no %s", peering_name(c->peering));
		return;
	}
	if (p->state.present && !judge_is(&p->state, "Enabled"))
		judge_add(j, STATE_FAULT, LINK_NULL, "both BGP sessions are shut by configuration: enable the peering",
		          "the peering is '%s', not Enabled", p->state.text);
	if (judge_is(&p->provisioning_state, "Failed"))
		judge_add(j, STATE_DEGRADED, LINK_NULL,
		          "Azure's last change of the peering failed; traffic may be fine. Refresh the circuit in the portal",
		          "the peering's provisioning state is Failed");
	else if (p->provisioning_state.present && !judge_is(&p->provisioning_state, "Succeeded"))
		judge_add(j, STATE_HEALTHY, LINK_NULL, "somebody is changing the peering at this moment",
		          "the peering's provisioning state is '%s'", p->provisioning_state.text);
	if (p->state6.present && !judge_is(&p->state6, "Enabled") && judge_is(&p->state, "Enabled"))
		judge_add(j, STATE_DEGRADED, LINK_NULL, "IPv6 does not cross the circuit: enable it",
		          "the peering's IPv6 side is '%s', not Enabled", p->state6.text);
	if (c->peering == PEERING_MICROSOFT)
		judge_microsoft(p, j);
}

/* ------------------------------------------------------------------ gateway */

/* Ids longer than a text value were cut and end in "…": then the beginning must do. */
static bool leads_to(const struct plan_circuit *c, const struct az_connection *r)
{
	const char *cut = strstr(r->circuit_id.text, TEXT_CUT_MARK);
	if (!r->circuit_id.present)
		return true;
	if (cut)
		return strncasecmp(r->circuit_id.text, c->resource_id, (size_t)(cut - r->circuit_id.text)) == 0;
	return strcasecmp(r->circuit_id.text, c->resource_id) == 0;
}

/* Absent, "Unknown" and "Connected" say nothing against a connection of type ExpressRoute. */
static enum state_status weight_of(const struct az_connection *r)
{
	if (judge_is(&r->status, "NotConnected"))
		return STATE_FAULT;
	if (judge_is(&r->status, "Connecting") || judge_is(&r->provisioning_state, "Failed"))
		return STATE_DEGRADED;
	return STATE_HEALTHY;
}

static void say_connection(const struct az_connection *r, enum state_status weight, struct judgement *j)
{
	if (judge_is(&r->provisioning_state, "Failed") && !judge_is(&r->status, "NotConnected"))
		judge_add(j, weight, LINK_NULL, "Azure's last change of the connection failed; traffic may be fine",
		          "the provisioning state of connection %s is Failed", r->name.text);
	else
		judge_add(j, weight, LINK_NULL, "the gateway does not reach the circuit: Azure's side, see the connection",
		          "connection %s is '%s'", r->name.text, r->status.text);
}

static void judge_connections(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	size_t ours = 0, dead = 0;
	if (s->connections.part.read != AZ_OK || c->peering != PEERING_PRIVATE)
		return;
	for (size_t i = 0; i < s->connections.count; i++)
		if (leads_to(c, &s->connections.rows[i])) {
			ours++;
			dead += weight_of(&s->connections.rows[i]) == STATE_FAULT;
		}
	for (size_t i = 0; i < s->connections.count; i++) {
		const struct az_connection *r = &s->connections.rows[i];
		enum state_status weight = leads_to(c, r) ? weight_of(r) : STATE_HEALTHY;
		if (weight == STATE_FAULT && dead < ours)
			weight = STATE_DEGRADED; /* another network behind the circuit still works */
		if (weight != STATE_HEALTHY)
			say_connection(r, weight, j);
	}
	if (ours == 0 && c->gateway_id[0])
		judge_add(j, STATE_FAULT, LINK_NULL, "nothing links the virtual network to the circuit: make the connection",
		          "the configured gateway has no connection to this circuit");
}

static void judge_gateway(const struct plan_circuit *c, const struct az_gateway *g, struct judgement *j)
{
	if (c->peering != PEERING_PRIVATE)
		return;
	if (g->part.read == AZ_FAILED && g->part.http_status == 404 && c->gateway_id[0])
		judge_add(j, STATE_FAULT, LINK_NULL, "it was deleted, or gateway_id in the configuration is wrong",
		          "the configured gateway does not exist");
	if (g->part.read == AZ_OK && judge_is(&g->provisioning_state, "Failed"))
		judge_add(j, STATE_DEGRADED, LINK_NULL, "Azure's last change of the gateway failed; traffic may be fine",
		          "the gateway's provisioning state is Failed");
}

/* One whose state Azure does not know may stand, and accuses nobody. */
static void judge_gateway_peers(const struct az_snapshot *s, struct judgement *j)
{
	struct az_gateway_sessions g;
	if (az_gateway_sessions(s, &g) && g.up + g.unknown < g.all)
		judge_add(j, g.up + g.unknown == 0 ? STATE_FAULT : STATE_DEGRADED, LINK_NULL,
		          "the gateway does not exchange routes with Microsoft's edge: Azure's side, see the gateway",
		          "%zu of the gateway's %zu BGP sessions with Microsoft's edge do not stand", g.all - g.up - g.unknown, g.all);
}

/* Its sessions are gone from the MSEEs' summaries although those were read and list the
 * edge. Expected only where a gateway is known to exist. */
static void judge_gateway_rows(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	size_t listed = 0, up = 0, read = 0;
	bool expected = c->peering == PEERING_PRIVATE &&
	                (c->gateway_id[0] || s->gateway.part.read == AZ_OK ||
	                 (s->connections.part.read == AZ_OK && s->connections.count > 0));
	for (int l = 0; l < LINKS; l++) {
		const struct path_reading *p = &j->paths[l];
		bool has_edge = p->session[FAM4].known || p->session[FAM6].known;
		read += has_edge;
		listed += p->gateway_all;
		up += p->gateway_up;
	}
	if (!expected || read < LINKS || (listed > 0 && up == listed))
		return;
	if (up == 0)
		judge_add(j, STATE_FAULT, LINK_NULL,
		          "the gateway is down, not connected, or over its limit of 1,000 prefixes: Azure's side",
		          listed ? "no BGP session between Microsoft's edge and the gateway stands (%zu listed)"
		                 : "the gateway is missing among the BGP neighbours of both edge routers (%zu listed)",
		          listed);
	else
		judge_add(j, STATE_DEGRADED, LINK_NULL, "a gateway instance or one edge router lost its session: Azure's side",
		          "%zu of %zu BGP sessions between Microsoft's edge and the gateway stand", up, listed);
}

/* What makes Azure call a circuit unavailable is not documented: it never weighs as a fault. */
static void judge_health(const struct az_health *h, struct judgement *j)
{
	if (h->part.read != AZ_OK || !(judge_is(&h->state, "Unavailable") || judge_is(&h->state, "Degraded")))
		return;
	judge_add(j, STATE_DEGRADED, LINK_NULL,
	          h->summary.text[0] ? h->summary.text : "Azure's Resource Health sees the circuit so: ask Microsoft",
	          "Azure's Resource Health calls the circuit '%s'", h->state.text);
}

static bool begins(const struct az_text *t, const char *word)
{
	return t->present && strncasecmp(t->text, word, strlen(word)) == 0;
}

/* Below 90 percent Microsoft's own alerts begin. BGP's metric falls in maintenance at
 * Microsoft while the session stands: a remark. */
static void judge_metrics(const struct plan_circuit *c, const struct az_metrics *t, struct judgement *j)
{
	const char *kind = c->peering == PEERING_PRIVATE ? "Private" : "Microsoft";
	for (size_t i = 0; t->part.read == AZ_OK && i < t->count; i++) {
		const struct az_metric *m = &t->rows[i];
		enum link_id link = begins(&m->peer, "Primary") ? LINK_PRIMARY
		                    : begins(&m->peer, "Secondary") ? LINK_SECONDARY : LINK_NULL;
		bool arp = judge_is(&m->name, "ArpAvailability");
		if (strtod(m->average.text, NULL) >= 90 || (m->peering_type.present && !strstr(m->peering_type.text, kind)))
			continue;
		judge_add(j, arp ? STATE_DEGRADED : STATE_HEALTHY, link,
		          arp ? "Microsoft's edge did not always find the router at the other end in the last minutes"
		              : "the session was down, or Microsoft maintains its network behind the edge",
		          "%s was %s %% at %.16s", m->name.text, m->average.text, m->at.text);
	}
}

/* Something that is of the circuit itself: connections and gateways exist without it. */
static bool circuit_was_read(const struct az_snapshot *s)
{
	bool read = s->circuit.part.read == AZ_OK || s->peering.part.read == AZ_OK ||
	            s->circuit_stats.part.read == AZ_OK || s->peering_stats.part.read == AZ_OK;
	for (int l = 0; l < LINKS; l++)
		read = read || s->arp[l].part.read == AZ_OK || s->bgp[l].part.read == AZ_OK || s->routes[l].part.read == AZ_OK;
	return read;
}

void judge_snapshot(const struct plan_circuit *c, const struct az_snapshot *s, struct judgement *j)
{
	memset(j, 0, sizeof(*j));
	judge_read_paths(c, s, j);
	judge_circuit(&s->circuit, j);
	judge_peering(c, &s->peering, j);
	judge_ports(s, j); /* a dead port stands before the session that it ends */
	judge_paths(c, s, j);
	judge_gateway(c, &s->gateway, j);
	judge_connections(c, s, j);
	if (c->peering == PEERING_PRIVATE)
		judge_gateway_peers(s, j);
	judge_gateway_rows(c, s, j);
	judge_health(&s->health, j);
	judge_metrics(c, &s->metrics, j);
	judge_more(c, s, j);
	for (size_t i = 0; i < j->count; i++)
		if (j->findings[i].weight > j->status)
			j->status = j->findings[i].weight;
	if (!az_snapshot_available(s)) /* not even a gateway that is not there says more then */
		j->status = STATE_UNREAD;
	if (!circuit_was_read(s) && j->status == STATE_HEALTHY)
		j->status = STATE_UNREAD;
}
