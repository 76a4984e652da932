/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/create.h"

#include "probe/evidence/archive.h"
#include "probe/evidence/recording.h"
#include "probe/evidence/unfinished.h"
#include "probe/host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0640
#define WHY_MAX 600

static bool pack(const char *folder, const char *run_id, const char *output, int into, char *err, size_t err_size)
{
	struct bag bag;
	struct strbuf packed;
	bool ok;

	if (!bag_load(folder, &bag, err, err_size))
		return false;
	strbuf_init(&packed, BAG_TOTAL_MAX + ((size_t)16 << 20));
	ok = archive_pack(&bag, run_id, archive_form_of(output), &packed, err, err_size);
	bag_free(&bag);
	ok = ok && files_write_new(into, UNFINISHED_FILE, packed.text, packed.len, FILE_MODE, err, err_size);
	strbuf_free(&packed);
	return ok;
}

/* The folder of an archive, opened; *name: what it is called in there. */
static int open_folder_of(const char *output, char folder[PATH_MAX], const char **name)
{
	const char *slash = strrchr(output, '/');

	*name = slash ? slash + 1 : output;
	text_format(folder, PATH_MAX, "%.*s", slash ? (int)(slash - output) + 1 : 2, slash ? output : "./");
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* An archive is packed from a folder beside it, which goes again. */
static bool write_archive(const struct bundle *b, const char *run_id, const struct create_target *t, char *err,
                          size_t err_size)
{
	char folder[PATH_MAX], beside[PATH_MAX + 2 * UUID_TEXT_MAX], why[WHY_MAX];
	struct unfinished u;
	struct stat st;
	const char *name;
	int at;
	bool ok;

	if (!bundle_has_name(run_id, err, err_size))
		return false;
	if (lstat(t->output, &st) == 0) {
		text_format(err, err_size, "%s: it is there already", t->output);
		return false;
	}
	at = open_folder_of(t->output, folder, &name);
	if (at < 0) {
		text_format(err, err_size, "%s: %s", t->output, strerror(errno));
		return false;
	}
	ok = unfinished_begin(at, &u, why, sizeof why);
	if (!ok) {
		text_format(err, err_size, "%s: %s", t->output, why);
	} else {
		text_format(beside, sizeof beside, "%s%s/%s", folder, u.name, run_id);
		ok = bundle_build(b, u.fd, run_id, t->sign_key, err, err_size) &&
		     pack(beside, run_id, t->output, u.fd, err, err_size) && unfinished_give(&u, UNFINISHED_FILE, name, err, err_size);
		unfinished_end(&u);
	}
	close(at);
	return ok;
}

bool create_output(const struct bundle *b, const char *run_id, const struct create_target *t, char *where,
                   size_t where_size, char *err, size_t err_size)
{
	char why[WHY_MAX];
	bool ok;

	if (archive_form_of(t->output) != ARCHIVE_NONE) {
		text_format(where, where_size, "%s", t->output);
		return write_archive(b, run_id, t, err, err_size);
	}
	text_format(where, where_size, "%s/%s", t->output, run_id);
	ok = bundle_write(b, t->output, run_id, t->sign_key, why, sizeof why);
	if (!ok)
		text_format(err, err_size, "%s: %s", t->output, why);
	return ok;
}

/* The files of a loaded bag as a bundle that borrows them. */
static bool borrow(const struct bag *bag, struct bundle *b, char *err, size_t err_size)
{
	const struct bag_file *info = bag_find_tag(bag, BAG_INFO);

	memset(b, 0, sizeof *b);
	strbuf_init(&b->info, BAG_TAG_MAX);
	if (bag->count > BUNDLE_DOCUMENTS_MAX) {
		text_format(err, err_size, "it has more files than a bundle of erprobe's");
		return false;
	}
	for (size_t i = 0; i < bag->count; i++)
		b->items[b->count++] = (struct bag_item){bag->files[i].path, bag->files[i].data, bag->files[i].len};
	bag_sort(b->items, b->count);
	b->signature = bag_find_tag(bag, BAG_SIGNATURE);
	b->signed_manifest = bag_find_tag(bag, BAG_TAG_MANIFEST);
	strbuf_add_bytes(&b->info, info->data, info->len);
	if (!strbuf_ok(&b->info))
		text_format(err, err_size, "out of memory");
	return strbuf_ok(&b->info);
}

bool create_copy(const char *path, const struct create_target *t, char *where, size_t where_size, char *err,
                 size_t err_size)
{
	struct recording rec;
	struct bundle b;
	bool ok;

	if (!recording_load(path, &rec, err, err_size))
		return false;
	ok = bag_is_exact(&rec.bag, err, err_size) && borrow(&rec.bag, &b, err, err_size);
	if (ok) {
		ok = create_output(&b, rec.plan.run_id, t, where, where_size, err, err_size);
		bundle_free(&b);
	}
	recording_free(&rec);
	return ok;
}
