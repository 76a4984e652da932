/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

union record {
	struct channel_head head;
	struct channel_ready ready;
	struct channel_start_failed failed;
	struct channel_sent sent;
	struct channel_frame frame;
	struct channel_counters counters;
};

struct outbox {
	int fd;
	size_t first, count; /* a ring */
	uint32_t unforwarded;
	size_t sizes[OUTBOX_SLOTS];
	union record records[OUTBOX_SLOTS];
};

struct outbox *outbox_new(int fd)
{
	struct outbox *o = calloc(1, sizeof(*o));

	if (o != NULL)
		o->fd = fd;
	return o;
}

void outbox_free(struct outbox *o)
{
	free(o);
}

void outbox_head(struct channel_head *h, enum channel_kind kind)
{
	*h = (struct channel_head){CHANNEL_MAGIC, CHANNEL_VERSION, (uint16_t)kind};
}

bool outbox_put(struct outbox *o, const void *record, size_t size)
{
	size_t place = (o->first + o->count) % OUTBOX_SLOTS;

	if (o->count == OUTBOX_SLOTS || size > sizeof(union record))
		return false;
	memcpy(&o->records[place], record, size);
	o->sizes[place] = size;
	o->count++;
	return true;
}

void outbox_put_frame(struct outbox *o, const struct frame *f)
{
	size_t place = (o->first + o->count) % OUTBOX_SLOTS;

	if (outbox_room(o) <= OUTBOX_RESERVE) {
		o->unforwarded++;
		return;
	}
	outbox_head(&o->records[place].head, CHANNEL_FRAME);
	/* No more of it is sent: what an earlier frame left in the slot stays here. */
	memcpy(&o->records[place].frame.frame, f, offsetof(struct frame, bytes) + f->cap_len);
	o->sizes[place] = channel_frame_size(f->cap_len);
	o->count++;
}

size_t outbox_room(const struct outbox *o)
{
	return OUTBOX_SLOTS - o->count;
}

bool outbox_is_empty(const struct outbox *o)
{
	return o->count == 0;
}

uint32_t outbox_unforwarded(const struct outbox *o)
{
	return o->unforwarded;
}

/* As many records as one message holds, in place: a message ends where the ring does. */
static size_t gather(const struct outbox *o, struct iovec *parts)
{
	size_t n = 0;

	while (n < o->count && n < CHANNEL_BATCH && o->first + n < OUTBOX_SLOTS) {
		parts[n] = (struct iovec){(void *)(uintptr_t)&o->records[o->first + n], o->sizes[o->first + n]};
		n++;
	}
	return n;
}

bool outbox_flush(struct outbox *o)
{
	struct iovec parts[CHANNEL_BATCH];

	while (o->count > 0) {
		struct msghdr m = {.msg_iov = parts, .msg_iovlen = gather(o, parts)};

		if (sendmsg(o->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return errno == EAGAIN || errno == ENOBUFS || errno == EINTR;
		o->first = (o->first + m.msg_iovlen) % OUTBOX_SLOTS;
		o->count -= m.msg_iovlen;
	}
	o->first = 0; /* what was used last is still in the cache */
	return true;
}
