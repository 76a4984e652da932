/* SPDX-License-Identifier: BSD-2-Clause */
/* Thousands of networks in one process: whatever is sent into a TUN device to 198.18.0.0/17
 * meets the network that its destination's number and a seed make, and is answered as
 * its routers would.
 *
 *   topo SEED IFACE           serves until it is killed (CAP_NET_ADMIN; makes the device)
 *   topo --truth SEED COUNT   one JSON line a network: its routers by TTL, its edges
 *
 *   network n: destination 198.18.0.0 + n; router i of TTL t has
 *
 *      100.64.0.0 + | n (13 bits) | t (5) | i (4) |
 *
 * A layer of several routers is reached by load balancing on what real balancers look at:
 * addresses, protocol and the first four bytes behind the IP header. Some routers are
 * silent, some limit their errors, some show MPLS labels (RFC 4950), some spread packets. */
#define _GNU_SOURCE /* clock_gettime, O_CLOEXEC */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FIRST_TARGET UINT32_C(0xc6120000)  /* 198.18.0.0 */
#define FIRST_ROUTER UINT32_C(0x64400000)  /* 100.64.0.0 */
#define NETWORKS 8192u
#define HOPS_MAX 16
#define WIDTH_MAX 8
#define QUOTE 128          /* bytes, where extensions follow (RFC 4884) */
#define LIMIT_BURST 10.0
#define LIMIT_RATE 100.0   /* errors a second */

enum { MESHED = 0, PARALLEL, TREE };

struct topo {
	int hops;
	int width[HOPS_MAX + 1];          /* of a TTL; the destination's is 1 */
	int join[HOPS_MAX + 1];           /* how this TTL leads to the next */
	bool spreads[HOPS_MAX + 1];       /* by packet instead of by flow */
	bool silent[HOPS_MAX + 1][WIDTH_MAX], limited[HOPS_MAX + 1][WIDTH_MAX], mpls[HOPS_MAX + 1][WIDTH_MAX];
	bool end_silent;
};

struct bucket { float tokens; double at; };
static struct bucket buckets[NETWORKS][HOPS_MAX + 1][WIDTH_MAX];

static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint32_t draw(uint64_t *state, uint32_t of)
{
	return (uint32_t)((*state = mix(*state)) >> 20) % of;
}

static void make_layer(struct topo *t, int ttl, uint64_t *r)
{
	static const int widths[10] = {1, 1, 1, 1, 1, 1, 2, 2, 3, 4};
	int before = t->width[ttl - 1];
	bool first = ttl < 2;

	t->width[ttl] = first ? 1 : widths[draw(r, 10)];
	t->join[ttl - 1] = MESHED;
	if (!first && before > 1 && draw(r, 3) == 0) {
		t->width[ttl] = before;
		t->join[ttl - 1] = PARALLEL;
	} else if (!first && before > 1 && before <= WIDTH_MAX / 2 && draw(r, 4) == 0) {
		t->width[ttl] = 2 * before;
		t->join[ttl - 1] = TREE;
	}
	if (t->width[ttl] > 1 && t->join[ttl - 1] == MESHED)
		t->spreads[ttl - 1] = draw(r, 40) == 0;
	for (int i = 0; i < t->width[ttl]; i++) {
		t->silent[ttl][i] = draw(r, 12) == 0;
		t->limited[ttl][i] = draw(r, 12) == 0;
		t->mpls[ttl][i] = draw(r, 8) == 0;
	}
}

static struct topo make(uint64_t seed, uint32_t number)
{
	uint64_t r = mix(seed * 1000003u + number);
	struct topo t = {.hops = 3 + (int)draw(&r, 11)};

	t.width[0] = t.width[t.hops] = 1;
	for (int ttl = 1; ttl < t.hops; ttl++)
		make_layer(&t, ttl, &r);
	t.end_silent = draw(&r, 16) == 0;
	return t;
}

/* Where router i of this TTL sends what hashes to h. */
static int onward(const struct topo *t, int ttl, int i, uint64_t h)
{
	if (ttl + 1 == t->hops)
		return 0;
	if (t->join[ttl] == PARALLEL)
		return i;
	if (t->join[ttl] == TREE)
		return 2 * i + (int)(h % 2);
	return (int)(h % (uint64_t)t->width[ttl + 1]);
}

/* -- truth -- */

static uint32_t router_address(uint32_t number, int ttl, int i)
{
	return FIRST_ROUTER + (number << 9 | (uint32_t)ttl << 4 | (uint32_t)i);
}

static void print_address(const struct topo *t, uint32_t number, int ttl, int i)
{
	struct in_addr a = {htonl(ttl == t->hops ? FIRST_TARGET + number : router_address(number, ttl, i))};

	if (ttl == 0)
		printf("\"source\"");
	else
		printf("\"%s\"", inet_ntoa(a));
}

static void print_truth(uint64_t seed, uint32_t number)
{
	struct topo t = make(seed, number);
	struct in_addr target = {htonl(FIRST_TARGET + number)};
	const char *comma = "";
	bool spreads = false;

	printf("{\"destination\":\"%s\",\"hops\":%d,\"end_silent\":%s,\"layers\":[", inet_ntoa(target), t.hops, t.end_silent ? "true" : "false");
	for (int ttl = 1; ttl <= t.hops; ttl++) {
		printf("%s[", ttl > 1 ? "," : "");
		for (int i = 0; i < t.width[ttl]; i++) {
			printf("%s{\"address\":", i > 0 ? "," : "");
			print_address(&t, number, ttl, i);
			printf(",\"silent\":%s,\"mpls\":%s}", (ttl == t.hops ? t.end_silent : t.silent[ttl][i]) ? "true" : "false",
			       t.mpls[ttl][i] ? "true" : "false");
		}
		printf("]");
		spreads |= ttl < t.hops && t.spreads[ttl];
	}
	printf("],\"per_packet\":%s,\"edges\":[", spreads || t.spreads[0] ? "true" : "false");
	for (int ttl = 0; ttl < t.hops; ttl++)
		for (int i = 0; i < t.width[ttl]; i++) {
			unsigned seen = 0;
			for (uint64_t h = 0; h < 840; h++) {
				int k = onward(&t, ttl, i, h);
				if ((seen & 1u << k) != 0)
					continue;
				seen |= 1u << k;
				printf("%s[%d,", comma, ttl);
				comma = ",";
				print_address(&t, number, ttl, i);
				printf(",");
				print_address(&t, number, ttl + 1, k);
				printf("]");
			}
		}
	printf("]}\n");
}

/* -- answers -- */

static uint16_t sum16(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2 == 0 ? (uint32_t)p[i] << 8 : p[i];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* An IPv4 header before len bytes. */
static void head(uint8_t *p, size_t len, uint32_t from, const uint8_t *to, uint8_t protocol, int ttl)
{
	memset(p, 0, 20);
	p[0] = 0x45;
	put16(p + 2, (uint16_t)(20 + len));
	p[8] = (uint8_t)ttl;
	p[9] = protocol;
	from = htonl(from);
	memcpy(p + 12, &from, 4);
	memcpy(p + 16, to, 4);
	put16(p + 10, sum16(p, 20));
}

static size_t icmp_error(uint8_t *out, uint32_t from, const uint8_t *in, size_t len, uint8_t type, uint8_t code, bool mpls, int ttl)
{
	size_t quoted = len < QUOTE ? len : QUOTE, body = 8 + (mpls ? QUOTE + 12 : quoted);

	memset(out + 20, 0, body);
	out[20] = type;
	out[21] = code;
	memcpy(out + 28, in, quoted);
	out[28 + 8] = 1; /* the TTL it arrived with */
	put16(out + 28 + 10, 0);
	put16(out + 28 + 10, sum16(out + 28, 20));
	if (mpls) {
		uint8_t *x = out + 28 + QUOTE;
		out[25] = QUOTE / 4;
		x[0] = 0x20; /* version 2 | checksum | length 8, class 1, type 1 | label 16 + last byte, bottom, TTL 1 */
		put16(x + 4, 8);
		x[6] = x[7] = 1;
		put16(x + 8, 0x0100);
		x[10] = 0x01;
		x[11] = 1;
		put16(x + 2, sum16(x, 12));
	}
	put16(out + 22, sum16(out + 20, body));
	head(out, body, from, in + 12, 1, ttl);
	return 20 + body;
}

static size_t end_answer(uint8_t *out, uint32_t from, const uint8_t *in, size_t len, int ttl)
{
	if (in[9] == 1 && in[20] == 8) {
		memcpy(out + 20, in + 20, len - 20);
		out[20] = 0;
		put16(out + 22, 0);
		put16(out + 22, sum16(out + 20, len - 20));
		head(out, len - 20, from, in + 12, 1, ttl);
		return len;
	}
	return icmp_error(out, from, in, len, 3, in[9] == 17 ? 3 : 2, false, ttl);
}

static bool may_answer(uint32_t number, int ttl, int i)
{
	struct bucket *b = &buckets[number][ttl][i];
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	double at = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
	double tokens = b->at > 0 ? b->tokens + (at - b->at) * LIMIT_RATE : LIMIT_BURST;
	b->at = at;
	b->tokens = (float)(tokens < LIMIT_BURST ? tokens : LIMIT_BURST);
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

/* Bytes of the answer, 0 for silence. */
static size_t answer(uint64_t seed, const uint8_t *in, size_t len, uint8_t *out)
{
	static uint64_t packets;
	uint32_t number;

	if (len < 28 || in[0] != 0x45)
		return 0;
	number = ((uint32_t)in[16] << 24 | (uint32_t)in[17] << 16 | (uint32_t)in[18] << 8 | in[19]) - FIRST_TARGET;
	if (number >= NETWORKS)
		return 0;
	struct topo t = make(seed, number);
	uint64_t flow = mix(seed ^ ((uint64_t)in[20] << 24 | (uint64_t)in[21] << 16 | (uint64_t)in[22] << 8 | in[23]));
	flow = mix(flow ^ ((uint64_t)in[15] << 40 | (uint64_t)in[9] << 32 | number));
	int i = 0, last = in[8] < t.hops ? in[8] : t.hops;
	for (int ttl = 0; ttl < last; ttl++)
		i = onward(&t, ttl, i, mix(flow + (uint64_t)(ttl * 16 + i) + (t.spreads[ttl] ? mix(++packets) : 0)));
	if (last == t.hops)
		return t.end_silent ? 0 : end_answer(out, FIRST_TARGET + number, in, len, 64 - t.hops + 1);
	if (t.silent[last][i] || (t.limited[last][i] && !may_answer(number, last, i)))
		return 0;
	return icmp_error(out, router_address(number, last, i), in, len, 11, 0, t.mpls[last][i], 255 - last + 1);
}

static int open_device(const char *name)
{
	struct ifreq r;
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	memset(&r, 0, sizeof r);
	r.ifr_flags = IFF_TUN | IFF_NO_PI;
	snprintf(r.ifr_name, sizeof r.ifr_name, "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r) != 0) {
		perror("topo: cannot make the device");
		return -1;
	}
	return fd;
}

int main(int argc, char **argv)
{
	static uint8_t in[2048], out[2048];

	if (argc == 4 && strcmp(argv[1], "--truth") == 0) {
		for (uint32_t n = 0; n < strtoul(argv[3], NULL, 10) && n < NETWORKS - 1; n++)
			print_truth(strtoull(argv[2], NULL, 10), n + 1);
		return 0;
	}
	int fd = argc == 3 ? open_device(argv[2]) : -1;
	if (fd < 0)
		return 2;
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		ssize_t n = read(fd, in, 1500);
		if (n <= 0)
			return 1;
		size_t len = answer(strtoull(argv[1], NULL, 10), in, (size_t)n, out);
		if (len > 0 && write(fd, out, len) < 0)
			perror("topo");
	}
}
