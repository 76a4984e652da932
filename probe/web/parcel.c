/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* memfd_create, seals */
#include "probe/web/parcel.h"

#include "probe/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define AGAIN "A" /* from the receiver */

union room {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

bool parcel_pair(int ends[2])
{
	int least = 1; /* the kernel raises it to its own least size: a few parcels */

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
		return false;
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
	return true;
}

bool parcel_send(int end, enum parcel what, int fd)
{
	char byte = (char)what;
	struct iovec io = {&byte, 1};
	union room room = {0};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	return sendmsg(end, &m, MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

void parcel_ask_again(int end)
{
	send(end, AGAIN, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

enum parcel parcel_take(int end, int *fd, bool *gone)
{
	char byte = 0;
	struct iovec io = {&byte, 1};
	union room room = {0};
	struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = room.bytes, .msg_controllen = sizeof room.bytes};
	ssize_t n = recvmsg(end, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	const struct cmsghdr *c;

	*fd = -1;
	if (n == 1 && (m.msg_flags & MSG_CTRUNC)) { /* the descriptor is lost: our limit (recvmsg(2)) */
		*gone = false;
		parcel_ask_again(end);
		return PARCEL_NONE;
	}
	*gone = n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
	if (n != 1)
		return PARCEL_NONE;
	c = CMSG_FIRSTHDR(&m);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof *fd))
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	*gone = *fd < 0 || (byte != PARCEL_LISTEN && byte != PARCEL_SHELF);
	return *gone ? PARCEL_NONE : (enum parcel)byte;
}

bool parcel_again(int end)
{
	bool lost = false;
	char byte;

	/* What waits here is bounded by the socket's buffer. */
	while (recv(end, &byte, 1, MSG_DONTWAIT) == 1)
		lost = true;
	return lost;
}

int parcel_file(const void *bytes, size_t len)
{
	int fd = memfd_create("erprobe-page", MFD_CLOEXEC | MFD_ALLOW_SEALING), saved;

	if (fd >= 0 && files_write_all(fd, bytes, len) && fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == 0)
		return fd;
	saved = errno;
	if (fd >= 0)
		close(fd);
	errno = saved;
	return -1;
}
