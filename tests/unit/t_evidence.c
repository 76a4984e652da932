/* SPDX-License-Identifier: BSD-2-Clause */
/* The bundle on disk: complete and checkable by others, or not there at all. */
#include "probe/evidence/evidence.h"

#include "analysis/record/pcapng.h"
#include "probe/evidence/bag.h"
#include "probe/evidence/derived.h"
#include "probe/record/evidence_azure.h"
#include "probe/record/evidence_pcapng.h"
#include "probe/record/plan_json.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/saved_run.h"

#define RUN_JSON "{\n  \"schema\": \"erprobe.check/1\"\n}\n"

struct fixture {
	struct saved_run run;
	struct run_result result;
};

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);

	if (!x || !saved_run_begin(&x->run))
		return -1;
	x->result.plan = &x->run.plan;
	x->result.ended_at.ns = SAMPLE_START + 2 * NS_PER_SEC;
	*state = x;
	umask(022);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;

	saved_run_end(&x->run);
	free(x);
	return 0;
}

static bool save(struct fixture *x, char *err, size_t err_size)
{
	return evidence_write(x->run.dir, &x->run.plan, &x->run.log, &x->result, RUN_JSON, &(struct evidence_extras){0}, err, err_size);
}

static void path_in(const struct fixture *x, const char *file, char *out, size_t size)
{
	snprintf(out, size, "%s/%s%s%s", x->run.dir, x->run.plan.run_id, *file ? "/" : "", file);
}

static int entries(const char *folder)
{
	DIR *d = opendir(folder);
	int n = -2; /* . and .. */

	if (!d)
		return -1;
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void layout_and_modes(void **state)
{
	static const struct { const char *path; mode_t mode; } want[] = {
		{"", S_IFDIR | 0750}, {"data", S_IFDIR | 0750}, {"data/azure", S_IFDIR | 0750},
		{"bagit.txt", S_IFREG | 0640}, {"bag-info.txt", S_IFREG | 0640},
		{"manifest-sha256.txt", S_IFREG | 0640}, {"tagmanifest-sha256.txt", S_IFREG | 0640},
		{"data/probes.pcapng", S_IFREG | 0640}, {"data/run.json", S_IFREG | 0640},
		{"data/plan.json", S_IFREG | 0640}, {"data/azure/snapshot.json", S_IFREG | 0640},
		{"data/summary.txt", S_IFREG | 0640}, {"data/mtr.txt", S_IFREG | 0640},
		{"data/environment.json", S_IFREG | 0640}, {"data/custody.jsonl", S_IFREG | 0640},
	};
	struct fixture *x = *state;
	char err[400] = "", path[300];

	if (!save(x, err, sizeof err))
		fail_msg("%s", err);
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		struct stat st;

		path_in(x, want[i].path, path, sizeof path);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode, want[i].mode);
	}
	path_in(x, "", path, sizeof path);
	assert_int_equal(entries(path), 5);
	assert_int_equal(entries(x->run.dir), 1); /* no temporary left */
	path_in(x, "data", path, sizeof path);
	assert_int_equal(entries(path), (int)(6 + derived_count)); /* azure is one of them */
}

static void bag_is_whole(void **state)
{
	struct fixture *x = *state;
	struct bag b;
	char err[400] = "", path[300];

	assert_true(save(x, err, sizeof err));
	path_in(x, "", path, sizeof path);
	if (!bag_load(path, &b, err, sizeof err))
		fail_msg("%s", err);
	assert_int_equal(b.count, 6 + derived_count);
	assert_non_null(bag_find(&b, EVIDENCE_PCAPNG));
	assert_non_null(bag_find(&b, EVIDENCE_PLAN));
	assert_non_null(bag_find(&b, EVIDENCE_AZURE));
	assert_string_equal(bag_find(&b, EVIDENCE_RUN)->data, RUN_JSON);
	bag_free(&b);
}

static void info_says_who_and_what(void **state)
{
	static const char *const lines[] = {
		"Bag-Software-Agent: erprobe 0.1.0\n", "Bagging-Date: 2023-11-14\n",
		"External-Identifier: 01890000-0000-7000-8000-00000000abcd\n", "Erprobe-Host: probe-host\n",
		"Erprobe-Started: 2023-11-14T22:13:20.000000Z\n", "Erprobe-Ended: 2023-11-14T22:13:22.000000Z\n",
		"Erprobe-Circuit: frankfurt-1\n",
	};
	struct fixture *x = *state;
	char err[400] = "", path[300], oxum[80];
	char *text;
	size_t len, octets = 0;
	struct bag b;

	assert_true(save(x, err, sizeof err));
	path_in(x, "bag-info.txt", path, sizeof path);
	assert_true(files_read(AT_FDCWD, path, 10000, &text, &len, err, sizeof err));
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		if (!strstr(text, lines[i]))
			fail_msg("no %s in %s", lines[i], text);
	}
	path_in(x, "", path, sizeof path);
	assert_true(bag_load(path, &b, err, sizeof err));
	for (size_t i = 0; i < b.count; i++)
		octets += b.files[i].len;
	snprintf(oxum, sizeof oxum, "Payload-Oxum: %zu.%zu\n", octets, b.count);
	assert_non_null(strstr(text, oxum));
	bag_free(&b);
	free(text);
}

struct seen { int frames; struct frame frame[SAMPLE_FRAMES + 1]; char comment[SAMPLE_FRAMES + 1][300]; char section[300]; struct strbuf plan; };

static void see_section(void *arg, const char *comment)
{
	struct seen *s = arg;

	snprintf(s->section, sizeof s->section, "%.*s", (int)strcspn(comment, "\n"), comment);
	strbuf_init(&s->plan, STRBUF_MAX_DEFAULT);
	assert_true(evidence_pcapng_plan(comment, &s->plan));
}

/* The comments hold the plan, but for what is Azure's. */
static void same_plan(const struct fixture *x, const struct strbuf *text)
{
	struct plan p;
	struct event_log log;
	uint32_t frames;
	char err[200] = "";

	if (!plan_json_read(text->text, text->len, &p, &log, &frames, err, sizeof err))
		fail_msg("%s", err);
	assert_int_equal(frames, SAMPLE_FRAMES);
	assert_int_equal(p.flow_count, x->run.plan.flow_count);
	assert_memory_equal(p.key, x->run.plan.key, sizeof p.key);
	assert_string_equal(p.circuits[0].name, x->run.plan.circuits[0].name);
	assert_string_equal(p.circuits[0].resource_id, "");
	assert_int_equal(log.counters.foreign, 4);
	plan_free(&p);
	event_log_free(&log);
}

static bool see_frame(void *arg, const struct frame *f, uint16_t link_type, const char *comment)
{
	struct seen *s = arg;

	assert_int_equal(link_type, 1);
	assert_true(s->frames <= SAMPLE_FRAMES);
	s->frame[s->frames] = *f;
	snprintf(s->comment[s->frames++], sizeof s->comment[0], "%s", comment);
	return true;
}

static void pcapng_holds_the_frames_with_comments(void **state)
{
	static const char *const says[SAMPLE_FRAMES] = {
		"flow=0 link=primary role=msee kind=icmp ttl=1 out",
		"in answer=time-exceeded from=10.10.0.1 to_frame=1 rtt_us=1000.345 icmp=11/0 reply_ttl=64 counted",
		"flow=0 link=primary role=msee kind=icmp ttl=64 out",
		"in answer=echo-reply from=172.16.3.2 to_frame=3 rtt_us=1000.345 reply_ttl=250 counted",
		"class=duplicate not counted: ",
		"flow=1 link=primary role=bgp-msee kind=tcp ttl=64 out",
		"class=forged not counted: keyed value",
	};
	struct fixture *x = *state;
	struct frame want[SAMPLE_FRAMES];
	struct seen *s = calloc(1, sizeof *s);
	struct pcapng_handler h = {s, see_section, NULL, see_frame};
	struct strbuf out;
	char err[200] = "";

	assert_non_null(s);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	assert_true(evidence_pcapng(&x->run.plan, &x->run.log, "Linux", x->result.ended_at, &out));
	assert_true(pcapng_read(out.text, out.len, &h, err, sizeof err));
	assert_string_equal(s->section, "erprobe run=01890000-0000-7000-8000-00000000abcd tool=erprobe_0.1.0 "
	                                "key=0102030405060708090a0b0c0d0e0f10 received=12 dropped=1 foreign=4");
	assert_int_equal(s->frames, SAMPLE_FRAMES);
	same_plan(x, &s->plan);
	strbuf_free(&s->plan);
	run_frames(&x->run.plan, want);
	for (int i = 0; i < SAMPLE_FRAMES; i++) {
		assert_memory_equal(&s->frame[i], &want[i], sizeof want[i]);
		assert_int_equal(strncmp(s->comment[i], "erprobe run=01890000-", 21), 0);
		if (!strstr(s->comment[i], says[i]))
			fail_msg("frame %d says %s", i + 1, s->comment[i]);
	}
	strbuf_free(&out);
	free(s);
}

struct walked { char text[400]; };

/* Writes down each event as a letter, frames with their number. */
static bool walk(void *arg, const struct event *e)
{
	struct walked *w = arg;
	size_t at = strlen(w->text);
	static const char letters[] = "?FNACTE";

	snprintf(w->text + at, sizeof w->text - at, "%c", letters[e->kind]);
	if (e->kind == EVENT_FRAME)
		snprintf(w->text + at + 1, sizeof w->text - at - 1, "%d",
		         (int)((e->u.frame->at.ns - SAMPLE_START) / 1000345));
	return true;
}

static void log_keeps_the_order_through_the_files(void **state)
{
	struct fixture *x = *state;
	struct walked live = {""}, again = {""};
	struct strbuf text, azure;
	struct plan p;
	struct event_log log;
	uint32_t frames;
	char err[200] = "";

	event_log_each(&x->run.log, walk, &live);
	assert_string_equal(live.text, "AF1F2F3F4F5NF6F7CE");
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	strbuf_init(&azure, STRBUF_MAX_DEFAULT);
	assert_true(plan_json_write(&x->run.plan, &x->run.log, &text, err, sizeof err));
	evidence_azure_write(&x->run.plan, &x->run.log, &azure);
	assert_true(plan_json_read(text.text, text.len, &p, &log, &frames, err, sizeof err));
	assert_int_equal(frames, SAMPLE_FRAMES);
	for (size_t i = 0; i < frames; i++) {
		struct frame f;
		struct event e = {.kind = EVENT_FRAME, .u.frame = &f};

		event_log_frame(&x->run.log, i, &f);
		assert_true(event_log_add(&log, &e));
	}
	if (!evidence_azure_read(azure.text, azure.len, &p, &log, err, sizeof err))
		fail_msg("%s", err);
	event_log_each(&log, walk, &again);
	assert_string_equal(again.text, live.text);
	assert_string_equal(log.snapshots[0]->why_not, "no token");
	event_log_free(&log);
	plan_free(&p);
	strbuf_free(&text);
	strbuf_free(&azure);
}

static void azure_of_another_plan_is_refused(void **state)
{
	static const struct { const char *text; const char *says; } rows[] = {
		{"{\"schema\":\"erprobe.azure/2\",\"circuits\":[]}", "schema is not"},
		{"{\"schema\":\"erprobe.azure/1\",\"circuits\":[]}", "are not those of plan.json"},
		{"{\"schema\":\"erprobe.azure/1\"}", "are not those of plan.json"},
		{"{\"schema\":\"erprobe.azure/1\",\"circuits\":[{\"name\":\"other\",\"snapshot\":null}]}", "circuits[0].name"},
		{"{\"schema\":\"erprobe.azure/1\",\"circuits\":[{\"name\":\"frankfurt-1\",\"snapshot\":7}]}", "circuits[0]: "},
		{"{\"schema\":\"erprobe.azure/1\",\"circuits\":[{\"name\":\"frankfurt-1\"}]}", "circuits[0]: "},
		{"[", "not JSON"},
	};
	struct fixture *x = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct event_log log;
		char err[300] = "";

		event_log_init(&log);
		assert_false(evidence_azure_read(rows[i].text, strlen(rows[i].text), &x->run.plan, &log, err, sizeof err));
		if (!strstr(err, rows[i].says))
			fail_msg("row %zu: %s", i, err);
		event_log_free(&log);
	}
}

/* What stands in the way gives one line, and leaves nothing behind. */
static void one_line_when_it_cannot_be(void **state)
{
	struct fixture *x = *state;
	char err[400] = "";
	int fd;

	assert_true(save(x, err, sizeof err));
	assert_false(save(x, err, sizeof err));
	assert_non_null(strstr(err, "is there already"));
	assert_int_equal(entries(x->run.dir), 1);

	snprintf(x->run.dir, sizeof x->run.dir, "%s/file", x->run.root);
	fd = open(x->run.dir, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_false(save(x, err, sizeof err));
	assert_non_null(strstr(err, x->run.dir));
	assert_non_null(strstr(err, "Not a directory"));
	assert_null(strchr(err, '\n'));

	snprintf(x->run.dir, sizeof x->run.dir, "%s/other", x->run.root);
	snprintf(x->run.plan.run_id, sizeof x->run.plan.run_id, "../../00-0000-7000-8000-00000000abcd");
	assert_false(save(x, err, sizeof err));
	assert_non_null(strstr(err, "run id"));
	assert_int_equal(entries(x->run.dir), -1);
}

static void a_bad_folder_is_said_before_the_run(void **state)
{
	struct fixture *x = *state;
	char err[400] = "";

	assert_true(evidence_prepare(x->run.dir, NULL, err, sizeof err));
	assert_int_equal(entries(x->run.dir), 0);
	assert_true(evidence_prepare(x->run.dir, NULL, err, sizeof err));
	assert_false(evidence_prepare("/proc/nowhere/evidence", NULL, err, sizeof err));
	assert_non_null(strstr(err, "cannot save evidence in /proc/nowhere/evidence: /proc/nowhere: "));
	assert_false(evidence_prepare("", NULL, err, sizeof err));
	if (geteuid() != 0) { /* root may write anywhere */
		assert_false(evidence_prepare("/", NULL, err, sizeof err));
		assert_non_null(strstr(err, "Permission denied"));
	}
}

/* The disk fills up in the middle: the file size limit stands for it. */
static void full_disk_leaves_nothing(void **state)
{
	struct fixture *x = *state;
	struct rlimit kept, low;
	char err[400] = "";

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &kept), 0);
	for (rlim_t limit = 10; limit <= 4000; limit += 665) {
		low = (struct rlimit){limit, kept.rlim_max};
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
		assert_false(save(x, err, sizeof err));
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &kept), 0);
		assert_non_null(strstr(err, "File too large"));
		assert_non_null(strstr(err, x->run.dir));
		assert_int_equal(entries(x->run.dir), 0);
	}
	assert_true(save(x, err, sizeof err));
}

static void log_has_a_ceiling(void **state)
{
	struct event_log l;
	struct frame f = {.cap_len = FRAME_BYTES_MAX};
	struct event e = {.kind = EVENT_FRAME, .u.frame = &f};
	size_t most = EVENT_LOG_BYTES_MAX / FRAME_BYTES_MAX;

	(void)state;
	event_log_init(&l);
	for (size_t i = 0; i < most; i++)
		assert_true(event_log_add(&l, &e));
	assert_false(event_log_add(&l, &e));
	assert_int_equal(l.refused, 1);
	f.cap_len = 0;
	while (l.frame_count < EVENT_LOG_FRAMES_MAX)
		assert_true(event_log_add(&l, &e));
	assert_false(event_log_add(&l, &e));
	assert_int_equal(l.refused, 2);
	event_log_frame(&l, most - 1, &f);
	assert_int_equal(f.cap_len, FRAME_BYTES_MAX);
	event_log_free(&l);
}

static void sha256_of_the_standard(void **state)
{
	char hex[SHA256_HEX_MAX];

	(void)state; /* FIPS 180-2, appendix B.1, and the empty message */
	assert_true(sha256_hex("abc", 3, hex));
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(sha256_hex("", 0, hex));
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void atomic_write_replaces_whole(void **state)
{
	struct fixture *x = *state;
	char path[128], err[300] = "", *data;
	size_t len;

	snprintf(path, sizeof path, "%s/out.prom", x->run.root);
	assert_true(files_write_atomic(path, "one", 3, 0644, err, sizeof err));
	assert_true(files_write_atomic(path, "second", 6, 0644, err, sizeof err));
	assert_true(files_read(AT_FDCWD, path, 6, &data, &len, err, sizeof err));
	assert_string_equal(data, "second");
	free(data);
	assert_false(files_read(AT_FDCWD, path, 5, &data, &len, err, sizeof err));
	assert_int_equal(entries(x->run.root), 1);
	snprintf(path, sizeof path, "%s/none/out.prom", x->run.root);
	assert_false(files_write_atomic(path, "x", 1, 0644, err, sizeof err));
	assert_non_null(strstr(err, "No such file"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(layout_and_modes),
		TEST(bag_is_whole),
		TEST(info_says_who_and_what),
		TEST(pcapng_holds_the_frames_with_comments),
		TEST(log_keeps_the_order_through_the_files),
		TEST(azure_of_another_plan_is_refused),
		TEST(one_line_when_it_cannot_be),
		TEST(a_bad_folder_is_said_before_the_run),
		TEST(full_disk_leaves_nothing),
		TEST(log_has_a_ceiling),
		TEST(sha256_of_the_standard),
		TEST(atomic_write_replaces_whole),
	};

	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
