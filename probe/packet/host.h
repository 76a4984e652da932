/* SPDX-License-Identifier: BSD-2-Clause */
/* What the helper takes from its host before it drops its rights: a list of the host's addresses, and source ports that are
 * reserved for as long as it runs. */
#ifndef ERPROBE_PACKET_HOST_H
#define ERPROBE_PACKET_HOST_H

#include "probe/packet/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lists the host's addresses. indexes[] are the kernel's numbers of the interfaces that were opened; each address gets as
 * its slot the place of its interface there. *out is malloc'd and the caller's. False with one line in err. */
bool host_addresses(const uint32_t *indexes, size_t index_count, struct policy_own **out, size_t *count,
                    char *err, size_t err_size);

/* The Ethernet address of an interface. False, and zeros, where it has none (TUN,
 * loopback). */
bool host_link_address(const char *iface, uint8_t out[6]);

#define PORTS_LOW 33000u
#define PORTS_HIGH 60000u

/* Reserved source ports: TCP sockets, bound in both address families, that never listen or connect. So no connection of
 * the host can use these ports, and its kernel answers a SYN-ACK to one of them with a RST. The UDP ports of the same
 * numbers are bound as well, and never read. */
struct ports {
	uint16_t base;
	uint16_t count;
	int *fds;       /* TCP, then UDP: two a port; owned */
};

/* Reserves count consecutive ports. False with one line in err. Free with ports_release(). */
bool ports_reserve(struct ports *p, uint16_t count, char *err, size_t err_size);
void ports_release(struct ports *p);

#endif
