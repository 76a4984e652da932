/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/audit/evidence_keep.h"

#include "erprobe/plan.h"
#include "probe/host/files.h"
#include "probe/host/now.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4 /* a bundle has three levels */

/* A run id is a UUIDv7: its first 48 bits are milliseconds since 1970 (RFC 9562, 5.7), so
 * names in order are bundles in order of time. */
static bool is_run_id(const char *name)
{
	return strlen(name) == UUID_TEXT_MAX - 1 && strspn(name, "0123456789abcdef-") == UUID_TEXT_MAX - 1 && name[8] == '-' &&
	       name[14] == '7';
}

static int64_t born_ms(const char *id)
{
	char digits[13];

	memcpy(digits, id, 8);
	memcpy(digits + 8, id + 9, 4);
	digits[12] = '\0';
	return (int64_t)strtoll(digits, NULL, 16);
}

static int is_bundle(const struct dirent *entry)
{
	return is_run_id(entry->d_name);
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
		if (left < 0 || born_ms(name) < oldest)
			files_remove_tree(fd, name);
		free(entries[i]);
	}
	free(entries);
	if (fd >= 0)
		close(fd);
}
