/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/evidence_keep.h"

#include "analysis/value/uuid.h"
#include "probe/host/files.h"
#include "probe/host/now.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4 /* a bundle has three levels */

/* Names of run ids in order are bundles in order of time, for that is how they begin. */
static int is_bundle(const struct dirent *entry)
{
	return uuid_made_ms(entry->d_name) >= 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* What a tree takes on the disk; follows no symbolic link. */
static int64_t tree_bytes(int parent, const char *name, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;
	int64_t sum = 0;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while ((entry = readdir(d)) != NULL) {
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		sum += (int64_t)st.st_blocks * 512;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			sum += tree_bytes(fd, entry->d_name, depth + 1);
	}
	closedir(d);
	return sum;
}

/* The folder of a bundle; -1: there is none. */
static int open_bundle(const char *dir, const char *run_id)
{
	int top, fd;

	if (!uuid_is(run_id, strlen(run_id)))
		return -1;
	top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = top >= 0 ? openat(top, run_id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (top >= 0)
		close(top);
	return fd;
}

bool evidence_has(const char *dir, const char *run_id)
{
	int fd = open_bundle(dir, run_id);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

char *evidence_report(const char *dir, const char *run_id, size_t most, size_t *len)
{
	int bundle = open_bundle(dir, run_id);
	int data = bundle >= 0 ? openat(bundle, "data", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	char *text = NULL, why[200];

	if (data < 0 || !files_read(data, "report.html", most, &text, len, why, sizeof why))
		text = NULL;
	if (data >= 0)
		close(data);
	if (bundle >= 0)
		close(bundle);
	return text;
}

void evidence_keep(const char *dir, int64_t keep_s, int64_t bytes)
{
	int64_t oldest = now_wall().ns / NS_PER_MS - keep_s * 1000, left = bytes;
	struct dirent **entries = NULL;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = fd >= 0 ? scandir(dir, &entries, is_bundle, by_name) : -1;

	/* From the newest on: what no longer fits is removed, with all that is older. */
	for (int i = n - 1; i >= 0; i--) {
		const char *name = entries[i]->d_name;

		left -= left >= 0 ? tree_bytes(fd, name, 0) : 0;
		if (left < 0 || uuid_made_ms(name) < oldest)
			files_remove_tree(fd, name);
		free(entries[i]);
	}
	free(entries);
	if (fd >= 0)
		close(fd);
}
