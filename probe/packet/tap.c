/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/packet/tap.h"

#include "erprobe/bytes.h"
#include "probe/packet/sizes.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ETHERTYPE_OF_ALL 0x0003 /* ETH_P_ALL: frames that leave too */
#define ETHERTYPE_OF_VLAN 0x8100
#define BUFFER_BYTES (4 << 20)  /* as far as the host allows */
#define STAMP_TRIES 20
#define STAMP_WAIT_NS 100000L
#define VLAN_BYTES 4u
#define MAC_BYTES 12u

static bool set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

static bool is_ethernet_and_up(int fd, const char *iface)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", iface);
	if (ioctl(fd, SIOCGIFHWADDR, &r) != 0 || r.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return false;
	return ioctl(fd, SIOCGIFFLAGS, &r) == 0 && (r.ifr_flags & IFF_UP) != 0;
}

bool tap_listen(int fd, const char *iface)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(iface)};

	/* Network order of 16 bits, written out. */
	const uint8_t all[2] = {0, ETHERTYPE_OF_ALL};
	memcpy(&at.sll_protocol, all, sizeof(all));
	return at.sll_ifindex > 0 && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
}

/* -- stamps -- */

union control {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(struct timespec)) + CMSG_SPACE(sizeof(struct tpacket_auxdata))];
};

/* What stands in an ancillary message of this kind; false when there is none. */
static bool control_find(struct msghdr *m, int level, int type, void *out, size_t size)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == level && c->cmsg_type == type && c->cmsg_len >= CMSG_LEN(size)) {
			memcpy(out, CMSG_DATA(c), size);
			return true;
		}
	return false;
}

static int64_t nanoseconds(struct timespec t)
{
	return (int64_t)t.tv_sec * NS_PER_SEC + t.tv_nsec;
}

/* A datagram to ourselves over loopback, read a little later: is its stamp of the time it
 * came, or of the time we looked, as before the kernel stamps? */
static bool stamped_on_arrival(int fd)
{
	const struct timespec nap = {0, STAMP_WAIT_NS};
	struct timespec looked, stamp;
	union control control;
	char byte = 0;
	struct iovec part = {&byte, 1};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1)
		return false;
	(void)nanosleep(&nap, NULL);
	clock_gettime(CLOCK_REALTIME, &looked);
	return recvmsg(fd, &m, MSG_DONTWAIT) == 1 && control_find(&m, SOL_SOCKET, SCM_TIMESTAMPNS, &stamp, sizeof(stamp)) &&
	       nanoseconds(stamp) < nanoseconds(looked);
}

/* The kernel begins to stamp when somebody first asks for it, and not at once: a worker of
 * its own switches it on (net_enable_timestamp). */
static bool await_stamps(void)
{
	struct sockaddr_in self = {.sin_family = AF_INET};
	socklen_t len = sizeof(self);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ready = false;

	const uint8_t loopback[4] = {127, 0, 0, 1};
	memcpy(&self.sin_addr, loopback, sizeof(loopback));
	if (fd >= 0 && set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1) && bind(fd, (const struct sockaddr *)&self, sizeof(self)) == 0 &&
	    getsockname(fd, (struct sockaddr *)&self, &len) == 0 && connect(fd, (const struct sockaddr *)&self, len) == 0)
		for (int i = 0; i < STAMP_TRIES && !ready; i++)
			ready = stamped_on_arrival(fd);
	if (fd >= 0)
		close(fd);
	return ready;
}

int tap_socket(const char *iface, const struct sock_fprog *filter)
{
	/* Protocol 0 takes nothing until the filter stands. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (is_ethernet_and_up(fd, iface) && setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, sizeof(*filter)) == 0 &&
	    set_int(fd, SOL_SOCKET, SO_LOCK_FILTER, 1))
		return fd;
	close(fd);
	return -1;
}

int tap_open(const char *iface, const struct sock_fprog *filter)
{
	int fd = tap_socket(iface, filter);

	if (fd < 0)
		return -1;
	(void)set_int(fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
	if (set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1) && set_int(fd, SOL_PACKET, PACKET_AUXDATA, 1) && tap_listen(fd, iface) &&
	    await_stamps())
		return fd;
	close(fd);
	return -1;
}

/* -- frames -- */

void tap_put_tag_back(struct frame *f, uint32_t status, uint16_t told_tpid, uint16_t tci)
{
	uint16_t tpid = (status & TP_STATUS_VLAN_TPID_VALID) != 0 ? told_tpid : ETHERTYPE_OF_VLAN;
	size_t rest = f->cap_len - MAC_BYTES;

	if (rest > FRAME_BYTES_MAX - MAC_BYTES - VLAN_BYTES)
		rest = FRAME_BYTES_MAX - MAC_BYTES - VLAN_BYTES;
	memmove(f->bytes + MAC_BYTES + VLAN_BYTES, f->bytes + MAC_BYTES, rest);
	struct wr w = wr_over(f->bytes + MAC_BYTES, VLAN_BYTES);
	wr_u16(&w, tpid);
	wr_u16(&w, tci);
	f->cap_len = (uint16_t)(MAC_BYTES + VLAN_BYTES + rest);
	f->wire_len += VLAN_BYTES;
}

/* False, with errno, when there is none. */
static bool read_frame(int fd, uint32_t snaplen, struct frame *f)
{
	struct tpacket_auxdata aux;
	struct timespec stamp;
	union control control;
	struct iovec part = {f->bytes, snaplen < FRAME_BYTES_MAX ? snaplen : FRAME_BYTES_MAX};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};

	memset(f, 0, sizeof(*f)); /* it crosses a process border: no stale bytes */
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);
	if (n < 0)
		return false;
	f->cap_len = (uint16_t)n;
	f->wire_len = (uint32_t)n;
	if (control_find(&m, SOL_SOCKET, SCM_TIMESTAMPNS, &stamp, sizeof(stamp)))
		f->at.ns = nanoseconds(stamp);
	if (!control_find(&m, SOL_PACKET, PACKET_AUXDATA, &aux, sizeof(aux)))
		return true;
	f->wire_len = aux.tp_len > f->wire_len ? aux.tp_len : f->wire_len;
	if ((aux.tp_status & TP_STATUS_VLAN_VALID) != 0 && f->cap_len >= SIZE_ETHERNET)
		tap_put_tag_back(f, aux.tp_status, aux.tp_vlan_tpid, aux.tp_vlan_tci);
	return true;
}

int tap_read(int fd, uint8_t slot, uint32_t snaplen, int max, capture_sink sink, void *context)
{
	struct frame f;

	for (int n = 0; n < max; n++) {
		if (!read_frame(fd, snaplen, &f))
			return errno == EAGAIN || errno == EINTR || errno == ENETDOWN ? n : -1;
		f.iface = slot;
		sink(context, &f);
	}
	return max;
}
