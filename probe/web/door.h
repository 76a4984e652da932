/* SPDX-License-Identifier: BSD-2-Clause */
/* The HTTP door: the only user of libevent's evhttp. It takes GET and HEAD, bounds what a
 * guest may send, hold and how long he may stay, and knows nothing of what it serves. One
 * request a connection: afterwards it is closed. */
#ifndef ERPROBE_DOOR_H
#define ERPROBE_DOOR_H

#include "analysis/web/request.h"
#include "probe/host/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOOR_GUESTS_MAX 256       /* connections, and one more for a moment: it pushes out the oldest that are no streams */
#define DOOR_STREAMS_MAX 128      /* of them */
#define DOOR_HEADERS_MAX 8192     /* bytes of a request's line and headers */
#define DOOR_IDLE_S 5             /* without a byte */
#define DOOR_VISIT_S 20           /* from the connection to the last byte of the answer */
#define DOOR_STREAM_S 3600        /* of a stream; the browser connects again */
#define DOOR_BEHIND_MAX (1 << 20) /* bytes that may wait for a reader of a stream */

/* Bytes that never change, shared by all who send them. */
struct door_text;
/* A copy, with one holder. NULL when out of memory. */
struct door_text *door_text_new(const void *bytes, size_t len);
struct door_text *door_text_hold(struct door_text *t);
void door_text_drop(struct door_text *t); /* NULL is fine */
bool door_text_is(const struct door_text *t, const void *bytes, size_t len);
const char *door_text_bytes(const struct door_text *t);
size_t door_text_len(const struct door_text *t);

struct door_header { const char *name, *value; };

struct door;
/* One request that waits for its answer, valid during the call; it gets exactly one. */
struct door_visit;
typedef void door_fn(void *arg, struct door_visit *v, const struct web_request *r);

/* NULL with one line in err. Headers are sent with every answer, and live as long as the door. */
struct door *door_open(struct loop *l, door_fn *fn, void *arg, const struct door_header *headers, char *err, size_t err_size);
/* Serves this listening socket in place of the former; it is the door's from now on. -1 for none. */
bool door_listen(struct door *d, int fd);

/* From now on this visit's answer has this value in place of the door's own header of that name. Both live until it is answered. */
void door_header_instead(struct door_visit *v, const struct door_header *h);
/* Answers with the texts one after the other. */
void door_answer(struct door_visit *v, int code, const char *type, struct door_text *const *texts, size_t count);
/* Answers with a stream that stays open. False when there are too many: answer otherwise. */
bool door_stream(struct door_visit *v, const char *type);
/* Sends to every stream; a reader who is too far behind is dropped. */
void door_send(struct door *d, struct door_text *t);
/* Sends to the stream that was just opened for this visit. */
void door_greet(struct door_visit *v, struct door_text *t);

#endif
