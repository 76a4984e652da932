/* SPDX-License-Identifier: BSD-2-Clause */
/* The limit: echo requests out of a raw socket as fast as sendmmsg() takes them, with none
 * of erprobe's code. What the namespaces behind spend on forwarding and answering is
 * charged to the sender here as it is to any prober.
 *
 *   packets_raw FIRST-ADDRESS DESTINATIONS TTLS */
#define _GNU_SOURCE /* sendmmsg */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define BYTES 42 /* IPv4 20, ICMP 8, payload 14: what erprobe sends */

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Version and length, total length, DF, TTL, ICMP, destination; the kernel fills in source
 * and header checksum (raw(7)). An echo request of zeros sums to its type, 0x0800. */
static void build(uint8_t *p, uint32_t to, uint8_t ttl)
{
	uint32_t wire = htonl(to);

	memset(p, 0, BYTES);
	p[0] = 0x45, p[3] = BYTES, p[6] = 0x40, p[8] = ttl, p[9] = 1;
	memcpy(p + 16, &wire, 4);
	p[20] = 8, p[22] = 0xf7, p[23] = 0xff;
}

int main(int argc, char **argv)
{
	static uint8_t bytes[BATCH][BYTES];
	struct sockaddr_in to[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr m[BATCH];
	struct in_addr first;
	struct rusage used;
	unsigned long sent = 0, refused = 0;
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (argc != 4 || fd < 0 || inet_pton(AF_INET, argv[1], &first) != 1)
		return 2;
	unsigned long hosts = strtoul(argv[2], NULL, 10), ttls = strtoul(argv[3], NULL, 10), all = hosts * ttls;
	double began = now();

	memset(m, 0, sizeof(m));
	for (unsigned long at = 0; at < all;) {
		unsigned n = all - at < BATCH ? (unsigned)(all - at) : BATCH;
		for (unsigned i = 0; i < n; i++, at++) {
			uint32_t address = ntohl(first.s_addr) + (uint32_t)(at % hosts) * 97u;
			build(bytes[i], address, (uint8_t)(1 + at / hosts));
			to[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(address)}};
			parts[i] = (struct iovec){bytes[i], BYTES};
			m[i].msg_hdr = (struct msghdr){.msg_name = &to[i], .msg_namelen = sizeof(to[i]), .msg_iov = &parts[i], .msg_iovlen = 1};
		}
		int done = sendmmsg(fd, m, n, 0);
		sent += done > 0 ? (unsigned long)done : 0;
		refused += done > 0 ? n - (unsigned long)done : n;
	}
	double wall = now() - began;
	getrusage(RUSAGE_SELF, &used);
	printf("%lu %lu %.6f %.6f\n", sent, refused, wall, seconds(used.ru_utime) + seconds(used.ru_stime));
	return 0;
}
