/* SPDX-License-Identifier: BSD-2-Clause */
/* What erprobe may ask: records of three kinds, each of fixed size, one or more in a
 * message. Anything else ends the helper. */
#ifndef ERPROBE_PACKET_REQUEST_H
#define ERPROBE_PACKET_REQUEST_H

#include "erprobe/channel.h"

#include <stddef.h>

union channel_request {
	struct channel_head head;
	struct channel_probe probe;
	struct channel_plain plain;
};

#define REQUEST_BYTES_MAX (CHANNEL_BATCH * sizeof(union channel_request))

/* Bytes of the record that begins a message of len bytes; len when that cannot be one,
 * so that request_check() says what is wrong with it. */
size_t request_size(const void *message, size_t len);
/* Checks a record of len bytes: exact size for its kind, magic, version. Returns its
 * kind with *out filled, or 0 with one line in err. Contents are policy's to judge. */
enum channel_kind request_check(const void *message, size_t len, union channel_request *out, char *err,
                                size_t err_size);

#endif
