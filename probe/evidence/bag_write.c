/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/bag.h"
#include "probe/host/files.h"

#include "analysis/value/strbuf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0640
#define FOLDER_MODE 0750

static int by_path(const void *a, const void *b)
{
	const struct bag_item *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void bag_sort(struct bag_item *items, size_t count)
{
	qsort(items, count, sizeof items[0], by_path);
}

static bool say_errno(char *err, size_t err_size, const char *name)
{
	text_format(err, err_size, "%s: %s", name, strerror(errno));
	return false;
}

/* Calls act for each folder above path: "data", then "data/azure". */
static bool each_folder(int bag_fd, const char *path, bool (*act)(int bag_fd, const char *folder))
{
	char folder[BAG_PATH_MAX];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		text_format(folder, sizeof folder, "%.*s", (int)(slash - path), path);
		if (!act(bag_fd, folder))
			return false;
	}
	return true;
}

static bool make_folder(int bag_fd, const char *folder)
{
	return mkdirat(bag_fd, folder, FOLDER_MODE) == 0 || errno == EEXIST;
}

static bool sync_folder(int bag_fd, const char *folder)
{
	int fd = openat(bag_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* A line as sha256sum(1) writes it, so that `sha256sum -c` checks the bag too. */
static bool add_line(struct strbuf *manifest, const char *path, const void *data, size_t len, char *err,
                     size_t err_size)
{
	char hex[SHA256_HEX_MAX];

	if (!sha256_hex(data, len, hex)) {
		text_format(err, err_size, "%s: " SHA256_NONE, path);
		return false;
	}
	strbuf_addf(manifest, "%s  %s\n", hex, path);
	return true;
}

static bool write_item(int bag_fd, const struct bag_item *item, struct strbuf *manifest, char *err, size_t err_size)
{
	if (!each_folder(bag_fd, item->path, make_folder))
		return say_errno(err, err_size, item->path);
	return files_write_new(bag_fd, item->path, item->data, item->len, FILE_MODE, err, err_size) &&
	       add_line(manifest, item->path, item->data, item->len, err, err_size);
}

/* The last payload line and the tag files are all in: now hashes of the tag files. */
static bool write_tags(int bag_fd, const struct strbuf *manifest, const char *info, char *err, size_t err_size)
{
	static const char declaration[] = BAG_DECLARATION_TEXT;
	const struct bag_item tags[] = {
		{BAG_INFO, info, strlen(info)},
		{BAG_DECLARATION, declaration, sizeof declaration - 1},
		{BAG_MANIFEST, manifest->text, manifest->len},
	};
	struct strbuf tag_manifest;
	bool ok = true;

	strbuf_init(&tag_manifest, BAG_TAG_MAX);
	for (size_t i = 0; ok && i < sizeof tags / sizeof tags[0]; i++)
		ok = write_item(bag_fd, &tags[i], &tag_manifest, err, err_size);
	if (ok && !strbuf_ok(&tag_manifest)) {
		text_format(err, err_size, "%s: out of memory", BAG_TAG_MANIFEST);
		ok = false;
	}
	ok = ok && files_write_new(bag_fd, BAG_TAG_MANIFEST, tag_manifest.text, tag_manifest.len, FILE_MODE, err,
	                           err_size);
	strbuf_free(&tag_manifest);
	return ok;
}

static bool write_all(int bag_fd, const struct bag_item *items, size_t count, const char *info, char *err,
                      size_t err_size)
{
	struct strbuf manifest;
	bool ok = true;

	strbuf_init(&manifest, BAG_TAG_MAX);
	for (size_t i = 0; ok && i < count; i++)
		ok = write_item(bag_fd, &items[i], &manifest, err, err_size);
	if (ok && !strbuf_ok(&manifest)) {
		text_format(err, err_size, "%s: out of memory", BAG_MANIFEST);
		ok = false;
	}
	ok = ok && write_tags(bag_fd, &manifest, info, err, err_size);
	for (size_t i = 0; ok && i < count; i++)
		ok = each_folder(bag_fd, items[i].path, sync_folder) || say_errno(err, err_size, items[i].path);
	strbuf_free(&manifest);
	return ok && files_sync_dir(bag_fd, "the bundle's folder", err, err_size);
}

bool bag_write(int dir_fd, const char *name, const struct bag_item *items, size_t count, const char *info, char *err,
               size_t err_size)
{
	int bag_fd;
	bool ok;

	if (mkdirat(dir_fd, name, FOLDER_MODE) != 0)
		return say_errno(err, err_size, name);
	bag_fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (bag_fd < 0)
		return say_errno(err, err_size, name);
	ok = write_all(bag_fd, items, count, info, err, err_size);
	close(bag_fd);
	return ok;
}
