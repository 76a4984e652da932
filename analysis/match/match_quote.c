/* SPDX-License-Identifier: BSD-2-Clause */
/* ICMP errors: whose packet do they quote?
 *
 * What a quote shows of a probe, and what it is worth:
 *
 *   TCP    sequence number: 32 keyed bits                          T4
 *   echo   token, where the quote reaches it: 64 keyed bits        T4 by itself
 *          checksum, 16 keyed bits, and below: either one          T4
 *   UDP    checksum: names the probe; token, where the quote
 *          reaches it, else IPv4 id or flow label               T4
 *   all    IPv4 id, 16 keyed bits, or IPv6 flow label, 20          T5, with all above
 *
 * A NAT on the way (RFC 5508 3.1, 4.2 ask it to restore the quote) leaves behind,
 * if it is careless, its own source address, port or echo id, and a checksum that
 * fits them. The addresses are not tested; the other two are found again by the
 * keyed values (nat_probe). */
#include "analysis/match/identity.h"
#include "analysis/match/match_judge.h"

/* ICMP (RFC 792) and ICMPv6 (RFC 4443) errors. */
enum { V4_UNREACHABLE = 3, V4_QUENCH = 4, V4_REDIRECT = 5, V4_TIME_EXCEEDED = 11 };
enum { V6_UNREACHABLE = 1, V6_TOO_BIG = 2, V6_TIME_EXCEEDED = 3 };
enum { V4_CODE_FRAGMENTATION_NEEDED = 4, CODE_IN_TRANSIT = 0 };
enum { V4_ECHO = 8, V6_ECHO = 128 };
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_ICMP6 = 58 };

/* Redirect and source quench ride along: the packet that they quote goes on, and
 * so they tell nothing of its fate. */
static bool ends_probe(uint8_t family, uint8_t type)
{
	return family != IP_V4 || (type != V4_REDIRECT && type != V4_QUENCH);
}

static enum answer_kind answer_of(uint8_t family, const struct decoded_icmp *icmp)
{
	bool v4 = family == IP_V4;

	if (icmp->type == (v4 ? V4_TIME_EXCEEDED : V6_TIME_EXCEEDED) && icmp->code == CODE_IN_TRANSIT)
		return ANSWER_TIME_EXCEEDED;
	if (icmp->type == (v4 ? V4_UNREACHABLE : V6_UNREACHABLE) || (!v4 && icmp->type == V6_TOO_BIG))
		return ANSWER_UNREACHABLE;
	return ANSWER_OTHER_ERROR;
}

static uint32_t mtu_of(uint8_t family, const struct decoded_icmp *icmp)
{
	if (family == IP_V4 && icmp->type == V4_UNREACHABLE && icmp->code == V4_CODE_FRAGMENTATION_NEEDED)
		return icmp->rest & 0xffff;
	return family == IP_V6 && icmp->type == V6_TOO_BIG ? icmp->rest : 0;
}

/* Kind of the probe that the quote may be of; 0 when it can be of none. */
static uint8_t quoted_kind(const struct decoded_icmp *icmp)
{
	uint8_t request = icmp->quoted_ip.src.family == IP_V4 ? V4_ECHO : V6_ECHO;

	if (icmp->quoted_tcp.present)
		return PROBE_TCP_SYN;
	if (icmp->quoted_udp.present)
		return PROBE_UDP;
	return icmp->quoted_echo.present && icmp->quoted_icmp_type == request ? PROBE_ICMP_ECHO : 0;
}

/* Is the quote cut before its ports, and might they have been ours? */
static bool quote_too_short(const struct decoded_icmp *icmp)
{
	bool v4 = icmp->quoted_ip.src.family == IP_V4;

	if (icmp->quoted_ip.fragment)
		return false;
	if (icmp->quoted_ip.protocol == PROTOCOL_TCP)
		return !icmp->quoted_tcp.present;
	if (icmp->quoted_ip.protocol == PROTOCOL_UDP)
		return !icmp->quoted_udp.present;
	if (icmp->quoted_ip.protocol != (v4 ? PROTOCOL_ICMP : PROTOCOL_ICMP6))
		return false;
	return !icmp->quoted_icmp ||
	       (icmp->quoted_icmp_type == (v4 ? V4_ECHO : V6_ECHO) && !icmp->quoted_echo.present);
}

/* Its ports alone tell it: kind 0 has none. */
static uint32_t quoted_flow(const struct judged *j, uint8_t kind)
{
	const struct decoded_icmp *icmp = &j->d.icmp;
	const struct ip_addr *local = &j->d.ip.dst, *remote = &icmp->quoted_ip.dst;

	if (kind == PROBE_TCP_SYN)
		return match_table_flow(j->table, kind, local, remote, icmp->quoted_tcp.src_port, icmp->quoted_tcp.dst_port);
	if (kind == PROBE_UDP)
		return match_table_named_flow(j->table, icmp->quoted_udp.probe_id, kind, local, remote, icmp->quoted_udp.src_port,
		                              icmp->quoted_udp.dst_port);
	if (kind == PROBE_ICMP_ECHO)
		return match_table_named_flow(j->table, icmp->quoted_echo.probe_id, kind, local, remote, icmp->quoted_echo.id, 0);
	return NO_FLOW;
}

/* The IPv4 id or the IPv6 flow label of the quote. */
static bool header_agrees(const struct judged *j, const struct plan_flow *f, const struct probe_row *row)
{
	const struct decoded_ip *quoted = &j->d.icmp.quoted_ip;

	if (quoted->dst.family == IP_V4)
		return quoted->ip_id == identity_ip_id(j->table->plan, f, row->index, row->ttl);
	return quoted->flow_label == f->flow_label;
}

struct agreement { bool enough, all; };

static struct agreement quote_agrees(const struct judged *j, uint32_t probe)
{
	const struct decoded_icmp *icmp = &j->d.icmp;
	const struct plan *p = j->table->plan;
	const struct probe_row *row = &j->table->rows[probe];
	const struct plan_flow *f = &p->flows[row->flow];
	bool header = header_agrees(j, f, row);

	if (icmp->quoted_tcp.present) {
		bool seq = icmp->quoted_tcp.seq == identity_seq(p, f, row->index, row->ttl);
		return (struct agreement){seq, seq && header};
	}
	if (icmp->quoted_udp.present) {
		bool sum = icmp->quoted_udp.checksum == identity_udp_sum(p, f, row->index);
		if (!icmp->quoted_udp.has_payload)
			return (struct agreement){sum && header, sum && header};
		bool token = icmp->quoted_udp.token == identity_token(p, f, row->index, row->ttl);
		return (struct agreement){token, token && sum && header};
	}
	bool sum = icmp->quoted_icmp_sum == f->icmp_sum;
	if (icmp->quoted_echo.has_payload) {
		bool token = icmp->quoted_echo.token == identity_token(p, f, row->index, row->ttl);
		return (struct agreement){token, token && sum && header};
	}
	return (struct agreement){sum || header, sum && header};
}

/* Of a quote whose ports are a flow's: the probe by its index alone. */
static uint32_t named_probe(struct judged *j, uint32_t flow, bool *ours)
{
	const struct decoded_icmp *icmp = &j->d.icmp;
	const struct plan_flow *f = &j->table->plan->flows[flow];
	uint16_t index = icmp->quoted_echo.seq;
	uint8_t ttl;

	if (icmp->quoted_tcp.present)
		*ours = identity_seq_open(j->table->plan, f, icmp->quoted_tcp.seq, &index, &ttl);
	else if (icmp->quoted_udp.present)
		*ours = identity_udp_open(j->table->plan, f, icmp->quoted_udp.checksum, &index);
	else
		*ours = icmp->quoted_icmp_sum == f->icmp_sum;
	return match_table_probe(j->table, flow, index);
}

/* RFC 1624: a NAT that changes a 16-bit field by d changes the checksum by -d, in
 * one's complement; their sum stays. An IPv4 address is no part of an ICMP sum. */
static bool sum_follows_id(const struct decoded_icmp *icmp, const struct plan_flow *f)
{
	uint32_t now = (uint32_t)icmp->quoted_icmp_sum + icmp->quoted_echo.id;
	uint32_t then = (uint32_t)f->icmp_sum + f->src_port;

	return now % UINT16_MAX == then % UINT16_MAX;
}

/* The one probe to this destination whose keyed values the quote shows, though
 * its source port or echo id is no flow's; how far they agree. */
static uint32_t nat_probe(const struct judged *j, uint8_t kind, struct agreement *agrees)
{
	const struct decoded_icmp *icmp = &j->d.icmp;
	const struct decoded_ip *quoted = &icmp->quoted_ip;
	bool tcp = kind == PROBE_TCP_SYN;
	bool udp = kind == PROBE_UDP;
	uint32_t value = tcp   ? icmp->quoted_tcp.seq
	                 : udp ? (uint32_t)icmp->quoted_udp.token
	                       : match_value_echo(quoted->dst.family, icmp->quoted_echo.seq,
	                                          quoted->ip_id, quoted->flow_label);
	uint32_t probe = match_table_value(j->table, &j->d.ip.dst, &quoted->dst, kind, value);

	if (probe == NO_PROBE || (udp && !icmp->quoted_udp.has_payload))
		return NO_PROBE;
	*agrees = quote_agrees(j, probe);
	if (!agrees->enough)
		return NO_PROBE;
	const struct plan_flow *f = &j->table->plan->flows[j->table->rows[probe].flow];
	bool same;
	if (tcp)
		same = f->dst_port == icmp->quoted_tcp.dst_port;
	else if (udp)
		same = f->dst_port == icmp->quoted_udp.dst_port;
	else if (quoted->dst.family == IP_V4)
		same = sum_follows_id(icmp, f);
	else
		same = j->table->rows[probe].index == icmp->quoted_echo.seq;
	return same ? probe : NO_PROBE;
}

/* An error about our RST, which has the number after its SYN's: not a forgery. */
static bool quotes_reset(const struct judged *j, uint32_t flow)
{
	const struct decoded_tcp *tcp = &j->d.icmp.quoted_tcp;
	uint16_t index;
	uint8_t ttl;

	return tcp->present &&
	       identity_seq_open(j->table->plan, &j->table->plan->flows[flow], tcp->seq - 1, &index, &ttl) &&
	       match_table_probe(j->table, flow, index) != NO_PROBE;
}

/* A router's address; anything but one that no router can send from. */
static bool plausible_sender(const struct ip_addr *a)
{
	return !ip_addr_is_multicast(a) && !ip_addr_is_unspecified(a) && !ip_addr_is_broadcast(a) &&
	       !ip_addr_is_loopback(a);
}

/* T3, T4, T5 of a quote that can be a probe's. False: rule 2, none of ours. */
static bool identify_quote(struct judged *j, uint8_t kind, uint32_t flow)
{
	bool named = judge_test(j, MATCH_T3_PORTS, flow != NO_FLOW);
	bool ours = false;
	uint32_t probe = named ? named_probe(j, flow, &ours) : NO_PROBE;
	struct agreement agrees = {false, false};

	if (probe != NO_PROBE)
		agrees = quote_agrees(j, probe);
	if (!agrees.enough) {
		/* The ports are no flow's, or a NAT changed them to another's. */
		uint32_t found = nat_probe(j, kind, &agrees);
		if (found == NO_PROBE) {
			j->unseen = ours && probe == NO_PROBE;
			return named && !quotes_reset(j, flow);
		}
		/* A NAT that leaves the port as it was still makes the checksum fit its address. */
		if (flow == NO_FLOW || j->table->rows[found].flow != flow)
			j->m->failed |= 1u << MATCH_T3_PORTS;
		probe = found;
	}
	judge_pass(j, MATCH_T4_KEYED);
	judge_test(j, MATCH_T5_KEYED_QUOTE, agrees.all);
	judge_probe(j, probe);
	return true;
}

static void describe(struct judged *j)
{
	const struct decoded_icmp *icmp = &j->d.icmp;

	j->m->answer = answer_of(j->d.ip.src.family, icmp);
	j->m->mtu = mtu_of(j->d.ip.src.family, icmp);
	j->m->has_quote = icmp->quoted_ip.present;
	j->m->quoted_ttl = icmp->quoted_ip.ttl;
	j->m->quoted_tos = icmp->quoted_ip.tos;
	j->m->changed_source = icmp->quoted_ip.present && !ip_addr_equal(&icmp->quoted_ip.src, &j->d.ip.dst);
	if (icmp->extensions.present) /* zeros, else */
		j->m->extensions = icmp->extensions;
}

static bool is_about_us(const struct judged *j, const struct ip_addr *local, const struct ip_addr *remote)
{
	return remote != NULL ? match_table_pair(j->table, local, remote) : match_table_local(j->table, local);
}

void judge_quote(struct judged *j)
{
	const struct decoded_icmp *icmp = &j->d.icmp;
	const struct ip_addr *local = &j->d.ip.dst;
	uint8_t kind = quoted_kind(icmp);

	/* Without a quoted address it is about us if it is addressed to us. */
	const struct ip_addr *remote = icmp->quoted_ip.present ? &icmp->quoted_ip.dst : NULL;
	bool whole = remote != NULL && !quote_too_short(icmp);
	judge_test(j, MATCH_T1_DECODED, whole && judge_sums(j));
	uint32_t flow = whole ? quoted_flow(j, kind) : NO_FLOW;
	if (!judge_test(j, MATCH_T2_ADDRESSES, flow != NO_FLOW || is_about_us(j, local, remote)) ||
	    !ends_probe(local->family, icmp->type))
		return;
	describe(j);
	j->from_us = match_table_local(j->table, &j->d.ip.src);
	judge_test(j, MATCH_T8_SENDER, !j->from_us && plausible_sender(&j->d.ip.src));
	if (whole && (kind == 0 || !identify_quote(j, kind, flow)))
		return;
	judge_conclude(j);
}
