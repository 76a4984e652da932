/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/archive.h"

#include "probe/host/files.h"
#include "probe/host/library.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MEMBER_MODE 0644
#define PACKED_MAX (BAG_TOTAL_MAX + ((size_t)16 << 20)) /* stored without compression, and heads */
#define PAYLOAD "data/" /* what the paths of the payload begin with */
#define READ_STEP ((size_t)1 << 16)

#define ARCHIVE_CALLS(X) \
	X(entry_filetype) X(entry_free) X(entry_hardlink) X(entry_is_encrypted) X(entry_new) \
	X(entry_pathname) X(entry_set_filetype) X(entry_set_pathname) X(entry_set_perm) X(entry_set_size) \
	X(entry_symlink) X(error_string) X(read_data) X(read_free) X(read_new) X(read_next_header) \
	X(read_open_memory) X(read_support_filter_gzip) X(read_support_format_tar) \
	X(read_set_option) X(read_support_format_zip) X(set_error) X(write_add_filter_gzip) X(write_close) X(write_data) \
	X(write_free) X(write_header) X(write_new) X(write_open) X(write_set_bytes_in_last_block) \
	X(write_set_filter_option) X(write_set_format_pax_restricted) X(write_set_format_zip)

/* libarchive's functions, once library_load() has them. */
static struct {
#define X(name) __typeof__(archive_##name) *name;
	ARCHIVE_CALLS(X)
#undef X
} la;

static bool load_library(char *err, size_t err_size)
{
	static const struct library_call calls[] = {
#define X(name) {"archive_" #name, &la.name},
		ARCHIVE_CALLS(X)
#undef X
	};

	return library_load("libarchive.so.13", "libarchive13", calls, sizeof(calls) / sizeof(calls[0]), err, err_size);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

enum archive_form archive_form_of(const char *path)
{
	if (ends_with(path, ".zip"))
		return ARCHIVE_ZIP;
	return ends_with(path, ".tar.gz") || ends_with(path, ".tgz") ? ARCHIVE_TAR_GZ : ARCHIVE_NONE;
}

/* -- packing -- */

static la_ssize_t take(struct archive *a, void *arg, const void *data, size_t len)
{
	struct strbuf *out = arg;

	strbuf_add_bytes(out, data, len);
	if (strbuf_ok(out))
		return (la_ssize_t)len;
	la.set_error(a, ENOMEM, "out of memory");
	return -1;
}

static bool pack_one(struct archive *a, const struct bag_file *f, const char *name)
{
	struct archive_entry *e = la.entry_new();
	char path[BAG_PATH_MAX + BAG_PATH_MAX];
	bool ok;

	if (!e)
		return false;
	text_format(path, sizeof path, "%s/%s", name, f->path);
	la.entry_set_pathname(e, path);
	la.entry_set_filetype(e, AE_IFREG);
	la.entry_set_perm(e, MEMBER_MODE);
	la.entry_set_size(e, (la_int64_t)f->len);
	/* No time: zip would write local time, another one on every machine. */
	ok = la.write_header(a, e) == ARCHIVE_OK &&
	     (f->len == 0 || la.write_data(a, f->data, f->len) == (la_ssize_t)f->len);
	la.entry_free(e);
	return ok;
}

static int by_path(const void *a, const void *b)
{
	const struct bag_file *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

static bool pack_all(struct archive *a, const struct bag *b, const char *name)
{
	const struct bag_file *sorted[BAG_FILES_MAX + BAG_TAGS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < b->tag_count; i++)
		sorted[count++] = &b->tags[i];
	for (size_t i = 0; i < b->count; i++)
		sorted[count++] = &b->files[i];
	qsort(sorted, count, sizeof sorted[0], by_path);
	for (size_t i = 0; i < count; i++) {
		if (!pack_one(a, sorted[i], name))
			return false;
	}
	return true;
}

static bool set_form(struct archive *a, enum archive_form form)
{
	if (form == ARCHIVE_ZIP)
		return la.write_set_format_zip(a) == ARCHIVE_OK;
	return la.write_set_format_pax_restricted(a) == ARCHIVE_OK && la.write_add_filter_gzip(a) == ARCHIVE_OK &&
	       la.write_set_filter_option(a, "gzip", "timestamp", NULL) == ARCHIVE_OK &&
	       la.write_set_filter_option(a, "gzip", "compression-level", "9") == ARCHIVE_OK;
}

bool archive_pack(const struct bag *b, const char *name, enum archive_form form, struct strbuf *out, char *err,
                  size_t err_size)
{
	if (!load_library(err, err_size))
		return false;
	struct archive *a = la.write_new();
	bool ok = a && la.write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK && set_form(a, form) &&
	          la.write_open(a, out, NULL, take, NULL) == ARCHIVE_OK &&
	          pack_all(a, b, name) && la.write_close(a) == ARCHIVE_OK && strbuf_ok(out);
	const char *why = a && !ok ? la.error_string(a) : NULL;

	if (!ok)
		text_format(err, err_size, "cannot pack the bundle: %s", why ? why : "out of memory");
	if (a)
		la.write_free(a);
	return ok;
}

/* -- unpacking -- */

struct unpacking {
	struct archive *archive;
	struct bag *bag;
	char *err;
	size_t err_size;
	char top[BAG_PATH_MAX]; /* the one folder that everything is in, with its slash; "" = none */
	bool has_top;           /* it is known */
};

static bool refuse(const struct unpacking *u, const char *name, const char *what)
{
	char safe[BAG_PATH_MAX];

	text_safe(safe, sizeof safe, name);
	text_format(u->err, u->err_size, "%s: %s", safe, what);
	return false;
}

/* Does a bundle have such a path? */
static bool is_place(const char *path)
{
	static const char *const tags[] = {BAG_DECLARATION, BAG_INFO, BAG_MANIFEST, BAG_TAG_MANIFEST, BAG_SIGNATURE};

	for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
		if (strcmp(path, tags[i]) == 0)
			return true;
	}
	return strncmp(path, PAYLOAD, sizeof PAYLOAD - 1) == 0;
}

/* How many bytes of the first file's path are the folder that all is in: 0 where the archive
 * was made inside of the bundle ("data/run.json"), but not of "data/bagit.txt": there the
 * bundle's folder has that name. */
static size_t top_of(const char *path)
{
	const char *slash = strchr(path, '/');

	return slash && (is_place(slash + 1) || !is_place(path)) ? (size_t)(slash - path) + 1 : 0;
}

/* What tar(1) writes before the names when it is told "./DIR" or ".". */
static const char *without_dot(const char *path)
{
	while (path[0] == '.' && path[1] == '/') {
		path += 2;
		path += strspn(path, "/");
	}
	return path;
}

static bool leads_out(const char *path)
{
	for (const char *up = strstr(path, ".."); up; up = strstr(up + 1, "..")) {
		if ((up == path || up[-1] == '/') && (up[2] == '/' || up[2] == '\0'))
			return true;
	}
	return path[0] == '/';
}

/* The file's path below the one folder; NULL with the reason in err. */
static const char *below_top(struct unpacking *u, const char *path)
{
	size_t len;

	if (!u->has_top) {
		len = top_of(path);
		if (len < sizeof u->top)
			text_format(u->top, sizeof u->top, "%.*s", (int)len, path);
		u->has_top = len < sizeof u->top && len != 1 && strcmp(u->top, "../") != 0;
	}
	len = strlen(u->top);
	if (u->has_top && strncmp(path, u->top, len) == 0)
		return path + len;
	refuse(u, path, "the archive has it outside of the bundle's folder");
	return NULL;
}

/* A member's bytes, at most max; NULL with the reason in err. The size in its head is
 * a promise of a stranger: only what comes out counts. */
static char *unpack_bytes(struct unpacking *u, const char *path, size_t max, size_t *len)
{
	char *data = NULL;
	size_t room = 0;

	*len = 0;
	for (;;) {
		la_ssize_t n;

		if (*len + READ_STEP + 1 > room) {
			char *grown = realloc(data, room = 2 * room + READ_STEP + 1);

			if (!grown) {
				refuse(u, path, "out of memory");
				break;
			}
			data = grown;
		}
		n = la.read_data(u->archive, data + *len, READ_STEP);
		if (n < 0) {
			const char *why = la.error_string(u->archive);

			refuse(u, path, why ? why : "it cannot be unpacked");
			break;
		}
		if (n == 0) {
			data[*len] = '\0';
			return data;
		}
		*len += (size_t)n;
		if (*len > max) {
			refuse(u, path, "it is larger than such a file can be");
			break;
		}
	}
	free(data);
	return NULL;
}

static bool unpack_one(struct unpacking *u, struct archive_entry *e)
{
	const char *full = la.entry_pathname(e);
	const char *path;
	size_t left, max, len;
	char *data;

	if (!full || strlen(full) >= 2 * BAG_PATH_MAX)
		return refuse(u, "a member", "it has no name that a bundle may have");
	if (la.entry_filetype(e) == AE_IFDIR) /* nothing of it is kept: a folder is what its files say */
		return !leads_out(full) || refuse(u, full, "the archive has it outside of the bundle's folder");
	path = below_top(u, without_dot(full));
	if (!path)
		return false;
	if (la.entry_filetype(e) != AE_IFREG || la.entry_hardlink(e) || la.entry_symlink(e))
		return refuse(u, full, "is not a regular file");
	if (la.entry_is_encrypted(e))
		return refuse(u, full, "is encrypted");
	left = BAG_TOTAL_MAX - u->bag->total;
	max = strncmp(path, PAYLOAD, sizeof PAYLOAD - 1) != 0 ? BAG_TAG_MAX : left < BAG_FILE_MAX ? left : BAG_FILE_MAX;
	data = unpack_bytes(u, full, max, &len);
	return data && bag_add(u->bag, path, data, len, u->err, u->err_size);
}

/* -- is the archive whole? -- */

#define ZIP_END 22 /* bytes of the record that ends a zip (APPNOTE.TXT 4.3.16), without its comment */
#define TAR_END 1024 /* zero bytes that end a tar (POSIX.1, pax: two blocks) */

static size_t little_endian(const unsigned char *at, int bytes)
{
	size_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | at[bytes];
	return n;
}

/* The end record closes the file, and counts as many members, in a directory that stands
 * just before it, as were read: nothing is cut off, nothing hangs on. */
static bool zip_is_whole(const unsigned char *data, size_t len, size_t members)
{
	for (size_t comment = 0; comment <= 0xffff && len >= ZIP_END + comment; comment++) {
		const unsigned char *end = data + len - ZIP_END - comment;

		if (memcmp(end, "PK\5\6", 4) == 0 && little_endian(end + 20, 2) == comment)
			return little_endian(end + 10, 2) == members &&
			       little_endian(end + 12, 4) + little_endian(end + 16, 4) == (size_t)(end - data);
	}
	return false;
}

static bool tar_is_whole(const unsigned char *data, size_t len)
{
	static const unsigned char zeros[TAR_END];

	return len >= TAR_END && memcmp(data + len - TAR_END, zeros, TAR_END) == 0;
}

/* What is packed with gzip has its own end, which libarchive asks for. */
static bool is_whole(const unsigned char *data, size_t len, size_t members)
{
	if (len >= 2 && memcmp(data, "PK", 2) == 0)
		return zip_is_whole(data, len, members);
	return (len >= 2 && memcmp(data, "\x1f\x8b", 2) == 0) || tar_is_whole(data, len);
}

static bool unpack_all(struct unpacking *u, const void *data, size_t len)
{
	struct archive_entry *e;
	size_t members = 0;
	int code;

	while ((code = la.read_next_header(u->archive, &e)) == ARCHIVE_OK) {
		if (++members > BAG_FILES_MAX + BAG_TAGS_MAX + 64)
			return refuse(u, "the archive", "it has more members than a bundle can have");
		if (!unpack_one(u, e))
			return false;
	}
	if (code != ARCHIVE_EOF) {
		const char *why = la.error_string(u->archive);

		return refuse(u, "the archive", why ? why : "it is damaged");
	}
	if (members == 0)
		return refuse(u, "the archive", "it is empty");
	return is_whole(data, len, members) || refuse(u, "the archive", "it is cut short, or something hangs on its end");
}

/* Only the forms that we write, and gzip alone: each further one is attack surface. What stands
 * behind a tar's end is read on, so that nothing is in a bundle that nobody looked at. */
static bool accept_forms(struct archive *a)
{
	return la.read_support_format_zip(a) == ARCHIVE_OK && la.read_support_format_tar(a) == ARCHIVE_OK &&
	       la.read_support_filter_gzip(a) == ARCHIVE_OK &&
	       la.read_set_option(a, "tar", "read_concatenated_archives", "1") == ARCHIVE_OK;
}

bool archive_read_bytes(const void *data, size_t len, struct bag *b, char *err, size_t err_size)
{
	if (!load_library(err, err_size))
		return false;
	struct unpacking u = {.archive = la.read_new(), .bag = b, .err = err, .err_size = err_size};
	bool ok;

	if (!u.archive || !accept_forms(u.archive)) {
		text_format(err, err_size, "out of memory");
		ok = false;
	} else if (la.read_open_memory(u.archive, data, len) != ARCHIVE_OK) {
		text_format(err, err_size, "it is no bundle: neither a folder nor a .zip, .tar or .tar.gz of one");
		ok = false;
	} else {
		ok = unpack_all(&u, data, len);
	}
	if (u.archive)
		la.read_free(u.archive);
	return ok;
}

bool archive_load(int fd, const char *name, struct bag *b, char *err, size_t err_size)
{
	char *data;
	size_t len;
	bool ok = files_read_open(fd, name, PACKED_MAX, &data, &len, err, err_size);

	if (!ok)
		return false;
	ok = archive_read_bytes(data, len, b, err, err_size);
	free(data);
	return ok;
}
