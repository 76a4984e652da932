/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends finished packets out of one interface. A datagram either goes through the kernel's IP stack, which looks up route and
 * neighbour but may not choose another interface, or straight to a link address (links.h). */
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
	int direct;           /* packet socket for datagrams that go straight to a link address; -1 = not opened */
	uint32_t index;
	char name[IF_NAMESIZE];
};

enum sender_status { SENDER_OK = 0, SENDER_FORBIDDEN, SENDER_FAILED };

/* Opens the sockets of an interface. What fails is one line in err. They stay open until the process ends. */
enum sender_status sender_open(struct sender *s, const char *name, uint32_t index, char *err, size_t err_size);
/* Opens the socket for items with a link address. False where that is not possible: then there must be no such items. */
bool sender_by_link(struct sender *s);
/* Makes *s a sender that has no socket and can send nothing. */
void sender_none(struct sender *s);

#define SEND_ITEMS_MAX 64

/* A probe, its bytes as craft_build() made them, and what became of it. */
struct send_item {
	const struct probe_spec *probe;
	const uint8_t *bytes;
	size_t len;
	const uint8_t *mac; /* send it straight to this link address; NULL = through the kernel's IP stack */
	enum send_result result;
	int32_t error; /* errno of a failed call, else 0 */
};

/* Sends all of the items, first those that go through the IP stack and then the others, each group in its order, and fills in
 * result and error of each. Never blocks. */
void sender_send(const struct sender *s, struct send_item *items, size_t count);
/* Sorts the errno of a failed send call. */
enum send_result send_result_of(int error);

#endif
