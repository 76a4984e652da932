/* SPDX-License-Identifier: BSD-2-Clause */
/* How many probes a second one core sends through erprobe-packet's own policy, craft and
 * send; on the same way as packets_raw, which has none of them.
 *
 *   packets_send IFACE SOURCE FIRST-ADDRESS DESTINATIONS TTLS
 *
 * Prints: sent, refused, seconds, CPU seconds, the CPU seconds of policy and craft alone, and
 * the bytes that a trace keeps of a probe in flight. */
#include "analysis/match/match_table.h"
#include "analysis/trace/trace_store.h"
#include "probe/packet/craft.h"
#include "probe/packet/policy.h"
#include "probe/packet/send.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define BATCH SEND_ITEMS_MAX

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct bench {
	struct policy policy;
	struct craft *craft;
	struct sender sender;
	struct probe_spec specs[BATCH];
	struct send_item items[BATCH];
	uint8_t bytes[BATCH][CRAFT_BYTES_MAX];
	unsigned long sent, refused;
	double own;
};

static struct probe_spec probe(const struct ip_addr *source, const struct ip_addr *first, unsigned long at, unsigned long hosts)
{
	struct probe_spec s;
	uint32_t host = (uint32_t)(at % hosts) * 97u;

	memset(&s, 0, sizeof s);
	s.id = (uint32_t)at + 1;
	s.kind = PROBE_ICMP_ECHO;
	s.ttl = (uint8_t)(1 + at / hosts);
	s.dont_fragment = 1;
	s.src = *source;
	s.dst = *first;
	s.dst.bytes[1] = (uint8_t)(s.dst.bytes[1] + (host >> 16));
	s.dst.bytes[2] = (uint8_t)(host >> 8);
	s.dst.bytes[3] = (uint8_t)host;
	s.src_port = 4711;
	s.dst_port = (uint16_t)at;
	s.ip_id = (uint16_t)(1 + at % 65535);
	s.icmp_sum = (uint16_t)(1 + (host * 31u) % 65534);
	s.token = at * UINT64_C(0x9e3779b97f4a7c15);
	return s;
}

static bool begin(struct bench *b, const char *iface, const struct ip_addr *source)
{
	const uint8_t ten[4] = {10, 0, 0, 0};
	const struct ip_prefix allow = {ip_addr_from(IP_V4, ten), 8};
	char err[200] = "out of memory";

	b->craft = craft_new(err, sizeof err);
	if (b->craft && policy_init(&b->policy, &allow, 1, 0) && (b->policy.own = calloc(1, sizeof *b->policy.own)) &&
	    sender_open(&b->sender, iface, if_nametoindex(iface), err, sizeof err) == SENDER_OK) {
		b->policy.own[0] = (struct policy_own){.addr = *source};
		b->policy.own_count = 1;
		b->policy.iface_count = 1;
		b->policy.ethernet[0] = true;
		return true;
	}
	fprintf(stderr, "packets_send: %s\n", err);
	return false;
}

static void one_batch(struct bench *b, size_t n)
{
	static const uint8_t mac[6] = {2};
	double before = seconds(CLOCK_PROCESS_CPUTIME_ID);
	size_t ready = 0;

	for (size_t i = 0; i < n; i++) {
		struct send_item *item = &b->items[ready];
		*item = (struct send_item){.probe = &b->specs[i], .bytes = b->bytes[ready]};
		if (policy_check(&b->policy, &b->specs[i], (struct mono_ns){1}) == SEND_OK &&
		    (item->len = craft_build(b->craft, &b->specs[i], mac, b->bytes[ready])) > 0)
			ready++;
		else
			b->refused++;
	}
	b->own += seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
	sender_send(&b->sender, b->items, ready);
	for (size_t i = 0; i < ready; i++) {
		if (b->items[i].result == SEND_OK)
			b->sent++;
		else
			b->refused++;
	}
}

int main(int argc, char **argv)
{
	static struct bench b;
	struct ip_addr source, first;

	if (argc != 6 || !ip_addr_parse(argv[2], &source) || !ip_addr_parse(argv[3], &first) || !begin(&b, argv[1], &source))
		return 2;
	unsigned long hosts = strtoul(argv[4], NULL, 10), all = hosts * strtoul(argv[5], NULL, 10);
	double began = seconds(CLOCK_MONOTONIC);
	for (unsigned long at = 0; at < all;) {
		size_t n = 0;
		for (; n < BATCH && at < all; n++, at++)
			b.specs[n] = probe(&source, &first, at, hosts);
		one_batch(&b, n);
	}
	/* Its record, the matcher's row, and a place in a table that is between three eighths and three
	 * quarters full: on the mean 1.85 places for one. */
	double kept = (double)(sizeof(struct trace_shot) + sizeof(struct probe_row)) + 1.85 * sizeof(uint32_t);
	printf("%lu %lu %.6f %.6f %.6f %.0f\n", b.sent, b.refused, seconds(CLOCK_MONOTONIC) - began, seconds(CLOCK_PROCESS_CPUTIME_ID), b.own, kept);
	return 0;
}
