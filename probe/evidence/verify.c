/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/verify.h"

#include "analysis/report/report.h"
#include "analysis/value/json_out.h"
#include "probe/evidence/bundle.h"
#include "probe/evidence/environment.h"
#include "probe/evidence/sign.h"
#include "probe/evidence/verify_packets.h"
#include "probe/run/evidence.h"
#include "probe/run/refold.h"
#include "probe/run/replay_load.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WHY_MAX 512

const char *verify_check_name(enum verify_check c)
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

static bool check_files(const char *path, struct bag *bag, struct verified *v)
{
	char why[WHY_MAX];

	if (!bag_load(path, bag, why, sizeof why))
		return note(v, VERIFY_FILES, VERIFY_BAD, "%s", why);
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

static void check_custody(const struct bag *bag, struct verified *v)
{
	struct custody_state state;
	char why[WHY_MAX];

	if (!bag_find(bag, CUSTODY_PATH))
		note(v, VERIFY_CUSTODY, VERIFY_ABSENT, "none was kept");
	else if (!custody_check(bag, &state, why, sizeof why))
		note(v, VERIFY_CUSTODY, VERIFY_BAD, "%s", why);
	else
		note(v, VERIFY_CUSTODY, VERIFY_GOOD, "%zu line%s, unbroken%s", state.lines, state.lines == 1 ? "" : "s",
		     state.continues ? "; it goes on from a bundle that is not here" : "");
}

/* "fault wan.circuit-down (WAN (provider), primary link)" for each circuit. */
static void say_verdicts(const struct run_result *r, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < r->circuit_count && len < size; i++) {
		const struct verdict *w = &r->circuits[i].faults[0];

		text_format(out + len, size - len, "%s%s: %s%s%s", i > 0 ? "; " : "", r->circuits[i].plan->name,
		            status_name(w->status), w->fault[0] ? " " : "", w->fault);
		len += strlen(out + len);
	}
}

static void check_verdict(const struct recording *rec, const struct run_result *r, struct verified *v)
{
	const char *end = memchr(rec->run_json, '\n', rec->run_json_len);
	bool compact = !end || end + 1 == rec->run_json + rec->run_json_len;
	char verdicts[WHY_MAX];
	struct strbuf now, where;

	strbuf_init(&now, STRBUF_MAX_DEFAULT);
	strbuf_init(&where, STRBUF_MAX_DEFAULT);
	report_check_json(r, compact, &now);
	say_verdicts(r, verdicts, sizeof verdicts);
	if (!strbuf_ok(&now) || !now.text) {
		note(v, VERIFY_VERDICT, VERIFY_BAD, "out of memory");
	} else if (now.len == rec->run_json_len && memcmp(now.text, rec->run_json, now.len) == 0) {
		note(v, VERIFY_VERDICT, VERIFY_GOOD, "computed again from the packets, the same byte for byte: %s", verdicts);
	} else {
		verify_json_difference(rec->run_json, rec->run_json_len, now.text, now.len, &where);
		note(v, VERIFY_VERDICT, VERIFY_BAD, EVIDENCE_RUN ": %s (made by %s, computed again by erprobe %s)",
		     where.text ? where.text : "it differs", rec->plan.tool, ERPROBE_VERSION);
	}
	strbuf_free(&now);
	strbuf_free(&where);
}

/* False with the note made. */
static bool check_text(const struct derived *d, const struct bag_file *f, const struct run_result *r,
                       const struct report_place *place, struct verified *v)
{
	struct strbuf now;
	size_t at = 0, line = 1;

	strbuf_init(&now, STRBUF_MAX_DEFAULT);
	d->write(r, place, &now);
	while (strbuf_ok(&now) && at < now.len && at < f->len && now.text[at] == f->data[at])
		line += f->data[at++] == '\n';
	if (strbuf_ok(&now) && at == now.len && at == f->len)
		line = 0;
	strbuf_free(&now);
	return line == 0 || note(v, VERIFY_TEXTS, VERIFY_BAD, "%s: line %zu does not say what the packets say", d->path, line);
}

static void check_texts(const struct recording *rec, const struct run_result *r, const struct environment *e,
                        struct verified *v)
{
	size_t found = 0;

	for (size_t i = 0; i < derived_count; i++) {
		const struct bag_file *f = bag_find(&rec->bag, derived_documents[i].path);

		if (!f)
			continue;
		found++;
		if (!check_text(&derived_documents[i], f, r, &e->place, v))
			return;
	}
	if (found == 0)
		note(v, VERIFY_TEXTS, VERIFY_ABSENT, "none are in the bundle");
	else
		note(v, VERIFY_TEXTS, VERIFY_GOOD, "%zu document%s of words and pictures say what the packets say", found,
		     found == 1 ? "" : "s");
}

static void check_content(const struct recording *rec, struct verified *v)
{
	const struct bag_file *f = bag_find(&rec->bag, BUNDLE_ENVIRONMENT);
	struct environment e = {0};
	struct refolded now;
	char why[WHY_MAX];

	if (f && !environment_read(f->data, f->len, &e, why, sizeof why)) {
		note(v, VERIFY_TEXTS, VERIFY_BAD, "%s", why);
		return;
	}
	if (!refold(&rec->plan, &rec->log, NULL, NULL, &now)) {
		note(v, VERIFY_VERDICT, VERIFY_BAD, "out of memory");
		return;
	}
	if (verify_packets(rec, f ? e.os : NULL, now.result.ended_at, why, sizeof why))
		note(v, VERIFY_PACKETS, VERIFY_GOOD, "%zu frames, each with the comment that the matcher gives it",
		     rec->log.frame_count);
	else
		note(v, VERIFY_PACKETS, VERIFY_BAD, "%s", why);
	check_verdict(rec, &now.result, v);
	check_texts(rec, &now.result, &e, v);
	refolded_free(&now);
}

void verify_bundle(const char *path, const char *signers, struct verified *out)
{
	struct recording rec;
	struct bag bag;
	char why[WHY_MAX];

	memset(out, 0, sizeof *out);
	if (!check_files(path, &bag, out))
		return;
	check_signature(&bag, signers, out);
	check_custody(&bag, out);
	if (recording_read(&bag, &rec, why, sizeof why)) {
		check_content(&rec, out);
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

static const char *result_name(enum verify_result r)
{
	static const char *const names[] = {"not-made", "good", "absent", "bad"};

	return (unsigned)r < 4 ? names[r] : "bad";
}

void verify_text(const struct verified *v, struct strbuf *out)
{
	static const char *const marks[] = {"-", "ok", "--", "BAD"};

	for (int i = 0; i < VERIFY_CHECKS; i++)
		strbuf_addf(out, "%-4s %-10s %s\n", marks[v->checks[i].result], verify_check_name((enum verify_check)i),
		            v->checks[i].result == VERIFY_NOT_MADE ? "not looked at" : v->checks[i].detail);
	if (!v->intact)
		strbuf_add(out, "this bundle cannot be trusted\n");
	else if (v->checks[VERIFY_SIGNATURE].result == VERIFY_GOOD)
		strbuf_add(out, "verified\n");
	else
		strbuf_add(out, "verified, but not signed\n");
}

void verify_json(const struct verified *v, const char *path, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.verify/1");
	json_text(&j, "bundle", path);
	json_bool(&j, "intact", v->intact);
	json_array(&j, "checks");
	for (int i = 0; i < VERIFY_CHECKS; i++) {
		json_object(&j, NULL);
		json_text(&j, "check", verify_check_name((enum verify_check)i));
		json_text(&j, "result", result_name(v->checks[i].result));
		json_text(&j, "detail", v->checks[i].detail[0] ? v->checks[i].detail : NULL);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}
