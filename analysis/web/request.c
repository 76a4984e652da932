/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/web/request.h"

#include "analysis/value/host_port.h"
#include "analysis/value/utf8.h"
#include "analysis/value/uuid.h"
#include "erprobe/addr.h"

#include <stdint.h>
#include <string.h>

#define ACCEPT_MAX 4096 /* of a longer one nothing is looked at: plain text */

/* The same text without regard to the case of ASCII letters? */
static bool same(const char *a, size_t len, const char *b)
{
	if (strlen(b) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

void web_names_add(struct web_names *n, const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= WEB_NAME_MAX || n->count == WEB_NAMES_MAX)
		return;
	memcpy(n->list[n->count++], name, len + 1);
}

/* -- the Host header -- */

/* Letters, digits, '-', '_' and '.': no blank, no slash, no control character. */
static bool is_name(const char *host)
{
	for (const char *c = host; *c; c++)
		if (!(ascii_lower(*c) >= 'a' && ascii_lower(*c) <= 'z') && !(*c >= '0' && *c <= '9') && *c != '-' && *c != '.' && *c != '_')
			return false;
	return true;
}

bool web_host_is_ours(const char *text, const struct web_names *names, bool *good)
{
	struct host_port at;
	struct ip_addr ip;

	*good = host_port_split(text, strlen(text), &at);
	if (!*good)
		return false;
	if (ip_addr_parse(at.host, &ip))
		return (ip.family == IP_V6) == at.bracketed;
	*good = !at.bracketed && is_name(at.host);
	/* RFC 6761 section 6.3: localhost never leaves the host. */
	if (!*good || same(at.host, strlen(at.host), "localhost"))
		return *good;
	for (size_t i = 0; i < names->count; i++)
		if (same(at.host, strlen(at.host), names->list[i]))
			return true;
	return false;
}

/* -- other sites -- */

/* A page of another site that reads ours; somebody who follows a link to us does not. */
static bool is_of_another_site(const struct web_request *r)
{
	const char *scheme = "http://";

	if (r->origin && (strncmp(r->origin, scheme, strlen(scheme)) != 0 || strcmp(r->origin + strlen(scheme), r->host) != 0))
		return true;
	if (!r->fetch_site || strcmp(r->fetch_site, "same-origin") == 0 || strcmp(r->fetch_site, "none") == 0)
		return false;
	return !r->fetch_mode || strcmp(r->fetch_mode, "navigate") != 0;
}

/* -- Accept -- */

/* One element of a comma list without the blanks around it; false at the end. */
static bool next_element(const char **at, const char **from, size_t *len)
{
	if (**at == '\0')
		return false;
	*from = *at + strspn(*at, " \t");
	*len = strcspn(*from, ",");
	*at = *from + *len;
	if (**at == ',')
		++*at;
	return true;
}

/* The parameter q in thousandths, 1000 without one; what is no number counts as 0. */
static int quality(const char *from, size_t len)
{
	static const int places[] = {1000, 100, 10, 1};
	const char *end = from + len, *q = memchr(from, ';', len);
	int value = 0, place = 0;

	while (q) {
		q++;
		q += strspn(q, " \t");
		if (end - q > 2 && ascii_lower(q[0]) == 'q' && q[1] == '=')
			break;
		q = end > q ? memchr(q, ';', (size_t)(end - q)) : NULL;
	}
	if (!q)
		return 1000;
	for (q += 2; q < end && ((*q >= '0' && *q <= '9') || (*q == '.' && place == 1)); q++)
		if (*q != '.' && place < 4)
			value += (*q - '0') * places[place++];
	return value;
}

bool web_prefers_openmetrics(const char *accept)
{
	int open = 0, plain = 0;
	const char *from;
	size_t len, left;

	if (!accept || strnlen(accept, ACCEPT_MAX) == ACCEPT_MAX)
		return false;
	while (next_element(&accept, &from, &len)) {
		const char *semicolon = memchr(from, ';', len);
		int q = quality(from, len);

		left = semicolon ? (size_t)(semicolon - from) : len;
		while (left > 0 && (from[left - 1] == ' ' || from[left - 1] == '\t'))
			left--;
		if (same(from, left, "application/openmetrics-text") && q > open)
			open = q;
		else if ((same(from, left, "text/plain") || same(from, left, "text/*") || same(from, left, "*/*")) && q > plain)
			plain = q;
	}
	return open > 0 && open >= plain;
}

/* -- the whole -- */

#define REPORT "/report/"

const char *web_report_run(const char *target)
{
	size_t len = strcspn(target, "?"), before = sizeof REPORT - 1;

	if (len <= before || memcmp(target, REPORT, before) != 0 || !uuid_is(target + before, len - before))
		return NULL;
	return target + before;
}

/* Only these exact paths, and runs by their ids: nothing is decoded, joined or looked up in a file system. */
static bool find(const char *target, enum web_document *what)
{
	static const struct { const char *path; enum web_document what; } paths[] = {
		{"/", WEB_PAGE}, {"/events", WEB_EVENTS}, {"/live.css", WEB_STYLE}, {"/live.js", WEB_SCRIPT}, {"/metrics", WEB_METRICS}};
	size_t len = strcspn(target, "?");

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		if (strlen(paths[i].path) == len && memcmp(target, paths[i].path, len) == 0) {
			*what = paths[i].what;
			return true;
		}
	}
	*what = WEB_REPORT;
	return web_report_run(target) != NULL;
}

int web_judge(const struct web_request *r, const struct web_names *names, enum web_document *what)
{
	bool good = false, ours = r->host && web_host_is_ours(r->host, names, &good);

	if (!good)
		return 400;
	if (!ours)
		return 421; /* RFC 9110 section 15.5.20: misdirected request */
	if (is_of_another_site(r))
		return 403;
	if (!find(r->target, what))
		return 404;
	if (*what == WEB_METRICS && web_prefers_openmetrics(r->accept))
		*what = WEB_OPENMETRICS;
	return 200;
}
