/* SPDX-License-Identifier: BSD-2-Clause */
/* sim-wire: stands in for erprobe-packet, with a simulated circuit behind it (tests/sim), so
 * that the real `erprobe check` runs a thousand times without a packet and without a right:
 * erprobe check --packet-helper build/sim-wire. Speaks the packet channel, in real time.
 *
 * Under a name such as sim-wire.wan.loss (a link to it) the circuit has that fault. */
#include "erprobe/channel.h"
#include "tests/sim/frames.h"
#include "tests/sim/world.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PENDING_MAX 4096
#define PORT_BASE 40000

struct wire {
	struct sim_world world;
	struct plan plan;         /* the simulated circuit's own, for its addresses */
	struct frame pending[PENDING_MAX];
	size_t pending_count;
	uint32_t ifaces, received;
	struct wall_ns began;
};

static struct wall_ns now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (struct wall_ns){(int64_t)t.tv_sec * NS_PER_SEC + t.tv_nsec};
}

static struct channel_head head(uint16_t kind)
{
	return (struct channel_head){CHANNEL_MAGIC, CHANNEL_VERSION, kind};
}

/* The other end may be gone: then there is nobody to work for. */
static void say(const void *record, size_t size)
{
	if (write(CHANNEL_FD, record, size) != (ssize_t)size)
		exit(0);
}

static void hand_over(struct wire *w, const struct frame *f, uint8_t iface)
{
	struct channel_frame c = {.head = head(CHANNEL_FRAME), .frame = *f};

	c.frame.iface = iface;
	w->received++;
	say(&c, channel_frame_size(c.frame.cap_len));
}

static void queue(struct wire *w, const struct frame *f, uint8_t iface)
{
	if (w->pending_count == PENDING_MAX)
		return; /* a capture that is full loses frames too */
	w->pending[w->pending_count] = *f;
	w->pending[w->pending_count++].iface = iface;
}

static void probe(struct wire *w, const struct probe_spec *s)
{
	struct channel_sent sent = {.head = head(CHANNEL_SENT), .probe_id = s->id};
	struct sim_answer a;
	struct frame f;
	struct wall_ns at = now();

	if (s->kind != PROBE_TCP_RST) {
		world_probe(&w->world, &w->plan, s, (double)wall_since(at, w->began) / 1e9, &a);
		frame_of_probe(s, at, &f);
		hand_over(w, &f, s->iface);
		if (a.answered) {
			frame_of_answer(s, &a, wall_add(at, (int64_t)(a.rtt_ms * 1e6)), &f);
			queue(w, &f, s->iface);
		}
	}
	say(&sent, sizeof sent);
}

static void count(const struct wire *w)
{
	struct channel_counters c = {.head = head(CHANNEL_COUNTERS), .ifaces = w->ifaces};

	c.received[0] = w->received;
	say(&c, sizeof c);
}

/* What has arrived by now; how many ms until the next does, -1 for none. */
static int deliver(struct wire *w)
{
	int64_t wait = -1, t = now().ns;

	for (size_t i = 0; i < w->pending_count;) {
		int64_t left = w->pending[i].at.ns - t;

		if (left <= 0) {
			hand_over(w, &w->pending[i], w->pending[i].iface);
			w->pending[i] = w->pending[--w->pending_count];
		} else {
			wait = wait < 0 || left < wait ? left : wait;
			i++;
		}
	}
	return wait < 0 ? -1 : (int)(wait / NS_PER_MS + 1);
}

/* One record of a message; false after STOP. */
static bool take(struct wire *w, const uint8_t *record, size_t *size)
{
	struct channel_probe p;
	struct channel_head h;

	memcpy(&h, record, sizeof h);
	*size = h.kind == CHANNEL_PROBE ? sizeof p : sizeof(struct channel_plain);
	if (h.kind == CHANNEL_PROBE) {
		memcpy(&p, record, sizeof p);
		probe(w, &p.spec);
	} else if (h.kind == CHANNEL_COUNT) {
		count(w);
	}
	return h.kind != CHANNEL_STOP;
}

static void serve(struct wire *w)
{
	static uint8_t message[CHANNEL_BATCH * sizeof(struct channel_probe)];
	bool going = true;

	while (going) {
		struct pollfd in = {.fd = CHANNEL_FD, .events = POLLIN};
		ssize_t n;

		if (poll(&in, 1, deliver(w)) <= 0)
			continue;
		n = read(CHANNEL_FD, message, sizeof message);
		if (n <= 0)
			exit(0);
		for (size_t at = 0, size; going && at + sizeof(struct channel_head) <= (size_t)n; at += size)
			going = take(w, message + at, &size);
	}
	usleep(100000);
	deliver(w);
	count(w);
	struct channel_plain bye = {.head = head(CHANNEL_BYE)};
	say(&bye, sizeof bye);
}

int main(int argc, char **argv)
{
	static struct wire w;
	const char *name = strrchr(argv[0], '/'), *fault = name ? strchr(name, '.') : NULL;
	struct channel_ready ready = {.head = head(CHANNEL_READY), .port_base = PORT_BASE};
	uint64_t seed = (uint64_t)getpid();

	for (int i = 1; i + 1 < argc; i++) {
		ready.ifaces += strcmp(argv[i], "--iface") == 0;
		if (strcmp(argv[i], "--ports") == 0)
			ready.port_count = (uint16_t)strtoul(argv[i + 1], NULL, 10);
	}
	w.ifaces = ready.ifaces;
	w.began = now();
	world_init(&w.world, HANDOFF_L2, true, false, seed);
	if (fault && !world_fault(&w.world, fault + 1, LINK_PRIMARY, NULL)) {
		fprintf(stderr, "sim-wire: '%s' is not simulated\n", fault + 1);
		return 3;
	}
	world_plan(&w.world, &w.plan, seed);
	say(&ready, sizeof ready);
	serve(&w);
	return 0;
}
