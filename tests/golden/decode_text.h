/* SPDX-License-Identifier: BSD-2-Clause */
/* A decoded frame as one line of name=value, for tests to compare. Only what is
 * present is named; numbers are decimal but where 0x stands. */
#ifndef ERPROBE_DECODE_TEXT_H
#define ERPROBE_DECODE_TEXT_H

#include "analysis/decode/decode.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct line { char text[2048]; size_t len; };

__attribute__((format(printf, 2, 3)))
static inline void line_add(struct line *l, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(l->text + l->len, sizeof(l->text) - l->len, format, args);
	va_end(args);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= sizeof(l->text))
		l->len = sizeof(l->text) - 1;
}

static inline void line_ip(struct line *l, const char *q, const struct decoded_ip *ip)
{
	char src[IP_TEXT_MAX], dst[IP_TEXT_MAX];

	if (!ip->present)
		return;
	line_add(l, " %sip=%s>%s %sproto=%u %sttl=%u %stos=%u %slen=%u", q, ip_addr_text(&ip->src, src),
	         ip_addr_text(&ip->dst, dst), q, ip->protocol, q, ip->ttl, q, ip->tos, q, ip->total_len);
	if (ip->src.family == IP_V4)
		line_add(l, " %sid=0x%04x", q, ip->ip_id);
	else
		line_add(l, " %sflow=0x%05" PRIx32, q, ip->flow_label);
	if (ip->dont_fragment)
		line_add(l, " %sdf", q);
	if (ip->fragment)
		line_add(l, " %sfragment", q);
	if (!ip->checksum_ok)
		line_add(l, " %sipsum=bad", q);
}

static inline void line_tcp(struct line *l, const char *q, const struct decoded_tcp *t)
{
	if (!t->present)
		return;
	line_add(l, " %stcp=%u>%u %sseq=%" PRIu32, q, t->src_port, t->dst_port, q, t->seq);
	if (t->full_header)
		line_add(l, " %sack=%" PRIu32 " %sflags=0x%02x %swindow=%u", q, t->ack, q, t->flags, q,
		         t->window);
}

static inline void line_udp(struct line *l, const char *q, const struct decoded_udp *u)
{
	if (u->present)
		line_add(l, " %sudp=%u>%u %sudplen=%u", q, u->src_port, u->dst_port, q, u->len);
}

static inline void line_echo(struct line *l, const char *q, const struct decoded_echo *e)
{
	if (!e->present)
		return;
	line_add(l, " %secho=%u,%u", q, e->id, e->seq);
	if (e->has_payload)
		line_add(l, " %stoken=0x%016" PRIx64 " %sprobe=%" PRIu32, q, e->token, q, e->probe_id);
}

static inline void line_extensions(struct line *l, const struct decoded_extensions *x)
{
	char text[IP_TEXT_MAX];

	if (!x->present)
		return;
	line_add(l, " ext=%s", x->checksum_ok ? "good" : "bad");
	for (int i = 0; i < x->mpls_count; i++)
		line_add(l, " mpls=%" PRIu32 "/%u/%u/%u", x->mpls[i].label, x->mpls[i].exp,
		         x->mpls[i].bottom, x->mpls[i].ttl);
	if (x->has_interface)
		line_add(l, " if=%" PRIu32 ",%s,%s", x->interface_index,
		         ip_addr_text(&x->interface_addr, text), x->interface_name);
}

static inline void line_icmp(struct line *l, const struct decoded_icmp *i)
{
	if (!i->present)
		return;
	line_add(l, " icmp=%u/%u sum=0x%04x", i->type, i->code, i->checksum);
	if (!i->checksum_ok)
		line_add(l, " icmpsum=bad");
	line_echo(l, "", &i->echo);
	if (!i->is_error)
		return;
	line_add(l, " error rest=0x%08" PRIx32, i->rest);
	line_ip(l, "q", &i->quoted_ip);
	line_tcp(l, "q", &i->quoted_tcp);
	line_udp(l, "q", &i->quoted_udp);
	if (i->quoted_icmp)
		line_add(l, " qicmp=%u/%u qsum=0x%04x", i->quoted_icmp_type, i->quoted_icmp_code,
		         i->quoted_icmp_sum);
	line_echo(l, "q", &i->quoted_echo);
	line_extensions(l, &i->extensions);
}

static inline void line_neighbour(struct line *l, const struct decoded_neighbour *n)
{
	char sender[IP_TEXT_MAX], target[IP_TEXT_MAX];
	const uint8_t *m = n->link_addr;

	if (!n->present)
		return;
	line_add(l, " nb=%s,%s,%s", n->reply ? "reply" : "request", ip_addr_text(&n->sender, sender),
	         ip_addr_text(&n->target, target));
	if (n->has_link_addr)
		line_add(l, " mac=%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
}

static inline const char *decode_text(const struct decoded *d, struct line *l)
{
	static const char *const status[] = {"ok", "cut", "malformed", "unknown"};

	memset(l, 0, sizeof(*l));
	line_add(l, "%s", status[d->status]);
	for (int i = 0; i < d->link.vlan_count; i++)
		line_add(l, " vlan=%u", d->link.vlan[i] & 0xfff);
	line_ip(l, "", &d->ip);
	line_icmp(l, &d->icmp);
	line_tcp(l, "", &d->tcp);
	line_udp(l, "", &d->udp);
	line_neighbour(l, &d->neighbour);
	return l->text;
}

/* Frame bytes from hexadecimal text; what does not fit the frame stays out of it,
 * as a capture would leave it. */
static inline void frame_from_hex(const char *hex, struct frame *f)
{
	unsigned byte;

	memset(f, 0, sizeof(*f));
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		if (f->cap_len < FRAME_BYTES_MAX)
			f->bytes[f->cap_len++] = (uint8_t)byte;
		f->wire_len++;
	}
}

#endif
