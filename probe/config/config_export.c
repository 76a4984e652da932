/* SPDX-License-Identifier: BSD-2-Clause */
/* The part export: where erprobe-export takes finished runs to. */
#include "probe/config/config_schema.h"
#include "probe/config/config_words.h"

static const struct field postgresql_fields[] = {
	{"conninfo_file", take_path, TEXT(struct export_settings, conninfo_path), .required = true, .hide = true,
	 .expected = "the absolute path of the file that holds a libpq connection string"},
};
static const struct section postgresql_section = {"export.postgresql", FIELDS(postgresql_fields)};

static const struct field http_fields[] = {
	{"url", take_whole_url, TEXT(struct export_settings, url), .hide = true,
	 .expected = "an https URL without a secret (http only to a loopback address); one that is a secret goes to url_file"},
	{"url_file", take_path, TEXT(struct export_settings, url_path), .hide = true,
	 .expected = "the absolute path of the file that holds the URL"},
	{"user", take_name, TEXT(struct export_settings, user), .hide = true, .expected = "the name to sign in with"},
	{"password_file", take_path, TEXT(struct export_settings, password_path), .hide = true,
	 .expected = "the absolute path of the file that holds the password"},
};
static const struct section http_section = {"export.http", FIELDS(http_fields)};

static const struct field export_fields[] = {
	{"edge", take_name, TEXT(struct export_settings, edge), .expected = "a name for this host, the same for years and of no other host"},
	{"every", take_seconds, AT(struct export_settings, every_s), .low = 1, .fallback = "60s", .expected = "a duration with its unit, 1s or more (60s)"},
	{"postgresql", take_section, .section = &postgresql_section, .expected = "a key conninfo_file"},
	{"http", take_section, .section = &http_section, .expected = "keys such as url"},
};
const struct section export_section = {"export", FIELDS(export_fields)};

void take_export(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const struct node *http = node_get(n, "http");

	if (f->has_export) {
		complain(f->complaints, n->key->at, "'%s' stands in an earlier file already; only circuits add up", d->key);
		return;
	}
	f->has_export = true;
	if (n->kind != NODE_MAP) {
		complain_value(f, d, n);
		return;
	}
	section_fill(f, d->section, n, at);
	if (!http && !node_get(n, "postgresql"))
		complain(f->complaints, n->key->at, "'export' names no store: it needs 'postgresql' or 'http'");
	if (http && !node_get(http, "url") == !node_get(http, "url_file"))
		complain(f->complaints, http->at, "export.http needs one of 'url' and 'url_file'");
	if (http && !node_get(http, "user") != !node_get(http, "password_file"))
		complain(f->complaints, http->at, "'user' and 'password_file' belong together");
}
