/* SPDX-License-Identifier: BSD-2-Clause */
/* BagIt folders (RFC 8493, version 1.0) with SHA-256 manifests: written complete,
 * read with suspicion. */
#ifndef ERPROBE_BAG_H
#define ERPROBE_BAG_H

#include "probe/host/sha256.h"

#include <stdbool.h>
#include <stddef.h>

#define BAG_DECLARATION "bagit.txt"
#define BAG_INFO "bag-info.txt"
#define BAG_MANIFEST "manifest-sha256.txt"
#define BAG_TAG_MANIFEST "tagmanifest-sha256.txt"
#define BAG_SIGNATURE "tagmanifest-sha256.txt.sig"
#define BAG_DECLARATION_TEXT "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

#define BAG_PATH_MAX 200               /* "data/azure/snapshot.json" is our longest */
#define BAG_FILES_MAX 256              /* payload files */
#define BAG_TAGS_MAX 16                /* files beside data/ */
#define BAG_DEPTH_MAX 6                /* folders below data/ */
#define BAG_FILE_MAX ((size_t)256 << 20)  /* one payload file */
#define BAG_TOTAL_MAX ((size_t)512 << 20) /* all of them: they are held in memory */
#define BAG_TAG_MAX ((size_t)1 << 20)     /* a tag file or manifest */

/* One payload file to write: path begins with "data/". */
struct bag_item { const char *path; const void *data; size_t len; };
/* By path, as manifests list them. */
void bag_sort(struct bag_item *items, size_t count);

/* Makes the folder `name` in the open directory with these files, sorted by path as
 * given, both manifests, and info as bag-info.txt; all synced to disk. False with the
 * reason in err; what was written so far is left for the caller to remove. */
bool bag_write(int dir_fd, const char *name, const struct bag_item *items, size_t count, const char *info, char *err,
               size_t err_size);

struct bag_file {
	char path[BAG_PATH_MAX]; /* "data/run.json", "bagit.txt" */
	char *data;              /* NUL-terminated behind len; owned */
	size_t len;
	char sha256[SHA256_HEX_MAX];
	bool listed;             /* the manifest has it */
};

/* files: the payload; tags: what stands beside data/. */
struct bag {
	struct bag_file *files, *tags;
	size_t count, tag_count, total;
	char stranger[BAG_PATH_MAX]; /* first thing beside data/ that could not be read as a tag file, or "" */
};

/* Loads a bag, a folder or a .zip, .tar or .tar.gz of one, and checks it: every
 * payload file is in the manifest and the other way round, all digests agree, also
 * those of the tag manifest; no symbolic links, no path that leaves the folder,
 * nothing beyond the ceilings. What was hashed is what stands in memory, so a later
 * change on disk does not matter. False with one line in err that names the file;
 * then *b is empty. */
bool bag_load(const char *path, struct bag *b, char *err, size_t err_size);
/* NULL when the bag has no such payload file, or no such tag file. */
const struct bag_file *bag_find(const struct bag *b, const char *path);
const struct bag_file *bag_find_tag(const struct bag *b, const char *name);
/* Is every byte of the tag files as bag_write() writes them, and is nothing there that
 * no manifest vouches for? More than bag_load() asks, which also takes what other tools
 * write. BAG_SIGNATURE is left to whoever checks it. False with one line in err. */
bool bag_is_exact(const struct bag *b, char *err, size_t err_size);
/* Frees the files, not the struct; safe on a zeroed bag. */
void bag_free(struct bag *b);

/* -- for readers of other forms (archive.c) and for tests -- */

/* A bag without any file; false when out of memory. */
bool bag_begin(struct bag *b);
/* Adds a file by its path in the bag; data (malloc) is NUL-terminated behind len and
 * the bag's from now on, also on failure. False with one line in err: a name that no
 * bag may have, the same name twice, beyond a ceiling. */
bool bag_add(struct bag *b, const char *path, char *data, size_t len, char *err, size_t err_size);
/* The checks that bag_load() makes, on what stands in memory. */
bool bag_check(struct bag *b, char *err, size_t err_size);

#endif
