/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends finished packets out of one interface. IP datagrams go through the kernel's
 * routing and neighbour tables, but never out of another interface; or straight to a link address (links.h). */
#ifndef ERPROBE_PACKET_SEND_H
#define ERPROBE_PACKET_SEND_H

#include "erprobe/channel.h"
#include "erprobe/probe.h"

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sender {
	int raw[FAMILIES];    /* IPPROTO_RAW sockets; -1 where the host lacks the family */
	int link;             /* packet socket for neighbour requests */
	int direct;           /* another, for datagrams that go straight to a link address; -1 = none */
	uint32_t index;
	char name[IF_NAMESIZE];
};

enum sender_status { SENDER_OK = 0, SENDER_FORBIDDEN, SENDER_FAILED };

/* Opens the sockets of an interface. Else one line in err; close in either case. */
enum sender_status sender_open(struct sender *s, const char *name, uint32_t index, char *err, size_t err_size);
void sender_close(struct sender *s);
/* Opens what items with a link address take; false: they cannot be. */
bool sender_by_link(struct sender *s);
/* One that can send nothing. */
void sender_none(struct sender *s);

#define SEND_ITEMS_MAX 64

/* A probe, what craft_build() made of it, and what became of it. */
struct send_item {
	const struct probe_spec *probe;
	const uint8_t *bytes;
	size_t len;
	const uint8_t *mac; /* link address that it goes to straight; NULL = through the host's IP stack */
	enum send_result result;
	int32_t error; /* errno of a failed call, else 0 */
};

/* Sends all of the items, those through the stack first and each of both in their order, and fills in what became of each. Never blocks. */
void sender_send(const struct sender *s, struct send_item *items, size_t count);
/* What an errno of a send call says about the probe. */
enum send_result send_result_of(int error);

#endif
