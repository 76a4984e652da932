/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that packets of ours leave from, watched while a run lasts: one that goes (a lease that ended, a
 * virtual address that moved to another router, an interface that was set up anew) takes all answers with it, and the
 * kernel sends on without a word. That is no loss of any path. */
#ifndef ERPROBE_OWN_ADDRESSES_H
#define ERPROBE_OWN_ADDRESSES_H

#include "erprobe/addr.h"
#include "erprobe/plan.h"
#include "probe/host/netlink.h"

#include <stdbool.h>
#include <stddef.h>

#define OWN_ADDRESSES_MAX 32 /* more are not watched */

struct own_address { struct ip_addr addr; bool gone, went; };

struct own_addresses {
	struct netlink heard; /* what the kernel tells of addresses */
	struct own_address list[OWN_ADDRESSES_MAX];
	size_t count;
	bool due;  /* the host's addresses are to be read, which has not been done yet, or has failed */
	bool told; /* what went was told by the last own_addresses_take() */
};

/* Watches the sources of this plan's flows, which are taken to be there until the first own_addresses_take(): due by then, for one may
 * have gone since the plan was made. Needs no privilege. False with one line in err. */
bool own_addresses_open(struct own_addresses *o, const struct plan *p, char *err, size_t err_size);
/* After own_addresses_open(), whatever it returned. */
void own_addresses_close(struct own_addresses *o);
/* Readable when own_addresses_take() has something. */
int own_addresses_fd(const struct own_addresses *o);
/* Takes what the kernel told. Sets went of those that were removed since the last call that returned true, gone of those that
 * are away now. False when nothing was told of any of them, or when what is there now could not be read: see own_addresses_due(). */
bool own_addresses_take(struct own_addresses *o);
/* own_addresses_take() is to be called, though there may be nothing to be read: as time passes, not at once again. */
static inline bool own_addresses_due(const struct own_addresses *o) { return o->due; }
/* Is it away now? False for what is not watched. */
bool own_addresses_gone(const struct own_addresses *o, const struct ip_addr *a);

#endif
