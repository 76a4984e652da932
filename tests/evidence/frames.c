/* SPDX-License-Identifier: BSD-2-Clause */
/* frames CAPTURE: what our decoder says of each frame, one JSON object a line, with the
 * names of the fields that tests/evidence/agree.py compares. */
#include "analysis/decode/bfd.h"
#include "analysis/decode/bgp.h"
#include "analysis/decode/decode.h"
#include "analysis/record/linktype.h"
#include "analysis/record/pcapng.h"
#include "analysis/value/json_out.h"
#include "probe/host/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static void put_addr(struct json_out *j, const char *key, const struct ip_addr *a)
{
	char text[IP_TEXT_MAX];

	json_text(j, key, ip_addr_is_set(a) ? ip_addr_text(a, text) : NULL);
}

static void put_ip(struct json_out *j, const char *key, const struct decoded_ip *ip)
{
	if (!ip->present)
		return;
	json_object(j, key);
	put_addr(j, "src", &ip->src);
	put_addr(j, "dst", &ip->dst);
	json_int(j, "ttl", ip->ttl);
	json_int(j, "tos", ip->tos);
	json_int(j, ip->src.family == IP_V4 ? "id" : "flow", ip->src.family == IP_V4 ? ip->ip_id : ip->flow_label);
	json_object_end(j);
}

static void put_tcp(struct json_out *j, const char *key, const struct decoded_tcp *t)
{
	if (!t->present)
		return;
	json_object(j, key);
	json_int(j, "srcport", t->src_port);
	json_int(j, "dstport", t->dst_port);
	json_int(j, "seq", t->seq);
	if (t->full_header) {
		json_int(j, "ack", t->ack);
		json_int(j, "flags", t->flags);
	}
	json_object_end(j);
}

static void put_udp(struct json_out *j, const char *key, const struct decoded_udp *u)
{
	if (!u->present)
		return;
	json_object(j, key);
	json_int(j, "srcport", u->src_port);
	json_int(j, "dstport", u->dst_port);
	json_int(j, "sum", u->checksum);
	json_object_end(j);
}

static void put_echo(struct json_out *j, const char *key, const struct decoded_echo *e)
{
	if (!e->present)
		return;
	json_object(j, key);
	json_int(j, "ident", e->id);
	json_int(j, "seq", e->seq);
	json_object_end(j);
}

static void put_extensions(struct json_out *j, const struct decoded_extensions *x)
{
	if (!x->present)
		return;
	json_array(j, "mpls");
	for (int i = 0; i < x->mpls_count; i++)
		json_int(j, NULL, x->mpls[i].label);
	json_array_end(j);
	json_array(j, "entries");
	for (int i = 0; i < x->mpls_count; i++) {
		json_array(j, NULL);
		json_int(j, NULL, x->mpls[i].label);
		json_int(j, NULL, x->mpls[i].exp);
		json_int(j, NULL, x->mpls[i].bottom);
		json_int(j, NULL, x->mpls[i].ttl);
		json_array_end(j);
	}
	json_array_end(j);
	json_text(j, "ifname", x->has_interface && x->interface_name[0] ? x->interface_name : NULL);
	json_int(j, "ifindex", x->has_interface ? x->interface_index : 0);
	json_int(j, "ifrole", x->has_interface ? x->interface_role : -1);
	put_addr(j, "ifaddr", x->has_interface ? &x->interface_addr : &(struct ip_addr){0});
}

static void put_icmp(struct json_out *j, const struct decoded_icmp *i)
{
	if (!i->present)
		return;
	json_object(j, "icmp");
	json_int(j, "type", i->type);
	json_int(j, "code", i->code);
	json_int(j, "sum", i->checksum);
	put_echo(j, "echo", &i->echo);
	if (i->is_error) {
		if ((i->type == 3 && i->code == 4) || i->type == 2) /* too big: RFC 1191, RFC 4443 3.2 */
			json_int(j, "mtu", i->type == 2 ? i->rest : i->rest & 0xffff);
		put_ip(j, "quote", &i->quoted_ip);
		put_tcp(j, "quote_tcp", &i->quoted_tcp);
		put_udp(j, "quote_udp", &i->quoted_udp);
		put_echo(j, "quote_echo", &i->quoted_echo);
		put_extensions(j, &i->extensions);
	}
	json_object_end(j);
}

static void put_link_addr(struct json_out *j, const char *key, const uint8_t mac[6])
{
	char text[18];

	snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	json_text(j, key, text);
}

static void put_tags(struct json_out *j, const struct decoded_link *l)
{
	json_array(j, "vlan");
	for (int i = 0; i < l->vlan_count; i++)
		json_int(j, NULL, l->vlan[i] & 0x0fff);
	json_array_end(j);
}

static void put_neighbour(struct json_out *j, const struct decoded *d)
{
	const struct decoded_neighbour *n = &d->neighbour;

	if (!n->present)
		return;
	json_object(j, d->link.ethertype == 0x0806 ? "arp" : "nd");
	json_bool(j, "reply", n->reply);
	put_addr(j, "sender", &n->sender);
	put_addr(j, "target", &n->target);
	if (n->has_link_addr)
		put_link_addr(j, "mac", n->link_addr);
	else
		json_text(j, "mac", NULL);
	json_object_end(j);
}

static void put_bfd(struct json_out *j, const struct decoded_udp *u)
{
	struct bfd_packet b;

	if (!u->present || (u->dst_port != BFD_PORT && u->dst_port != BFD_PORT_MULTIHOP) || !bfd_read(rd_over(u->payload.at, u->payload.len), &b))
		return;
	json_object(j, "bfd");
	json_int(j, "diag", b.diag);
	json_int(j, "state", b.state);
	json_int(j, "flags", b.flags);
	json_int(j, "multiplier", b.multiplier);
	json_int(j, "own", b.own);
	json_int(j, "other", b.other);
	json_int(j, "tx", b.min_tx_us);
	json_int(j, "rx", b.min_rx_us);
	json_int(j, "echo", b.min_echo_us);
	json_object_end(j);
}

static void put_open(struct json_out *j, struct rd body)
{
	struct bgp_open o;
	char text[16];

	if (!bgp_open_read(body, &o))
		return;
	snprintf(text, sizeof text, "%u.%u.%u.%u", o.router_id[0], o.router_id[1], o.router_id[2], o.router_id[3]);
	json_int(j, "version", o.version);
	json_int(j, "as", o.as);
	json_int(j, "hold", o.hold_s);
	json_text(j, "id", text);
	json_array(j, "families");
	for (size_t i = 0; i < o.family_count; i++) {
		json_array(j, NULL);
		json_int(j, NULL, o.families[i].afi);
		json_int(j, NULL, o.families[i].safi);
		json_array_end(j);
	}
	json_array_end(j);
}

static void put_notification(struct json_out *j, struct rd body)
{
	struct bgp_notification n;

	if (!bgp_notification_read(body, &n))
		return;
	json_bool(j, "hard", n.hard_reset);
	json_int(j, "code", n.code);
	json_int(j, "subcode", n.subcode);
	json_text(j, "said", n.said);
}

static void put_message(struct json_out *j, const struct bgp_header *h, struct rd body)
{
	json_object(j, NULL);
	json_int(j, "type", h->type);
	json_int(j, "length", h->length);
	if (h->type == BGP_OPEN)
		put_open(j, body);
	else if (h->type == BGP_NOTIFICATION)
		put_notification(j, body);
	json_object_end(j);
}

/* The messages that begin and end in this frame, from its first byte on. */
static void put_bgp(struct json_out *j, const struct decoded_tcp *t)
{
	struct rd r = rd_over(t->payload.at, t->payload.len);
	struct bgp_header h;

	if (!t->full_header || (t->src_port != BGP_PORT && t->dst_port != BGP_PORT))
		return;
	json_array(j, "bgp");
	while (rd_left(&r) >= BGP_HEADER_BYTES && bgp_header_read(&r, &h) && rd_left(&r) >= h.length - BGP_HEADER_BYTES)
		put_message(j, &h, rd_sub(&r, h.length - BGP_HEADER_BYTES));
	json_array_end(j);
}

static bool show(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	struct frame ethernet = *f;
	struct strbuf out;
	struct json_out j;
	struct decoded d;

	(void)arg;
	if (!link_type_to_ethernet(&ethernet, link_type))
		return true;
	decode_frame(&ethernet, &d);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	json_begin(&j, &out, true);
	json_object(&j, NULL);
	json_int_text(&j, "at", f->at.ns);
	json_text(&j, "comment", comment);
	put_ip(&j, "ip", &d.ip);
	put_tcp(&j, "tcp", &d.tcp);
	put_udp(&j, "udp", &d.udp);
	put_icmp(&j, &d.icmp);
	put_tags(&j, &d.link);
	put_neighbour(&j, &d);
	put_bfd(&j, &d.udp);
	put_bgp(&j, &d.tcp);
	json_object_end(&j);
	json_finish(&j);
	fputs(out.text, stdout);
	strbuf_free(&out);
	return true;
}

int main(int argc, char **argv)
{
	struct pcapng_handler h = {.frame = show};
	char err[300], *data;
	size_t len;
	bool ok = argc == 2 && files_read(AT_FDCWD, argv[1], (size_t)64 << 20, &data, &len, err, sizeof err);

	if (argc != 2)
		snprintf(err, sizeof err, "usage: frames CAPTURE");
	if (ok) {
		ok = pcapng_read(data, len, &h, err, sizeof err);
		free(data);
	}
	if (!ok)
		fprintf(stderr, "frames: %s\n", err);
	return ok ? 0 : 3;
}
