/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the kernel over a NETLINK_ROUTE socket, answers read with bounds.
 * The only place that knows netlink's framing; needs no privilege. */
#ifndef ERPROBE_NETLINK_H
#define ERPROBE_NETLINK_H

#include "erprobe/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink {
	int fd;
	uint32_t seq;  /* of the last question */
	uint32_t most; /* messages of one answer; more end it with EMSGSIZE. 0 = more than any host's addresses need */
};

/* False with one line in err when the socket cannot be had. */
bool netlink_open(struct netlink *n, char *err, size_t err_size);
void netlink_close(struct netlink *n);

/* Called for each message of an answer: its type and what follows the header. */
typedef void netlink_message(void *context, uint16_t type, struct rd body);

/* Asks one question. fixed is the message's own header (struct rtmsg, …); attributes
 * were written by netlink_put(). dump asks for all objects. Returns 0, or the errno
 * that the kernel answered with; EAGAIN when no answer came within two seconds, EINTR
 * when the objects changed during a dump (ask again). */
int netlink_ask(struct netlink *n, uint16_t type, bool dump, const void *fixed, size_t fixed_len,
                const struct wr *attributes, netlink_message *each, void *context);

/* A socket that hears of changes, of these groups (RTMGRP_…), and asks nothing; non-blocking. False with one line in err. */
bool netlink_listen(struct netlink *n, uint32_t groups, char *err, size_t err_size);
/* Takes what it heard so far. 0, or the errno that ended it: ENOBUFS when the kernel had more to say than the
 * socket holds. */
int netlink_heard(struct netlink *n, netlink_message *each, void *context);

/* Appends one attribute with its padding. */
void netlink_put(struct wr *w, uint16_t type, const void *data, size_t len);
/* Steps to the next attribute; false at the end or at a broken one. */
bool netlink_attribute(struct rd *r, uint16_t *type, struct rd *value);
/* Netlink is in host byte order, unlike everything on the wire. */
uint32_t netlink_u32(struct rd *r);

#endif
