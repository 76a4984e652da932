/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/request.h"

#include <stdio.h>
#include <string.h>

static size_t size_of_kind(unsigned kind)
{
	switch (kind) {
	case CHANNEL_PROBE:
		return sizeof(struct channel_probe);
	case CHANNEL_COUNT:
	case CHANNEL_STOP:
		return sizeof(struct channel_plain);
	default:
		return 0;
	}
}

size_t request_size(const void *message, size_t len)
{
	struct channel_head head;

	if (len < sizeof(head))
		return len;
	memcpy(&head, message, sizeof(head));
	size_t size = size_of_kind(head.kind);
	return size > 0 && size < len ? size : len;
}

enum channel_kind request_check(const void *message, size_t len, union channel_request *out, char *err,
                                size_t err_size)
{
	struct channel_head head;

	memset(out, 0, sizeof(*out));
	if (len < sizeof(head)) {
		snprintf(err, err_size, "erprobe sent a request of %zu bytes, too short to be one", len);
		return 0;
	}
	memcpy(&head, message, sizeof(head));
	if (head.magic != CHANNEL_MAGIC || head.version != CHANNEL_VERSION) {
		snprintf(err, err_size, "erprobe sent a request that is not of channel version %u", CHANNEL_VERSION);
		return 0;
	}
	if (size_of_kind(head.kind) == 0 || size_of_kind(head.kind) != len) {
		snprintf(err, err_size, "erprobe sent a request of kind %u with %zu bytes, which is none", head.kind, len);
		return 0;
	}
	memcpy(out, message, len);
	return (enum channel_kind)head.kind;
}
