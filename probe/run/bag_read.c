/* SPDX-License-Identifier: BSD-2-Clause */
/* Loads a bag from anybody. The order of the checks:
 *   1. every file below data/ is a regular file with a harmless name, within bounds
 *   2. the tag manifest names the three tag files, and their digests agree
 *   3. the manifest names exactly the files of 1, and their digests agree */
#include "probe/run/bag.h"

#include "analysis/value/strbuf.h"

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
	int bag_fd;
	char *err;
	size_t err_size;
};

static bool refuse(const struct loading *l, const char *name, const char *what)
{
	text_format(l->err, l->err_size, "%s: %s", name, what);
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

static bool load_file(struct loading *l, int folder_fd, const char *name, const char *path)
{
	struct bag *b = l->bag;
	struct bag_file *f;
	char why[256];

	if (b->count >= BAG_FILES_MAX)
		return refuse(l, path, "the bundle has more files than a bundle of ours can have");
	f = &b->files[b->count];
	if (!files_read(folder_fd, name, BAG_FILE_MAX, &f->data, &f->len, why, sizeof why))
		return refuse(l, "data", why);
	b->count++;
	b->total += f->len;
	text_format(f->path, sizeof f->path, "%s", path);
	if (b->total > BAG_TOTAL_MAX)
		return refuse(l, path, "the bundle is larger than a bundle can be");
	return files_sha256(f->data, f->len, f->sha256) || refuse(l, path, "SHA-256 failed");
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

/* One line of a manifest: 64 hex digits, blanks, path (RFC 8493 section 2.1.3; '*'
 * before the path is what sha256sum writes in binary mode). */
struct line { char hex[SHA256_HEX_MAX]; char path[BAG_PATH_MAX]; };

/* Takes the next line from *at. False at the end, and on nonsense with *bad set. */
static bool next_line(const char **at, struct line *out, bool *bad)
{
	const char *end = strchr(*at, '\n');
	size_t len = end ? (size_t)(end - *at) : strlen(*at);
	const char *line = *at;
	size_t hex, blanks;

	*bad = false;
	if (len == 0 && !end)
		return false;
	*bad = true;
	hex = strspn(line, "0123456789abcdefABCDEF");
	if (hex != 64)
		return false;
	blanks = strspn(line + hex, " \t");
	if (line[hex + blanks] == '*')
		blanks++;
	if (blanks == 0 || hex + blanks >= len || len - hex - blanks >= sizeof out->path)
		return false;
	for (size_t i = 0; i < hex; i++) /* digits of either case (the same section) */
		out->hex[i] = line[i] >= 'A' && line[i] <= 'F' ? (char)(line[i] - 'A' + 'a') : line[i];
	out->hex[hex] = '\0';
	memcpy(out->path, line + hex + blanks, len - hex - blanks);
	out->path[len - hex - blanks] = '\0';
	*at = end ? end + 1 : line + len;
	*bad = !harmless(out->path);
	return !*bad;
}

static bool check_payload_line(struct loading *l, const struct line *line)
{
	struct bag_file *f = NULL;

	for (size_t i = 0; i < l->bag->count && !f; i++) {
		if (strcmp(l->bag->files[i].path, line->path) == 0)
			f = &l->bag->files[i];
	}
	if (!f)
		return refuse(l, line->path, "is missing, though " BAG_MANIFEST " names it");
	if (f->listed)
		return refuse(l, line->path, "stands twice in " BAG_MANIFEST);
	if (strcmp(f->sha256, line->hex) != 0)
		return refuse(l, line->path, "was altered: its SHA-256 is not that of " BAG_MANIFEST);
	f->listed = true;
	return true;
}

static bool check_tag_line(struct loading *l, const struct line *line)
{
	char *data, hex[SHA256_HEX_MAX];
	char why[256];
	size_t len;
	bool ok;

	if (strchr(line->path, '/'))
		return refuse(l, line->path, "is no tag file of ours");
	if (!files_read(l->bag_fd, line->path, BAG_TAG_MAX, &data, &len, why, sizeof why)) {
		text_format(l->err, l->err_size, "%s", why);
		return false;
	}
	ok = files_sha256(data, len, hex);
	free(data);
	if (!ok)
		return refuse(l, line->path, "SHA-256 failed");
	return strcmp(hex, line->hex) == 0 ||
	       refuse(l, line->path, "was altered: its SHA-256 is not that of " BAG_TAG_MANIFEST);
}

/* Runs check over every line of a manifest text. */
static bool each_line(struct loading *l, const char *name, const char *text,
                      bool (*check)(struct loading *l, const struct line *line))
{
	struct line line;
	bool bad;

	while (next_line(&text, &line, &bad)) {
		if (!check(l, &line))
			return false;
	}
	return !bad || refuse(l, name, "has a line that is not a SHA-256 and a path inside the bundle");
}

/* Without all three the tag manifest would vouch for less than it seems to. */
static bool names_all_tags(struct loading *l, const char *text)
{
	static const char *const tags[] = {BAG_DECLARATION, BAG_INFO, BAG_MANIFEST};

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
		const char *at = text;
		struct line line;
		bool bad, found = false;

		while (!found && next_line(&at, &line, &bad))
			found = strcmp(line.path, tags[i]) == 0;
		if (!found)
			return refuse(l, tags[i], "is not named in " BAG_TAG_MANIFEST);
	}
	return true;
}

static char *read_tag(struct loading *l, const char *name)
{
	char *data;
	char why[256];
	size_t len;

	if (files_read(l->bag_fd, name, BAG_TAG_MAX, &data, &len, why, sizeof why)) {
		if (memchr(data, '\0', len) == NULL)
			return data;
		free(data);
		refuse(l, name, "holds a zero byte");
		return NULL;
	}
	text_format(l->err, l->err_size, "%s", why);
	return NULL;
}

static bool check_declaration(struct loading *l)
{
	static const char first[] = "BagIt-Version: 1.0\n";
	char *text = read_tag(l, BAG_DECLARATION);
	bool ok = text && strncmp(text, first, sizeof first - 1) == 0;

	if (text && !ok)
		refuse(l, BAG_DECLARATION, "does not declare a BagIt 1.0 bundle");
	free(text);
	return ok;
}

static bool check_tags(struct loading *l)
{
	char *text = read_tag(l, BAG_TAG_MANIFEST);
	bool ok = text && names_all_tags(l, text) && each_line(l, BAG_TAG_MANIFEST, text, check_tag_line);

	free(text);
	return ok && check_declaration(l);
}

static bool check_payload(struct loading *l)
{
	char *text = read_tag(l, BAG_MANIFEST);
	bool ok = text && each_line(l, BAG_MANIFEST, text, check_payload_line);

	for (size_t i = 0; ok && i < l->bag->count; i++) {
		if (!l->bag->files[i].listed)
			ok = refuse(l, l->bag->files[i].path, "is not named in " BAG_MANIFEST);
	}
	free(text);
	return ok;
}

static int open_bag(const char *path, char *err, size_t err_size)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOTDIR)
		text_format(err, err_size, "it is not a folder: name the bundle's folder (DIR/RUN_ID as --evidence made it)");
	else if (fd < 0)
		text_format(err, err_size, "%s", strerror(errno));
	else if (faccessat(fd, BAG_DECLARATION, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
		text_format(err, err_size, "it has no %s: name the bundle's folder (DIR/RUN_ID as --evidence made it)", BAG_DECLARATION);
		close(fd);
		fd = -1;
	}
	return fd;
}

bool bag_load(const char *path, struct bag *b, char *err, size_t err_size)
{
	struct loading l = {.bag = b, .err = err, .err_size = err_size};
	bool ok;

	memset(b, 0, sizeof *b);
	l.bag_fd = open_bag(path, err, err_size);
	if (l.bag_fd < 0)
		return false;
	b->files = calloc(BAG_FILES_MAX, sizeof *b->files);
	if (!b->files)
		text_format(err, err_size, "out of memory");
	ok = b->files && load_folder(&l, l.bag_fd, "data", "data", 0) && check_tags(&l) && check_payload(&l);
	close(l.bag_fd);
	if (!ok)
		bag_free(b);
	return ok;
}

const struct bag_file *bag_find(const struct bag *b, const char *path)
{
	for (size_t i = 0; i < b->count; i++) {
		if (strcmp(b->files[i].path, path) == 0)
			return &b->files[i];
	}
	return NULL;
}

void bag_free(struct bag *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->files[i].data);
	free(b->files);
	memset(b, 0, sizeof *b);
}
