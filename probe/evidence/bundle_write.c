/* SPDX-License-Identifier: BSD-2-Clause */
/* A bundle to disk: complete under its final name, or not there at all. */
#include "probe/evidence/bundle.h"

#include "analysis/value/uuid.h"
#include "probe/evidence/sign.h"
#include "probe/evidence/unfinished.h"
#include "probe/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_MODE 0750
#define FILE_MODE 0640

static bool write_signature(int bag_fd, const void *data, size_t len, char *err, size_t err_size)
{
	return files_write_new(bag_fd, BAG_SIGNATURE, data, len, FILE_MODE, err, err_size) &&
	       files_sync_dir(bag_fd, "the bundle's folder", err, err_size);
}

static bool sign_anew(int bag_fd, const char *key, const char *manifest, size_t len, char *err, size_t err_size)
{
	struct strbuf signature;
	bool ok;

	strbuf_init(&signature, BAG_TAG_MAX);
	ok = sign_data(key, manifest, len, &signature, err, err_size);
	if (ok && !strbuf_ok(&signature)) {
		text_format(err, err_size, "out of memory for the signature");
		ok = false;
	}
	ok = ok && write_signature(bag_fd, signature.text, signature.len, err, err_size);
	strbuf_free(&signature);
	return ok;
}

/* Whoever signed it signed these bytes and no others. */
static bool sign_as_before(int bag_fd, const struct bundle *b, const char *manifest, size_t len, char *err, size_t err_size)
{
	if (len == b->signed_manifest->len && memcmp(manifest, b->signed_manifest->data, len) == 0)
		return write_signature(bag_fd, b->signature->data, b->signature->len, err, err_size);
	text_format(err, err_size, BAG_SIGNATURE ": it would not fit the copy, whose manifests are in another order: sign it anew with --sign");
	return false;
}

/* Signs the bundle that stands in the folder `name`: with the key, or else as it was signed before. */
static bool sign_folder(int dir_fd, const char *name, const struct bundle *b, const char *key, char *err, size_t err_size)
{
	int bag_fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	char *manifest;
	size_t len;
	bool ok;

	if (bag_fd < 0) {
		text_format(err, err_size, "%s: %s", name, strerror(errno));
		return false;
	}
	ok = files_read(bag_fd, BAG_TAG_MANIFEST, BAG_TAG_MAX, &manifest, &len, err, err_size);
	if (ok) {
		ok = key ? sign_anew(bag_fd, key, manifest, len, err, err_size)
		         : sign_as_before(bag_fd, b, manifest, len, err, err_size);
		free(manifest);
	}
	close(bag_fd);
	return ok;
}

bool bundle_build(const struct bundle *b, int dir_fd, const char *run_id, const char *sign_key, char *err, size_t err_size)
{
	return bag_write(dir_fd, run_id, b->items, b->count, b->info.text, err, err_size) &&
	       ((!sign_key && !b->signature) || sign_folder(dir_fd, run_id, b, sign_key, err, err_size));
}

static bool write_in(int dir_fd, const struct bundle *b, const char *run_id, const char *sign_key, char *err,
                     size_t err_size)
{
	struct unfinished u;
	struct stat st;
	bool ok;

	if (fstatat(dir_fd, run_id, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		text_format(err, err_size, "%s: it is there already", run_id);
		return false;
	}
	if (!unfinished_begin(dir_fd, &u, err, err_size))
		return false;
	ok = bundle_build(b, u.fd, run_id, sign_key, err, err_size) && unfinished_give(&u, run_id, run_id, err, err_size);
	unfinished_end(&u);
	return ok;
}

/* The run id becomes a folder's name, so it must be a UUID and nothing else. */
bool bundle_has_name(const char *run_id, char *err, size_t err_size)
{
	if (uuid_is(run_id, strlen(run_id)))
		return true;
	text_format(err, err_size, "the run id is no UUID");
	return false;
}

bool bundle_write(const struct bundle *b, const char *dir, const char *run_id, const char *sign_key, char *err,
                  size_t err_size)
{
	int dir_fd;
	bool ok;

	if (!bundle_has_name(run_id, err, err_size))
		return false;
	if (!files_make_dir(dir, FOLDER_MODE, err, err_size))
		return false;
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0) {
		text_format(err, err_size, "%s", strerror(errno));
		return false;
	}
	ok = write_in(dir_fd, b, run_id, sign_key, err, err_size);
	close(dir_fd);
	return ok;
}
