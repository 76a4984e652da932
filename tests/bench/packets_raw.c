/* SPDX-License-Identifier: BSD-2-Clause */
/* The limit: echo requests out of a raw socket as fast as sendmmsg() takes them, with none
 * of erprobe's code. What the namespaces behind spend on forwarding and answering is
 * charged to the sender here as it is to any prober.
 *
 *   packets_raw FIRST-ADDRESS DESTINATIONS TTLS [SENDERS [stamps]]
 *
 * SENDERS threads, one by default, each with a socket and a share of the destinations. With
 * "stamps" a socket asks for stamps meanwhile, so that the kernel stamps what comes in anywhere.
 * Prints: sent, refused, seconds, CPU seconds. */
#define _GNU_SOURCE /* sendmmsg */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define STEP 97u /* from one destination to the next */
#define SENDERS_MAX 8
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

/* What one thread sends: destinations from first on, hosts of them. */
struct share {
	pthread_t thread;
	uint32_t first;
	unsigned long hosts, ttls, sent, refused;
};

static void *send_share(void *arg)
{
	struct share *s = arg;
	uint8_t bytes[BATCH][BYTES];
	struct sockaddr_in to[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr m[BATCH];
	unsigned long all = s->hosts * s->ttls;
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	memset(m, 0, sizeof(m));
	for (unsigned long at = 0; at < all;) {
		unsigned n = all - at < BATCH ? (unsigned)(all - at) : BATCH;
		for (unsigned i = 0; i < n; i++, at++) {
			uint32_t address = s->first + (uint32_t)(at % s->hosts) * STEP;
			build(bytes[i], address, (uint8_t)(1 + at / s->hosts));
			to[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(address)}};
			parts[i] = (struct iovec){bytes[i], BYTES};
			m[i].msg_hdr = (struct msghdr){.msg_name = &to[i], .msg_namelen = sizeof(to[i]), .msg_iov = &parts[i], .msg_iovlen = 1};
		}
		int done = sendmmsg(fd, m, n, 0);
		s->sent += done > 0 ? (unsigned long)done : 0;
		s->refused += done > 0 ? n - (unsigned long)done : n;
	}
	close(fd);
	return NULL;
}

/* Never closed: as long as it is there. A worker of the kernel's switches it on (net_enable_timestamp). */
static int have_frames_stamped(void)
{
	const struct timespec nap = {0, 20000000L};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	return fd < 0 || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0 ? -1 : nanosleep(&nap, NULL);
}

int main(int argc, char **argv)
{
	struct share shares[SENDERS_MAX] = {0};
	struct in_addr first;
	struct rusage used;
	unsigned long sent = 0, refused = 0;

	if (argc < 4 || argc > 6 || inet_pton(AF_INET, argv[1], &first) != 1)
		return 2;
	unsigned long hosts = strtoul(argv[2], NULL, 10), ttls = strtoul(argv[3], NULL, 10);
	unsigned long senders = argc > 4 ? strtoul(argv[4], NULL, 10) : 1;
	if (senders < 1 || senders > SENDERS_MAX || (argc > 5 && have_frames_stamped() != 0))
		return 2;
	double began = now();
	for (unsigned long i = 0; i < senders; i++) {
		unsigned long from = hosts * i / senders, to = hosts * (i + 1) / senders;
		shares[i] = (struct share){.first = ntohl(first.s_addr) + (uint32_t)from * STEP, .hosts = to - from, .ttls = ttls};
		if (pthread_create(&shares[i].thread, NULL, send_share, &shares[i]) != 0)
			return 1;
	}
	for (unsigned long i = 0; i < senders; i++) {
		pthread_join(shares[i].thread, NULL);
		sent += shares[i].sent;
		refused += shares[i].refused;
	}
	double wall = now() - began;
	getrusage(RUSAGE_SELF, &used);
	printf("%lu %lu %.6f %.6f\n", sent, refused, wall, seconds(used.ru_utime) + seconds(used.ru_stime));
	return 0;
}
