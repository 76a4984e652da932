/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/verify/verify.h"

#include "analysis/value/json_out.h"
#include "analysis/value/plural.h"
#include "probe/evidence/bundle.h"
#include "probe/evidence/environment.h"
#include "probe/evidence/evidence.h"
#include "probe/evidence/recording.h"
#include "probe/evidence/sign.h"
#include "probe/host/build.h"
#include "probe/record/refold.h"
#include "probe/verify/verify_builds.h"
#include "probe/verify/verify_left_out.h"
#include "probe/verify/verify_packets.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WHY_MAX 512

static const char *check_name(enum verify_check c)
{
	static const char *const names[VERIFY_CHECKS] = {"files", "signature", "custody", "packets", "verdict", "texts"};

	return (unsigned)c < VERIFY_CHECKS ? names[c] : "";
}

__attribute__((format(printf, 4, 5))) static bool note(struct verified *v, enum verify_check c, enum verify_result result,
                                                       const char *format, ...)
{
	char text[sizeof v->checks[c].detail];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	v->checks[c].result = result;
	/* Names and texts in a bundle are a stranger's. */
	text_safe(v->checks[c].detail, sizeof v->checks[c].detail, text);
	return result != VERIFY_BAD;
}

/* Of a bag whose digests agree. */
static bool check_files(struct bag *bag, struct verified *v)
{
	char why[WHY_MAX];

	if (bag_is_exact(bag, why, sizeof why))
		return note(v, VERIFY_FILES, VERIFY_GOOD, "%zu files, %zu bytes: all there, none besides, every SHA-256 agrees",
		            bag->count + bag->tag_count, bag->total);
	bag_free(bag);
	return note(v, VERIFY_FILES, VERIFY_BAD, "%s", why);
}

static void check_signature(const struct bag *bag, const char *signers, struct verified *v)
{
	const struct bag_file *signature = bag_find_tag(bag, BAG_SIGNATURE);
	const struct bag_file *manifest = bag_find_tag(bag, BAG_TAG_MANIFEST);
	char why[WHY_MAX], who[WHY_MAX];

	if (!signature && signers)
		note(v, VERIFY_SIGNATURE, VERIFY_BAD, BAG_SIGNATURE ": it is missing, and a signer was asked for");
	else if (!signature)
		note(v, VERIFY_SIGNATURE, VERIFY_ABSENT, "none: whoever changed a file could have made new digests too");
	else if (!sign_check(manifest->data, manifest->len, signature->data, signature->len, signers, who, sizeof who, why,
	                     sizeof why))
		note(v, VERIFY_SIGNATURE, VERIFY_BAD, BAG_SIGNATURE ": %s", why);
	else
		note(v, VERIFY_SIGNATURE, VERIFY_GOOD, "%s%s", who,
		     signers ? "" : "; whose key that is, only --signers FILE can tell");
}

static void check_custody(const struct bag *bag, struct custody_state *state, struct verified *v)
{
	char why[WHY_MAX];

	memset(state, 0, sizeof *state);
	if (!bag_find(bag, CUSTODY_PATH))
		note(v, VERIFY_CUSTODY, VERIFY_ABSENT, "none was kept");
	else if (!custody_check(bag, state, why, sizeof why))
		note(v, VERIFY_CUSTODY, VERIFY_BAD, "%s", why);
	else
		note(v, VERIFY_CUSTODY, VERIFY_GOOD, "%zu line%s, unbroken%s", state->lines, PLURAL_S(state->lines),
		     state->continues ? "; it goes on from a bundle that is not here" : "");
}

/* A bundle's content, and what this build makes of it. */
struct content {
	const struct recording *rec;
	const struct refolded *run;
	const struct run_result *result; /* of run */
	struct environment environment;
	bool has_environment;
	const char *writer;     /* the build that wrote the documents */
	bool other_build;       /* not this one */
	const char *audience;   /* for whom custody says that it is */
	struct verified *v;
};

/* "fault wan.circuit-down (WAN (provider), primary link)" for each circuit. */
static void say_verdicts(const struct content *c, char *out, size_t size)
{
	const struct run_result *r = c->result;
	size_t len = 0;

	out[0] = '\0';
	if (c->run->trace) {
		const struct trace_told told = refold_trace(c->run, &c->rec->log);
		text_format(out, size, "%zu of %zu traces reached their destination", trace_told_reached(&told),
		            c->rec->log.trace->destination_count);
	}
	for (size_t i = 0; i < r->circuit_count && len < size; i++) {
		const struct verdict *w = &r->circuits[i].faults[0];

		text_format(out + len, size - len, "%s%s: %s%s%s", i > 0 ? "; " : "", r->circuits[i].plan->name,
		            status_name(w->status), w->fault[0] ? " " : "", w->fault);
		len += strlen(out + len);
	}
}

static void check_packets(const struct content *c)
{
	const struct packets_question q = {c->has_environment ? c->environment.os : NULL, c->result->ended_at, c->other_build};
	size_t worded = 0;
	char why[WHY_MAX] = "";
	bool ok = verify_packets(c->rec, &q, &worded, why, sizeof why);
	if (!ok && c->other_build)
		note(c->v, VERIFY_PACKETS, VERIFY_BAD, "%s (made by %s, checked by %s: try the build that made it)", why, c->writer, build_tool());
	else if (!ok)
		note(c->v, VERIFY_PACKETS, VERIFY_BAD, "%s", why);
	else if (worded > 0)
		note(c->v, VERIFY_PACKETS, VERIFY_PARTLY, "%zu frames, each with the facts that the matcher finds; %zu comment%s by %s "
		     "in other words", c->rec->log.frame_count, worded, PLURAL_S(worded), c->writer);
	else
		note(c->v, VERIFY_PACKETS, VERIFY_GOOD, "%zu frames, each with the comment that the matcher gives it",
		     c->rec->log.frame_count);
}

/* The documents are not the same bytes: does only the wording differ? */
static void judge_difference(const struct content *c, const struct strbuf *now, const char *verdicts)
{
	const struct recording *rec = c->rec;
	struct strbuf where, differs;

	strbuf_init(&where, STRBUF_MAX_DEFAULT);
	strbuf_init(&differs, STRBUF_MAX_DEFAULT);
	verify_json_difference(rec->run_json, rec->run_json_len, now->text, now->len, &where);
	if (!c->other_build)
		note(c->v, VERIFY_VERDICT, VERIFY_BAD, EVIDENCE_RUN ": %s (made and computed again by %s)",
		     where.text ? where.text : "it differs", build_tool());
	else if (verify_same_results(rec->run_json, rec->run_json_len, now->text, now->len, &differs))
		note(c->v, VERIFY_VERDICT, VERIFY_PARTLY, "the same verdicts computed again: %s; but " EVIDENCE_RUN
		     " was made by %s: %s", verdicts, c->writer, where.text ? where.text : "it differs");
	else
		note(c->v, VERIFY_VERDICT, VERIFY_BAD, EVIDENCE_RUN ": %s (made by %s, computed again by %s: try the build that made it)",
		     differs.text ? differs.text : "it differs", c->writer, build_tool());
	strbuf_free(&where);
	strbuf_free(&differs);
}

static void check_verdict(const struct content *c)
{
	const struct recording *rec = c->rec;
	const char *end = memchr(rec->run_json, '\n', rec->run_json_len);
	bool compact = !end || end + 1 == rec->run_json + rec->run_json_len;
	char verdicts[WHY_MAX];
	struct strbuf now;

	strbuf_init(&now, BAG_FILE_MAX);
	say_verdicts(c, verdicts, sizeof verdicts);
	if (!refold_document(c->run, &rec->log, compact, &now) || !now.text)
		note(c->v, VERIFY_VERDICT, VERIFY_BAD, "out of memory");
	else if (rec->log.trace && rec->log.trace->exit_code != refold_exit_code(c->run, &rec->log))
		note(c->v, VERIFY_VERDICT, VERIFY_BAD, EVIDENCE_PLAN ": trace.exit_code is %d, the packets say %d", rec->log.trace->exit_code,
		     refold_exit_code(c->run, &rec->log));
	else if (now.len == rec->run_json_len && memcmp(now.text, rec->run_json, now.len) == 0)
		note(c->v, VERIFY_VERDICT, VERIFY_GOOD, "computed again from the packets, the same byte for byte: %s", verdicts);
	else
		judge_difference(c, &now, verdicts);
	strbuf_free(&now);
}

/* False with the note made; *line: the first that differs, 0 = none. */
static bool check_text(const struct content *c, const struct derived *d, const struct bag_file *f, size_t *line)
{
	struct strbuf now;
	const char *missing = NULL;
	size_t at = 0;

	*line = 1;
	strbuf_init(&now, STRBUF_MAX_DEFAULT);
	derived_write(d, c->run, &c->rec->log, &c->environment.place, &now);
	while (strbuf_ok(&now) && at < now.len && at < f->len && now.text[at] == f->data[at])
		*line += f->data[at++] == '\n';
	if (strbuf_ok(&now) && at == now.len && at == f->len)
		*line = 0;
	else if (now.text && c->other_build)
		missing = verify_unnamed(f->data, f->len, now.text, c->result);
	if (missing)
		note(c->v, VERIFY_TEXTS, VERIFY_BAD, "%s: it does not name %s", d->path, missing);
	else if (*line > 0 && !c->other_build)
		note(c->v, VERIFY_TEXTS, VERIFY_BAD, "%s: line %zu does not say what the packets say", d->path, *line);
	strbuf_free(&now);
	return !missing && (*line == 0 || c->other_build);
}

/* bag-info.txt says of the run what plan and packets say. Another build may word it otherwise. */
static bool check_info(const struct content *c)
{
	const struct bag *bag = &c->rec->bag;
	const struct bag_file *f = bag_find_tag(bag, BAG_INFO);
	struct strbuf now;
	bool same;

	strbuf_init(&now, STRBUF_MAX_DEFAULT);
	bundle_info(c->result, bag->total, bag->count, &now);
	same = f && strbuf_ok(&now) && now.text && f->len == now.len && memcmp(f->data, now.text, now.len) == 0;
	strbuf_free(&now);
	return same || c->other_build || note(c->v, VERIFY_TEXTS, VERIFY_BAD, BAG_INFO ": it does not say what the packets say");
}

/* What this file looks at, besides the derived documents. Some are their writer's word: no packet tells whether they
 * are true, digests, custody and signature alone that they are as they were written. */
static const struct { const char *path; bool of_trace, word; } looked_at[] = {
	{EVIDENCE_PCAPNG, true, false}, {EVIDENCE_RUN, true, false}, {EVIDENCE_PLAN, true, false},
	{EVIDENCE_AZURE, false, true}, {CUSTODY_PATH, true, false}, {BUNDLE_ENVIRONMENT, true, true},
	{BUNDLE_CONFIG, false, true}, {BUNDLE_REDACTIONS, true, false},
};

/* Is there such a document at all, and does a run of this kind have it? */
static void find_document(const struct content *c, const char *path, bool *known, bool *ours)
{
	const bool trace = c->rec->log.trace != NULL;

	*known = *ours = false;
	for (size_t i = 0; i < sizeof looked_at / sizeof looked_at[0]; i++)
		if (strcmp(path, looked_at[i].path) == 0) {
			*known = true;
			*ours = !trace || looked_at[i].of_trace;
		}
	for (size_t i = 0; i < derived_count; i++)
		if (strcmp(path, derived_documents[i].path) == 0) {
			*known = true;
			*ours = derived_is_of(&derived_documents[i], &c->rec->log);
		}
}

/* Nothing may lie in a bundle that is called verified without anybody having looked at it. */
static bool check_no_strangers(const struct content *c)
{
	const struct bag *bag = &c->rec->bag;
	bool known, ours;

	for (size_t i = 0; i < bag->count; i++) {
		find_document(c, bag->files[i].path, &known, &ours);
		if (!ours)
			return note(c->v, VERIFY_TEXTS, VERIFY_BAD, "%s: %s", bag->files[i].path,
			            !known              ? "no bundle has such a file: nothing tells whether it is true"
			            : c->rec->log.trace ? "a trace has none"
			                                : "a check has none");
	}
	return true;
}

/* False with the note made. */
static bool check_left_out(const struct content *c, enum left_out *l)
{
	char why[WHY_MAX];

	*l = verify_left_out(&c->rec->bag, c->audience, c->rec->log.trace != NULL, c->other_build, why, sizeof why);
	return *l != LEFT_OUT_WRONG || note(c->v, VERIFY_TEXTS, VERIFY_BAD, "%s", why);
}

static void list_words(const struct bag *bag, struct verified *v)
{
	for (size_t i = 0; i < sizeof looked_at / sizeof looked_at[0]; i++)
		if (looked_at[i].word && bag_find(bag, looked_at[i].path) && v->word_count < VERIFY_WORDS_MAX)
			v->words[v->word_count++] = looked_at[i].path;
}

static void check_texts(const struct content *c)
{
	size_t found = 0, worded = 0, line, first_line = 0;
	const char *first = "";
	enum left_out left_out;

	if (!check_no_strangers(c) || !check_left_out(c, &left_out))
		return;
	for (size_t i = 0; i < derived_count; i++) {
		const struct bag_file *f = bag_find(&c->rec->bag, derived_documents[i].path);

		if (!f)
			continue;
		found++;
		if (!check_text(c, &derived_documents[i], f, &line))
			return;
		if (line > 0 && worded++ == 0) {
			first = derived_documents[i].path;
			first_line = line;
		}
	}
	if (!check_info(c))
		return;
	const char *also = left_out == LEFT_OUT_SAID     ? "; " BUNDLE_REDACTIONS " says what such a bundle leaves out"
	                   : left_out == LEFT_OUT_WORDED ? "; " BUNDLE_REDACTIONS " says it in that build's words"
	                                                 : "";
	if (found == 0)
		note(c->v, VERIFY_TEXTS, VERIFY_ABSENT, "none are in the bundle%s", also);
	else if (worded > 0)
		note(c->v, VERIFY_TEXTS, VERIFY_PARTLY, "%zu of %zu documents are in the words of %s (first: %s, line %zu): they name the "
		     "same run and verdict%s", worded, found, c->writer, first, first_line, also);
	else
		note(c->v, VERIFY_TEXTS, left_out == LEFT_OUT_WORDED ? VERIFY_PARTLY : VERIFY_GOOD,
		     "%zu document%s of words and pictures say what the packets say%s", found, PLURAL_S(found), also);
}

static void check_content(const struct recording *rec, const char *writer, const char *audience, struct verified *v)
{
	const struct bag_file *f = bag_find(&rec->bag, BUNDLE_ENVIRONMENT);
	struct content c = {.rec = rec, .has_environment = f != NULL, .writer = writer,
	                    .other_build = strcmp(writer, build_tool()) != 0, .audience = audience, .v = v};
	struct refolded now;
	char why[WHY_MAX];

	if (f && !environment_read(f->data, f->len, &c.environment, why, sizeof why)) {
		note(v, VERIFY_TEXTS, VERIFY_BAD, "%s", why);
		return;
	}
	if (!refold(&rec->plan, &rec->log, NULL, NULL, &now)) {
		note(v, VERIFY_VERDICT, VERIFY_BAD, "out of memory");
		return;
	}
	c.run = &now;
	c.result = &now.result;
	check_packets(&c);
	check_verdict(&c);
	check_texts(&c);
	refolded_free(&now);
}

/* The bag is this function's. */
static void verify_checked(struct bag *bag, const char *signers, struct verified *out)
{
	struct recording rec;
	struct custody_state custody;
	char why[WHY_MAX];

	if (!check_files(bag, out))
		return;
	check_signature(bag, signers, out);
	check_custody(bag, &custody, out);
	if (recording_read(bag, &rec, why, sizeof why)) {
		/* Its last line is by the build that wrote the rest; bundles of old have none. */
		check_content(&rec, custody.tool[0] ? custody.tool : rec.plan.tool, custody.audience, out);
		list_words(&rec.bag, out);
		recording_free(&rec);
	} else {
		note(out, VERIFY_PACKETS, VERIFY_BAD, "%s", why);
	}
	out->intact = true;
	for (int i = 0; i < VERIFY_CHECKS; i++) {
		if (out->checks[i].result == VERIFY_BAD || out->checks[i].result == VERIFY_NOT_MADE)
			out->intact = false;
	}
}

void verify_bundle(const char *path, const char *signers, struct verified *out)
{
	struct bag bag;
	char why[WHY_MAX];

	memset(out, 0, sizeof *out);
	if (bag_load(path, &bag, why, sizeof why))
		verify_checked(&bag, signers, out);
	else
		note(out, VERIFY_FILES, VERIFY_BAD, "%s", why);
}

void verify_bag(struct bag *bag, const char *signers, struct verified *out)
{
	char why[WHY_MAX];

	memset(out, 0, sizeof *out);
	if (bag_check(bag, why, sizeof why)) {
		verify_checked(bag, signers, out);
		return;
	}
	note(out, VERIFY_FILES, VERIFY_BAD, "%s", why);
	bag_free(bag);
}

static const char *result_name(enum verify_result r)
{
	static const char *const names[] = {"not-made", "good", "partly", "absent", "bad"};

	return (unsigned)r <= VERIFY_BAD ? names[r] : "bad";
}

void verify_text(const struct verified *v, struct strbuf *out)
{
	static const char *const marks[] = {"-", "ok", "~", "--", "BAD"};
	bool partly = false;

	for (int i = 0; i < VERIFY_CHECKS; i++)
		partly = partly || v->checks[i].result == VERIFY_PARTLY;
	for (int i = 0; i < VERIFY_CHECKS; i++)
		strbuf_addf(out, "%-4s %-10s %s\n", marks[v->checks[i].result], check_name((enum verify_check)i),
		            v->checks[i].result == VERIFY_NOT_MADE ? "not looked at" : v->checks[i].detail);
	for (size_t i = 0; v->intact && i < v->word_count; i++)
		strbuf_addf(out, "%s%s", i == 0 ? "--   unproven   " : ", ", v->words[i]);
	if (v->intact && v->word_count > 0)
		strbuf_addf(out, ": the word of who made the bundle, which digests%s keep; no packet tells whether it is true\n",
		            v->checks[VERIFY_SIGNATURE].result == VERIFY_GOOD ? " and signature" : " alone");
	if (!v->intact)
		strbuf_add(out, "this bundle cannot be trusted\n");
	else
		strbuf_addf(out, "verified%s%s\n", v->checks[VERIFY_SIGNATURE].result == VERIFY_GOOD ? "" : ", but not signed",
		            partly ? "; another build made it, and its words (~) only that build can make again" : "");
}

void verify_json(const struct verified *v, const char *path, bool compact, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, compact);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.verify/1");
	json_text(&j, "bundle", path);
	json_bool(&j, "intact", v->intact);
	json_array(&j, "checks");
	for (int i = 0; i < VERIFY_CHECKS; i++) {
		json_object(&j, NULL);
		json_text(&j, "check", check_name((enum verify_check)i));
		json_text(&j, "result", result_name(v->checks[i].result));
		json_text(&j, "detail", v->checks[i].detail[0] ? v->checks[i].detail : NULL);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_array(&j, "unproven");
	for (size_t i = 0; i < v->word_count; i++)
		json_text(&j, NULL, v->words[i]);
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
