/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/sd_notify.h"

#include "erprobe/clock.h"
#include "probe/host/now.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void sd_notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (len == 0 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* an abstract name */
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)&to,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
}

void sd_notify_reloading(void)
{
	char state[80];

	snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)(now_mono().ns / NS_PER_US));
	sd_notify_send(state);
}

/* A whole number above zero, else 0. */
static int64_t number(const char *name)
{
	const char *text = getenv(name);
	char *end = NULL;
	long long value;

	if (!text || !text[0])
		return 0;
	errno = 0;
	value = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0' && value > 0 ? value : 0;
}

int64_t sd_notify_watchdog_ns(void)
{
	int64_t us = number("WATCHDOG_USEC"), pid = number("WATCHDOG_PID");

	if (us == 0 || us > INT64_MAX / NS_PER_US || (getenv("WATCHDOG_PID") && pid != (int64_t)getpid()))
		return 0;
	return us * NS_PER_US / 2;
}
