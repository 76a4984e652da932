/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/packet/drive.h"

#include "erprobe/addr.h"

#include <stdio.h>

static unsigned u16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static void two(uint8_t family, const uint8_t *from, const uint8_t *to)
{
	char a[IP_TEXT_MAX], b[IP_TEXT_MAX];
	struct ip_addr src = ip_addr_from(family, from), dst = ip_addr_from(family, to);

	printf(" %s %s", ip_addr_text(&src, a), ip_addr_text(&dst, b));
}

static void show_transport(unsigned protocol, const uint8_t *p, size_t len)
{
	if (len < 8)
		printf("short");
	else if (protocol == 1 || protocol == 58)
		printf("%s %u sum=%04x", protocol == 1 ? "icmp" : "icmp6", p[0], u16(p + 2));
	else if (protocol == 6 && len >= 20)
		printf("tcp %s%s%s %u>%u", p[13] & 2 ? "S" : "", p[13] & 4 ? "R" : "", p[13] & 16 ? "A" : "", u16(p), u16(p + 2));
	else
		printf("protocol %u", protocol);
}

static void show_network(unsigned type, const uint8_t *p, size_t len)
{
	if (type == 0x0806 && len >= 28) {
		printf("arp %u", u16(p + 6));
		two(IP_V4, p + 14, p + 24);
	} else if (type == 0x0800 && len >= 20) {
		show_transport(p[9], p + 20, len - 20);
		two(IP_V4, p + 12, p + 16);
		printf(" ttl=%u", p[8]);
	} else if (type == 0x86dd && len >= 40) {
		show_transport(p[6], p + 40, len - 40);
		two(IP_V6, p + 8, p + 24);
		printf(" ttl=%u", p[7]);
	} else {
		printf("type %04x", type);
	}
}

void show_frame(const uint8_t *bytes, size_t len, unsigned slot)
{
	size_t at = 12;
	unsigned tags = 0;

	printf("frame %u ", slot);
	while (len >= at + 6 && (u16(bytes + at) == 0x8100 || u16(bytes + at) == 0x88a8)) {
		at += 4;
		tags++;
	}
	if (tags > 0)
		printf("tags=%u ", tags);
	if (len >= at + 2)
		show_network(u16(bytes + at), bytes + at + 2, len - at - 2);
	if (len >= 6)
		printf(" to=%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
	printf(" len=%zu\n", len);
}
