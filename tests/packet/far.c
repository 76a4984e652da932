/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/packet/drive.h"

#include "erprobe/addr.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int far_listen(const char *address, const char *port)
{
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)strtoul(port, NULL, 10))};
	struct ip_addr a;
	int on = 1, fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (!ip_addr_parse(address, &a))
		return 1;
	memcpy(&at.sin6_addr, a.bytes, 16);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 16) != 0)
		return 1;
	puts("listening");
	fflush(stdout);
	for (;;)
		close(accept(fd, NULL, NULL));
}

static size_t from_hex(const char *hex, uint8_t *out, size_t room)
{
	size_t n = 0;
	unsigned v;

	for (; n < room && sscanf(hex, "%2x", &v) == 1 && hex[0] != '\0' && hex[1] != '\0'; hex += 2)
		out[n++] = (uint8_t)v;
	return n;
}

int far_inject(const char *iface, const char *hex, const char *count)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(iface)};
	uint8_t frame[1600];
	size_t len = from_hex(hex, frame, sizeof(frame));
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	for (unsigned long i = strtoul(count, NULL, 10); i > 0; i--)
		if (sendto(fd, frame, len, 0, (const struct sockaddr *)&to, sizeof(to)) != (ssize_t)len)
			return 1;
	return 0;
}

int far_tun(const char *device)
{
	struct ifreq r;
	uint8_t p[2000], address[4];
	ssize_t n;
	int fd = open("/dev/net/tun", O_RDWR);

	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", device);
	r.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) != 0)
		return 1;
	puts("listening");
	fflush(stdout);
	while ((n = read(fd, p, sizeof(p))) > 0) {
		unsigned sum;

		if (n < 28 || p[0] != 0x45 || p[9] != 1 || p[20] != 8)
			continue;
		memcpy(address, p + 12, 4);
		memcpy(p + 12, p + 16, 4);
		memcpy(p + 16, address, 4);
		p[20] = 0; /* type 8 to 0: the checksum grows by 0x0800 (RFC 1624) */
		sum = ((unsigned)p[22] << 8 | p[23]) + 0x0800u;
		sum = (sum & 0xffff) + (sum >> 16);
		p[22] = (uint8_t)(sum >> 8);
		p[23] = (uint8_t)sum;
		if (write(fd, p, (size_t)n) != n)
			return 1;
	}
	return 1;
}
