/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/path/sight.h"

#include "analysis/path/sight_answer.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 1024u
#define TRACEROUTE_TTL_MAX 32      /* no host's own datagram begins that low */
#define TRACEROUTE_PORT_FIRST 33434
#define TRACEROUTE_PORT_LAST 33934
#define ICMP4_ECHO_REQUEST 8
#define ICMP6_ECHO_REQUEST 128

/* -- taking frames -- */

struct sights *sights_new(void)
{
	return calloc(1, sizeof(struct sights));
}

void sights_free(struct sights *s)
{
	if (!s)
		return;
	free(s->probes);
	free(s->answers);
	free(s);
}

static bool is_echo_request(const struct decoded *d)
{
	return d->icmp.present && d->icmp.echo.present &&
	       d->icmp.type == (d->ip.src.family == IP_V4 ? ICMP4_ECHO_REQUEST : ICMP6_ECHO_REQUEST);
}

static bool is_syn(const struct decoded *d)
{
	return d->tcp.present && d->tcp.full_header && (d->tcp.flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

/* Datagrams are everybody's; those of a traceroute show by their TTL or their port. */
static bool is_udp_probe(const struct decoded *d)
{
	return d->udp.present && (d->ip.ttl <= TRACEROUTE_TTL_MAX || (d->udp.dst_port >= TRACEROUTE_PORT_FIRST &&
	                                                              d->udp.dst_port <= TRACEROUTE_PORT_LAST));
}

static bool is_probe(const struct decoded *d)
{
	return d->ip.present && !d->ip.fragment && (is_echo_request(d) || is_syn(d) || is_udp_probe(d)) &&
	       !ip_addr_is_multicast(&d->ip.dst) && !ip_addr_is_broadcast(&d->ip.dst);
}

static void fill_probe(const struct decoded *d, struct sight *p)
{
	p->src = d->ip.src;
	p->dst = d->ip.dst;
	p->ttl = p->last_ttl = d->ip.ttl;
	p->ip_id = d->ip.ip_id;
	p->sights = 1;
	if (d->icmp.present) {
		p->kind = PROBE_ICMP_ECHO;
		p->src_port = d->icmp.echo.id;
		p->dst_port = d->icmp.echo.seq;
	} else if (d->tcp.present) {
		p->kind = PROBE_TCP_SYN;
		p->src_port = d->tcp.src_port;
		p->dst_port = d->tcp.dst_port;
		p->seq = d->tcp.seq;
	} else {
		p->kind = PROBE_UDP;
		p->src_port = d->udp.src_port;
		p->dst_port = d->udp.dst_port;
		p->sum = d->udp.checksum;
	}
}

/* Room for one more of `size` bytes; the new place is zeroed. */
static void *grow(void *list, size_t count, size_t *room, size_t size)
{
	void *grown = list;

	if (count == *room) {
		size_t more = *room ? 2 * *room : ROOM_FIRST;

		grown = more <= 2 * (size_t)SIGHT_FRAMES_MAX ? realloc(list, more * size) : NULL;
		if (!grown)
			return NULL;
		*room = more;
	}
	memset((char *)grown + count * size, 0, size);
	return grown;
}

static bool add_probe(struct sights *s, const struct decoded *d, const struct frame *f)
{
	struct sight *grown = grow(s->probes, s->probe_count, &s->probe_room, sizeof *grown);

	if (!grown)
		return false;
	s->probes = grown;
	struct sight *p = &grown[s->probe_count++];
	fill_probe(d, p);
	p->frame = (uint32_t)s->totals.frames;
	p->at = f->at;
	return true;
}

static bool add_answer(struct sights *s, const struct sight_answer *a)
{
	struct sight_answer *grown = grow(s->answers, s->answer_count, &s->answer_room, sizeof *grown);

	if (!grown)
		return false;
	s->answers = grown;
	grown[s->answer_count++] = *a;
	return true;
}

static void note_time(struct sight_totals *t, struct wall_ns at)
{
	bool only = t->frames == t->other_links + 1;

	if (only || at.ns < t->first.ns)
		t->first = at;
	if (only || at.ns > t->last.ns)
		t->last = at;
}

bool sights_frame(struct sights *s, const struct frame *f)
{
	struct decoded d;
	struct sight_answer a;

	if (s->probe_count + s->answer_count >= SIGHT_FRAMES_MAX)
		return false;
	decode_frame(f, &d);
	s->totals.frames++;
	note_time(&s->totals, f->at);
	if (d.status == DECODE_MALFORMED || (!d.ip.present && !d.neighbour.present))
		s->totals.unreadable++;
	if (is_probe(&d) && !add_probe(s, &d, f))
		return false;
	/* A datagram may be both: one side's probe, the other side's answer. */
	if (!sight_answer_read(&d, f, (uint32_t)s->totals.frames, &a))
		return true;
	return add_answer(s, &a);
}

void sights_skip(struct sights *s)
{
	s->totals.frames++;
	s->totals.other_links++;
}

/* -- sorting -- */

#define COMPARE(a, b) ((a) < (b) ? -1 : (a) > (b))

static int by_ports(const struct sight *a, const struct sight *b)
{
	int order = COMPARE(a->src_port, b->src_port);

	if (order == 0)
		order = COMPARE(a->dst_port, b->dst_port);
	return order != 0 ? order : COMPARE(a->seq, b->seq);
}

int sights_order(const struct sight *a, const struct sight *b)
{
	int order = COMPARE(a->kind, b->kind);

	if (order == 0)
		order = ip_addr_compare(&a->src, &b->src);
	if (order == 0)
		order = ip_addr_compare(&a->dst, &b->dst);
	return order != 0 ? order : by_ports(a, b);
}

static int by_order(const void *x, const void *y)
{
	const struct sight *a = x, *b = y;
	int order = sights_order(a, b);

	if (order == 0)
		order = COMPARE(a->at.ns, b->at.ns);
	return order != 0 ? order : COMPARE(a->frame, b->frame);
}

/* The same packet once more: forwarded (its TTL fell), or seen on another interface. */
static bool is_again(const struct sight *first, const struct sight *p)
{
	return sights_order(first, p) == 0 && first->ip_id == p->ip_id && first->sum == p->sum &&
	       p->ttl <= first->last_ttl && wall_since(p->at, first->at) < SIGHT_AGAIN_NS;
}

/* How many kept probes back the first sight of one can be: those of the same order that
 * were under way at once. */
#define BACK_MAX 64

static struct sight *first_sight(struct sights *s, size_t kept, const struct sight *p)
{
	for (size_t back = 1; back <= BACK_MAX && back <= kept; back++) {
		struct sight *first = &s->probes[kept - back];

		if (sights_order(first, p) != 0 || wall_since(p->at, first->at) >= SIGHT_AGAIN_NS)
			return NULL;
		if (is_again(first, p))
			return first;
	}
	return NULL;
}

static void drop_second_sights(struct sights *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->probe_count; i++) {
		struct sight *first = first_sight(s, kept, &s->probes[i]);

		if (first) {
			first->sights++;
			first->last_ttl = s->probes[i].ttl;
			s->totals.again++;
		} else {
			s->probes[kept++] = s->probes[i];
		}
	}
	s->probe_count = kept;
}

/* -- numbers -- */

struct place { uint32_t frame; size_t at; };

static int by_frame(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	return COMPARE(a->frame, b->frame);
}

/* Numbers in the order of the frames; without memory the order of the list must do. */
static void number(struct sights *s)
{
	struct place *places = calloc(s->probe_count + 1, sizeof *places);

	for (size_t i = 0; i < s->probe_count; i++) {
		s->probes[i].number = (uint32_t)i + 1;
		if (places)
			places[i] = (struct place){s->probes[i].frame, i};
	}
	if (!places)
		return;
	qsort(places, s->probe_count, sizeof *places, by_frame);
	for (size_t i = 0; i < s->probe_count; i++)
		s->probes[places[i].at].number = (uint32_t)i + 1;
	free(places);
}

void sights_match(struct sights *s)
{
	if (s->probe_count > 0)
		qsort(s->probes, s->probe_count, sizeof *s->probes, by_order);
	drop_second_sights(s);
	s->totals.probes = s->probe_count;
	number(s);
	sight_answers_match(s);
}

const struct sight *sights_list(const struct sights *s, size_t *count)
{
	*count = s->probe_count;
	return s->probes;
}

const struct sight *sights_find(const struct sights *s, uint32_t number)
{
	for (size_t i = 0; i < s->probe_count; i++)
		if (s->probes[i].number == number)
			return &s->probes[i];
	return NULL;
}

const struct sight_totals *sights_totals(const struct sights *s)
{
	return &s->totals;
}
