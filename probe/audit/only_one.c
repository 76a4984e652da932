/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/only_one.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

/* A record lock, not flock(): children of fork() do not inherit it, so that none of them outlives the service with it. */
bool only_one_take(const char *history_path, int *fd, char *err, size_t err_size)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char path[PATH_MAX];

	text_format(path, sizeof path, "%s.lock", history_path);
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (*fd < 0 || fcntl(*fd, F_SETLK, &lock) == 0)
		return true;
	bool taken = errno == EACCES || errno == EAGAIN;
	char who[40] = "";
	if (taken && fcntl(*fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0)
		text_format(who, sizeof who, " (process %d)", (int)lock.l_pid);
	if (taken)
		text_format(err, err_size, "another erprobe audit%s keeps the history %s: end it first, or name another history.path", who, history_path);
	close(*fd);
	*fd = -1;
	return !taken;
}
