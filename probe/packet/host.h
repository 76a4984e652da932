/* SPDX-License-Identifier: BSD-2-Clause */
/* What the helper must know of its host before it drops its rights: the host's own
 * addresses, and TCP ports that are its own for as long as it runs. */
#ifndef ERPROBE_PACKET_HOST_H
#define ERPROBE_PACKET_HOST_H

#include "probe/packet/policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lists the host's addresses; slot is the place of their interface in indexes[], the
 * kernel's numbers of the opened ones. *out is malloc'd and the caller's. False with
 * one line in err. */
bool host_addresses(const uint32_t *indexes, size_t index_count, struct policy_own **out, size_t *count,
                    char *err, size_t err_size);

/* The Ethernet address of an interface. False, and zeros, where it has none (TUN,
 * loopback). */
bool host_link_address(const char *iface, uint8_t out[6]);

#define PORTS_LOW 33000u
#define PORTS_HIGH 60000u

/* TCP ports bound in both families but never listening: no session of the host can
 * have or get them, and its kernel answers a SYN-ACK on them with a RST. The UDP ports
 * of the same numbers are bound too, and never read. */
struct ports {
	uint16_t base;
	uint16_t count;
	int *fds;       /* TCP, then UDP: two a port; owned */
};

/* Reserves count consecutive ports. False with one line in err. Free with ports_release(). */
bool ports_reserve(struct ports *p, uint16_t count, char *err, size_t err_size);
void ports_release(struct ports *p);

#endif
