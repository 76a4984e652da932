/* SPDX-License-Identifier: BSD-2-Clause */
/* From the audit to the process that serves its page: one byte that says what comes, with
 * a descriptor beside it. Neither side ever waits for the other. What comes without its
 * descriptor, since the receiver has no number left for one, is asked for again. */
#ifndef ERPROBE_PARCEL_H
#define ERPROBE_PARCEL_H

#include <stdbool.h>
#include <stddef.h>

enum parcel {
	PARCEL_NONE = 0,
	PARCEL_LISTEN = 'L', /* the listening socket, in place of the former */
	PARCEL_SHELF = 'S'   /* a sealed file in memory with the documents (analysis/web/shelf.h) */
};

/* A pair of ends. Only a few parcels wait on their way: what a receiver that stands still has
 * not taken costs no more memory than these. False: see errno. */
bool parcel_pair(int ends[2]);
/* False when it cannot be taken now, or when the other end is gone. fd stays the caller's. */
bool parcel_send(int end, enum parcel what, int fd);
/* The next one, with its descriptor, which is the caller's; PARCEL_NONE when there is none now,
 * or when its descriptor was lost: then it is asked for again. *gone: the other end is, or sent
 * what is none. */
enum parcel parcel_take(int end, int *fd, bool *gone);
/* At the receiver's end: what came last could not be used; it is to be sent again. */
void parcel_ask_again(int end);
/* At the sender's end: was a parcel lost since the last call, so that all is to be sent again? */
bool parcel_again(int end);

/* Bytes as a sealed file in memory; -1: see errno. */
int parcel_file(const void *bytes, size_t len);

#endif
