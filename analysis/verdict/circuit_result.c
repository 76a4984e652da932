/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen of a circuit, ready to print: hops, segments, checks, targets. */
#include "analysis/observables/unreach.h"
#include "analysis/observables/usual.h"
#include "analysis/verdict/apart.h"
#include "analysis/verdict/verdict.h"
#include "analysis/path/stats.h"
#include "analysis/value/strbuf.h"

#include <stdlib.h>
#include <string.h>

/* A target's service is alive while fewer than this many of its last probes in a
 * row went unanswered. */
#define ALIVE_RUN 8

/* --- segments --- */

struct border { bool known; struct ip_addr addr; int64_t fastest_ns; struct ratio_bound loss; };

/* The place of a role in a hop table, with the envelope of what lies behind it:
 * a later hop's faster or surer answer proves the path up to here. */
static struct border border_at(const struct hop_result *hops, size_t count, const char *role)
{
	struct border b = {.known = false};
	for (size_t i = 0; i < count; i++) {
		if (strcmp(hops[i].role, role) != 0)
			continue;
		b.addr = hops[i].addresses[0];
		b.loss = hops[i].path_loss;
		for (size_t k = i; k < count; k++)
			if (hops[k].rtt.known && (!b.known || hops[k].rtt.min_ns < b.fastest_ns)) {
				b.fastest_ns = hops[k].rtt.min_ns;
				b.known = true;
			}
		break;
	}
	return b;
}

/* What of a loss up to the far border is not lost before the near one. */
static double loss_beyond(double near, double far)
{
	return near < 1 && far > near ? (far - near) / (1 - near) : 0;
}

/* As wide as both bounds allow: the least when the near part loses its most. */
static struct ratio_bound loss_between(const struct ratio_bound *near, const struct ratio_bound *far)
{
	if (!far->known || !near)
		return *far;
	return (struct ratio_bound){.known = true, .ratio = loss_beyond(near->ratio, far->ratio),
	                            .low = loss_beyond(near->high, far->low), .high = loss_beyond(near->low, far->high)};
}

static void add_segment(struct link_result *l, enum domain d, const struct border *from, const struct border *to)
{
	struct segment_result *s = &l->segments[l->segment_count++];
	s->domain = d;
	if (from)
		s->from = from->addr;
	s->to = to->addr;
	s->latency_known = to->known && (!from || from->known);
	if (s->latency_known) {
		s->added_latency_ns = to->fastest_ns - (from ? from->fastest_ns : 0);
		if (s->added_latency_ns < 0)
			s->added_latency_ns = 0;
	}
	s->loss = to->known ? loss_between(from && from->known ? &from->loss : NULL, &to->loss) : (struct ratio_bound){0};
}

/* With l3 the corporate part ends at the last corporate hop: the border is there. */
static struct border corporate_border(const struct observables *o, const struct hop_result *hops, size_t count)
{
	if (o->path->circuit->handoff != HANDOFF_L3)
		return border_at(hops, count, "edge");
	struct border b = {.known = false};
	for (size_t i = 0; i < count; i++)
		if (hops[i].domain == DOMAIN_CORPORATE && hops[i].rtt.known)
			b = (struct border){true, hops[i].addresses[0], hops[i].rtt.min_ns, hops[i].path_loss};
	for (size_t i = 0; i < count; i++)
		if (b.known && hops[i].domain != DOMAIN_CORPORATE && hops[i].rtt.known && hops[i].rtt.min_ns < b.fastest_ns)
			b.fastest_ns = hops[i].rtt.min_ns;
	return b;
}

static void fill_segments(const struct observables *o, struct link_result *l)
{
	int fam = l->hop_count[FAM4] > 0 ? FAM4 : FAM6;
	const struct hop_result *hops = l->hops[fam];
	size_t count = l->hop_count[fam];
	struct border corp = corporate_border(o, hops, count), msee = border_at(hops, count, "msee"),
	              target = border_at(hops, count, "target");
	if (!ip_addr_is_set(&corp.addr) && o->path->circuit->handoff != HANDOFF_L3)
		corp.addr = l->ce[fam];
	if (!ip_addr_is_set(&msee.addr))
		msee.addr = l->msee[fam];
	bool on_edge = o->links[l->id].on_edge[fam];
	if (on_edge) {
		corp.known = true; /* we are the edge: nothing corporate lies between */
		corp.fastest_ns = 0;
		corp.loss = (struct ratio_bound){.known = true};
	}
	add_segment(l, DOMAIN_CORPORATE, NULL, &corp);
	add_segment(l, DOMAIN_WAN, &corp, &msee);
	add_segment(l, DOMAIN_AZURE, &msee, &target);
}

/* --- checks --- */

/* The last place is overwritten when there are more than CHECKS_MAX. */
static struct check_result *check_new(struct link_result *l, uint8_t fam, const char *name)
{
	if (l->check_count < CHECKS_MAX)
		l->check_count++;
	struct check_result *c = &l->checks[l->check_count - 1];
	memset(c, 0, sizeof *c);
	c->family = fam == FAM4 ? IP_V4 : IP_V6;
	text_format(c->name, sizeof c->name, "%s", name);
	return c;
}

/* Further source ports to a BGP port are one check together, told by the first of them. */
static bool is_of_check(const struct path_view *v, size_t flow, size_t first)
{
	const struct plan_flow *f = &v->plan->flows[flow], *g = &v->plan->flows[first];
	return flow == first || (f->role == FLOW_BGP_MSEE && f->circuit == g->circuit && f->link == g->link && ip_addr_equal(&f->dst, &g->dst) &&
	                         path_is_further_port(v->plan, first) && path_is_further_port(v->plan, flow));
}

struct check_count {
	uint32_t sent, answered, syn_ack, rst, unreachable;
	struct probe_record last_error;
	struct rtt_summary rtt;
};

static struct check_count count_records(const struct path_view *v, size_t flow, uint8_t ttl)
{
	struct check_count c = {0};
	int64_t *rtts = calloc(v->seen->count + 1, sizeof *rtts);
	bool any_ttl = v->plan->flows[flow].role == FLOW_NEIGHBOUR; /* ARP has none */
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		bool wanted = any_ttl || (ttl != 0 ? r->ttl == ttl : r->ttl >= PATH_TTL_FULL);
		if (!wanted || observations_is_large(r) || !is_of_check(v, r->flow, flow))
			continue;
		enum record_state state = observations_state(v->seen, r);
		if (state == RECORD_WAITING || state == RECORD_SET_ASIDE)
			continue;
		c.sent++;
		if (state == RECORD_ANSWERED && rtts)
			rtts[c.answered] = r->rtt_ns;
		c.answered += state == RECORD_ANSWERED;
		c.syn_ack += r->answer == ANSWER_SYN_ACK || r->answer == ANSWER_HALF_OPEN;
		c.rst += r->answer == ANSWER_RST;
		if (state == RECORD_UNREACHABLE) {
			c.unreachable++;
			c.last_error = *r;
		}
	}
	if (rtts)
		c.rtt = stats_rtt(rtts, c.answered);
	free(rtts);
	return c;
}

static void fill_check(const struct path_view *v, size_t flow, uint8_t ttl, struct check_result *c)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	struct check_count n = count_records(v, flow, ttl);
	c->sent = n.sent;
	c->answered = n.answered;
	c->rtt = n.rtt;
	const char *outcome = n.sent == 0 ? "not tested" : n.syn_ack > 0 ? "open" : n.rst > 0 ? "refused" :
	                      n.answered > 0 ? "answers" : n.unreachable > 0 ? "unreachable" : "silent";
	if (f->no_route || v->seen->refusals[flow].no_route > 0)
		outcome = "no route from this host";
	else if (n.sent == 0 && v->seen->refusals[flow].blocked > 0)
		outcome = "blocked by this host";
	text_format(c->outcome, sizeof c->outcome, "%s", outcome);
	if (n.unreachable > 0) {
		char from[IP_TEXT_MAX];
		enum domain d = unreach_sender_domain(v, &n.last_error);
		enum unreach why = unreach_of(v, &n.last_error);
		text_format(c->detail, sizeof c->detail, "ICMP %u/%u from %s: %s%s%s", (unsigned)n.last_error.icmp_type,
		            (unsigned)n.last_error.icmp_code, ip_addr_text(&n.last_error.from, from),
		            why == UNREACH_NONE ? "another error" : unreach_text(why), d == DOMAIN_NONE ? "" : "; domain ",
		            d == DOMAIN_NONE ? "" : domain_name(d));
	}
}

/* With one silent SYN it may as well have been lost. */
#define PLAIN_SILENT_LEAST 2

/* DIAGNOSIS.md section 9: what port 179 says, with both TTLs side by side. */
static void read_bgp_port(struct check_result *plain, struct check_result *gtsm)
{
	bool plain_answers = plain->answered > 0, gtsm_answers = gtsm->answered > 0;
	if (!plain_answers && gtsm_answers && plain->sent >= PLAIN_SILENT_LEAST)
		text_format(gtsm->detail, sizeof gtsm->detail, "only TTL 255 passes: the peer uses GTSM (RFC 5082), the path is fine");
	else if (!plain_answers && !gtsm_answers && gtsm->sent > 0 && gtsm->detail[0] == '\0')
		text_format(gtsm->detail, sizeof gtsm->detail, "silence on 179 is no fault by itself: a filter or an MD5 key looks the same");
	else if (strcmp(gtsm->outcome, "refused") == 0)
		text_format(gtsm->detail, sizeof gtsm->detail, "the host is up, BGP does not accept this address");
}

/* The signed SYN beside the unsigned ones of this link and family, which stand before it. */
static void read_signed_port(const struct link_result *l, struct check_result *c)
{
	bool plain = false;
	uint32_t compared = 0;
	for (size_t i = 0; i < l->check_count; i++) {
		const struct check_result *other = &l->checks[i];
		if (other != c && other->family == c->family && strncmp(other->name, "tcp 179 msee, ttl", strlen("tcp 179 msee, ttl")) == 0)
			plain = plain || other->answered > 0, compared += other->sent;
	}
	if (c->sent == 0 || c->detail[0] != '\0')
		return;
	if (strcmp(c->outcome, "refused") == 0)
		text_format(c->detail, sizeof c->detail, "the host is up, BGP does not accept this address");
	else if (compared == 0)
		text_format(c->detail, sizeof c->detail, "no unsigned SYN was sent to compare it with");
	else if (c->answered > 0 && !plain)
		text_format(c->detail, sizeof c->detail, "the peer wants TCP MD5 (RFC 2385) and takes this key: port and path are fine");
	else if (c->answered > 0)
		text_format(c->detail, sizeof c->detail, "the peer answers with and without a signature: it asks for no key from this address");
	else if (plain)
		text_format(c->detail, sizeof c->detail, "the peer answers unsigned SYNs alone: it has no key for this address");
	else
		text_format(c->detail, sizeof c->detail, "signed SYNs are met by silence as well: another key, no key for this address, or a filter");
}

static bool is_first_further_port(const struct path_view *v, size_t flow)
{
	for (size_t i = 0; i < flow; i++)
		if (is_of_check(v, i, flow))
			return false;
	return path_is_further_port(v->plan, flow);
}

static bool was_asked(const struct path_view *v, size_t flow, bool *answered)
{
	bool asked = false;
	*answered = false;
	for (size_t i = 0; i < v->seen->count; i++) {
		const struct probe_record *r = &v->seen->records[i];
		enum record_state state = observations_state(v->seen, r);
		if (r->flow != flow || r->ttl <= PATH_TTL_MAX || state == RECORD_WAITING || state == RECORD_SET_ASIDE)
			continue;
		asked = true;
		*answered = *answered || state == RECORD_ANSWERED;
	}
	return asked;
}

/* How many of them were asked, and answered. */
static void add_further_ports(const struct path_view *v, size_t first, uint8_t fam, struct link_result *l)
{
	unsigned asked = 0, answered = 0;
	for (size_t i = first; i < v->plan->flow_count; i++) {
		bool lives = false;
		asked += is_of_check(v, i, first) && was_asked(v, i, &lives);
		answered += lives;
	}
	if (asked == 0)
		return;
	struct check_result *c = check_new(l, fam, "tcp 179 msee, other source ports");
	fill_check(v, first, PATH_TTL_GTSM, c);
	if (c->detail[0] == '\0')
		text_format(c->detail, sizeof c->detail, "%u of %u ports were answered: each may take another of several equal ways", answered, asked);
}

static void add_flow_checks(const struct path_view *v, size_t flow, struct link_result *l)
{
	const struct plan_flow *f = &v->plan->flows[flow];
	uint8_t fam = (uint8_t)ip_family_index(f->dst.family);
	switch (f->role) {
	case FLOW_EDGE:
		fill_check(v, flow, 0, check_new(l, fam, "ping edge"));
		break;
	case FLOW_MSEE:
		fill_check(v, flow, 0, check_new(l, fam, "ping msee"));
		break;
	case FLOW_NEIGHBOUR:
		fill_check(v, flow, 0, check_new(l, fam, fam == FAM4 ? "arp msee" : "nd msee"));
		break;
	case FLOW_BGP_MSEE: {
		if (path_is_further_port(v->plan, flow)) {
			if (is_first_further_port(v, flow))
				add_further_ports(v, flow, fam, l);
			break;
		}
		struct check_result *plain = check_new(l, fam, "tcp 179 msee, ttl 64");
		fill_check(v, flow, PATH_TTL_FULL, plain);
		struct check_result *gtsm = check_new(l, fam, "tcp 179 msee, ttl 255");
		fill_check(v, flow, PATH_TTL_GTSM, gtsm);
		read_bgp_port(plain, gtsm);
		break;
	}
	case FLOW_BGP_SIGNED: {
		struct check_result *c = check_new(l, fam, "tcp 179 msee, signed");
		fill_check(v, flow, PATH_TTL_GTSM, c);
		read_signed_port(l, c);
		break;
	}
	default:
		break;
	}
}

static void add_size_check(const struct observables *o, enum link_id id, uint8_t fam, struct link_result *l)
{
	const struct link_size *s = &o->links[id].size[fam];
	struct path_mtu *m = &l->path_mtu[fam];
	if (s->sent == 0)
		return;
	sizes_result(s, m);
	struct check_result *c = check_new(l, fam, "largest datagram");
	c->sent = s->sent;
	c->answered = s->answered;
	if (s->outcome == SIZE_PASSES)
		text_format(c->outcome, sizeof c->outcome, "%u bytes pass", (unsigned)s->full);
	else
		text_format(c->outcome, sizeof c->outcome, "%s", m->outcome);
	if (s->outcome != SIZE_UNKNOWN || s->passed > 0)
		sizes_words(o->path, (uint8_t)id, fam, s, c->detail, sizeof c->detail);
}

static bool fill_link(const struct observables *o, enum link_id id, struct link_result *l)
{
	const struct path_view *v = o->path;
	memset(l, 0, sizeof *l);
	l->id = id;
	l->status = STATUS_HEALTHY;
	for (int fam = 0; fam < FAMILIES; fam++) {
		l->ce[fam] = v->circuit->links[id].ce[fam];
		l->msee[fam] = v->circuit->links[id].msee[fam];
		l->hop_count[fam] = path_hops(v, id, (uint8_t)fam, &l->hops[fam]);
	}
	for (size_t i = 0; i < v->plan->flow_count; i++) {
		const struct plan_flow *f = &v->plan->flows[i];
		if (f->circuit == v->circuit_index && f->link == id)
			add_flow_checks(v, i, l);
	}
	for (uint8_t fam = 0; fam < FAMILIES; fam++)
		add_size_check(o, id, fam, l);
	fill_segments(o, l);
	return true;
}

/* --- targets --- */

static struct service_result *service_of(struct target_result *t, const struct traffic_group *g)
{
	uint16_t port = g->kind == PROBE_TCP_SYN ? g->port : 0;
	for (size_t i = 0; i < t->service_count; i++)
		if (t->services[i].port == port)
			return &t->services[i];
	if (t->service_count == TARGET_PORTS_MAX + 1)
		return NULL;
	struct service_result *s = &t->services[t->service_count++];
	memset(s, 0, sizeof *s);
	s->port = port;
	return s;
}

struct service_state { bool alive, refused, error; };

static void take_group(struct target_result *t, const struct traffic_group *g, struct service_state *states)
{
	struct service_result *s = service_of(t, g);
	if (!s)
		return;
	struct service_state *state = &states[s - t->services];
	s->sent += g->sent;
	s->answered += g->answered;
	bool alive = g->answered > 0 && g->last_run < ALIVE_RUN;
	bool refused = g->refused * 2 > g->answered;
	state->refused = state->refused || (alive && refused);
	state->error = state->error || g->unreach != UNREACH_NONE;
	state->alive = state->alive || (alive && !refused);
	if (g->rtt.known && (!s->rtt.known || g->rtt.median_ns < s->rtt.median_ns))
		s->rtt = g->rtt;
	if (alive && g->link < LINKS)
		t->over[g->link] = true;
}

static void fill_target(const struct observables *o, size_t index, struct target_result *t)
{
	const struct plan_target *plan = &o->path->circuit->targets[index];
	struct service_state states[TARGET_PORTS_MAX + 1] = {0};
	memset(t, 0, sizeof *t);
	text_format(t->name, sizeof t->name, "%s", plan->name);
	t->address = plan->address;
	t->control = plan->control;
	for (size_t i = 0; i < o->group_count; i++) {
		const struct traffic_group *g = &o->groups[i];
		if ((g->cls == GROUP_TARGET || g->cls == GROUP_CONTROL) && g->target == index)
			take_group(t, g, states);
	}
	uint32_t sent = 0, answered = 0;
	t->reachable = true;
	for (size_t i = 0; i < t->service_count; i++) {
		struct service_result *s = &t->services[i];
		bool counts = s->port != 0 || plan->tcp_count == 0;
		const char *outcome = s->sent == 0 ? "not tested" : states[i].alive ? (s->port ? "open" : "answers") :
		                      states[i].refused ? "refused" : states[i].error ? "unreachable" : "silent";
		text_format(s->outcome, sizeof s->outcome, "%s", outcome);
		if (!counts || s->sent == 0)
			continue;
		t->tested = true;
		t->reachable = t->reachable && states[i].alive;
		sent += s->sent;
		answered += s->answered;
		if (s->rtt.known && (!t->rtt.known || s->rtt.median_ns < t->rtt.median_ns))
			t->rtt = s->rtt;
	}
	t->reachable = t->reachable && t->tested;
	t->loss = stats_ratio(sent - answered, sent);
}

bool circuit_result_fill(const struct observables *o, struct circuit_result *r)
{
	const struct path_view *v = o->path;
	r->plan = v->circuit;
	r->interruption = o->interruption;
	r->apart = apart_of(o);
	usual_result(o, r);
	for (int l = 0; l < LINKS; l++)
		if (v->circuit->links[l].configured)
			fill_link(o, (enum link_id)l, &r->links[r->link_count++]);
	r->targets = calloc(v->circuit->target_count + 1, sizeof *r->targets);
	if (!r->targets)
		return false;
	for (size_t i = 0; i < v->circuit->target_count; i++)
		fill_target(o, i, &r->targets[r->target_count++]);
	for (size_t i = 0; i < v->seen->count; i++)
		r->probes_sent += v->plan->flows[v->seen->records[i].flow].circuit == v->circuit_index;
	return true;
}
