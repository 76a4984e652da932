/* SPDX-License-Identifier: BSD-2-Clause */
/* frames CAPTURE: what our decoder says of each frame, one JSON object a line, with the
 * names of the fields that tests/evidence/agree.py compares. */
#include "analysis/decode/decode.h"
#include "analysis/record/linktype.h"
#include "analysis/record/pcapng.h"
#include "analysis/value/json_out.h"
#include "probe/run/files.h"

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
	json_text(j, "ifname", x->has_interface && x->interface_name[0] ? x->interface_name : NULL);
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
		put_ip(j, "quote", &i->quoted_ip);
		put_tcp(j, "quote_tcp", &i->quoted_tcp);
		put_udp(j, "quote_udp", &i->quoted_udp);
		put_echo(j, "quote_echo", &i->quoted_echo);
		put_extensions(j, &i->extensions);
	}
	json_object_end(j);
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
	if (d.neighbour.present && d.link.ethertype == 0x0806) {
		put_addr(&j, "arp_sender", &d.neighbour.sender);
		put_addr(&j, "arp_target", &d.neighbour.target);
	}
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
