/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/evidence.h"

#include "probe/evidence/bundle.h"
#include "probe/evidence/environment.h"
#include "probe/evidence/sign.h"
#include "probe/host/build.h"
#include "probe/host/files.h"
#include "probe/host/now.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define FOLDER_MODE 0750
#define FOLDER_RIGHTS (R_OK | W_OK | X_OK) /* it is opened and synced too */
#define REASON_MAX 400
#define BY_MAX 128 /* "user@host" */

static bool may(const char *path, int how)
{
	return faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0;
}

bool evidence_prepare(const char *dir, const char *sign_key, char *err, size_t err_size)
{
	char why[REASON_MAX];
	bool ok = files_make_dir(dir, FOLDER_MODE, why, sizeof why);

	if (ok && !may(dir, FOLDER_RIGHTS)) {
		text_format(why, sizeof why, "%s", strerror(errno));
		ok = false;
	}
	if (!ok)
		text_format(err, err_size, "cannot save evidence in %s: %s (--evidence names another folder)", dir, why);
	return ok && (!sign_key || sign_prepare(sign_key, err, err_size));
}

bool evidence_within_rights(const char *dir, const char *sign_key, char *err, size_t err_size)
{
	if (!may(dir, FOLDER_RIGHTS))
		text_format(err, err_size, "cannot save evidence in %s: %s: root's rights do not count there, the folder must be the "
		            "caller's own (--evidence names another folder)", dir, strerror(errno));
	else if (sign_key && !may(sign_key, R_OK))
		text_format(err, err_size, "cannot sign with %s: %s: root's rights do not count there, the key must be the caller's own",
		            sign_key, strerror(errno));
	else
		return !sign_key || sign_can(sign_key, err, err_size);
	return false;
}

/* For the custody log. */
static void by_whom(char by[BY_MAX])
{
	char host[64] = "", room[1024];
	struct passwd entry, *found = NULL;

	gethostname(host, sizeof host - 1);
	if (getpwuid_r(getuid(), &entry, room, sizeof room, &found) == 0 && found)
		text_format(by, BY_MAX, "%s@%s", found->pw_name, host);
	else
		text_format(by, BY_MAX, "%lu@%s", (unsigned long)getuid(), host);
}

static bool write_bundle(const char *dir, const struct bundle_source *s, const char *sign_key, char *err,
                         size_t err_size)
{
	struct bundle b;
	bool ok = bundle_make(s, &b, err, err_size) && bundle_write(&b, dir, s->plan->run_id, sign_key, err, err_size);

	bundle_free(&b);
	return ok;
}

bool evidence_write(const char *dir, const struct plan *p, const struct event_log *log, const struct run_result *r,
                    const char *run_json, const struct evidence_extras *extras, char *err, size_t err_size)
{
	struct refolded run = {.result = *r};

	run.result.plan = p;
	return evidence_write_run(dir, log, &run, run_json, extras, err, err_size);
}

bool evidence_write_run(const char *dir, const struct event_log *log, const struct refolded *run, const char *run_json,
                        const struct evidence_extras *extras, char *err, size_t err_size)
{
	const struct plan *p = run->result.plan;
	char by[BY_MAX], why[REASON_MAX] = "out of memory";
	struct environment e;
	struct strbuf text;
	bool ok;

	strbuf_init(&text, STRBUF_MAX_DEFAULT);
	environment_write(p, log, &text);
	by_whom(by);
	ok = strbuf_ok(&text) && environment_read(text.text, text.len, &e, why, sizeof why);
	if (ok) {
		const struct bundle_source s = {
			.plan = p, .log = log, .run = run, .run_json = run_json, .spool_dir = run_json ? NULL : dir,
			.environment = text.text, .config = extras->config, .os = e.os, .place = e.place,
			.custody = {.at = now_wall(), .action = "created", .by = by, .tool = build_tool(),
			            .audience = "internal", .seq = 1},
		};

		ok = write_bundle(dir, &s, extras->sign_key, why, sizeof why);
	}
	strbuf_free(&text);
	if (!ok)
		text_format(err, err_size,
		            "cannot save the evidence in %s: %s; nothing is left there (--evidence names another folder)", dir,
		            why);
	return ok;
}
