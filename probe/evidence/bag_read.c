/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a bag from a folder of anybody's into memory: regular files with harmless
 * names, within bounds. bag_check.c says whether they belong together. */
#include "probe/evidence/bag.h"

#include "analysis/value/strbuf.h"
#include "probe/evidence/archive.h"
#include "probe/host/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct loading {
	struct bag *bag;
	char *err;
	size_t err_size;
};

static bool refuse(const struct loading *l, const char *name, const char *what)
{
	text_format(l->err, l->err_size, "%s: %s", name, what);
	return false;
}

static bool refuse_bag(char *err, size_t err_size, const char *name, const char *what)
{
	text_format(err, err_size, "%s: %s", name, what);
	return false;
}

/* A path inside the bag as our own writer forms them: no way up or out, no empty
 * part, no byte that a terminal or a manifest line would take for something else. */
static bool harmless(const char *path)
{
	const char *part = path;

	if (*path == '\0' || strlen(path) >= BAG_PATH_MAX)
		return false;
	for (const char *c = path;; c++) {
		if (*c == '/' || *c == '\0') {
			if (c == part || (c - part == 1 && part[0] == '.') || (c - part == 2 && memcmp(part, "..", 2) == 0))
				return false;
			part = c + 1;
		}
		if (*c == '\0')
			return true;
		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\' || *c == '%')
			return false;
	}
}

bool bag_begin(struct bag *b)
{
	memset(b, 0, sizeof *b);
	b->files = calloc(BAG_FILES_MAX, sizeof *b->files);
	b->tags = calloc(BAG_TAGS_MAX, sizeof *b->tags);
	if (b->files && b->tags)
		return true;
	bag_free(b);
	return false;
}

static const struct bag_file *find(const struct bag_file *files, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
	}
	return NULL;
}

const struct bag_file *bag_find(const struct bag *b, const char *path)
{
	return find(b->files, b->count, path);
}

const struct bag_file *bag_find_tag(const struct bag *b, const char *name)
{
	return find(b->tags, b->tag_count, name);
}

/* What stands against taking this file, or NULL. */
static const char *objection(const struct bag *b, const char *path, size_t len, bool payload)
{
	if (!harmless(path))
		return "is no name that a bundle may have";
	if (!payload && strchr(path, '/'))
		return "is neither below data/ nor a tag file";
	if (payload ? bag_find(b, path) != NULL : bag_find_tag(b, path) != NULL)
		return "is there twice";
	if (payload ? b->count >= BAG_FILES_MAX : b->tag_count >= BAG_TAGS_MAX)
		return "the bundle has more files than a bundle of ours can have";
	if (len > (payload ? BAG_FILE_MAX : BAG_TAG_MAX))
		return "it is larger than such a file can be";
	if (payload && len > BAG_TOTAL_MAX - b->total)
		return "the bundle is larger than a bundle can be";
	return NULL;
}

bool bag_add(struct bag *b, const char *path, char *data, size_t len, char *err, size_t err_size)
{
	bool payload = strncmp(path, "data/", 5) == 0;
	const char *why = objection(b, path, len, payload);
	struct bag_file *f;

	if (why) {
		free(data);
		return refuse_bag(err, err_size, path, why);
	}
	f = payload ? &b->files[b->count++] : &b->tags[b->tag_count++];
	text_format(f->path, sizeof f->path, "%s", path);
	f->data = data;
	f->len = len;
	if (payload)
		b->total += len;
	return sha256_hex(f->data, f->len, f->sha256) || refuse_bag(err, err_size, path, SHA256_NONE);
}

static bool load_file(struct loading *l, int folder_fd, const char *name, const char *path)
{
	char why[256];
	char *data;
	size_t len;

	/* Before the reading: names beyond the ceiling cost nothing. */
	if (l->bag->count >= BAG_FILES_MAX)
		return refuse(l, path, "the bundle has more files than a bundle of ours can have");
	if (!files_read(folder_fd, name, BAG_FILE_MAX, &data, &len, why, sizeof why))
		return refuse(l, "data", why);
	return bag_add(l->bag, path, data, len, l->err, l->err_size);
}

static bool load_folder(struct loading *l, int parent_fd, const char *name, const char *path, int depth);

static bool load_entry(struct loading *l, int folder_fd, const char *folder, const char *name, int depth)
{
	char path[BAG_PATH_MAX * 2];
	struct stat st;

	if (strlen(folder) + 1 + strlen(name) >= BAG_PATH_MAX)
		return refuse(l, folder, "holds a path that is too long");
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (!harmless(path))
		return refuse(l, path, "is no name that a bundle may have");
	if (fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return refuse(l, path, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return refuse(l, path, "is a symbolic link");
	if (S_ISDIR(st.st_mode))
		return load_folder(l, folder_fd, name, path, depth + 1);
	if (!S_ISREG(st.st_mode))
		return refuse(l, path, "is not a regular file");
	return load_file(l, folder_fd, name, path);
}

static bool load_folder(struct loading *l, int parent_fd, const char *name, const char *path, int depth)
{
	int fd;
	DIR *dir;
	struct dirent *entry;
	bool ok = true;

	if (depth > BAG_DEPTH_MAX)
		return refuse(l, path, "is nested too deep");
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		ok = refuse(l, path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return ok;
	}
	while (ok && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			ok = load_entry(l, fd, path, entry->d_name, depth);
	}
	closedir(dir);
	return ok;
}

static bool load_tag(struct loading *l, int bag_fd, const char *name)
{
	char *data;
	size_t len;

	return files_read(bag_fd, name, BAG_TAG_MAX, &data, &len, l->err, l->err_size) &&
	       bag_add(l->bag, name, data, len, l->err, l->err_size);
}

/* A file beside data/ that is none of ours: other tools add tag files, and their tag
 * manifest names them. What cannot be one is only noted; bag_is_exact() minds it. */
static void load_stranger(struct loading *l, int bag_fd, const char *name)
{
	char why[256];
	char *data;
	size_t len;

	if (harmless(name) && files_read(bag_fd, name, BAG_TAG_MAX, &data, &len, why, sizeof why) &&
	    bag_add(l->bag, name, data, len, why, sizeof why))
		return;
	if (l->bag->stranger[0] == '\0')
		text_safe(l->bag->stranger, sizeof l->bag->stranger, name);
}

static bool load_tags(struct loading *l, int bag_fd)
{
	static const char *const ours[] = {BAG_TAG_MANIFEST, BAG_DECLARATION, BAG_INFO, BAG_MANIFEST};
	int fd = openat(bag_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool ok = dir != NULL || refuse(l, "the folder", strerror(errno));

	for (size_t i = 0; ok && i < sizeof ours / sizeof ours[0]; i++)
		ok = load_tag(l, bag_fd, ours[i]);
	if (ok && faccessat(bag_fd, BAG_SIGNATURE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		ok = load_tag(l, bag_fd, BAG_SIGNATURE);
	while (ok && (entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, "data") != 0 &&
		    !bag_find_tag(l->bag, name))
			load_stranger(l, bag_fd, name);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return ok;
}

#define NAME_IT "name the bundle's folder (DIR/RUN_ID as --evidence made it), or a .zip or .tar.gz of it"

static bool load_open(const char *path, int fd, struct bag *b, char *err, size_t err_size)
{
	struct loading l = {b, err, err_size};
	struct stat st;

	if (fstat(fd, &st) != 0)
		text_format(err, err_size, "%s", strerror(errno));
	else if (S_ISREG(st.st_mode))
		return archive_load(fd, path, b, err, err_size);
	else if (!S_ISDIR(st.st_mode))
		text_format(err, err_size, "it is neither folder nor archive: " NAME_IT);
	else if (faccessat(fd, BAG_DECLARATION, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
		text_format(err, err_size, "it has no %s: " NAME_IT, BAG_DECLARATION);
	else
		return load_folder(&l, fd, "data", "data", 0) && load_tags(&l, fd);
	return false;
}

bool bag_load(const char *path, struct bag *b, char *err, size_t err_size)
{
	/* Not blocking: a FIFO in place of it must not hold us. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool ok;

	memset(b, 0, sizeof *b);
	if (fd < 0) {
		text_format(err, err_size, "%s", strerror(errno));
		return false;
	}
	ok = bag_begin(b);
	if (!ok)
		text_format(err, err_size, "out of memory");
	ok = ok && load_open(path, fd, b, err, err_size) && bag_check(b, err, err_size);
	close(fd);
	if (!ok)
		bag_free(b);
	return ok;
}

void bag_free(struct bag *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->files[i].data);
	for (size_t i = 0; i < b->tag_count; i++)
		free(b->tags[i].data);
	free(b->files);
	free(b->tags);
	memset(b, 0, sizeof *b);
}
