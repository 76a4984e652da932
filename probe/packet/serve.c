/* SPDX-License-Identifier: BSD-2-Clause */
/* The second half: no rights, hostile bytes. One poll loop over the channel and the
 * captures; requests first, because an answer must never wait behind frames. */
#include "probe/packet/packet.h"

#include "erprobe/exit_code.h"
#include "probe/packet/batch.h"
#include "probe/packet/ifstats.h"
#include "probe/packet/request.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MESSAGES_A_TURN 8       /* then the captures have their turn */
#define FRAMES_A_TURN 256
#define PARENT_CHECK_MS 500     /* a copy of the channel in another process hides its end */
/* Answers come as close together as their probes left, which at a check's pace is closer than this: behind such a gap there are
 * none, whatever their way takes. Of a slower one the last may be missed; they are then neither answered nor lost. */
#define DRAIN_SILENCE_NS (100 * NS_PER_MS)
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
	r.links = p->links.allowed;
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
		if (ifstats_read(p->kernel, l->index, &lost) && lost >= l->lost_before)
			c->iface_dropped[i] = (uint32_t)(lost - l->lost_before);
	}
	c->unforwarded = outbox_unforwarded(p->outbox);
	c->refused = p->policy.refused;
	c->by_link = p->links.sent;
	c->link_changes = p->links.changed;
	outbox_put(p->outbox, c, sizeof(*c));
}

static void obey(struct loop *l, enum channel_kind kind, const union channel_request *request, struct mono_ns now)
{
	if (kind == CHANNEL_PROBE) {
		batch_add(l->p, &request->probe.spec);
		return;
	}
	batch_send(l->p, now);
	if (kind == CHANNEL_COUNT) {
		say_counters(l->p);
	} else {
		l->stage = DRAINING;
		l->stopped_at = l->last_frame_at = now;
	}
}

/* Breaks off at the first record that is none. */
static bool obey_all(struct loop *l, const uint8_t *message, size_t len)
{
	struct mono_ns now = now_mono();
	union channel_request request;
	char why[CHANNEL_TEXT_MAX];

	for (size_t at = 0, records = 0, size; at < len; at += size, records++) {
		size = request_size(message + at, len - at);
		enum channel_kind kind = request_check(message + at, size, &request, why, sizeof(why));
		if (kind != 0 && (l->stage != SERVING || records == CHANNEL_BATCH)) {
			snprintf(why, sizeof(why), l->stage != SERVING ? "erprobe sent a request after STOP"
			                                               : "erprobe sent too many requests in one message");
			kind = 0;
		}
		if (kind == 0) {
			complain(why);
			l->stage = BROKEN;
			return false;
		}
		obey(l, kind, &request, now);
	}
	batch_send(l->p, now);
	return true;
}

/* One message, if there is one. A message longer than any shows its true length
 * (MSG_TRUNC), and the end of the channel comes as a length of zero. */
static bool take_request(struct loop *l)
{
	static uint8_t message[REQUEST_BYTES_MAX + 1];
	ssize_t n = recv(l->p->channel, message, sizeof(message), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		l->stage = ENDED;
		return false;
	}
	return obey_all(l, message, (size_t)n < sizeof(message) ? (size_t)n : sizeof(message));
}

static void forward(void *context, const struct frame *f)
{
	struct loop *l = context;

	outbox_put_frame(l->p->outbox, f);
}

/* Frames that find no room here wait in the capture's own, larger buffer. */
static bool has_room_for_frames(const struct packet *p)
{
	return outbox_room(p->outbox) >= OUTBOX_RESERVE + FRAMES_A_TURN;
}

static void take_frames(struct loop *l, size_t i)
{
	struct packet_line *line = &l->p->lines[i];
	char why[CHANNEL_TEXT_MAX];
	int n = capture_read(line->capture, (uint8_t)i, FRAMES_A_TURN, forward, l, why, sizeof(why));

	/* Of a block that was begun the kernel does not tell again. */
	line->more = n >= FRAMES_A_TURN;
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
	bool room = outbox_room(l->p->outbox) >= CHANNEL_BATCH + 4;

	return (short)((room ? POLLIN : 0) | (outbox_is_empty(l->p->outbox) ? 0 : POLLOUT));
}

static void take_turn(struct loop *l, struct pollfd *fds)
{
	struct packet *p = l->p;

	for (int i = 0; i < MESSAGES_A_TURN && l->stage < ENDED && (fds[0].revents & POLLIN) != 0; i++)
		if (outbox_room(p->outbox) < CHANNEL_BATCH + 4 || !take_request(l))
			break;
	/* Nothing follows BYE, also not what is left of a block that libpcap has begun. */
	for (size_t i = 0; i < p->line_count && l->stage < LEAVING; i++)
		if (p->lines[i].capture != NULL && has_room_for_frames(p) && (fds[i + 1].revents != 0 || p->lines[i].more))
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
			const struct capture *c = l.stage == LEAVING || !has_room_for_frames(p) ? NULL : p->lines[i].capture;

			fds[i + 1] = (struct pollfd){c != NULL ? capture_fd(c) : -1, POLLIN, 0};
		}
		if (poll(fds, (nfds_t)(p->line_count + 1), wait_ms) < 0 && errno != EINTR) {
			complain("cannot wait for packets");
			return EXIT_ERROR;
		}
		take_turn(&l, fds);
		wait_ms = l.stage < ENDED ? advance(&l) : 0;
		for (size_t i = 0; i < p->line_count; i++)
			if (l.stage < LEAVING && p->lines[i].more && has_room_for_frames(p))
				wait_ms = 0;
	}
	return l.stage == BROKEN ? EXIT_ERROR : EXIT_DONE;
}
