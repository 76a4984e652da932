/* SPDX-License-Identifier: BSD-2-Clause */
/* The second half: no rights, hostile bytes. One poll loop over the channel and the
 * captures; requests first, because an answer must never wait behind frames. */
#include "probe/packet/packet.h"

#include "probe/packet/ifstats.h"
#include "probe/packet/request.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EXIT_LOCAL_ERROR 3
#define REQUESTS_A_TURN 64      /* then the captures have their turn */
#define FRAMES_A_TURN 256
#define PARENT_CHECK_MS 500     /* a copy of the channel in another process hides its end */
#define DRAIN_SILENCE_NS (250 * NS_PER_MS)
#define DRAIN_MOST_NS NS_PER_SEC
#define LAST_WORDS_NS (2 * NS_PER_SEC)

enum stage { SERVING, DRAINING, LEAVING, ENDED, BROKEN };

struct loop {
	struct packet *p;
	enum stage stage;
	struct mono_ns stopped_at;    /* when STOP came */
	struct mono_ns last_frame_at;
};

static struct mono_ns now_mono(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct mono_ns){(int64_t)t.tv_sec * NS_PER_SEC + t.tv_nsec};
}

/* One line, with no stdio buffer that a killed process would lose. */
static void complain(const char *text)
{
	char line[CHANNEL_TEXT_MAX + 32];
	int n = snprintf(line, sizeof(line), "erprobe-packet: %s\n", text);

	if (n > 0 && write(STDERR_FILENO, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1) < 0)
		return; /* nobody listens: nothing is left to say */
}

static void say_ready(struct packet *p)
{
	struct channel_ready r;

	memset(&r, 0, sizeof(r));
	outbox_head(&r.head, CHANNEL_READY);
	r.ifaces = (uint32_t)p->line_count;
	for (size_t i = 0; i < p->line_count; i++)
		memcpy(r.link_addr[i], p->lines[i].link_addr, sizeof(r.link_addr[i]));
	r.port_base = p->ports.base;
	r.port_count = p->ports.count;
	outbox_put(p->outbox, &r, sizeof(r));
}

static void say_sent(struct packet *p, uint32_t id, enum send_result result, int32_t error)
{
	struct channel_sent r;

	memset(&r, 0, sizeof(r));
	outbox_head(&r.head, CHANNEL_SENT);
	r.probe_id = id;
	r.result = result;
	r.error = error;
	outbox_put(p->outbox, &r, sizeof(r));
}

/* A line without a capture keeps its last totals: they only ever grow. */
static void say_counters(struct packet *p)
{
	struct channel_counters *c = &p->counters;

	outbox_head(&c->head, CHANNEL_COUNTERS);
	c->ifaces = (uint32_t)p->line_count;
	for (size_t i = 0; i < p->line_count; i++) {
		struct packet_line *l = &p->lines[i];
		uint64_t lost;

		if (l->capture != NULL)
			capture_totals(l->capture, &c->received[i], &c->dropped[i]);
		if (ifstats_read(p->ifstats, l->index, &lost) && lost >= l->lost_before)
			c->iface_dropped[i] = (uint32_t)(lost - l->lost_before);
	}
	c->unforwarded = outbox_unforwarded(p->outbox);
	c->refused = p->policy.refused;
	outbox_put(p->outbox, c, sizeof(*c));
}

static void send_probe(struct packet *p, const struct probe_spec *s)
{
	uint8_t bytes[CRAFT_BYTES_MAX];
	enum send_result result = policy_check(&p->policy, s, now_mono());
	int32_t error = 0;

	if (result == SEND_OK && p->lines[s->iface].down) {
		result = SEND_LINK_DOWN;
		error = ENETDOWN;
	} else if (result == SEND_OK) {
		const struct packet_line *l = &p->lines[s->iface];
		size_t len = craft_build(p->craft, s, l->link_addr, bytes);

		if (len > 0)
			result = sender_send(&l->sender, s, bytes, len, &error);
		else
			result = send_result_of(error = ENOMEM);
	}
	if (result == SEND_OK)
		policy_sent(&p->policy, s);
	say_sent(p, s->id, result, error);
}

static void obey(struct loop *l, enum channel_kind kind, const union channel_request *request)
{
	if (kind == CHANNEL_PROBE) {
		send_probe(l->p, &request->probe.spec);
	} else if (kind == CHANNEL_COUNT) {
		say_counters(l->p);
	} else {
		l->stage = DRAINING;
		l->stopped_at = l->last_frame_at = now_mono();
	}
}

/* One request, if there is one. A message longer than any request shows its true
 * length (MSG_TRUNC), and the end of the channel comes as a length of zero. */
static bool take_request(struct loop *l)
{
	union channel_request request;
	uint8_t message[sizeof(request) + 1];
	char why[CHANNEL_TEXT_MAX];
	enum channel_kind kind;
	ssize_t n = recv(l->p->channel, message, sizeof(message), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		l->stage = ENDED;
		return false;
	}
	kind = request_check(message, (size_t)n < sizeof(message) ? (size_t)n : sizeof(message), &request,
	                     why, sizeof(why));
	if (kind != 0 && l->stage != SERVING) {
		snprintf(why, sizeof(why), "erprobe sent a request after STOP");
		kind = 0;
	}
	if (kind == 0) {
		complain(why);
		l->stage = BROKEN;
		return false;
	}
	obey(l, kind, &request);
	return true;
}

static void forward(void *context, const struct frame *f)
{
	struct loop *l = context;

	outbox_put_frame(l->p->outbox, f);
}

static void take_frames(struct loop *l, size_t i)
{
	struct packet_line *line = &l->p->lines[i];
	char why[CHANNEL_TEXT_MAX];
	int n = capture_read(line->capture, (uint8_t)i, FRAMES_A_TURN, forward, l, why, sizeof(why));

	if (n > 0)
		l->last_frame_at = now_mono();
	if (n >= 0)
		return;
	complain(why);
	capture_totals(line->capture, &l->p->counters.received[i], &l->p->counters.dropped[i]);
	capture_close(line->capture);
	line->capture = NULL;
}

/* Requests are taken only while their answers surely have room. */
static short channel_events(const struct loop *l)
{
	bool room = outbox_room(l->p->outbox) >= OUTBOX_RESERVE / 2;

	return (short)((room ? POLLIN : 0) | (outbox_is_empty(l->p->outbox) ? 0 : POLLOUT));
}

static void take_turn(struct loop *l, struct pollfd *fds)
{
	struct packet *p = l->p;

	for (int i = 0; i < REQUESTS_A_TURN && l->stage < ENDED && (fds[0].revents & POLLIN) != 0; i++)
		if (outbox_room(p->outbox) < 4 || !take_request(l))
			break;
	for (size_t i = 0; i < p->line_count && l->stage < ENDED; i++)
		if (p->lines[i].capture != NULL && fds[i + 1].revents != 0)
			take_frames(l, i);
	if (l->stage < ENDED && (fds[0].revents & (POLLHUP | POLLERR)) != 0 && (fds[0].revents & POLLIN) == 0)
		l->stage = ENDED;
	if (l->stage < ENDED && (!outbox_flush(p->outbox) || getppid() != p->parent))
		l->stage = ENDED;
}

/* After STOP late answers are still taken, until it is quiet; then the totals. */
static int advance(struct loop *l)
{
	struct mono_ns now = now_mono();

	if (l->stage == DRAINING && (mono_since(now, l->last_frame_at) >= DRAIN_SILENCE_NS ||
	                             mono_since(now, l->stopped_at) >= DRAIN_MOST_NS)) {
		struct channel_plain bye;

		outbox_head(&bye.head, CHANNEL_BYE);
		say_counters(l->p);
		outbox_put(l->p->outbox, &bye, sizeof(bye));
		l->stage = LEAVING;
		l->stopped_at = now;
		if (!outbox_flush(l->p->outbox))
			l->stage = ENDED;
	}
	if (l->stage == LEAVING && (outbox_is_empty(l->p->outbox) ||
	                            mono_since(now, l->stopped_at) >= LAST_WORDS_NS))
		l->stage = ENDED;
	return l->stage == SERVING ? PARENT_CHECK_MS : 20;
}

int packet_serve(struct packet *p)
{
	struct loop l = {.p = p, .stage = SERVING};
	struct pollfd fds[1 + CHANNEL_IFACES_MAX];
	int wait_ms = 0;

	say_ready(p);
	while (l.stage < ENDED) {
		fds[0] = (struct pollfd){p->channel, channel_events(&l), 0};
		for (size_t i = 0; i < p->line_count; i++) {
			const struct capture *c = l.stage == LEAVING ? NULL : p->lines[i].capture;

			fds[i + 1] = (struct pollfd){c != NULL ? capture_fd(c) : -1, POLLIN, 0};
		}
		if (poll(fds, (nfds_t)(p->line_count + 1), wait_ms) < 0 && errno != EINTR) {
			complain("cannot wait for packets");
			return EXIT_LOCAL_ERROR;
		}
		take_turn(&l, fds);
		wait_ms = l.stage < ENDED ? advance(&l) : 0;
	}
	return l.stage == BROKEN ? EXIT_LOCAL_ERROR : 0;
}
