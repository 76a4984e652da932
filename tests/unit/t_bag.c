/* SPDX-License-Identifier: BSD-2-Clause */
/* A bundle from anybody: each way to tamper with it is refused, with the file named. */
#include "probe/evidence/bag.h"
#include "probe/host/files.h"

#include "analysis/value/strbuf.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[64];

static int set_up(void **state)
{
	static const struct bag_item items[] = {
		{"data/azure/snapshot.json", "{}", 2},
		{"data/plan.json", "plan", 4},
		{"data/run.json", "run", 3},
	};
	char err[200];
	int fd;

	(void)state;
	umask(022);
	snprintf(root, sizeof root, "/tmp/erprobe-t-bag-XXXXXX");
	if (!mkdtemp(root) || chdir(root) != 0)
		return -1;
	fd = open(".", O_RDONLY | O_DIRECTORY);
	if (!bag_write(fd, "bag", items, 3, "Bag-Software-Agent: test\n", err, sizeof err)) {
		fprintf(stderr, "%s\n", err);
		return -1;
	}
	close(fd);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	files_remove_tree(AT_FDCWD, root);
	return chdir("/");
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static char *slurp(const char *path, size_t *len)
{
	char err[200], *data;

	if (!files_read(AT_FDCWD, path, 100000, &data, len, err, sizeof err))
		fail_msg("%s", err);
	return data;
}

/* Makes the tag manifest right again, as a forger without a key can. */
static void hash_tags(void)
{
	static const char *const tags[] = {"bag-info.txt", "bagit.txt", "manifest-sha256.txt"};
	struct strbuf b;
	char path[100], hex[SHA256_HEX_MAX];
	size_t len;

	strbuf_init(&b, 10000);
	for (size_t i = 0; i < 3; i++) {
		char *text;

		snprintf(path, sizeof path, "bag/%s", tags[i]);
		text = slurp(path, &len);
		assert_true(sha256_hex(text, len, hex));
		strbuf_addf(&b, "%s  %s\n", hex, tags[i]);
		free(text);
	}
	put("bag/tagmanifest-sha256.txt", b.text);
	strbuf_free(&b);
}

#define HASH_OF_RUN "acba25512100f80b56fc3ccd14c65be55d94800cda77585c5f41a887e398f9be"

static void alter_payload(void) { put("bag/data/run.json", "ruN"); }
static void alter_deep(void) { put("bag/data/azure/snapshot.json", "[]"); }
static void empty_payload(void) { put("bag/data/plan.json", ""); }
static void remove_payload(void) { unlink("bag/data/plan.json"); }
static void extra_payload(void) { put("bag/data/more", "x"); }
static void extra_folder(void) { mkdir("bag/data/more", 0700); put("bag/data/more/x", ""); }

static void link_payload(void)
{
	unlink("bag/data/run.json");
	put("run", "run");
	assert_int_equal(symlink("../../run", "bag/data/run.json"), 0);
}

static void link_folder(void)
{
	rename("bag/data/azure", "azure");
	assert_int_equal(symlink("../../azure", "bag/data/azure"), 0);
}

static void link_data(void)
{
	rename("bag/data", "data");
	assert_int_equal(symlink("../data", "bag/data"), 0);
}

static void link_manifest(void)
{
	rename("bag/manifest-sha256.txt", "m");
	assert_int_equal(symlink("../m", "bag/manifest-sha256.txt"), 0);
}

static void fifo_payload(void)
{
	unlink("bag/data/run.json");
	assert_int_equal(mkfifo("bag/data/run.json", 0600), 0);
}

static void fifo_tag(void)
{
	unlink("bag/bagit.txt");
	assert_int_equal(mkfifo("bag/bagit.txt", 0600), 0);
}

static void odd_name(void) { put("bag/data/a\033[31m", ""); }
static void percent_name(void) { put("bag/data/a%0A", ""); }
static void alter_manifest(void) { append("bag/manifest-sha256.txt", "\n"); }
static void alter_info(void) { append("bag/bag-info.txt", "x: y\n"); }
static void other_encoding(void) { put("bag/bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-16\n"); hash_tags(); }
static void alter_declaration(void) { put("bag/bagit.txt", "BagIt-Version: 0.96\n"); hash_tags(); }
static void remove_tags(void) { unlink("bag/tagmanifest-sha256.txt"); }
static void remove_manifest(void) { unlink("bag/manifest-sha256.txt"); }
static void remove_declaration(void) { unlink("bag/bagit.txt"); }
static void short_tags(void) { put("bag/tagmanifest-sha256.txt", ""); }

static void up_and_out(void)
{
	put("x", "run");
	append("bag/manifest-sha256.txt", HASH_OF_RUN "  data/../../x\n");
	hash_tags();
}

static void absolute(void)
{
	append("bag/manifest-sha256.txt", HASH_OF_RUN "  /etc/hostname\n");
	hash_tags();
}

static void named_twice(void)
{
	append("bag/manifest-sha256.txt", HASH_OF_RUN "  data/run.json\n");
	hash_tags();
}

static void named_not_there(void)
{
	append("bag/manifest-sha256.txt", HASH_OF_RUN "  data/gone\n");
	hash_tags();
}

static void tag_as_payload(void)
{
	append("bag/manifest-sha256.txt", HASH_OF_RUN "  bagit.txt\n");
	hash_tags();
}

static void short_hash(void)
{
	append("bag/manifest-sha256.txt", "abcd  data/run.json\n");
	hash_tags();
}

static void no_path(void) { append("bag/manifest-sha256.txt", HASH_OF_RUN "\n"); hash_tags(); }

static void tag_below(void)
{
	append("bag/tagmanifest-sha256.txt", HASH_OF_RUN "  data/run.json\n");
}

static void deep(void)
{
	char path[100] = "bag/data";

	for (int i = 0; i < 9; i++) {
		strncat(path, "/d", sizeof path - strlen(path) - 1);
		mkdir(path, 0700);
	}
}
static void many(void)
{
	char path[100];

	for (int i = 0; i < BAG_FILES_MAX; i++) {
		snprintf(path, sizeof path, "bag/data/%d", i);
		put(path, "");
	}
}
static void oversize(void)
{
	assert_int_equal(truncate("bag/data/run.json", (off_t)BAG_FILE_MAX + 1), 0); /* sparse: costs nothing */
}
static void oversize_tag(void)
{
	assert_int_equal(truncate("bag/bag-info.txt", (off_t)BAG_TAG_MAX + 1), 0);
}
static void zero_in_manifest(void)
{
	FILE *f = fopen("bag/manifest-sha256.txt", "a");

	assert_non_null(f);
	fwrite("\0junk", 1, 5, f);
	fclose(f);
	hash_tags();
}

static const struct { void (*tamper)(void); const char *says; } rows[] = {
	{alter_payload, "data/run.json: was altered"},
	{alter_deep, "data/azure/snapshot.json: was altered"},
	{empty_payload, "data/plan.json: was altered"},
	{remove_payload, "data/plan.json: is missing"},
	{extra_payload, "data/more: is not named in manifest-sha256.txt"},
	{extra_folder, "data/more/x: is not named in manifest-sha256.txt"},
	{link_payload, "data/run.json: is a symbolic link"},
	{link_folder, "data/azure: is a symbolic link"},
	{link_data, "data: "},
	{link_manifest, "manifest-sha256.txt: it is a symbolic link"},
	{fifo_payload, "data/run.json: is not a regular file"},
	{fifo_tag, "bagit.txt: it is not a regular file"},
	{odd_name, "is no name that a bundle may have"},
	{percent_name, "is no name that a bundle may have"},
	{alter_manifest, "manifest-sha256.txt: was altered"},
	{alter_info, "bag-info.txt: was altered"},
	{alter_declaration, "bagit.txt: does not declare a BagIt 1.0 bundle"},
	{other_encoding, "bagit.txt: does not declare its files to be UTF-8"},
	{remove_tags, "tagmanifest-sha256.txt: No such file"},
	{remove_manifest, "manifest-sha256.txt: No such file"},
	{remove_declaration, "it has no bagit.txt: name the bundle's folder"},
	{short_tags, "bagit.txt: is not named in tagmanifest-sha256.txt"},
	{up_and_out, "manifest-sha256.txt: has a line that is not"},
	{absolute, "manifest-sha256.txt: has a line that is not"},
	{named_twice, "data/run.json: stands twice"},
	{named_not_there, "data/gone: is missing"},
	{tag_as_payload, "bagit.txt: is missing"},
	{short_hash, "manifest-sha256.txt: has a line that is not"},
	{no_path, "manifest-sha256.txt: has a line that is not"},
	{tag_below, "data/run.json: is no tag file of ours"},
	{deep, "is nested too deep"},
	{many, "more files than"},
	{oversize, "run.json: it is larger than"},
	{oversize_tag, "bag-info.txt: it is larger than"},
	{zero_in_manifest, "manifest-sha256.txt: holds a zero byte"},
};

static void every_tampering_is_refused(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bag b;
		char err[400] = "";

		rows[i].tamper();
		assert_false(bag_load("bag", &b, err, sizeof err));
		if (!strstr(err, rows[i].says))
			fail_msg("row %zu says: %s", i, err);
		assert_null(b.files);
		tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
}

/* What others' tools write and add is fine: upper-case digits, binary mode, tabs, a
 * manifest in another order, a signature beside it. */
static void equivalent_bags_are_taken(void **state)
{
	size_t len;
	char *text = slurp("bag/manifest-sha256.txt", &len);
	size_t two = 2 * 64 + strlen("  data/azure/snapshot.json\n  data/plan.json\n"); /* its first two lines */
	struct bag b;
	char err[400] = "";
	struct strbuf m;

	(void)state;
	strbuf_init(&m, 10000);
	strbuf_add_bytes(&m, text + two, len - two); /* the last line first */
	strbuf_add_bytes(&m, text, two);
	for (char *c = m.text; *c; c++) {
		if (*c >= 'a' && *c <= 'f' && (size_t)(c - m.text) < 64)
			*c = (char)(*c - 'a' + 'A');
	}
	memcpy(m.text + 64, " *", 2);
	m.text[m.len - 1] = '\0'; /* no newline at the end */
	put("bag/manifest-sha256.txt", m.text);
	hash_tags();
	put("bag/tagmanifest-sha256.txt.sig", "signature");
	if (!bag_load("bag", &b, err, sizeof err))
		fail_msg("%s\n%s", err, m.text);
	assert_int_equal(b.count, 3);
	assert_string_equal(bag_find(&b, "data/run.json")->data, "run");
	assert_null(bag_find(&b, "data/none"));
	bag_free(&b);
	strbuf_free(&m);
	free(text);
}

static void what_is_no_bag_is_named(void **state)
{
	static const struct { const char *path; const char *says; } paths[] = {
		{"bag/data/run.json", "it is no bundle: neither a folder nor"},
		{"nowhere", "No such file"},
		{".", "it has no bagit.txt"},
		{"bag/data", "it has no bagit.txt"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct bag b;
		char err[400] = "";

		assert_false(bag_load(paths[i].path, &b, err, sizeof err));
		if (!strstr(err, paths[i].says))
			fail_msg("%s says: %s", paths[i].path, err);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_tampering_is_refused),
		TEST(equivalent_bags_are_taken),
		TEST(what_is_no_bag_is_named),
	};

	return cmocka_run_group_tests_name("bag", tests, NULL, NULL);
}
