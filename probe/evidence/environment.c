/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/environment.h"

#include "analysis/render/json_values.h"
#include "probe/evidence/environment_net.h"
#include "probe/json/json_in.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define OFFSET_MAX 50400 /* UTC+14 */

/* "Linux 6.1.0-13-amd64 x86_64", or "". */
static void environment_os(char os[ENVIRONMENT_OS_MAX])
{
	struct utsname u;

	os[0] = '\0';
	if (uname(&u) == 0)
		text_format(os, ENVIRONMENT_OS_MAX, "%s %s %s", u.sysname, u.release, u.machine);
}

static void write_zone(struct json_out *j, struct wall_ns at)
{
	time_t seconds = (time_t)(at.ns / NS_PER_SEC);
	struct tm local;

	json_object(j, "time_zone");
	if (localtime_r(&seconds, &local)) {
		json_text(j, "name", local.tm_zone ? local.tm_zone : "");
		json_int(j, "utc_offset_s", local.tm_gmtoff);
	} else {
		json_null(j, "name");
		json_null(j, "utc_offset_s");
	}
	json_object_end(j);
}

static void write_capture(struct json_out *j, const struct event_log *log)
{
	json_object(j, "capture");
	if (log->has_counters) {
		json_int(j, "received", (int64_t)log->counters.received);
		json_int(j, "dropped", (int64_t)log->counters.dropped);
		json_int(j, "foreign", (int64_t)log->counters.foreign);
	} else {
		json_null(j, "received");
		json_null(j, "dropped");
		json_null(j, "foreign");
	}
	json_int(j, "beyond_ceilings", (int64_t)log->refused);
	json_object_end(j);
}

static void write_limit(struct json_out *j, const char *key, __rlimit_resource_t what)
{
	struct rlimit r;

	if (getrlimit(what, &r) == 0 && r.rlim_cur != RLIM_INFINITY)
		json_int(j, key, (int64_t)r.rlim_cur);
	else
		json_null(j, key);
}

static void write_host(struct json_out *j)
{
	struct sysinfo s;
	bool known = sysinfo(&s) == 0;

	json_object(j, "host_load");
	json_int(j, "cpus", sysconf(_SC_NPROCESSORS_ONLN));
	if (known) {
		json_number(j, "load_1m", (double)s.loads[0] / (1 << SI_LOAD_SHIFT));
		json_int(j, "uptime_s", s.uptime);
	} else {
		json_null(j, "load_1m");
		json_null(j, "uptime_s");
	}
	json_object_end(j);
	json_object(j, "limits");
	write_limit(j, "open_files", RLIMIT_NOFILE);
	write_limit(j, "locked_memory_bytes", RLIMIT_MEMLOCK);
	write_limit(j, "file_size_bytes", RLIMIT_FSIZE);
	json_object_end(j);
}

void environment_write(const struct plan *p, const struct event_log *log, struct strbuf *out)
{
	char os[ENVIRONMENT_OS_MAX];
	struct json_out j;

	environment_os(os);
	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", ENVIRONMENT_SCHEMA);
	json_text(&j, "host", p->host);
	json_text(&j, "os", os);
	json_text(&j, "tool", p->tool);
	write_zone(&j, p->started_at);
	json_clock_begin(&j, &p->clock);
	json_object_end(&j);
	write_capture(&j, log);
	write_host(&j);
	environment_net_write(&j);
	json_object_end(&j);
	json_finish(&j);
}

void environment_write_reduced(const struct environment *e, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", ENVIRONMENT_SCHEMA);
	json_text(&j, "os", e->os);
	json_object(&j, "time_zone");
	json_text(&j, "name", e->place.zone);
	json_int(&j, "utc_offset_s", e->place.utc_offset_s);
	json_object_end(&j);
	json_object_end(&j);
	json_finish(&j);
}

static bool read_root(const struct json_value *root, struct environment *out)
{
	const char *schema = json_as_text(json_get(root, "schema"));
	const char *zone = json_as_text(json_path(root, "time_zone", "name", NULL));
	const char *os = json_as_text(json_get(root, "os"));
	int64_t offset;

	if (!schema || strcmp(schema, ENVIRONMENT_SCHEMA) != 0 || !os || strlen(os) >= sizeof out->os)
		return false;
	text_format(out->os, sizeof out->os, "%s", os);
	if (!zone || !json_as_int(json_path(root, "time_zone", "utc_offset_s", NULL), &offset))
		return true;
	if (offset > OFFSET_MAX || offset < -OFFSET_MAX || strlen(zone) >= sizeof out->place.zone)
		return false;
	text_safe(out->place.zone, sizeof out->place.zone, zone);
	out->place.utc_offset_s = (int)offset;
	return true;
}

bool environment_read(const char *text, size_t len, struct environment *out, char *err, size_t err_size)
{
	char why[160] = "it is not of schema " ENVIRONMENT_SCHEMA;
	struct json_doc *doc = json_read(text, len, why, sizeof why);
	bool ok;

	memset(out, 0, sizeof *out);
	ok = doc && read_root(json_root(doc), out);
	json_doc_free(doc);
	if (ok)
		return true;
	memset(out, 0, sizeof *out);
	text_format(err, err_size, "data/environment.json: %s", doc ? "it is not of schema " ENVIRONMENT_SCHEMA : why);
	return false;
}
