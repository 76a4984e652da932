/* SPDX-License-Identifier: BSD-2-Clause */
/* Replay: the saved run gives the same document byte for byte, and what cannot be
 * trusted is refused. */
#include "probe/replay/replay.h"

#include "probe/evidence/bag.h"
#include "probe/evidence/evidence.h"
#include "probe/record/result_compare.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/saved_run.h"

struct fixture {
	struct saved_run run;
	char *out, *err;     /* what the last replay printed */
	size_t out_len, err_len;
	bool quiet;
};

static void save(struct fixture *x, bool compact)
{
	saved_run_save(&x->run, compact, &(struct evidence_extras){0});
}

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);

	*state = x;
	return x && saved_run_begin(&x->run) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;

	saved_run_end(&x->run);
	free(x->out);
	free(x->err);
	free(x);
	return 0;
}

static int replay(struct fixture *x, enum replay_format format, bool verbose)
{
	struct replay_options o = {.format = format, .verbose = verbose, .quiet = x->quiet};
	int code;

	free(x->out);
	free(x->err);
	o.out = open_memstream(&x->out, &x->out_len);
	o.err = open_memstream(&x->err, &x->err_len);
	assert_true(o.out && o.err);
	code = replay_run(x->run.bundle, &o);
	fclose(o.out);
	fclose(o.err);
	return code;
}

static void same_bytes(void **state)
{
	struct fixture *x = *state;

	for (int compact = 0; compact <= 1; compact++) {
		save(x, compact);
		assert_int_equal(replay(x, REPLAY_JSON, false), x->run.exit_code);
		assert_string_equal(x->err, "");
		assert_int_equal(x->out_len, x->run.run_json.len);
		assert_memory_equal(x->out, x->run.run_json.text, x->out_len);
	}
}

static void text_comes_from_the_same_run(void **state)
{
	struct fixture *x = *state;

	save(x, false);
	assert_int_equal(replay(x, REPLAY_TEXT, false), x->run.exit_code);
	assert_string_equal(x->err, "");
	assert_non_null(strstr(x->out, "frankfurt-1"));
	assert_non_null(strstr(x->out, x->run.plan.run_id));
}

static void verbose_names_each_frame(void **state)
{
	struct fixture *x = *state;

	save(x, false);
	assert_int_equal(replay(x, REPLAY_JSON, true), x->run.exit_code);
	assert_non_null(strstr(x->err, "frame 1: probe=1 circuit=frankfurt-1 flow=0 "));
	assert_non_null(strstr(x->err, "frame 5: "));
	assert_non_null(strstr(x->err, "class=duplicate not counted: first answer\n"));
	assert_non_null(strstr(x->err, "class=forged not counted: keyed value"));
	assert_non_null(strstr(x->err, "byte for byte\n"));
	assert_int_equal(x->out_len, x->run.run_json.len);
}

static void interrupted_stays_interrupted(void **state)
{
	struct fixture *x = *state;

	x->run.log.end.reason = END_INTERRUPTED;
	save(x, false);
	assert_int_equal(replay(x, REPLAY_JSON, false), 130);
	assert_memory_equal(x->out, x->run.run_json.text, x->out_len);
}

/* Puts another text in the place of a payload file and makes all hashes right again. */
static void forge(struct fixture *x, const char *path, const char *data, size_t len)
{
	struct bag b;
	struct bag_item items[BAG_FILES_MAX];
	char err[400] = "";
	int fd;

	if (!bag_load(x->run.bundle, &b, err, sizeof err))
		fail_msg("%s", err);
	for (size_t i = 0; i < b.count; i++) {
		bool hit = strcmp(b.files[i].path, path) == 0;

		items[i] = (struct bag_item){b.files[i].path, hit ? data : b.files[i].data, hit ? len : b.files[i].len};
	}
	fd = open(x->run.dir, O_RDONLY | O_DIRECTORY);
	files_remove_tree(fd, x->run.plan.run_id);
	if (!bag_write(fd, x->run.plan.run_id, items, b.count, "", err, sizeof err))
		fail_msg("%s", err);
	close(fd);
	bag_free(&b);
}

/* Replaces the first occurrence of a word in a payload file of text. */
static void forge_word(struct fixture *x, const char *path, const char *from, const char *to)
{
	struct bag b;
	char err[400], *at, *text;
	struct strbuf out;

	assert_true(bag_load(x->run.bundle, &b, err, sizeof err));
	text = bag_find(&b, path)->data;
	at = strstr(text, from);
	if (!at)
		fail_msg("%s has no %s", path, from);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	strbuf_add_bytes(&out, text, (size_t)(at - text));
	strbuf_add(&out, to);
	strbuf_add(&out, at + strlen(from));
	bag_free(&b);
	forge(x, path, out.text, out.len);
	strbuf_free(&out);
}

static void another_document_is_said(void **state)
{
	struct fixture *x = *state;

	save(x, false);
	forge_word(x, EVIDENCE_RUN, "\"probes_sent\": 3", "\"probes_sent\": 4");
	assert_int_equal(replay(x, REPLAY_JSON, false), x->run.exit_code);
	assert_non_null(strstr(x->err, "words it otherwise: the same verdicts, but line "));
	assert_non_null(strstr(x->err, "was '\"probes_sent\": 4,' and is now '\"probes_sent\": 3,'; "
	                               "the stored document is printed\n"));
	assert_non_null(strstr(x->out, "\"probes_sent\": 4"));
	assert_int_equal(replay(x, REPLAY_TEXT, false), x->run.exit_code);
	assert_non_null(strstr(x->err, "; this build's report is printed\n"));
	x->quiet = true;
	assert_int_equal(replay(x, REPLAY_JSON, false), x->run.exit_code);
	assert_string_equal(x->err, "");
	assert_non_null(strstr(x->out, "\"probes_sent\": 4"));
}

/* The stored verdict's status is the exit code, whatever this build finds. */
static void another_verdict_is_said(void **state)
{
	struct fixture *x = *state;
	struct strbuf forged;
	const char *status;
	int code;

	save(x, false);
	code = x->run.exit_code == 0 ? 2 : 0;
	status = strstr(strstr(x->run.run_json.text, "\"verdict\""), "\"status\": ");
	assert_non_null(status);
	strbuf_init(&forged, STRBUF_MAX_DEFAULT);
	strbuf_add_bytes(&forged, x->run.run_json.text, (size_t)(status - x->run.run_json.text));
	strbuf_addf(&forged, "\"status\": \"%s\"", status_name((enum status)code));
	strbuf_add(&forged, status + strcspn(status, ","));
	forge(x, EVIDENCE_RUN, forged.text, forged.len);
	assert_int_equal(replay(x, REPLAY_JSON, false), code);
	assert_int_equal(x->out_len, forged.len);
	assert_memory_equal(x->out, forged.text, forged.len);
	assert_non_null(strstr(x->err, "concludes otherwise: circuit frankfurt-1: stored "));
	x->quiet = true; /* an error, no warning */
	assert_int_equal(replay(x, REPLAY_JSON, false), code);
	assert_non_null(strstr(x->err, "concludes otherwise: circuit frankfurt-1: stored "));
	assert_non_null(strstr(x->err, status_name((enum status)code)));
	strbuf_free(&forged);
}

static void what_cannot_be_trusted_gives_three(void **state)
{
	static const struct { const char *path, *from, *to, *says; } rows[] = {
		{EVIDENCE_PLAN, "\"frames\": 7", "\"frames\": 8", "probes.pcapng: it has 7 frames, plan.json says 8"},
		{EVIDENCE_PLAN, "erprobe.plan/1", "erprobe.plan/9", "plan.json: schema"},
		{EVIDENCE_AZURE, "frankfurt-1", "frankfurt-2", "snapshot.json: circuits[0].name"},
		{EVIDENCE_RUN, "\"circuits\"", "\"circus\"", "run.json: it holds no verdicts"},
		{EVIDENCE_RUN, "{", "", "run.json: "},
	};
	struct fixture *x = *state;
	char path[300];
	FILE *f;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		save(x, false);
		forge_word(x, rows[i].path, rows[i].from, rows[i].to);
		assert_int_equal(replay(x, REPLAY_JSON, false), 3);
		if (!strstr(x->err, rows[i].says))
			fail_msg("row %zu says: %s", i, x->err);
		assert_int_equal(x->out_len, 0);
		assert_ptr_equal(strchr(x->err, '\n'), x->err + x->err_len - 1); /* one line */
	}
	save(x, false);
	forge(x, EVIDENCE_PCAPNG, "", 0);
	assert_int_equal(replay(x, REPLAY_JSON, false), 3);
	assert_non_null(strstr(x->err, "probes.pcapng: "));
	save(x, false);
	snprintf(path, sizeof path, "%s/%s", x->run.bundle, EVIDENCE_RUN);
	f = fopen(path, "a");
	assert_non_null(f);
	fputc('\n', f);
	fclose(f);
	assert_int_equal(replay(x, REPLAY_JSON, false), 3);
	assert_non_null(strstr(x->err, "data/run.json: was altered"));
	snprintf(x->run.bundle, sizeof x->run.bundle, "%s/nowhere", x->run.root);
	assert_int_equal(replay(x, REPLAY_JSON, false), 3);
	assert_non_null(strstr(x->err, "No such file"));
}

static void stored_exit_codes(void **state)
{
#define V(s) "{\"verdict\":{\"status\":\"" s "\"}}"
	static const struct { const char *text; int code; } rows[] = {
		{"{\"circuits\":[" V("healthy") "]}", 0},
		{"{\"circuits\":[" V("healthy") "," V("degraded") "]}", 1},
		{"{\"circuits\":[" V("fault") "," V("undetermined") "]}", 2},
		{"{\"circuits\":[" V("degraded") "," V("undetermined") "]}", 3},
		{"{\"circuits\":[]}", 3},
		{"{\"circuits\":[{}]}", -1},
		{"{\"circuits\":[" V("fine") "]}", -1},
		{"{\"circuits\":{}}", -1},
		{"[]", -1},
		{"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char err[200] = "";
		int code = result_stored_exit_code(rows[i].text, strlen(rows[i].text), err, sizeof err);

		if (code != rows[i].code || (code < 0) != (err[0] != '\0'))
			fail_msg("row %zu: %d %s", i, code, err);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(same_bytes),
		TEST(text_comes_from_the_same_run),
		TEST(verbose_names_each_frame),
		TEST(interrupted_stays_interrupted),
		TEST(another_document_is_said),
		TEST(another_verdict_is_said),
		TEST(what_cannot_be_trusted_gives_three),
		cmocka_unit_test(stored_exit_codes),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
