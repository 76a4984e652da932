/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration from files: a main file, a folder, both, neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "probe/config/config.h"
#include "probe/config/config_node.h"

#define CIRCUIT(name) "circuits: [{name: " name ", targets: [{name: t, address: 10.0.0.1}]}]\n"
#define NO_AZURE "azure: {auth: {method: none}}\n"

static char root[64];      /* a folder of this test alone */
static char main_file[128];
static char folder[128];

static void put(const char *relative, const char *text, size_t len)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", root, relative);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

static int make_root(void **state)
{
	(void)state;
	snprintf(root, sizeof(root), "/tmp/erprobe-t-config.XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(main_file, sizeof(main_file), "%s/erprobe.yaml", root);
	snprintf(folder, sizeof(folder), "%s/conf.d", root);
	return mkdir(folder, 0755);
}

static int remove_root(void **state)
{
	(void)state;
	static const char *const names[] = {"erprobe.yaml", "conf.d/a.yaml", "conf.d/b.yaml", "conf.d/c.yml", "conf.d/.d.yaml", "conf.d", ""};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[256];
		snprintf(path, sizeof(path), "%s/%s", root, names[i]);
		if (unlink(path) != 0)
			rmdir(path);
	}
	return 0;
}

static void put_text(const char *relative, const char *text)
{
	put(relative, text, strlen(text));
}

static void assert_read(struct config *c)
{
	struct strbuf errors;
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	if (!config_read_from(main_file, folder, c, &errors))
		fail_msg("%s", errors.text);
	strbuf_free(&errors);
}

static void assert_refused(const char *path, const char *dir, const char *wanted)
{
	struct config c;
	struct strbuf errors;
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	assert_false(config_read_from(path, dir, &c, &errors));
	if (!strstr(errors.text, wanted))
		fail_msg("wanted: %s\ngot: %s", wanted, errors.text);
	strbuf_free(&errors);
}

static void test_merge(void **state)
{
	(void)state;
	struct config c;
	put_text("erprobe.yaml", NO_AZURE CIRCUIT("m"));
	put_text("conf.d/b.yaml", CIRCUIT("b") "audit: {every: 1m}\n");
	put_text("conf.d/a.yaml", CIRCUIT("a"));
	put_text("conf.d/c.yml", "not: read\n");
	put_text("conf.d/.d.yaml", "not: read\n");
	assert_read(&c);
	assert_int_equal(c.circuit_count, 3);
	assert_string_equal(c.circuits[0].name, "m");
	assert_string_equal(c.circuits[1].name, "a");
	assert_string_equal(c.circuits[2].name, "b");
	assert_int_equal(c.audit_every_s, 60);
	config_free(&c);
}

static void test_either_may_be_missing(void **state)
{
	(void)state;
	struct config c;
	put_text("conf.d/a.yaml", CIRCUIT("a"));
	assert_read(&c);
	config_free(&c);
	put_text("erprobe.yaml", CIRCUIT("m"));
	struct strbuf errors;
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	assert_true(config_read_from(main_file, "/nonexistent/conf.d", &c, &errors));
	config_free(&c);
	strbuf_free(&errors);
}

static void test_main_without_circuit(void **state)
{
	(void)state;
	struct config c;
	put_text("erprobe.yaml", NO_AZURE);
	assert_refused(main_file, folder, "erprobe.yaml:1:1: error: no circuit is configured");
	put_text("conf.d/a.yaml", CIRCUIT("a"));
	assert_read(&c);
	config_free(&c);
}

static void test_errors_of_all_files(void **state)
{
	(void)state;
	put_text("erprobe.yaml", NO_AZURE CIRCUIT("m") "audt: 1\n");
	put_text("conf.d/a.yaml", CIRCUIT("a") "\tx\n");
	put_text("conf.d/b.yaml", NO_AZURE CIRCUIT("m"));
	assert_refused(main_file, folder, "erprobe.yaml:3:1: error: unknown key 'audt' in the file; did you mean 'audit'?");
	assert_refused(main_file, folder, "conf.d/a.yaml:2:1: error: ");
	assert_refused(main_file, folder, "conf.d/b.yaml:1:1: error: 'azure' stands in an earlier file already");
	char wanted[256];
	snprintf(wanted, sizeof(wanted), "conf.d/b.yaml:2:19: error: a second circuit named 'm'; the first stands in %s line 2", main_file);
	assert_refused(main_file, folder, wanted);
}

static void test_unreadable(void **state)
{
	(void)state;
	assert_refused(main_file, folder, "erprobe.yaml: error: No such file or directory; write it (erprobe init RESOURCE-ID does), or name another with -c FILE");
	assert_refused("/nonexistent/x.yaml", NULL, "/nonexistent/x.yaml: error: No such file or directory");
	assert_refused(root, NULL, ": error: Is a directory");
	put_text("conf.d/a.yaml", "");
	put_text("erprobe.yaml", CIRCUIT("m"));
	assert_refused(main_file, folder, "conf.d/a.yaml:1:1: error: the file is empty");
	assert_refused(main_file, main_file, ": error: Not a directory");
}

static void test_size(void **state)
{
	(void)state;
	struct config c;
	size_t len = CONFIG_FILE_BYTES_MAX;
	char *text = malloc(len + 1);
	assert_non_null(text);
	memset(text, '\n', len + 1);
	memcpy(text, CIRCUIT("m"), strlen(CIRCUIT("m")));
	put("erprobe.yaml", text, len);
	assert_read(&c);
	config_free(&c);
	put("erprobe.yaml", text, len + 1);
	assert_refused(main_file, folder, "erprobe.yaml: error: larger than a configuration may be");
	assert_refused("/dev/zero", NULL, "/dev/zero: error: larger than a configuration may be");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_merge, make_root, remove_root),
		cmocka_unit_test_setup_teardown(test_either_may_be_missing, make_root, remove_root),
		cmocka_unit_test_setup_teardown(test_main_without_circuit, make_root, remove_root),
		cmocka_unit_test_setup_teardown(test_errors_of_all_files, make_root, remove_root),
		cmocka_unit_test_setup_teardown(test_unreadable, make_root, remove_root),
		cmocka_unit_test_setup_teardown(test_size, make_root, remove_root),
	};
	return cmocka_run_group_tests_name("config_files", tests, NULL, NULL);
}
