/* SPDX-License-Identifier: BSD-2-Clause */
/* Verifying: a flipped byte anywhere is found and named, and so is a statement that a
 * forger changed and hashed anew. */
#include "probe/verify/verify.h"

#include "probe/evidence/bundle.h"
#include "probe/evidence/create.h"
#include "probe/evidence/evidence.h"
#include "probe/evidence/sign.h"
#include "probe/evidence/sign_form.h"
#include "probe/evidence/ticket.h"
#include "probe/verify/verify_builds.h"
#include "probe/verify/verify_packets.h"

#include <fcntl.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/saved_run.h"

#define RUN_ID "01890000-0000-7000-8000-00000000abcd" /* tests/unit/sample_run.h */

struct fixture {
	struct saved_run run;
	char key[96], signers[96];
};

static void run_keygen(const char *key)
{
	const char *const args[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "t", "-f", key, NULL};
	char *none[] = {NULL};
	pid_t pid;
	int status;

	assert_int_equal(posix_spawn(&pid, "/usr/bin/ssh-keygen", NULL, NULL, (char *const *)(uintptr_t)args, none), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void save(struct fixture *x, const char *key)
{
	saved_run_save(&x->run, false, &(struct evidence_extras){.config = "circuits: []\n", .sign_key = key});
}

static void make_signers(struct fixture *x, const char *name, const char *public_key)
{
	char err[300], *key;
	size_t len;
	FILE *f = fopen(x->signers, "w");

	assert_non_null(f);
	assert_true(files_read(AT_FDCWD, public_key, 1000, &key, &len, err, sizeof err));
	fprintf(f, "%s namespaces=\"erprobe\" %s", name, key);
	free(key);
	fclose(f);
}

static int set_up(void **state)
{
	struct fixture *x = calloc(1, sizeof *x);

	if (!x || !saved_run_begin(&x->run))
		return -1;
	snprintf(x->key, sizeof x->key, "%s/key", x->run.root);
	snprintf(x->signers, sizeof x->signers, "%s/signers", x->run.root);
	*state = x;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *x = *state;

	saved_run_end(&x->run);
	free(x);
	return 0;
}

static void a_good_bundle_is_good(void **state)
{
	struct fixture *x = *state;
	struct verified v;
	struct strbuf text;

	save(x, NULL);
	verify_bundle(x->run.bundle, NULL, &v);
	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	verify_text(&v, &text);
	if (!v.intact)
		fail_msg("%s", text.text);
	assert_non_null(strstr(text.text, "verified, but not signed\n"));
	assert_int_equal(v.checks[VERIFY_SIGNATURE].result, VERIFY_ABSENT);
	assert_int_equal(v.checks[VERIFY_CUSTODY].result, VERIFY_GOOD);
	assert_int_equal(v.checks[VERIFY_TEXTS].result, VERIFY_GOOD);
	assert_non_null(strstr(text.text, "unproven   data/azure/snapshot.json, data/environment.json, data/config.yaml: the word of who made"));
	text.len = 0;
	verify_json(&v, "a\"b", false, &text);
	assert_non_null(strstr(text.text, "\"bundle\": \"a\\\"b\",\n  \"intact\": true,"));
	strbuf_free(&text);
}

/* As bag_load() does after the bytes are in memory. */
static bool holds(struct bag *b, char *err, size_t err_size)
{
	for (size_t i = 0; i < b->count; i++)
		b->files[i].listed = false;
	return bag_check(b, err, err_size) && bag_is_exact(b, err, err_size);
}

static size_t flip_all(struct bag *b, struct bag_file *f)
{
	static const unsigned char masks[] = {0x01, 0x04, 0x20, 0x80};
	char kept[SHA256_HEX_MAX], err[500];
	size_t flips = 0;

	memcpy(kept, f->sha256, sizeof kept);
	for (size_t at = 0; at < f->len; at++) {
		for (size_t m = 0; m < sizeof masks; m++, flips++) {
			f->data[at] = (char)((unsigned char)f->data[at] ^ masks[m]);
			assert_true(sha256_hex(f->data, f->len, f->sha256));
			if (holds(b, err, sizeof err))
				fail_msg("%s: byte %zu ^ %02x was not found", f->path, at, masks[m]);
			if (!strstr(err, f->path))
				fail_msg("%s: byte %zu ^ %02x gives: %s", f->path, at, masks[m], err);
			f->data[at] = (char)((unsigned char)f->data[at] ^ masks[m]);
		}
	}
	memcpy(f->sha256, kept, sizeof kept);
	return flips;
}

static void any_flipped_byte_is_named(void **state)
{
	struct fixture *x = *state;
	struct bag b;
	char err[500];
	size_t flips = 0;

	save(x, NULL);
	assert_true(bag_load(x->run.bundle, &b, err, sizeof err));
	assert_true(holds(&b, err, sizeof err));
	for (size_t i = 0; i < b.tag_count; i++)
		flips += flip_all(&b, &b.tags[i]);
	for (size_t i = 0; i < b.count; i++)
		flips += flip_all(&b, &b.files[i]);
	assert_true(flips > 20000);
	assert_true(holds(&b, err, sizeof err));
	bag_free(&b);
}

static void any_flip_in_a_signature_is_found(void **state)
{
	struct fixture *x = *state;
	char path[200], err[500], *text;
	size_t len;
	struct verified v;

	run_keygen(x->key);
	save(x, x->key);
	verify_bundle(x->run.bundle, NULL, &v);
	assert_int_equal(v.checks[VERIFY_SIGNATURE].result, VERIFY_GOOD);
	assert_true(v.intact);
	snprintf(path, sizeof path, "%s/%s", x->run.bundle, BAG_SIGNATURE);
	assert_true(files_read(AT_FDCWD, path, 10000, &text, &len, err, sizeof err));
	assert_true(sign_form_exact(text, len));
	for (size_t at = 0; at < len; at++) {
		char kept = text[at], who[300];
		bool digit = at > 30 && at < len - 30 && kept != '\n' && kept != '=';

		text[at] = digit ? (kept == 'A' ? 'B' : 'A') : '~';
		/* What keeps the form goes to ssh-keygen; that is slow, so only some of it. */
		if (sign_form_exact(text, len) && at % 16 == 0 &&
		    sign_check("x", 1, text, len, NULL, who, sizeof who, err, sizeof err))
			fail_msg("byte %zu of the signature was not found", at);
		if (!digit && sign_form_exact(text, len))
			fail_msg("byte %zu may be another", at);
		text[at] = kept;
	}
	free(text);
}

static void signers_are_asked_for(void **state)
{
	struct fixture *x = *state;
	struct verified v;
	char public_key[140], other[120];

	run_keygen(x->key);
	snprintf(public_key, sizeof public_key, "%s.pub", x->key);
	snprintf(other, sizeof other, "%s/other", x->run.root);
	run_keygen(other);
	save(x, x->key);
	make_signers(x, "ops@example.net", public_key);
	verify_bundle(x->run.bundle, x->signers, &v);
	assert_true(v.intact);
	assert_non_null(strstr(v.checks[VERIFY_SIGNATURE].detail, "ops@example.net"));
	snprintf(public_key, sizeof public_key, "%s.pub", other);
	make_signers(x, "eve@example.net", public_key);
	verify_bundle(x->run.bundle, x->signers, &v);
	assert_false(v.intact);
	assert_non_null(strstr(v.checks[VERIFY_SIGNATURE].detail, "the key that signed is not in "));
	save(x, NULL);
	verify_bundle(x->run.bundle, x->signers, &v);
	assert_false(v.intact);
	assert_non_null(strstr(v.checks[VERIFY_SIGNATURE].detail, BAG_SIGNATURE ": it is missing"));
	/* A signature of something else. */
	char path[200], err[300];
	struct strbuf s;
	FILE *f;
	strbuf_init(&s, 10000);
	assert_true(sign_data(x->key, "other", 5, &s, err, sizeof err));
	snprintf(path, sizeof path, "%s/%s", x->run.bundle, BAG_SIGNATURE);
	f = fopen(path, "w");
	assert_non_null(f);
	fwrite(s.text, 1, s.len, f);
	fclose(f);
	strbuf_free(&s);
	verify_bundle(x->run.bundle, NULL, &v);
	assert_false(v.intact);
	assert_int_equal(v.checks[VERIFY_SIGNATURE].result, VERIFY_BAD);
	assert_int_equal(v.checks[VERIFY_FILES].result, VERIFY_GOOD);
}

/* The text with the first `from` replaced. */
static void replaced(const struct bag_file *f, const char *from, const char *to, struct strbuf *out)
{
	size_t at = 0, n = strlen(from);

	while (at + n <= f->len && memcmp(f->data + at, from, n) != 0)
		at++;
	if (at + n > f->len)
		fail_msg("%s has no %s", f->path, from);
	strbuf_add_bytes(out, f->data, at);
	strbuf_add(out, to);
	strbuf_add_bytes(out, f->data + at + n, f->len - at - n);
}

/* Replaces a word in a payload file or in bag-info.txt and makes all digests right again. */
static void forge(struct fixture *x, const char *path, const char *from, const char *to)
{
	struct bag b;
	struct bag_item items[BAG_FILES_MAX];
	struct strbuf out;
	char err[500] = "";
	int fd;

	assert_true(bag_load(x->run.bundle, &b, err, sizeof err));
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	for (size_t i = 0; i < b.count; i++) {
		const struct bag_file *f = &b.files[i];

		items[i] = (struct bag_item){f->path, f->data, f->len};
		if (strcmp(f->path, path) != 0)
			continue;
		replaced(f, from, to, &out);
		items[i] = (struct bag_item){f->path, out.text, out.len};
	}
	const char *info = bag_find_tag(&b, BAG_INFO)->data;
	if (strcmp(path, BAG_INFO) == 0) {
		replaced(bag_find_tag(&b, BAG_INFO), from, to, &out);
		info = out.text;
	}
	fd = open(x->run.dir, O_RDONLY | O_DIRECTORY);
	files_remove_tree(fd, x->run.plan.run_id);
	if (!bag_write(fd, x->run.plan.run_id, items, b.count, info, err, sizeof err))
		fail_msg("%s", err);
	close(fd);
	bag_free(&b);
	strbuf_free(&out);
}

static void a_forged_statement_is_named(void **state)
{
	static const struct { const char *path, *from, *to; enum verify_check check; const char *says; } rows[] = {
		{EVIDENCE_RUN, "\"probes_sent\": 3", "\"probes_sent\": 4", VERIFY_VERDICT,
		 "data/run.json: probes_sent is 4, the packets say 3"},
		{EVIDENCE_RUN, "\"sent\": 1", "\"sent\": 7", VERIFY_VERDICT, "data/run.json: circuits[0].links[0].hops[0].sent is 7"},
		{EVIDENCE_RUN, "\"confidence\": 0.", "\"confidence\": 0.9", VERIFY_VERDICT, "confidence is 0.9"},
		{EVIDENCE_PCAPNG, "to_frame=3 ", "to_frame=4 ", VERIFY_PACKETS, "data/probes.pcapng: frame 4 says "},
		{EVIDENCE_PCAPNG, "rtt_us=1000.345 icmp", "rtt_us=1000.346 icmp", VERIFY_PACKETS, "frame 2 says "},
		{EVIDENCE_PCAPNG, "class=forged", "class=genuin", VERIFY_PACKETS, "frame 7 says "},
		{EVIDENCE_PCAPNG, "received=12", "received=13", VERIFY_PACKETS, "its section says "},
		{EVIDENCE_PCAPNG, "frankfurt-1.primary.msee", "frankfurt-1.primary.mSee", VERIFY_PACKETS, "is in no frame or comment"},
		{EVIDENCE_PLAN, "\"frames\": 7", "\"frames\": 8", VERIFY_PACKETS, "plan.json says 8"},
		{EVIDENCE_RUN, "frankfurt-1", "fr\xe4nkfurt-1", VERIFY_PACKETS, "data/run.json: it is not UTF-8"},
		{EVIDENCE_PLAN, "frankfurt-1", "fr\xc3nkfurt-1", VERIFY_PACKETS, "data/plan.json: it is not UTF-8"},
		{EVIDENCE_AZURE, "erprobe.azure/1", "erprobe.azure\xed\xa0\x80/1", VERIFY_PACKETS, "data/azure/snapshot.json: it is not UTF-8"},
		{"data/summary.txt", "3 probes", "9 probes", VERIFY_TEXTS, "data/summary.txt: line "},
		{"data/mtr.txt", "10.10.0.1", "10.10.0.2", VERIFY_TEXTS, "data/mtr.txt: line "},
		{BUNDLE_ENVIRONMENT, "erprobe.environment/1", "erprobe.environment/2", VERIFY_TEXTS, "data/environment.json: "},
		{CUSTODY_PATH, "\"seq\":1", "\"seq\":2", VERIFY_CUSTODY, "line 1 neither begins"},
		{CUSTODY_PATH, "\"data/mtr.txt\":\"", "\"data/mtr.txt\":\"0", VERIFY_CUSTODY, "data/mtr.txt: its SHA-256 is not the one"},
		{CUSTODY_PATH, "\"data/mtr.txt\"", "\"data/mtr.txu\"", VERIFY_CUSTODY, "data/mtr.txt: its SHA-256"},
		{CUSTODY_PATH, "}}\n", "}}", VERIFY_CUSTODY, "line 1 does not end"},
		{BUNDLE_CONFIG, "circuits", "Circuits", VERIFY_CUSTODY, "data/config.yaml: its SHA-256 is not the one"},
		{BAG_INFO, "Erprobe-Circuit: frankfurt-1", "Erprobe-Circuit: frankfurt-2", VERIFY_TEXTS, "bag-info.txt: it does not say"},
		{CUSTODY_PATH, "\"for\":\"internal\"", "\"for\":\"provider\"", VERIFY_TEXTS, "data/redactions.json: it is missing"},
	};
	struct fixture *x = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct verified v;
		struct strbuf text;

		save(x, NULL);
		forge(x, rows[i].path, rows[i].from, rows[i].to);
		verify_bundle(x->run.bundle, NULL, &v);
		strbuf_init(&text, STRBUF_MAX_DEFAULT);
		verify_text(&v, &text);
		if (v.intact || v.checks[rows[i].check].result != VERIFY_BAD ||
		    !strstr(v.checks[rows[i].check].detail, rows[i].says) || strstr(text.text, "verified"))
			fail_msg("row %zu: %s", i, text.text);
		strbuf_free(&text);
	}
}

/* Facts and verdicts bind every build, words the one that wrote them. */
static void another_build_may_word_it_otherwise(void **state)
{
	static const struct { const char *path, *from, *to; enum verify_check check; enum verify_result result; const char *says; } rows[] = {
		{BUNDLE_CONFIG, "circuits", "circuits", VERIFY_VERDICT, VERIFY_GOOD, "byte for byte"},
		{EVIDENCE_PCAPNG, "not counted: keyed value", "not counted, keyed value", VERIFY_PACKETS, VERIFY_PARTLY, "1 comment by erprobe 0.0.9"},
		{EVIDENCE_PCAPNG, "rtt_us=1000.345 icmp", "rtt_us=1000.346 icmp", VERIFY_PACKETS, VERIFY_BAD, "frame 2 says "},
		{EVIDENCE_PCAPNG, " counted", " counter", VERIFY_PACKETS, VERIFY_BAD, "frame 2 says "},
		{EVIDENCE_PCAPNG, "received=12", "received=13", VERIFY_PACKETS, VERIFY_BAD, "its section says "},
		{EVIDENCE_RUN, "\"confidence\": 0.", "\"confidence\": 0.9", VERIFY_VERDICT, VERIFY_PARTLY, "confidence is 0.99"},
		{EVIDENCE_RUN, "\"probes_sent\": 3", "\"probes_sent\": 4", VERIFY_VERDICT, VERIFY_BAD, "probes_sent is 4, the packets say 3"},
		{EVIDENCE_RUN, "\"status\": \"", "\"status\": \"not-", VERIFY_VERDICT, VERIFY_BAD, "circuit frankfurt-1: stored not-"},
		{"data/summary.txt", "3 probes", "9 probes", VERIFY_TEXTS, VERIFY_PARTLY, "data/summary.txt, line "},
		{"data/summary.txt", RUN_ID, "another run", VERIFY_TEXTS, VERIFY_BAD, "data/summary.txt: it does not name " RUN_ID},
	};
	struct fixture *x = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct verified v;

		save(x, NULL);
		forge(x, CUSTODY_PATH, "\"tool\":\"erprobe ", "\"tool\":\"erprobe 0.0.9 ");
		forge(x, rows[i].path, rows[i].from, rows[i].to);
		verify_bundle(x->run.bundle, NULL, &v);
		if (v.checks[rows[i].check].result != rows[i].result || !strstr(v.checks[rows[i].check].detail, rows[i].says))
			fail_msg("row %zu: %d %s", i, (int)v.checks[rows[i].check].result, v.checks[rows[i].check].detail);
		if (i == 0)
			assert_true(v.intact);
	}
}

/* Words of another build name the run and the faults of every circuit, not of the first alone. */
static void every_circuit_is_named(void **state)
{
	static struct circuit_result circuits[2];
	const struct plan plan = {.run_id = RUN_ID};
	const struct run_result r = {.plan = &plan, .circuits = circuits, .circuit_count = 2};
	const char now[] = "run " RUN_ID ": a: wan.loss; b: corp.firewall, azure.gateway-down", all[] = RUN_ID " wan.loss corp.firewall azure.gateway-down";

	(void)state;
	circuits[0].fault_count = 1;
	circuits[1].fault_count = 2;
	snprintf(circuits[0].faults[0].fault, sizeof circuits[0].faults[0].fault, "wan.loss");
	snprintf(circuits[1].faults[0].fault, sizeof circuits[1].faults[0].fault, "corp.firewall");
	snprintf(circuits[1].faults[1].fault, sizeof circuits[1].faults[1].fault, "azure.gateway-down");
	assert_null(verify_unnamed(all, sizeof all - 1, now, &r));
	for (const char *at = all; *at; at += strcspn(at, " ") + (strchr(at, ' ') != NULL)) {
		char without[sizeof all];
		size_t len = strcspn(at, " ");
		const char *missing;

		memcpy(without, all, sizeof all);
		memset(without + (at - all), '-', len);
		missing = verify_unnamed(without, sizeof all - 1, now, &r);
		assert_true(missing && strlen(missing) == len && strncmp(missing, at, len) == 0);
		/* What this build does not name either is not asked for. */
		assert_null(verify_unnamed(without, sizeof all - 1, without, &r));
	}
}

static void what_lies_beside_is_refused(void **state)
{
	struct fixture *x = *state;
	struct verified v;
	char path[300];
	FILE *f;

	save(x, NULL);
	snprintf(path, sizeof path, "%s/note.txt", x->run.bundle);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	verify_bundle(x->run.bundle, NULL, &v);
	assert_false(v.intact);
	assert_non_null(strstr(v.checks[VERIFY_FILES].detail, "note.txt: is no part of the bundle"));
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	verify_bundle(x->run.bundle, NULL, &v);
	assert_non_null(strstr(v.checks[VERIFY_FILES].detail, "note.txt: is no part of the bundle"));
}

static void archives_are_the_same_twice(void **state)
{
	static const char *const names[] = {"a.zip", "a.tar.gz"};
	struct fixture *x = *state;

	save(x, NULL);
	for (size_t i = 0; i < 2; i++) {
		char one[128], two[128], where[200], err[400] = "", *a, *b;
		const struct create_target first = {one, NULL}, second = {two, NULL};
		struct verified v;
		size_t a_len, b_len;

		snprintf(one, sizeof one, "%s/1%s", x->run.root, names[i]);
		snprintf(two, sizeof two, "%s/2%s", x->run.root, names[i]);
		if (!create_copy(x->run.bundle, &first, where, sizeof where, err, sizeof err))
			fail_msg("%s", err);
		assert_true(setenv("TZ", "Asia/Tokyo", 1) == 0);
		sleep(1);
		/* The second out of the first: nothing of the disk's times goes in. */
		assert_true(create_copy(one, &second, where, sizeof where, err, sizeof err));
		assert_true(files_read(AT_FDCWD, one, 1 << 22, &a, &a_len, err, sizeof err));
		assert_true(files_read(AT_FDCWD, two, 1 << 22, &b, &b_len, err, sizeof err));
		assert_int_equal(a_len, b_len);
		assert_memory_equal(a, b, a_len);
		free(a);
		free(b);
		verify_bundle(two, NULL, &v);
		assert_true(v.intact);
		assert_false(create_copy(x->run.bundle, &first, where, sizeof where, err, sizeof err));
		assert_non_null(strstr(err, "it is there already"));
		unsetenv("TZ");
	}
}

static void put_file(const char *path, const char *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	fclose(f);
}

static void expect_refused(const char *path, const char *what)
{
	struct verified v;

	verify_bundle(path, NULL, &v);
	if (v.intact || v.checks[VERIFY_FILES].result != VERIFY_BAD)
		fail_msg("%s: %s", what, v.checks[VERIFY_FILES].detail);
}

/* An archive that lacks its end, or that something hangs on, though all its files are well. */
static void an_archive_ends_where_it_ends(void **state)
{
	static const char *const names[] = {"a.zip", "a.tar.gz"};
	struct fixture *x = *state;

	save(x, NULL);
	for (size_t i = 0; i < 2; i++) {
		char good[128], bad[128], where[200], err[400] = "", *data, *twice;
		const struct create_target target = {good, NULL};
		struct verified v;
		size_t len;

		snprintf(good, sizeof good, "%s/good-%s", x->run.root, names[i]);
		snprintf(bad, sizeof bad, "%s/bad-%s", x->run.root, names[i]);
		assert_true(create_copy(x->run.bundle, &target, where, sizeof where, err, sizeof err));
		assert_true(files_read(AT_FDCWD, good, 1 << 22, &data, &len, err, sizeof err));
		for (size_t less = 1; less < len; less += less < 64 ? 1 : len / 16) {
			put_file(bad, data, len - less);
			expect_refused(bad, "cut short");
		}
		twice = calloc(2, len + 1);
		assert_non_null(twice);
		memcpy(twice, data, len);
		memcpy(twice + len, data, len);
		put_file(bad, twice, 2 * len);
		expect_refused(bad, "twice");
		put_file(bad, twice, len);
		verify_bundle(bad, NULL, &v);
		assert_true(v.intact);
		free(twice);
		free(data);
	}
}

static void tickets_hold_what_is_asked_for(void **state)
{
	struct fixture *x = *state;
	struct strbuf out;
	char err[400];

	save(x, NULL);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	assert_true(ticket_make(x->run.bundle, &(struct redact_rule){.audience = AUDIENCE_PROVIDER}, TICKET_TEXT, &out, err, sizeof err));
	assert_non_null(strstr(out.text, "frankfurt-1"));
	assert_non_null(strstr(out.text, "172.16.3.1 (near side), 172.16.3.2 (MSEE)"));
	assert_null(strstr(out.text, "10.10."));
	assert_null(strstr(out.text, "10.101."));
	assert_null(strstr(out.text, "probe-host"));
	assert_null(strstr(out.text, "correlation"));
	out.len = 0;
	assert_true(ticket_make(x->run.bundle, &(struct redact_rule){.audience = AUDIENCE_MICROSOFT}, TICKET_TEXT, &out, err, sizeof err));
	assert_non_null(strstr(out.text, "correlation ids"));
	strbuf_free(&out);
	forge(x, EVIDENCE_RUN, "\"schema\"", "\"shcema\"");
	assert_true(ticket_make(x->run.bundle, &(struct redact_rule){.audience = AUDIENCE_MICROSOFT}, TICKET_TEXT, &out, err, sizeof err));
	strbuf_free(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_bundle_is_good),
		TEST(any_flipped_byte_is_named),
		TEST(any_flip_in_a_signature_is_found),
		TEST(signers_are_asked_for),
		TEST(a_forged_statement_is_named),
		TEST(another_build_may_word_it_otherwise),
		TEST(every_circuit_is_named),
		TEST(what_lies_beside_is_refused),
		TEST(archives_are_the_same_twice),
		TEST(an_archive_ends_where_it_ends),
		TEST(tickets_hold_what_is_asked_for),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
