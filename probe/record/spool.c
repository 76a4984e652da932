/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* O_TMPFILE */
#include "probe/record/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILE_MODE 0600
#define PIECE ((size_t)256 << 10) /* bytes written at a time */

/* Where the file system has no files without a name (NFS, old overlays) it loses it at once. */
static int open_nameless(const char *dir)
{
	char path[PATH_MAX];
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, FILE_MODE);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd;
	text_format(path, sizeof path, "%s/.erprobe-XXXXXX", dir);
	fd = mkstemp(path);
	if (fd >= 0)
		(void)unlink(path);
	return fd;
}

bool spool_open(struct spool *s, const char *dir, size_t max, char *err, size_t err_size)
{
	memset(s, 0, sizeof *s);
	s->max = max;
	strbuf_init(&s->text, 2 * PIECE);
	s->fd = open_nameless(dir);
	if (s->fd < 0)
		text_format(err, err_size, "%s", strerror(errno));
	return s->fd >= 0;
}

static bool fail(struct spool *s, int error)
{
	if (s->error == 0)
		s->error = error;
	return false;
}

static bool write_all(struct spool *s, const char *data, size_t len)
{
	if (s->error != 0)
		return false;
	if (len > s->max - s->len)
		return fail(s, EFBIG);
	while (len > 0) {
		ssize_t n = write(s->fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(s, errno);
		data += n;
		len -= (size_t)n;
		s->len += (size_t)n;
	}
	return true;
}

static bool flush(struct spool *s)
{
	bool ok = s->text.len == 0 || write_all(s, s->text.text, s->text.len);

	s->text.len = 0;
	return ok;
}

bool spool_add(struct spool *s, const void *data, size_t len)
{
	if (s->error != 0)
		return false;
	if (len > PIECE)
		return flush(s) && write_all(s, data, len);
	strbuf_add_bytes(&s->text, data, len);
	if (!strbuf_ok(&s->text))
		return fail(s, ENOMEM);
	return s->text.len < PIECE || flush(s);
}

bool spool_drain(void *spool, struct strbuf *out)
{
	struct spool *s = spool;

	if (!strbuf_ok(out))
		return fail(s, ENOMEM);
	if (out->len < PIECE)
		return s->error == 0;
	bool ok = flush(s) && write_all(s, out->text, out->len);
	out->len = 0;
	return ok;
}

const void *spool_end(struct spool *s, char *err, size_t err_size)
{
	static const char nothing[1];

	flush(s);
	if (s->error == 0 && s->len > 0 && !s->map) {
		void *map = mmap(NULL, s->len, PROT_READ, MAP_SHARED, s->fd, 0);
		if (map == MAP_FAILED)
			fail(s, errno);
		else
			s->map = map;
	}
	if (s->error == 0)
		return s->map ? s->map : nothing;
	text_format(err, err_size, "%s", strerror(s->error));
	return NULL;
}

void spool_free(struct spool *s)
{
	if (s->map)
		munmap(s->map, s->len);
	if (s->fd >= 0)
		close(s->fd);
	s->map = NULL;
	s->fd = -1;
	strbuf_free(&s->text);
}
