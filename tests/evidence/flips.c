/* SPDX-License-Identifier: BSD-2-Clause */
/* flips BUNDLE: every byte of every file of a bundle, with one of its bits flipped, one after the other: verify must
 * refuse it, and name the file. In memory, so that it is done in minutes. Prints what passes; the last line is
 * "N bytes of N files, N not found". */
#include "probe/evidence/bag.h"
#include "probe/verify/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add_copy(struct bag *b, const struct bag_file *f, bool flipped, size_t at, char *err, size_t err_size)
{
	char *data = malloc(f->len + 1);

	if (!data)
		return false;
	memcpy(data, f->data, f->len + 1);
	if (flipped)
		data[at] = (char)(data[at] ^ 1 << at % 8);
	return bag_add(b, f->path, data, f->len, err, err_size);
}

static bool add_all(struct bag *b, const struct bag_file *files, size_t count, const struct bag_file *flipped, size_t at)
{
	char err[600];

	for (size_t i = 0; i < count; i++)
		if (!add_copy(b, &files[i], &files[i] == flipped, at, err, sizeof err))
			return false;
	return true;
}

/* Refused, by a line that names the file? */
static bool is_found(const struct bag *good, const struct bag_file *f, size_t at)
{
	struct verified v;
	struct bag b;

	if (!bag_begin(&b) || !add_all(&b, good->files, good->count, f, at) || !add_all(&b, good->tags, good->tag_count, f, at)) {
		fprintf(stderr, "flips: out of memory\n");
		exit(3);
	}
	verify_bag(&b, NULL, &v);
	for (int i = 0; i < VERIFY_CHECKS && !v.intact; i++)
		if (v.checks[i].result == VERIFY_BAD)
			return strstr(v.checks[i].detail, f->path) != NULL;
	return false;
}

static size_t flip_all(const struct bag *good, const struct bag_file *files, size_t count, size_t *bytes)
{
	size_t missed = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t at = 0; at < files[i].len; at++, (*bytes)++)
			if (!is_found(good, &files[i], at)) {
				printf("byte %zu of %s: not found\n", at, files[i].path);
				missed++;
			}
	return missed;
}

int main(int argc, char **argv)
{
	struct verified v;
	struct bag good;
	char err[600];
	size_t bytes = 0, missed;

	if (argc != 2 || !bag_load(argv[1], &good, err, sizeof err)) {
		fprintf(stderr, "flips: %s\n", argc == 2 ? err : "name one bundle");
		return 3;
	}
	verify_bundle(argv[1], NULL, &v);
	if (!v.intact) {
		fprintf(stderr, "flips: %s is not intact before\n", argv[1]);
		return 3;
	}
	missed = flip_all(&good, good.files, good.count, &bytes) + flip_all(&good, good.tags, good.tag_count, &bytes);
	printf("%zu bytes of %zu files, %zu not found\n", bytes, good.count + good.tag_count, missed);
	bag_free(&good);
	return missed != 0;
}
