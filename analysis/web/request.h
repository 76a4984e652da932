/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be asked of the audit's page over HTTP, as a pure function of the request.
 *
 * The page needs no sign-in, so the browser of an engineer must not become a stranger's
 * way in: a name that suddenly resolves to this host (DNS rebinding) is refused by its Host
 * header, and what another site's page asks for by Origin and Fetch Metadata. */
#ifndef ERPROBE_WEB_REQUEST_H
#define ERPROBE_WEB_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#define WEB_NAMES_MAX 24
#define WEB_NAME_MAX 256 /* a DNS name is at most 253 characters */

enum web_document {
	WEB_PAGE,        /* / */
	WEB_EVENTS,      /* /events: the page's changes, as server-sent events */
	WEB_STYLE,       /* /live.css */
	WEB_SCRIPT,      /* /live.js */
	WEB_METRICS,     /* /metrics in Prometheus' text format */
	WEB_OPENMETRICS, /* /metrics in OpenMetrics */
	WEB_REPORT,      /* /report/RUN-ID: web_report_run() */
	WEB_DOCUMENTS
};

/* A request as it came; NULL for a header that was not sent. */
struct web_request {
	const char *target;     /* path and query */
	const char *host, *origin, *accept, *fetch_site, *fetch_mode;
};

/* Names, beside addresses and localhost, by which this host may be asked. */
struct web_names {
	char list[WEB_NAMES_MAX][WEB_NAME_MAX];
	size_t count;
};

/* Adds a name; one that is empty, too long or too many is left out. */
void web_names_add(struct web_names *n, const char *name);

/* The answer's code: 200 with the document in *what; 400 without a usable Host header,
 * 421 for a host that is not this one, 403 for another site's request, 404 else. */
int web_judge(const struct web_request *r, const struct web_names *names, enum web_document *what);

/* The run of a target that asks for a report: its id, 36 characters of it; NULL where it asks for none. What stands there is a
 * run's id and nothing else, but nobody said that there is such a run. */
const char *web_report_run(const char *target);

/* -- its parts -- */

/* Is this Host header (name or address, perhaps with a port) one of ours? An address
 * always is: nobody can make it lead elsewhere. *good is false when it is none at all. */
bool web_host_is_ours(const char *host, const struct web_names *names, bool *good);
/* Does the Accept header (RFC 9110 section 12.5.1) prefer OpenMetrics to plain text? */
bool web_prefers_openmetrics(const char *accept);

#endif
