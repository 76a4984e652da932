/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/golden.h"
#include "tests/unit/report_samples.h"

#include "analysis/render/json_values.h"
#include "analysis/report/report.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))
#define SCHEMA "analysis/report/schema/erprobe.check-1.schema.json"

static char *printed(const struct run_result *r, bool compact)
{
	struct strbuf b;

	strbuf_init(&b, STRBUF_MAX_DEFAULT);
	report_check_json(r, compact, &b);
	char *text = strbuf_take(&b);
	assert_non_null(text);
	return text;
}

static void golden_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct sample *s = sample_rows[i].make();
		char name[80];
		char *text = printed(&s->result, false);

		text_format(name, sizeof name, "%s.json", sample_rows[i].name);
		golden_compare(name, text);
		free(text);
		sample_free(s);
	}
}

/* One line, no terminal control, and the same content as the indented form. */
static void compact_is_one_line(void **state)
{
	(void)state;
	struct sample *s = sample_hostile();
	char *text = printed(&s->result, true);

	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	for (const char *c = text; c[1] != '\0'; c++)
		assert_false((unsigned char)*c < 0x20 || *c == 0x7f);
	assert_null(strstr(text, "\xc2\x9b"));
	assert_non_null(strstr(text, "{\"schema\":\"erprobe.check/1\",\"run_id\":"));
	free(text);
	sample_free(s);
}

/* The service key orders circuits: it is in the snapshot, never in the document. */
static void no_service_key(void **state)
{
	(void)state;
	struct sample *s = sample_healthy();
	char *text = printed(&s->result, false);

	assert_null(strstr(text, "beef"));
	free(text);
	sample_free(s);
}

/* Exit code of the schema check over these documents; 77 where it cannot run. */
static int schema_check(bool quiet, char *const *documents, size_t count)
{
	char *argv[SAMPLES + 5] = {"python3", "tests/golden/schema_check.py"};
	size_t n = 2;
	int status = 0;

	if (quiet)
		argv[n++] = "-q";
	argv[n++] = SCHEMA;
	memcpy(argv + n, documents, count * sizeof *documents);
	pid_t child = fork();
	if (child == 0) {
		execv("/usr/bin/python3", argv);
		_exit(errno == ENOENT ? 77 : 99);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The goldens are what the program prints (above), so they stand for it here. */
static void documents_follow_the_schema(void **state)
{
	char paths[SAMPLES][100], *list[SAMPLES];

	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		text_format(paths[i], sizeof paths[i], GOLDEN_DIR "%s.json", sample_rows[i].name);
		list[i] = paths[i];
	}
	int code = schema_check(false, list, SAMPLES);
	if (code == 77)
		skip(); /* no Python, or no jsonschema */
	assert_int_equal(code, 0);
}

static void write_damaged(const char *path, const char *text, const char *find, const char *replace)
{
	const char *at = strstr(text, find);
	FILE *f = fopen(path, "wb");

	assert_non_null(at);
	assert_non_null(f);
	fprintf(f, "%.*s%s%s", (int)(at - text), text, replace, at + strlen(find));
	assert_int_equal(fclose(f), 0);
}

/* A schema that accepts everything would pass the test above. */
static void the_schema_refuses_what_is_wrong(void **state)
{
	static const struct { const char *find, *replace; } rows[] = {
	    {"erprobe.check/1", "erprobe.check/2"},          {"\"run_id\":\"019c", "\"run_id\":\"x19c"},
	    {"\"started_at\":\"2026-", "\"started_at\":\"26-"}, {"\"rtt_us\":{\"min\":198", "\"rtt_us\":{\"min\":0.198"},
	    {"\"loss\":{\"ratio\":0.7", "\"loss\":{\"ratio\":70"},  {"\"domain\":\"wan\"", "\"domain\":\"WAN\""},
	    {"\"evidence_for\":", "\"evidence\":"},          {"\"as_of\":\"2026", "\"as_of\":null,\"x\":\"2026"},
	    {"\"ce\":\"172.16.3.1\"", "\"ce\":\"172.16.3.999\""}, {"\"available\":true", "\"available\":true,\"available\":true"},
	};
	char path[] = "/tmp/erprobe-schema-XXXXXX", *list[1] = {path};

	(void)state;
	struct sample *s = sample_circuit_down();
	char *text = printed(&s->result, true);
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	write_damaged(path, text, "erprobe.check/1", "erprobe.check/1"); /* whole: accepted */
	int whole = schema_check(false, list, 1);
	for (size_t i = 0; whole == 0 && i < COUNT(rows); i++) {
		write_damaged(path, text, rows[i].find, rows[i].replace);
		if (schema_check(true, list, 1) != 1)
			fail_msg("the schema accepts %s", rows[i].replace);
	}
	unlink(path);
	free(text);
	sample_free(s);
	if (whole == 77)
		skip();
	assert_int_equal(whole, 0);
}

static void microseconds_are_rounded(void **state)
{
	static const struct { int64_t ns, us; } rows[] = {
	    {0, 0}, {499, 0}, {500, 1}, {1499, 1}, {-499, 0}, {-500, -1}, {-1500, -2},
	    {INT64_MAX, INT64_C(9223372036854776)}, {INT64_MIN, INT64_C(-9223372036854776)},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(report_us(rows[i].ns) == rows[i].us);
}

/* That of one answer is written by another way; a buffer that is all but full, and a document of many lines, have the usual one. */
static void round_trips(void **state)
{
	static const struct { struct rtt_summary rtt; const char *text; } rows[] = {
		{{.known = false}, "[null]\n"},
		{{true, 12499, 12499, 12499, 12499, 0}, "[{\"min\":12,\"median\":12,\"p95\":12,\"max\":12,\"jitter\":0}]\n"},
		{{true, 0, 0, 0, 0, 0}, "[{\"min\":0,\"median\":0,\"p95\":0,\"max\":0,\"jitter\":0}]\n"},
		{{true, INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN, 0},
		 "[{\"min\":-9223372036854776,\"median\":-9223372036854776,\"p95\":-9223372036854776,\"max\":-9223372036854776,\"jitter\":0}]\n"},
		{{true, 1000, 1000, 1000, 2000, 0}, "[{\"min\":1,\"median\":1,\"p95\":1,\"max\":2,\"jitter\":0}]\n"},
		{{true, 1000, 2000, 1000, 1000, 0}, "[{\"min\":1,\"median\":2,\"p95\":1,\"max\":1,\"jitter\":0}]\n"},
		{{true, 1000, 1000, 2000, 1000, 0}, "[{\"min\":1,\"median\":1,\"p95\":2,\"max\":1,\"jitter\":0}]\n"},
		{{true, 1000, 1000, 1000, 1000, 3000}, "[{\"min\":1,\"median\":1,\"p95\":1,\"max\":1,\"jitter\":3}]\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int mode = 0; mode < 3; mode++) {
			struct strbuf b, line;
			struct json_out j;

			/* Room for it; none yet, so that the text has to grow; many lines. */
			strbuf_init(&b, STRBUF_MAX_DEFAULT);
			strbuf_init(&line, STRBUF_MAX_DEFAULT);
			for (int k = 0; k < 999 && mode == 0; k++)
				strbuf_add_char(&b, 'x');
			b.len = 0;
			json_begin(&j, &b, mode < 2);
			json_array(&j, NULL);
			json_rtt(&j, NULL, &rows[i].rtt);
			json_array_end(&j);
			json_finish(&j);
			json_one_line(b.text, b.len, &line);
			assert_string_equal(line.text, rows[i].text);
			strbuf_free(&b);
			strbuf_free(&line);
		}
}

static void exit_code_is_the_worst(void **state)
{
	static const struct { enum status s[3]; int code; } rows[] = {
	    {{STATUS_HEALTHY, STATUS_HEALTHY, STATUS_HEALTHY}, 0},
	    {{STATUS_HEALTHY, STATUS_DEGRADED, STATUS_HEALTHY}, 1},
	    {{STATUS_DEGRADED, STATUS_UNDETERMINED, STATUS_HEALTHY}, 3},
	    {{STATUS_FAULT, STATUS_UNDETERMINED, STATUS_DEGRADED}, 2},
	    {{STATUS_UNDETERMINED, STATUS_HEALTHY, STATUS_FAULT}, 2},
	};
	struct circuit_result *c = calloc(3, sizeof *c);
	struct run_result r = {.circuits = c, .circuit_count = 3};

	(void)state;
	assert_non_null(c);
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t k = 0; k < 3; k++)
			c[k].faults[0].status = rows[i].s[k];
		assert_int_equal(run_result_exit_code(&r), rows[i].code);
	}
	run_result_free(&r);
	assert_int_equal(run_result_exit_code(&r), 3); /* no circuit at all */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(golden_documents),  cmocka_unit_test(compact_is_one_line),
	    cmocka_unit_test(no_service_key),    cmocka_unit_test(documents_follow_the_schema),
	    cmocka_unit_test(the_schema_refuses_what_is_wrong),
	    cmocka_unit_test(microseconds_are_rounded), cmocka_unit_test(round_trips), cmocka_unit_test(exit_code_is_the_worst),
	};

	return cmocka_run_group_tests_name("report_json", tests, NULL, NULL);
}
