/* SPDX-License-Identifier: BSD-2-Clause */
/* The first half: everything that needs a right, and nothing else. */
#include "probe/packet/packet.h"

#include "probe/packet/batch.h"
#include "probe/packet/ifstats.h"
#include "probe/packet/kernel.h"
#include "probe/sandbox/sandbox.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATH_SHOWN_MAX 120
#define MIRROR_ALIAS "erprobe-mirror"

static bool no_right(const char *iface, char *err, size_t err_size)
{
	char path[PATH_SHOWN_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n > 0 ? n : 0] = '\0';
	/* The one hint that names the right; the sandbox holds everything else about it. */
	snprintf(err, err_size, "no right to open raw sockets on %s: run as root or set the file capability "
	         "(setcap cap_net_raw+ep %s)", iface, n > 0 ? path : "erprobe-packet");
	return false;
}

/* All names are known before the first socket: nothing is half open on a typo. */
static bool find_interfaces(struct packet *p, const struct packet_args *a, char *err, size_t err_size)
{
	for (size_t i = 0; i < a->iface_count; i++) {
		p->lines[i].index = if_nametoindex(a->ifaces[i]);
		if (p->lines[i].index == 0) {
			snprintf(err, err_size, "no interface %s on this host: compare with \"ip link\"", a->ifaces[i]);
			return false;
		}
	}
	return true;
}

/* An interface that is down is part of the diagnosis: its probes answer "link down". */
static bool open_capture(struct packet_line *l, size_t i, const struct packet_args *a,
                         const struct ports *ports, char *err, size_t err_size)
{
	const struct capture_wants wants = {ports->base, ports->count, a->watch, a->watch_count, a->allow, a->allow_count, a->mirror[i]};
	const char *iface = a->ifaces[i];
	enum capture_how how = a->how == CAPTURE_BULK && a->rate == 0 ? CAPTURE_FULL : a->how;

	if (a->how == CAPTURE_NONE && !a->mirror[i])
		return true;
	switch (capture_open(iface, a->snaplen, a->mirror[i] ? CAPTURE_MIRROR : how, &wants, &l->capture, err, err_size)) {
	case CAPTURE_OK:
		return true;
	case CAPTURE_DOWN:
		return l->down = true;
	case CAPTURE_FORBIDDEN:
		return no_right(iface, err, err_size);
	case CAPTURE_FAILED:
		break;
	}
	return false;
}

/* The file's capability is for probes and what answers them. What passes on a wire between others, and a
 * card that takes all of it, is for those who could have that by themselves, or for whom they marked one. */
static bool may_mirror(const struct packet *p, size_t i, const char *iface, char *err, size_t err_size)
{
	if (sandbox_caller_has_right() || ifstats_has_alias(p->kernel, p->lines[i].index, MIRROR_ALIAS))
		return true;
	snprintf(err, err_size, "no right to listen on %s as a mirror port: run as root, or let root mark it (ip link set %s alias "
	         MIRROR_ALIAS ")", iface, iface);
	return false;
}

static bool open_line(struct packet *p, size_t i, const struct packet_args *a, char *err, size_t err_size)
{
	struct packet_line *l = &p->lines[i];
	const char *iface = a->ifaces[i];
	enum sender_status status;

	p->line_count = i + 1;
	if (p->kernel >= 0)
		(void)ifstats_read(p->kernel, l->index, &l->lost_before);
	if (a->mirror[i]) { /* no way out: not even a socket */
		if (!may_mirror(p, i, iface, err, err_size))
			return false;
		sender_none(&l->sender);
		p->policy.mirror[i] = true;
		return open_capture(l, i, a, &p->ports, err, err_size);
	}
	status = sender_open(&l->sender, iface, l->index, err, err_size);
	if (status != SENDER_OK)
		return status == SENDER_FORBIDDEN ? no_right(iface, err, err_size) : false;
	if (!open_capture(l, i, a, &p->ports, err, err_size))
		return false;
	p->policy.ethernet[i] = host_link_address(iface, l->link_addr);
	return true;
}

static bool open_policy(struct packet *p, const struct packet_args *a, char *err, size_t err_size)
{
	uint32_t indexes[CHANNEL_IFACES_MAX];

	for (size_t i = 0; i < a->iface_count; i++)
		indexes[i] = p->lines[i].index;
	if (!policy_init(&p->policy, a->allow, a->allow_count, a->rate)) {
		snprintf(err, err_size, "out of memory for %zu allowed prefixes", a->allow_count);
		return false;
	}
	p->policy.iface_count = (uint8_t)a->iface_count;
	p->policy.port_base = p->ports.base;
	p->policy.port_count = p->ports.count;
	return host_addresses(indexes, a->iface_count, &p->policy.own, &p->policy.own_count, err, err_size);
}

/* Named next hops are of use to whom the host's own rules leave raw sockets anyway. */
static void open_links(struct packet *p, const struct packet_args *a)
{
	p->links.kernel = p->kernel;
	p->links.count = a->via_count;
	p->policy.via_count = (uint8_t)a->via_count;
	p->links.allowed = a->via_count > 0 && sandbox_caller_has_right();
	for (size_t i = 0; i < a->via_count; i++) {
		struct packet_line *l = &p->lines[a->vias[i].iface];

		p->links.list[i] = (struct link_via){.addr = a->vias[i].addr, .iface = a->vias[i].iface, .index = l->index};
		p->links.allowed = p->links.allowed && p->policy.ethernet[a->vias[i].iface] && sender_by_link(&l->sender);
	}
}

bool packet_open(struct packet *p, const struct packet_args *a, char *err, size_t err_size)
{
	memset(p, 0, sizeof(*p));
	p->channel = CHANNEL_FD;
	p->bulk = a->how == CAPTURE_BULK || a->how == CAPTURE_NONE;
	p->kernel = kernel_open();
	p->outbox = outbox_new(CHANNEL_FD);
	p->batch = batch_new();
	if (p->outbox == NULL || p->batch == NULL) {
		snprintf(err, err_size, "out of memory for the frames on their way");
		return false;
	}
	p->craft = craft_new(err, err_size);
	if (p->craft == NULL || !find_interfaces(p, a, err, err_size) ||
	    !ports_reserve(&p->ports, a->ports, err, err_size) || !open_policy(p, a, err, err_size))
		return false;
	for (size_t i = 0; i < a->iface_count; i++)
		if (!open_line(p, i, a, err, err_size))
			return false;
	open_links(p, a);
	return true;
}
