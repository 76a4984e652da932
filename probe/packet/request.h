/* SPDX-License-Identifier: BSD-2-Clause */
/* What erprobe may send to the helper: messages of one or more records, each of a known kind and of exactly that kind's size.
 * Anything else ends the helper. */
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

/* Size of the first record of a message of len bytes. Where no record can begin so, len: then request_check() is given all of
 * it, and says what is wrong. */
size_t request_size(const void *message, size_t len);
/* Checks magic, version and kind of a record, and that len is exactly that kind's size. Returns the kind with *out filled, or 0
 * with one line in err. Whether what it asks for is allowed is for policy_check(). */
enum channel_kind request_check(const void *message, size_t len, union channel_request *out, char *err,
                                size_t err_size);

#endif
