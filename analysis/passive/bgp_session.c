/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/passive/bgp_session.h"

#include "analysis/decode/bfd.h"
#include "analysis/passive/stream.h"

#include <stdlib.h>
#include <string.h>

/* Both sides may call at once (RFC 4271 6.8), and one that is over may still end. */
#define CONNECTIONS_MAX 3

struct connection {
	bool used;
	uint16_t port[WATCH_SIDES];
	struct stream stream[WATCH_SIDES]; /* of what each side sends */
	struct wall_ns last;               /* its latest segment */
	bool asked, answered;              /* a SYN was seen; and a SYN-ACK for it */
	uint8_t asked_by;
	struct wall_ns asked_at;           /* its first SYN */
	bool over;                         /* a NOTIFICATION ended it: what comes after says nothing more of the session */
	uint16_t calls;                    /* SYNs: one, and its repetitions */
	bool alive[WATCH_SIDES];           /* that side said KEEPALIVE or UPDATE on it */
	bool spoke[WATCH_SIDES];
	struct wall_ns spoke_at[WATCH_SIDES];
};

struct bgp_session {
	struct connection connections[CONNECTIONS_MAX];
	const struct connection *up;       /* the one that the session stands on, or NULL */
};

struct bgp_session *bgp_session_new(void)
{
	return calloc(1, sizeof(struct bgp_session));
}

void bgp_session_free(struct bgp_session *s)
{
	free(s);
}

static void become(struct peering_seen *seen, enum watch_session state, struct wall_ns at)
{
	if (seen->session == state)
		return;
	seen->sessions_ended += seen->session == WATCH_SESSION_UP;
	seen->session = state;
	seen->session_at = at;
}

/* Stamps may come from a file: any two of them, without overflow. */
static int64_t span(struct wall_ns later, struct wall_ns earlier)
{
	int64_t ns;

	return __builtin_sub_overflow(later.ns, earlier.ns, &ns) ? 0 : ns;
}

static uint8_t other(uint8_t side)
{
	return side == WATCH_NEAR ? WATCH_FAR : WATCH_NEAR;
}

/* --- connections --- */

static bool was_spoken_on(const struct connection *c)
{
	return c->spoke[WATCH_NEAR] || c->spoke[WATCH_FAR];
}

/* Which of the two is given up for a new one? Calls that nobody answered come by the dozen, and
 * must not push out the connection that things were said on. */
static bool goes_before(const struct connection *a, const struct connection *b)
{
	if (a->used != b->used)
		return !a->used;
	if (was_spoken_on(a) != was_spoken_on(b))
		return !was_spoken_on(a);
	return a->last.ns < b->last.ns;
}

/* The connection of these ports: made where there is none, in place of another. */
static struct connection *connection_of(struct bgp_session *s, const uint16_t port[WATCH_SIDES])
{
	struct connection *victim = s->up == &s->connections[0] ? &s->connections[1] : &s->connections[0];

	for (int i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *c = &s->connections[i];

		if (c->used && c->port[WATCH_NEAR] == port[WATCH_NEAR] && c->port[WATCH_FAR] == port[WATCH_FAR])
			return c;
		if (c != s->up && goes_before(c, victim))
			victim = c;
	}
	memset(victim, 0, sizeof *victim);
	victim->used = true;
	victim->port[WATCH_NEAR] = port[WATCH_NEAR];
	victim->port[WATCH_FAR] = port[WATCH_FAR];
	return victim;
}

static void come_up(struct bgp_session *s, const struct connection *c, struct peering_seen *seen, struct wall_ns at)
{
	if (s->up == c)
		return;
	s->up = c;
	become(seen, WATCH_SESSION_UP, at);
}

/* The connection is over. Its session is, unless that stands on another. */
static void go_down(struct bgp_session *s, struct connection *c, struct peering_seen *seen, struct wall_ns at)
{
	bool counted = s->up == c || (!s->up && was_spoken_on(c));

	c->alive[WATCH_NEAR] = c->alive[WATCH_FAR] = false;
	if (!counted)
		return;
	s->up = NULL;
	become(seen, WATCH_SESSION_DOWN, at);
}

/* --- messages --- */

static void forget_alive(struct bgp_session *s)
{
	s->up = NULL;
	for (int i = 0; i < CONNECTIONS_MAX; i++)
		s->connections[i].alive[WATCH_NEAR] = s->connections[i].alive[WATCH_FAR] = false;
}

/* Of two calls at once one is given up by a NOTIFICATION (RFC 4271 6.8). On the wire both
 * sides may have said KEEPALIVE on it by then, but who gives it up had not heard the
 * other's: its session never stood. */
static void give_up(struct bgp_session *s, struct connection *c, struct peering_seen *seen, struct wall_ns at)
{
	bool stood = s->up == c;

	c->alive[WATCH_NEAR] = c->alive[WATCH_FAR] = false;
	if (!stood)
		return;
	s->up = NULL;
	seen->session = WATCH_SESSION_OPENING;
	seen->session_at = at;
	for (int i = 0; i < CONNECTIONS_MAX; i++)
		if (s->connections[i].alive[WATCH_NEAR] && s->connections[i].alive[WATCH_FAR])
			come_up(s, &s->connections[i], seen, at);
}

/* Who stands in a session does not open another (RFC 4271 8.2.2): to the sender of an OPEN
 * the session is over, whatever the other side still believes. Unless that call was under
 * way before the session stood: then both had called. A SYN alone says no such thing:
 * whoever looks whether the port is open sends one. */
static void end_former(struct bgp_session *s, const struct connection *c, struct peering_seen *seen, struct wall_ns at)
{
	if (!s->up || s->up == c || (c->asked && c->asked_at.ns <= seen->session_at.ns))
		return;
	forget_alive(s);
	become(seen, WATCH_SESSION_DOWN, at);
}

struct hearing { struct bgp_session *s; struct connection *c; struct peering_seen *seen; uint8_t side; struct wall_ns at; };

static void take_open(struct watch_talk *t, const struct framed *m, struct wall_ns at)
{
	struct bgp_open o;

	t->opens++;
	bgp_open_read(rd_over(m->body, m->body_len), &o);
	if (m->body_len == 0)
		return;
	t->open = (struct watch_open){.seen = true, .at = at, .as = o.as, .hold_s = o.hold_s, .graceful_restart = o.graceful_restart};
	memcpy(t->open.router_id, o.router_id, sizeof t->open.router_id);
	for (uint8_t i = 0; i < o.family_count && i < WATCH_FAMILIES_MAX; i++) {
		t->open.afi[i] = o.families[i].afi;
		t->open.safi[i] = o.families[i].safi;
		t->open.family_count++;
	}
}

static void take_notification(const struct hearing *h, const struct framed *m)
{
	struct peering_seen *seen = h->seen;
	struct bgp_notification n;
	struct watch_notice *w;
	bool collision = false;

	h->seen->talk[h->side].notifications++;
	if (bgp_notification_read(rd_over(m->body, m->body_len), &n)) {
		if (seen->notice_count == WATCH_NOTICES_MAX)
			memmove(&seen->notices[0], &seen->notices[1], --seen->notice_count * sizeof seen->notices[0]);
		w = &seen->notices[seen->notice_count++];
		*w = (struct watch_notice){.at = h->at, .side = h->side, .code = n.code, .subcode = n.subcode,
		                           .hard_reset = n.hard_reset, .has_limit = n.has_limit, .limit = n.limit};
		memcpy(w->said, n.said, sizeof w->said);
		collision = n.code == BGP_ERROR_CEASE && n.subcode == BGP_CEASE_COLLISION;
	}
	h->c->over = true;
	if (collision)
		give_up(h->s, h->c, seen, h->at);
	else
		go_down(h->s, h->c, seen, h->at);
}

static void take_alive(const struct hearing *h)
{
	h->c->alive[h->side] = true;
	if (h->c->alive[other(h->side)])
		come_up(h->s, h->c, h->seen, h->at);
}

static void take_update(const struct hearing *h, const struct framed *m)
{
	struct watch_talk *t = &h->seen->talk[h->side];
	struct bgp_family f;

	t->updates++;
	if (m->whole && bgp_update_is_end(rd_over(m->body, m->body_len), &f))
		t->end_of_rib = true;
	take_alive(h);
}

/* How long the side was silent on this connection: what its hold timer is about. */
static void take_gap(const struct hearing *h)
{
	struct watch_talk *t = &h->seen->talk[h->side];
	int64_t gap = h->c->spoke[h->side] ? span(h->at, h->c->spoke_at[h->side]) : 0;

	if (gap > t->longest_gap_ns)
		t->longest_gap_ns = gap;
	h->c->spoke[h->side] = t->spoke = true;
	h->c->spoke_at[h->side] = t->last = h->at;
}

static void hear(void *context, const struct framed *m)
{
	const struct hearing *h = context;
	struct watch_talk *t = &h->seen->talk[h->side];

	take_gap(h);
	switch (m->header.type) {
	case BGP_OPEN:
		take_open(t, m, h->at);
		end_former(h->s, h->c, h->seen, h->at);
		if (!h->s->up)
			become(h->seen, WATCH_SESSION_OPENING, h->at);
		break;
	case BGP_UPDATE:
		take_update(h, m);
		break;
	case BGP_NOTIFICATION:
		take_notification(h, m);
		break;
	case BGP_KEEPALIVE:
		t->keepalives++;
		take_alive(h);
		break;
	default:
		t->refreshes++;
		break;
	}
}

/* --- segments --- */

/* A side that calls and has said nothing for three of its usual gaps, which is a hold time
 * (RFC 4271 10), has lost the session. */
static bool has_lost(const struct watch_talk *t, struct wall_ns now)
{
	return t->spoke && t->longest_gap_ns > 0 && span(now, t->last) / 3 > t->longest_gap_ns;
}

static void take_syn(struct bgp_session *s, struct connection *c, struct peering_seen *seen, uint8_t side, const struct frame *f,
                     const struct decoded_tcp *tcp)
{
	stream_begin(&c->stream[side], tcp->seq);
	c->alive[WATCH_NEAR] = c->alive[WATCH_FAR] = c->spoke[side] = c->over = false;
	if (tcp->flags & TCP_ACK) {
		if (c->asked && c->asked_by == side)
			return; /* nobody answers his own call */
		seen->talk[side].accepted += !c->answered;
		c->answered = true;
		return;
	}
	if (s->up && (s->up == c || has_lost(&seen->talk[side], f->at))) { /* c: the session's own ports, anew */
		forget_alive(s);
		become(seen, WATCH_SESSION_DOWN, f->at);
	}
	if (!c->asked || c->asked_by != side) {
		c->calls = 0;
		c->asked_at = f->at;
	}
	c->calls++;
	c->asked = true;
	c->answered = false;
	c->asked_by = side;
	seen->talk[side].syns++;
	seen->talk[side].called_at = f->at;
	if (seen->session == WATCH_SESSION_UNSEEN)
		become(seen, WATCH_SESSION_OPENING, f->at);
}

static void take_end(struct bgp_session *s, struct connection *c, struct peering_seen *seen, uint8_t side, const struct frame *f,
                     const struct decoded_tcp *tcp)
{
	if (c->over)
		return;
	if ((tcp->flags & TCP_RST) && c->asked && !c->answered && c->asked_by != side) {
		seen->talk[side].refusals++;
		c->asked = false;
		return;
	}
	if ((tcp->flags & TCP_RST) && c->asked && c->answered && c->asked_by == side && !was_spoken_on(c)) {
		/* It was let in and left at once: a look at the port, no call for a session. */
		seen->talk[side].syns -= c->calls;
		seen->talk[other(side)].accepted--;
		c->asked = c->answered = false;
		return;
	}
	int32_t astray = (int32_t)(tcp->seq - c->stream[side].next);
	if (c->stream[side].known && (astray > (int32_t)STREAM_WINDOW || astray < -(int32_t)STREAM_WINDOW))
		return; /* nobody on this connection sent that: a guess */
	go_down(s, c, seen, f->at);
}

/* Listening from the middle on, one side's message and the other's acknowledgment show a
 * session as well as both sides' messages do. */
static void take_ack(struct bgp_session *s, struct connection *c, struct peering_seen *seen, uint8_t side, const struct frame *f)
{
	uint8_t speaker = other(side);

	if (!c->asked && c->alive[speaker] && c->stream[speaker].waiting_count == 0)
		come_up(s, c, seen, f->at);
}

void bgp_session_segment(struct bgp_session *s, struct peering_seen *seen, uint8_t side, const struct frame *f, const struct decoded *d,
                     uint8_t *wipe)
{
	const struct decoded_tcp *tcp = &d->tcp;
	uint16_t port[WATCH_SIDES];

	if (!tcp->full_header)
		return;
	port[side] = tcp->src_port;
	port[other(side)] = tcp->dst_port;
	struct connection *c = connection_of(s, port);
	struct hearing own = {s, c, seen, side, f->at}, answer = {s, c, seen, other(side), f->at};
	uint32_t holes = c->stream[WATCH_NEAR].holes + c->stream[WATCH_FAR].holes;

	c->last = f->at;
	seen->talk[side].tcp_md5 |= tcp->signature == TCP_MD5;
	seen->talk[side].tcp_ao |= tcp->signature == TCP_AO;
	if (tcp->flags & TCP_SYN)
		take_syn(s, c, seen, side, f, tcp);
	else {
		/* Of a segment that was cut in its header nothing is here, and that is at no place. */
		const struct segment g = {tcp->seq, tcp->payload.at ? tcp->payload.at : f->bytes, tcp->payload.len,
		                          f->wire_len > f->cap_len ? f->wire_len - f->cap_len : 0};

		if (tcp->flags & TCP_ACK)
			stream_acknowledged(&c->stream[other(side)], tcp->ack, hear, &answer);
		stream_take(&c->stream[side], &g, wipe, hear, &own);
		if (tcp->flags & TCP_ACK)
			take_ack(s, c, seen, side, f);
	}
	seen->holes += c->stream[WATCH_NEAR].holes + c->stream[WATCH_FAR].holes - holes;
	if (tcp->flags & (TCP_RST | TCP_FIN))
		take_end(s, c, seen, side, f, tcp);
}

/* --- BFD --- */

void bfd_session_packet(struct peering_seen *seen, uint8_t side, struct wall_ns at, const struct decoded_payload *payload)
{
	struct watch_bfd_side *b = &seen->bfd[side];
	struct bfd_packet p;

	if (!bfd_read(rd_over(payload->at, payload->len), &p))
		return;
	if (b->seen && b->state != p.state) {
		if (seen->change_count == WATCH_CHANGES_MAX)
			memmove(&seen->changes[0], &seen->changes[1], --seen->change_count * sizeof seen->changes[0]);
		seen->changes[seen->change_count++] = (struct watch_bfd_change){at, side, b->state, p.state, p.diag};
	}
	if (b->seen && span(at, b->last) > b->longest_gap_ns)
		b->longest_gap_ns = span(at, b->last);
	b->seen = true;
	b->packets++;
	b->state = p.state;
	b->diag = p.diag;
	b->multiplier = p.multiplier;
	b->min_tx_us = p.min_tx_us;
	b->min_rx_us = p.min_rx_us;
	b->last = at;
}
