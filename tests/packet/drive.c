/* SPDX-License-Identifier: BSD-2-Clause */
/* Plays erprobe against a real erprobe-packet: reads commands, prints records.
 *
 *   drive run HELPER IFACE[,IFACE] PREFIX[,PREFIX] RATE PORTS [light|bulk]   commands on stdin:
 *     icmp SRC DST TTL SIZE | syn SRC DST PORT TTL | rst SRC DST PORT | neigh SRC DST
 *     iface SLOT | wait MS | nap MS | count | stop | rubbish | clear | status | copy
 *   drive listen ADDRESS PORT | drive inject IFACE HEX COUNT | drive tun DEVICE
 *   drive version HELPER IFACE   starts it as another channel version would */
#include "tests/packet/drive.h"

#include "probe/channel/helper.h"
#include "probe/sandbox/sandbox.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LIST_MAX 64

struct drive {
	struct helper *h;
	uint32_t id;
	uint8_t iface;
};

static void show(const union helper_record *r)
{
	const struct channel_counters *c = &r->counters;

	switch (r->head.kind) {
	case CHANNEL_SENT:
		printf("sent %u result=%u errno=%d\n", r->sent.probe_id, r->sent.result, r->sent.error);
		break;
	case CHANNEL_FRAME:
		show_frame(r->frame.frame.bytes, r->frame.frame.cap_len, r->frame.frame.iface);
		break;
	case CHANNEL_COUNTERS:
		printf("counters received=%u dropped=%u iface_dropped=%u unforwarded=%u refused=%u\n", c->received[0],
		       c->dropped[0], c->iface_dropped[0], c->unforwarded, c->refused);
		break;
	default:
		printf("bye\n");
	}
}

/* Prints what comes within ms. False at the end of the channel. */
static bool take(struct drive *d, long ms)
{
	struct timespec start, now;
	union helper_record r;
	char err[HELPER_ERROR_MAX];

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		struct pollfd fd = {helper_fd(d->h), POLLIN, 0};
		enum helper_take t = helper_take(d->h, &r, err, sizeof(err));
		long left;

		if (t == HELPER_TAKE_END || t == HELPER_TAKE_ERROR) {
			printf("%s\n", t == HELPER_TAKE_END ? "end" : err);
			return false;
		}
		if (t != HELPER_TAKE_NONE) {
			show(&r);
			continue;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = ms - (now.tv_sec - start.tv_sec) * 1000 - (now.tv_nsec - start.tv_nsec) / 1000000;
		if (left <= 0)
			return true;
		poll(&fd, 1, (int)left);
	}
}

static void probe(struct drive *d, uint8_t kind, const char *src, const char *dst, unsigned port, unsigned ttl,
                  unsigned size)
{
	struct probe_spec s = {
		.id = ++d->id, .kind = kind, .iface = d->iface, .ttl = (uint8_t)ttl, .dont_fragment = 1,
		.src_port = helper_ready(d->h)->port_base, .dst_port = (uint16_t)port, .ip_id = (uint16_t)(1000 + d->id),
		.icmp_sum = 0x5ca1, .seq = 7000, .flow_label = 0x12345, .size = (uint16_t)size, .token = d->id,
	};

	if (kind == PROBE_TCP_RST)
		s.seq++;
	if (!ip_addr_parse(src, &s.src) || !ip_addr_parse(dst, &s.dst))
		printf("bad address\n");
	else if (!helper_send_probe(d->h, &s))
		printf("full\n");
}

static void show_status(void)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "Cap", 3) == 0 || strncmp(line, "NoNewPrivs", 10) == 0)
			printf("self %s", line);
	if (f != NULL)
		fclose(f);
}

static void plain_command(struct drive *d, const char *word)
{
	char err[HELPER_ERROR_MAX] = "";

	if (strcmp(word, "count") == 0)
		helper_count(d->h);
	else if (strcmp(word, "stop") == 0)
		helper_stop(d->h);
	else if (strcmp(word, "rubbish") == 0)
		(void)!send(helper_fd(d->h), "rubbish", 7, 0);
	else if (strcmp(word, "status") == 0)
		show_status();
	else if (strcmp(word, "clear") == 0)
		printf("clear %d %s\n", sandbox_clear_capabilities(err, sizeof(err)), err);
	else if (strcmp(word, "copy") == 0 && fork() == 0)
		_exit((int)sleep(8)); /* holds a copy of the channel */
}

static bool command(struct drive *d, const char *line)
{
	char word[16] = "", a[64] = "", b[64] = "";
	unsigned x = 0, y = 0;
	long ms = 0;

	sscanf(line, "%15s %63s %63s %u %u", word, a, b, &x, &y);
	ms = strtol(a, NULL, 10);
	if (strcmp(word, "wait") == 0)
		return take(d, ms);
	if (strcmp(word, "nap") == 0)
		poll(NULL, 0, (int)ms);
	else if (strcmp(word, "iface") == 0)
		d->iface = (uint8_t)ms;
	else if (strcmp(word, "icmp") == 0)
		probe(d, PROBE_ICMP_ECHO, a, b, d->id, x, y);
	else if (strcmp(word, "syn") == 0)
		probe(d, PROBE_TCP_SYN, a, b, x, y, 0);
	else if (strcmp(word, "rst") == 0)
		probe(d, PROBE_TCP_RST, a, b, x, 64, 0);
	else if (strcmp(word, "neigh") == 0)
		probe(d, PROBE_NEIGHBOUR, a, b, 0, 255, 0);
	else
		plain_command(d, word);
	return true;
}

static size_t split(char *text, const char **out)
{
	size_t n = 0;

	for (char *at = text; at != NULL && n < LIST_MAX;) {
		char *comma = strchr(at, ',');

		if (comma != NULL)
			*comma++ = '\0';
		out[n++] = at;
		at = comma;
	}
	return n;
}

static int run(char **argv)
{
	const char *ifaces[LIST_MAX], *texts[LIST_MAX];
	struct ip_prefix allow[LIST_MAX];
	struct helper_options o = {.path = argv[0], .ifaces = ifaces, .allow = allow};
	struct drive d = {0};
	char err[HELPER_ERROR_MAX], line[200];
	bool on = true;

	o.iface_count = split(argv[1], ifaces);
	o.allow_count = split(argv[2], texts);
	for (size_t i = 0; i < o.allow_count; i++)
		if (!ip_prefix_parse(texts[i], &allow[i]))
			return 2;
	o.rate = strtod(argv[3], NULL);
	o.ports = (uint16_t)strtoul(argv[4], NULL, 10);
	o.light = argv[5] != NULL && strcmp(argv[5], "light") == 0;
	o.bulk = argv[5] != NULL && strcmp(argv[5], "bulk") == 0;
	d.h = helper_start(&o, err, sizeof(err));
	if (d.h == NULL) {
		printf("not started: %s\n", err);
		return 3;
	}
	printf("ready ifaces=%u base=%u count=%u\n", helper_ready(d.h)->ifaces, helper_ready(d.h)->port_base,
	       helper_ready(d.h)->port_count);
	fflush(stdout);
	while (on && fgets(line, sizeof(line), stdin) != NULL) {
		on = command(&d, line);
		fflush(stdout);
	}
	helper_close(d.h);
	return 0;
}

/* What an erprobe of another version would get to see. */
static int other_version(char *path, char *iface)
{
	char *argv[] = {path, "--channel-version", "65535", "--some-new-option", "x", "--iface", iface, NULL};
	union helper_record message, r;
	char err[HELPER_ERROR_MAX];
	int fds[2];
	ssize_t n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) != 0)
		return 1;
	if (fork() == 0) {
		dup2(fds[1], CHANNEL_FD);
		execv(path, argv);
		_exit(127);
	}
	close(fds[1]);
	n = recv(fds[0], &message, sizeof(message), 0);
	if (n > 0 && helper_check(&message, (size_t)n, 0, &r, err, sizeof(err)) == CHANNEL_START_FAILED)
		printf("start failed: %s\n", r.failed.text);
	return 0;
}

int main(int argc, char **argv)
{
	if ((argc == 7 || argc == 8) && strcmp(argv[1], "run") == 0)
		return run(argv + 2);
	if (argc == 4 && strcmp(argv[1], "listen") == 0)
		return far_listen(argv[2], argv[3]);
	if (argc == 5 && strcmp(argv[1], "inject") == 0)
		return far_inject(argv[2], argv[3], argv[4]);
	if (argc == 3 && strcmp(argv[1], "tun") == 0)
		return far_tun(argv[2]);
	if (argc == 4 && strcmp(argv[1], "version") == 0)
		return other_version(argv[2], argv[3]);
	fputs("usage: see the head of drive.c\n", stderr);
	return 2;
}
