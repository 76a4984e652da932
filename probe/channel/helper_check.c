/* SPDX-License-Identifier: BSD-2-Clause */
/* Is it a record? erprobe trusts its helper no more than the helper trusts erprobe. */
#include "probe/channel/helper.h"

#include <stdio.h>
#include <string.h>

static size_t size_of_kind(unsigned kind)
{
	switch (kind) {
	case CHANNEL_READY:
		return sizeof(struct channel_ready);
	case CHANNEL_START_FAILED:
		return sizeof(struct channel_start_failed);
	case CHANNEL_SENT:
		return sizeof(struct channel_sent);
	case CHANNEL_COUNTERS:
		return sizeof(struct channel_counters);
	case CHANNEL_BYE:
		return sizeof(struct channel_plain);
	default:
		return 0;
	}
}

/* 0: no record of this kind, or no room for what tells its length. */
static size_t size_of(const void *message, size_t len, unsigned kind)
{
	uint16_t cap_len;

	if (kind != CHANNEL_FRAME)
		return size_of_kind(kind);
	if (len < channel_frame_size(0))
		return 0;
	memcpy(&cap_len, (const uint8_t *)message + offsetof(struct channel_frame, frame.cap_len), sizeof(cap_len));
	return cap_len <= FRAME_BYTES_MAX ? channel_frame_size(cap_len) : 0;
}

size_t helper_record_size(const void *message, size_t len)
{
	struct channel_head head;

	if (len < sizeof(head))
		return len;
	memcpy(&head, message, sizeof(head));
	size_t size = size_of(message, len, head.kind);
	return size > 0 && size < len ? size : len;
}

/* One line for a terminal: ends within the record and is printable. */
static bool is_plain_line(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len < size;
}

/* The reserved block lies above the system's ports (so never 179) and does not wrap. */
static bool ready_is_sound(const struct channel_ready *r)
{
	if (r->ifaces == 0 || r->ifaces > CHANNEL_IFACES_MAX)
		return false;
	return r->port_count == 0 || (r->port_base >= 1024 && r->port_count <= 65536u - r->port_base);
}

static bool frame_is_sound(const struct frame *f, uint32_t ifaces)
{
	return f->iface < ifaces && f->cap_len <= FRAME_BYTES_MAX && f->cap_len <= f->wire_len && f->at.ns >= 0;
}

static bool contents_are_sound(const union helper_record *r, uint32_t ifaces)
{
	switch ((enum channel_kind)r->head.kind) {
	case CHANNEL_READY:
		return ready_is_sound(&r->ready);
	case CHANNEL_START_FAILED:
		return is_plain_line(r->failed.text, sizeof(r->failed.text));
	case CHANNEL_SENT:
		return r->sent.result < SEND_RESULTS;
	case CHANNEL_FRAME:
		return frame_is_sound(&r->frame.frame, ifaces);
	case CHANNEL_COUNTERS:
		return r->counters.ifaces == ifaces;
	default:
		return true;
	}
}

enum channel_kind helper_check(const void *message, size_t len, uint32_t ifaces, union helper_record *out,
                               char *err, size_t err_size)
{
	struct channel_head head = {0};

	if (len >= sizeof(head))
		memcpy(&head, message, sizeof(head));
	/* Of a frame, nothing behind its bytes is looked at; there are hundreds of thousands. */
	if (head.kind != CHANNEL_FRAME)
		memset(out, 0, sizeof(*out));
	if (head.magic != CHANNEL_MAGIC || size_of(message, len, head.kind) != len) {
		snprintf(err, err_size, "erprobe-packet sent %zu bytes that are no record: install erprobe and "
		         "erprobe-packet from one build", len);
		return 0;
	}
	/* A helper of another version can still say that it is one. */
	if (head.version != CHANNEL_VERSION && head.kind != CHANNEL_START_FAILED) {
		snprintf(err, err_size, "erprobe-packet speaks channel version %u, erprobe version %u: install both "
		         "from one build", head.version, CHANNEL_VERSION);
		return 0;
	}
	memcpy(out, message, len);
	if (contents_are_sound(out, ifaces))
		return (enum channel_kind)head.kind;
	snprintf(err, err_size, "erprobe-packet sent a record of kind %u with impossible values", head.kind);
	memset(out, 0, sizeof(*out));
	return 0;
}
