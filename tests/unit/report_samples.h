/* SPDX-License-Identifier: BSD-2-Clause */
/* Made results that the report tests print: one function a situation. Each is
 * built on a sample that owns all it points to; sample_free() gives it back. */
#ifndef ERPROBE_REPORT_SAMPLES_H
#define ERPROBE_REPORT_SAMPLES_H

#include "tests/unit/report_build.h"

#define T0 INT64_C(1769860800000000000) /* 2026-01-31T12:00:00Z */

struct sample {
	struct plan plan;
	struct plan_circuit circuit;
	struct plan_target planned[4];
	struct az_snapshot azure;
	struct az_arp_row arp[LINKS][2];
	struct az_bgp_row bgp[LINKS][2];
	struct az_connection connection;
	struct peering_seen seen[LINKS][FAMILIES];
	struct run_result result;
};

static struct az_part part(const char *operation)
{
	struct az_part p = {.read = AZ_OK, .at = {T0 + 2 * NS_PER_SEC}, .http_status = 200};

	PUT(p.operation, operation);
	return p;
}

static void azure_circuit(struct az_snapshot *s)
{
	s->circuit.part = part("circuit");
	s->circuit.circuit_state = say("Enabled");
	s->circuit.provider_state = say("Provisioned");
	s->circuit.provisioning_state = say("Succeeded");
	s->circuit.provider_name = say("Equinix");
	s->circuit.peering_location = say("Frankfurt");
	s->circuit.bandwidth_mbps = number(1000);
	s->circuit.service_key = say("00000000-0000-0000-0000-00000000beef");
	s->peering.part = part("peering");
	s->peering.present = true;
	s->peering.name = say("AzurePrivatePeering");
	s->peering.state = say("Enabled");
	s->peering.provisioning_state = say("Succeeded");
	s->peering.azure_asn = number(12076);
	s->peering.peer_asn = number(65010);
	s->peering.vlan = number(100);
	s->peering.prefix[LINK_PRIMARY] = say("172.16.3.0/30");
	s->peering.prefix[LINK_SECONDARY] = say("172.16.4.0/30");
}

static void azure_tables(struct sample *s)
{
	static const char *const ce[LINKS] = {"172.16.3.1", "172.16.4.1"}, *const msee[LINKS] = {"172.16.3.2", "172.16.4.2"};

	for (int l = 0; l < LINKS; l++) {
		s->azure.arp[l].part = part(l == 0 ? "arpTables/primary" : "arpTables/secondary");
		s->arp[l][0] = (struct az_arp_row){say("On-Prem"), say(ce[l]), say("02cf.2b02.c221"), number(4)};
		s->arp[l][1] = (struct az_arp_row){say("Microsoft"), say(msee[l]), say("02cf.2b02.c22b"), number(0)};
		s->azure.arp[l].rows = s->arp[l];
		s->azure.arp[l].count = 2;
		s->azure.bgp[l].part = part(l == 0 ? "routeTablesSummary/primary" : "routeTablesSummary/secondary");
		s->bgp[l][0] = (struct az_bgp_row){say(ce[l]), say("1d14h"), say("7"), number(65010)};
		s->bgp[l][1] = (struct az_bgp_row){say("10.100.255.12"), say("1d14h"), say("2"), number(65515)};
		s->azure.bgp[l].rows = s->bgp[l];
		s->azure.bgp[l].count = 2;
		s->azure.routes[l].part = part(l == 0 ? "routeTables/primary" : "routeTables/secondary");
	}
	s->connection = (struct az_connection){.name = say("frankfurt-conn"), .status = say("Connected")};
	s->azure.connections = (struct az_connections){part("connections"), &s->connection, 1};
	s->azure.gateway.part = part("gateway");
	s->azure.gateway.name = say("er-gw");
	s->azure.gateway.provisioning_state = say("Succeeded");
}

static void plan_circuit_of(struct plan_circuit *c)
{
	PUT(c->name, "frankfurt-1");
	PUT(c->resource_id, "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/expressRouteCircuits/frankfurt-1");
	c->links[0].ce[FAM4] = at("172.16.3.1");
	c->links[0].msee[FAM4] = at("172.16.3.2");
	c->links[1].ce[FAM4] = at("172.16.4.1");
	c->links[1].msee[FAM4] = at("172.16.4.2");
	PUT(c->links[0].interface, "eth1");
	c->links[0].source[FAM4] = at("10.10.1.1");
	c->links[0].configured = c->links[1].configured = true;
}

/* A run of one circuit with nothing found yet. */
static struct sample *sample_new(void)
{
	struct sample *s = calloc(1, sizeof *s);

	if (s == NULL)
		abort();
	struct plan *p = &s->plan;
	PUT(p->run_id, "019c13a2-5c00-7000-8000-000000000001");
	PUT(p->tool, "erprobe 0.1.0");
	PUT(p->host, "probe-1");
	p->started_at.ns = T0;
	p->clock = (struct plan_clock){.synchronized = true, .max_error_us = 350, .source = "adjtimex"};
	p->limits = (struct plan_limits){1500, 200, 20, 60, 45, 0.95};
	PUT(p->ifaces[0].name, "eth1");
	p->iface_count = 1;
	plan_circuit_of(&s->circuit);
	p->circuits = &s->circuit;
	p->circuit_count = 1;
	s->result = (struct run_result){.plan = p, .ended_at = {T0 + 8420 * NS_PER_MS}, .end_reason = END_DECIDED,
	                                .probes_sent = 412, .capture_received = 824, .circuit_count = 1};
	s->result.match.matched = 397;
	struct circuit_result *c = s->result.circuits = calloc(1, sizeof *c);
	if (c == NULL)
		abort();
	c->plan = &s->circuit;
	c->link_count = LINKS;
	c->probes_sent = 412;
	for (int l = 0; l < LINKS; l++) {
		c->links[l].id = (enum link_id)l;
		memcpy(c->links[l].ce, s->circuit.links[l].ce, sizeof c->links[l].ce);
		memcpy(c->links[l].msee, s->circuit.links[l].msee, sizeof c->links[l].msee);
	}
	c->faults[0].link = LINK_NULL;
	return s;
}

static void sample_free(struct sample *s)
{
	run_result_free(&s->result);
	free(s);
}

static void with_azure(struct sample *s)
{
	azure_circuit(&s->azure);
	azure_tables(s);
	s->azure.asked_at.ns = T0;
	s->azure.done_at.ns = T0 + 3 * NS_PER_SEC;
	s->azure.finished = true;
	s->result.circuits[0].azure = (struct azure_result){.available = true, .as_of = {T0 + 2 * NS_PER_SEC}, .snapshot = &s->azure};
}

/* A link that carries traffic from the host to the targets. */
static void working_link(struct link_result *l)
{
	char ce[IP_TEXT_MAX], msee[IP_TEXT_MAX];

	ip_addr_text(&l->ce[FAM4], ce);
	ip_addr_text(&l->msee[FAM4], msee);
	add_hop(l, FAM4, hop(1, "10.10.0.1", DOMAIN_CORPORATE, "", 40, 12, 220));
	PUT(l->hops[FAM4][0].note, "limits its ICMP answers");
	l->hops[FAM4][0].path_loss = loss_of(100, 100);
	add_hop(l, FAM4, hop(2, ce, DOMAIN_CORPORATE, "edge", 100, 100, 410));
	add_hop(l, FAM4, hop(3, msee, DOMAIN_AZURE, "msee", 100, 100, 2510));
	add_hop(l, FAM4, hop(4, NULL, DOMAIN_AZURE, "gateway", 40, 0, 0));
	l->hops[FAM4][3].path_loss = loss_of(100, 100);
	PUT(l->hops[FAM4][3].note, "silent, normal for the gateway");
	add_hop(l, FAM4, hop(5, "10.101.7.7", DOMAIN_AZURE, "target", 100, 100, 4100));
	add_segment(l, DOMAIN_CORPORATE, "10.10.0.1", ce, 410, 100, 100);
	add_segment(l, DOMAIN_WAN, ce, msee, 2100, 100, 100);
	add_segment(l, DOMAIN_AZURE, msee, "10.101.7.7", 1590, 100, 100);
	add_check(l, "ping edge", "answers", "", 100, 100, 410);
	add_check(l, "ping msee", "answers", "", 100, 100, 2510);
	add_check(l, "tcp 179 msee", "silent", "normal where the router answers its neighbour alone", 3, 0, 0);
}

static void verdict_of(struct verdict *v, enum status status, enum domain d, const char *fault, enum link_id link,
                       double confidence, const char *summary)
{
	*v = (struct verdict){.status = status, .domain = d, .link = link, .confidence = confidence};
	PUT(v->fault, fault);
	PUT(v->summary, summary);
}

static struct weighed weighed_of(const char *statement, double log_ratio, enum evidence_source source, int64_t second)
{
	struct weighed w = {.log_ratio = log_ratio, .source = source, .as_of = {T0 + second * NS_PER_SEC},
	                    .of_link = strncmp(statement, "Target", 6) != 0};

	PUT(w.statement, statement);
	return w;
}

static struct sample *sample_healthy(void)
{
	struct sample *s = sample_new();
	struct circuit_result *c = s->result.circuits;

	with_azure(s);
	working_link(&c->links[0]);
	working_link(&c->links[1]);
	add_target(c, "app", "10.101.7.7", false, 443, "answers", true, true);
	add_target(c, "dc-1", "10.10.9.9", true, 53, "answers", false, false);
	verdict_of(&c->faults[0], STATUS_HEALTHY, DOMAIN_NONE, "", LINK_NULL, 0.997, "Both links carry traffic to every target.");
	PUT(c->faults[0].evidence_for[0], "app answers on tcp 443 over both links, 100 of 100.");
	c->faults[0].for_count = 1;
	return s;
}

/* The primary link is dead between E and M; the secondary carries everything. */
static struct sample *sample_circuit_down(void)
{
	struct sample *s = sample_healthy();
	struct circuit_result *c = s->result.circuits;
	struct link_result *l = &c->links[0];
	struct verdict *v = &c->faults[0];

	l->status = STATUS_FAULT;
	l->hop_count[FAM4] = 2;
	add_hop(l, FAM4, hop(3, NULL, DOMAIN_AZURE, "msee", 40, 0, 0));
	PUT(l->hops[FAM4][2].note, "silent; 3/1 from 172.16.3.1");
	l->segment_count = 1;
	add_segment(l, DOMAIN_WAN, "172.16.3.1", "172.16.3.2", -1, 40, 0);
	add_segment(l, DOMAIN_AZURE, "172.16.3.2", "", -1, 0, 0);
	l->check_count = 1;
	add_check(l, "ping msee", "unreachable", "172.16.3.1 says host unreachable (3/1)", 40, 0, 0);
	add_check(l, "tcp 179 msee", "silent", "", 3, 0, 0);
	c->targets[0].over[0] = false;
	PUT(s->arp[0][0].mac.text, "Incomplete");
	s->bgp[0][0].state = say("Active");
	s->bgp[0][0].up_down = say("00:04:10");
	verdict_of(v, STATUS_DEGRADED, DOMAIN_WAN, "wan.circuit-down", LINK_PRIMARY, 0.9923,
	           "Layer 2 between 172.16.3.1 and 172.16.3.2 is down on the primary link; the secondary carries the traffic.");
	v->segment_from = at("172.16.3.1");
	v->segment_to = at("172.16.3.2");
	v->contact = CONTACT_PROVIDER;
	v->for_count = 0;
	PUT(v->evidence_for[v->for_count++], "172.16.3.1 answers, 172.16.3.2 does not (0 of 40); the secondary link is clean (100 of 100).");
	PUT(v->evidence_for[v->for_count++], "Azure's ARP entry for 172.16.3.1 is Incomplete, its BGP session is Active.");
	PUT(v->evidence_against[v->against_count++], "The edge's own WAN port was not seen: a shut port there looks the same from Azure.");
	v->alternatives[v->alternative_count++] = (struct alternative){.fault = "wan.vlan", .domain = DOMAIN_WAN, .link = LINK_PRIMARY,
		.probability = 0.0051, .decided_by = "the VLAN tag configured on the edge (links.primary.vlan) against Azure's 100"};
	v->alternatives[v->alternative_count++] = (struct alternative){.fault = "azure.msee-down", .domain = DOMAIN_AZURE,
		.link = LINK_PRIMARY, .probability = 0.0004, .decided_by = "whether Azure's tables of the primary path can still be read"};
	c->fault_count = 1;
	v->direction = DIRECTION_FORWARD;
	PUT(v->direction_why, "BFD: the MSEE no longer hears the edge, and the edge heard it say so.");
	v->runner_up = (struct contest){.known = true, .pro_count = 2, .contra_count = 1,
		.leader = {"wan.circuit-down", DOMAIN_WAN, LINK_PRIMARY, 0.9874}, .next = {"wan.vlan", DOMAIN_WAN, LINK_PRIMARY, 0.0051}};
	v->runner_up.pro[0] = weighed_of("Azure's ARP entry for 172.16.3.1 is Incomplete.", 4.8, EVIDENCE_AZURE, 2);
	v->runner_up.pro[1] = weighed_of("Target app 10.101.7.7 (primary) answered none of 40 (TCP 443, 4 flows).", 0.55, EVIDENCE_WIRE, 8);
	v->runner_up.contra[0] = weighed_of("The edge sees frames of another VLAN on its WAN port.", 1.1, EVIDENCE_WATCH, 8);
	v->other_domain = (struct contest){.known = true,
		.leader = v->runner_up.leader, .next = {"azure.msee-down", DOMAIN_AZURE, LINK_PRIMARY, 0.0004}};
	c->contradiction_count = 1;
	c->contradictions[0] = (struct contradiction){.link = LINK_PRIMARY, .of_link = true, .azure_at = {T0 + 2 * NS_PER_SEC}, .wire_at = {T0 + 8 * NS_PER_SEC}};
	PUT(c->contradictions[0].azure, "Azure: the primary MSEE's BGP session with 172.16.3.1 is established.");
	PUT(c->contradictions[0].wire, "MSEE 172.16.3.2 (primary) answered none of 40 (ping).");
	PUT(v->next_steps[v->step_count++], "Open a ticket with the provider: circuit frankfurt-1, primary link, VLAN 100, no layer 2 since the last ARP answer.");
	PUT(v->next_steps[v->step_count++], "Look at the light and the error counters of the edge's WAN port.");
	return s;
}

static struct sample *sample_gateway_down(void)
{
	struct sample *s = sample_healthy();
	struct circuit_result *c = s->result.circuits;
	struct verdict *v = &c->faults[0];

	for (int l = 0; l < LINKS; l++) {
		c->links[l].hop_count[FAM4] = 4;
		PUT(c->links[l].hops[FAM4][3].note, "silent");
		c->links[l].segment_count = 2;
		c->links[l].status = STATUS_FAULT;
		add_segment(&c->links[l], DOMAIN_AZURE, l == 0 ? "172.16.3.2" : "172.16.4.2", "", -1, 80, 0);
	}
	c->target_count = 0;
	add_target(c, "app", "10.101.7.7", false, 443, "silent", false, false);
	add_target(c, "db", "10.101.7.8", false, 1433, "silent", false, false);
	add_target(c, "dc-1", "10.10.9.9", true, 53, "answers", false, false);
	s->connection.status = say("NotConnected");
	s->azure.gateway.provisioning_state = say("Failed");
	s->azure.routes[0].part.read = AZ_FAILED;
	s->azure.routes[0].part.http_status = 403;
	PUT(s->azure.routes[0].part.error, "routeTables/primary: HTTP 403 AuthorizationFailed; give the identity the Network Contributor role");
	PUT(s->result.circuits[0].azure.not_again, "the run ended before it answered");
	verdict_of(v, STATUS_FAULT, DOMAIN_AZURE, "azure.gateway-down", LINK_NULL, 0.981,
	           "Both MSEEs answer, nothing behind them does: the ExpressRoute gateway is down or not connected.");
	v->contact = CONTACT_MICROSOFT;
	PUT(v->evidence_for[v->for_count++], "172.16.3.2 and 172.16.4.2 answer 100 of 100, app and db 0 of 80 each.");
	PUT(v->evidence_for[v->for_count++], "Azure reports the connection frankfurt-conn as NotConnected.");
	PUT(v->next_steps[v->step_count++], "Open a support request with Microsoft for the gateway er-gw.");
	c->faults[1] = *v;
	verdict_of(&c->faults[1], STATUS_DEGRADED, DOMAIN_WAN, "wan.loss", LINK_SECONDARY, 0.97,
	           "The provider loses 4 % on the secondary link.");
	c->faults[1].contact = CONTACT_PROVIDER;
	c->links[1].segments[1].loss = loss_of(100, 96);
	c->fault_count = 2;
	return s;
}

static struct sample *sample_undetermined(void)
{
	struct sample *s = sample_circuit_down();
	struct circuit_result *c = s->result.circuits;
	struct verdict *v = &c->faults[0];

	s->result.end_reason = END_DEADLINE;
	s->result.capture_dropped = 17;
	s->result.match.forged = 2;
	s->result.match.failed[3] = 2;
	c->azure = (struct azure_result){.available = false};
	PUT(c->azure.why_not, "sign-in refused: HTTP 401 from login.microsoftonline.com; check auth.path");
	c->links[0].status = STATUS_UNDETERMINED;
	c->links[0].hop_count[FAM4] = 1;
	c->links[0].segment_count = 0;
	verdict_of(v, STATUS_UNDETERMINED, DOMAIN_NONE, "", LINK_PRIMARY, 0.61,
	           "The primary link is dead at or after its edge; nothing tells whether the edge or the provider is at fault.");
	v->contact = CONTACT_YOU; /* nobody is accused, and somebody must go on */
	c->interruption = (struct interruption){s->plan.started_at, wall_add(s->plan.started_at, 1400 * NS_PER_MS), 33};
	c->apart = (struct links_apart){LINK_SECONDARY, 3900 * NS_PER_US, 6200 * NS_PER_US};
	v->alternatives[v->alternative_count++] = (struct alternative){.fault = "wan.circuit-down", .domain = DOMAIN_WAN,
		.link = LINK_PRIMARY, .probability = 0.61, .decided_by = "Azure's ARP table of the primary path"};
	v->alternatives[v->alternative_count++] = (struct alternative){.fault = "corp.edge-down", .domain = DOMAIN_CORPORATE,
		.link = LINK_PRIMARY, .probability = 0.36, .decided_by = "whether 172.16.3.1 answers: run erprobe on its segment"};
	v->runner_up = (struct contest){.known = true, .pro_count = 1,
		.leader = {"wan.circuit-down", DOMAIN_WAN, LINK_PRIMARY, 0.61}, .next = {"corp.edge-down", DOMAIN_CORPORATE, LINK_PRIMARY, 0.36}};
	v->runner_up.pro[0] = weighed_of("No target traffic crosses the primary link.", 16.2, EVIDENCE_WIRE, 8);
	c->contradiction_count = 0;
	PUT(v->decided_by[v->decider_count++], "Azure's ARP table of the primary path (sign-in refused: HTTP 401).");
	PUT(v->decided_by[v->decider_count++], "A longer run: as many probes again (412 so far).");
	PUT(v->next_steps[v->step_count++], "Repair the sign-in to Azure and run again.");
	c->fault_count = 0;
	return s;
}

static void add_ipv6(struct link_result *l, const char *ce, const char *msee, uint32_t answered)
{
	l->ce[FAM6] = at(ce);
	l->msee[FAM6] = at(msee);
	add_hop(l, FAM6, hop(1, "2001:db8:10::1", DOMAIN_CORPORATE, "", 100, 100, 230));
	add_hop(l, FAM6, hop(2, ce, DOMAIN_CORPORATE, "edge", 100, 100, 430));
	add_hop(l, FAM6, hop(3, answered > 0 ? msee : NULL, DOMAIN_AZURE, "msee", 100, answered, 2530));
}

static struct sample *sample_dual_stack(void)
{
	struct sample *s = sample_healthy();
	struct circuit_result *c = s->result.circuits;
	struct hop_result *ecmp = &c->links[0].hops[FAM4][0];

	s->circuit.handoff = HANDOFF_L3;
	add_ipv6(&c->links[0], "2001:db8:a::1", "2001:db8:a::2", 100);
	add_ipv6(&c->links[1], "2001:db8:b::1", "2001:db8:b::2", 100);
	ecmp->addresses[ecmp->address_count++] = at("10.10.0.5");
	ecmp->mpls[ecmp->mpls_count++] = (struct mpls_label){24001, 0, 1, 1};
	return s;
}

/* Healthy, though neither MSEE answers anything to us: the target proves both links. */
static struct sample *sample_silent_msee(void)
{
	struct sample *s = sample_healthy();

	for (int l = 0; l < LINKS; l++) {
		struct link_result *link = &s->result.circuits[0].links[l];

		link->hop_count[FAM4] = 2;
		add_hop(link, FAM4, hop(3, NULL, DOMAIN_AZURE, "msee", 40, 0, 0));
		PUT(link->hops[FAM4][2].note, "silent, which this router may be");
		link->check_count = 1;
		add_check(link, "ping msee", "silent", "", 40, 0, 0);
	}
	return s;
}

/* Addresses that no narrow terminal holds; this host is the edge of one link. */
static struct sample *sample_long_ipv6(void)
{
	struct sample *s = sample_healthy();
	struct circuit_result *c = s->result.circuits;

	add_ipv6(&c->links[0], "2001:db8:1234:5678:9abc:def0:1234:5671", "2001:db8:1234:5678:9abc:def0:1234:5672", 100);
	add_ipv6(&c->links[1], "2001:db8:1234:5678:9abc:def0:1234:5675", "2001:db8:1234:5678:9abc:def0:1234:5676", 0);
	s->circuit.links[0].on_edge[FAM4] = s->circuit.links[0].on_edge[FAM6] = true;
	add_target(c, "app6", "2001:db8:feed:5678:9abc:def0:1234:9999", false, 443, "answers", true, false);
	return s;
}

/* No link known, nothing sent, nothing asked. */
static struct sample *sample_nothing(void)
{
	struct sample *s = sample_new();
	struct circuit_result *c = s->result.circuits;

	memset(s->circuit.links, 0, sizeof s->circuit.links);
	memset(&s->plan.clock, 0, sizeof s->plan.clock);
	s->plan.clock.max_error_us = -1;
	s->plan.limits.rate = s->plan.limits.hop_rate = 0;
	s->circuit.resource_id[0] = s->plan.host[0] = '\0';
	memset(c->links, 0, sizeof c->links);
	c->links[1].id = LINK_SECONDARY;
	c->links[0].status = c->links[1].status = STATUS_UNDETERMINED;
	c->probes_sent = 0;
	s->result.probes_sent = 0;
	s->result.probes_not_sent = 12;
	s->result.capture_received = 0;
	s->result.end_reason = END_HELPER_LOST;
	verdict_of(&c->faults[0], STATUS_UNDETERMINED, DOMAIN_NONE, "", LINK_NULL, 0, "Nothing is known: no probe left and Azure was not asked.");
	return s;
}

/* What an attacker, or a careless person, could put in every text there is. */
#define EVIL "\x1b[31mX\xc2\x9b" "2J\xe2\x80\xae\r\n\"\\\xff<b>&東京"

static struct sample *sample_hostile(void)
{
	struct sample *s = sample_circuit_down();
	struct circuit_result *c = s->result.circuits;
	struct verdict *v = &c->faults[0];

	PUT(s->circuit.name, EVIL);
	PUT(s->plan.tool, EVIL);
	PUT(s->plan.ifaces[0].name, EVIL);
	PUT(c->targets[0].name, EVIL EVIL);
	PUT(c->targets[0].services[0].outcome, EVIL);
	PUT(c->links[0].checks[0].name, EVIL);
	PUT(c->links[0].checks[0].detail, EVIL);
	PUT(c->links[0].hops[FAM4][0].note, EVIL);
	PUT(c->links[0].hops[FAM4][0].role, EVIL);
	s->azure.circuit.provider_name = say(EVIL);
	s->azure.circuit.circuit_state = say(EVIL);
	s->azure.peering.name = say(EVIL);
	s->arp[0][0].mac = say(EVIL);
	s->bgp[0][0].state = say(EVIL);
	s->connection.name = say(EVIL);
	PUT(s->azure.routes[1].part.operation, EVIL);
	PUT(s->azure.routes[1].part.error, EVIL);
	PUT(s->result.circuits[0].azure.not_again, EVIL);
	s->azure.routes[1].part.read = AZ_FAILED;
	PUT(v->fault, EVIL);
	PUT(v->summary, EVIL);
	PUT(v->runner_up.pro[0].statement, EVIL);
	PUT(v->runner_up.next.fault, EVIL);
	PUT(v->decided_by[v->decider_count++], EVIL);
	PUT(c->contradictions[0].azure, EVIL);
	PUT(v->evidence_for[0], EVIL EVIL EVIL EVIL EVIL EVIL EVIL EVIL);
	PUT(v->alternatives[0].fault, EVIL);
	PUT(v->alternatives[0].decided_by, EVIL);
	PUT(v->next_steps[0], EVIL);
	return s;
}

/* What a run heard that listened: the MSEE ended the primary link's session; two stations claim the edge's address. */
static void heard_primary(struct peering_seen *w)
{
	struct watch_talk *near = &w->talk[WATCH_NEAR], *far = &w->talk[WATCH_FAR];
	struct watch_neighbour *n = &w->neighbour[WATCH_NEAR];

	w->frames = 71;
	w->session = WATCH_SESSION_DOWN;
	w->session_at.ns = T0 + 2 * NS_PER_SEC;
	w->sessions_ended = 1;
	near->open = (struct watch_open){.seen = true, .at = {T0}, .as = 65010, .hold_s = 180, .router_id = {10, 10, 0, 1}};
	far->open = (struct watch_open){.seen = true, .at = {T0}, .as = 12076, .hold_s = 180, .router_id = {172, 16, 3, 2}};
	near->keepalives = 3;
	far->keepalives = 2;
	near->syns = 4;
	far->refusals = 4;
	far->spoke = true;
	far->longest_gap_ns = 119 * NS_PER_SEC;
	w->notices[0] = (struct watch_notice){.at = {T0 + 2 * NS_PER_SEC}, .side = WATCH_FAR, .code = 6, .subcode = 2};
	PUT(w->notices[0].said, "port migration <3> & \"more\"");
	w->notice_count = 1;
	w->bfd[WATCH_FAR] = (struct watch_bfd_side){.seen = true, .packets = 60, .state = 1, .multiplier = 3, .min_tx_us = 300000, .min_rx_us = 300000};
	w->changes[0] = (struct watch_bfd_change){.at = {T0 + NS_PER_SEC}, .side = WATCH_FAR, .from = 3, .to = 1, .diag = 1};
	w->change_count = 1;
	n->claims[0] = (struct watch_claim){{2, 0, 0, 0, 0, 1}, 3, 1};
	n->claims[1] = (struct watch_claim){{2, 0, 0, 0, 0, 9}, 2, 2};
	n->claim_count = 2;
	n->changes = 3;
	w->neighbour[WATCH_FAR].asked = 5;
	w->tags[0] = (struct watch_tags){{0x88a8, 0x8100}, {100, 300}, 2, 71};
	w->tag_count = 1;
}

static struct sample *sample_heard(void)
{
	struct sample *s = sample_circuit_down();
	struct circuit_result *c = s->result.circuits;

	heard_primary(&s->seen[0][FAM4]);
	for (size_t l = 0; l < LINKS; l++)
		for (size_t fam = 0; fam < FAMILIES; fam++)
			c->links[l].watched[fam] = &s->seen[l][fam];
	return s;
}

struct sample_row { const char *name; struct sample *(*make)(void); };
static const struct sample_row sample_rows[] = {
    {"healthy", sample_healthy},           {"wan-circuit-down", sample_circuit_down}, {"azure-gateway-down", sample_gateway_down},
    {"undetermined", sample_undetermined}, {"dual-stack", sample_dual_stack},         {"nothing-known", sample_nothing},
    {"hostile", sample_hostile},           {"long-ipv6", sample_long_ipv6},           {"silent-msee", sample_silent_msee},
    {"heard", sample_heard},
};
#define SAMPLES (sizeof sample_rows / sizeof sample_rows[0])

#endif
