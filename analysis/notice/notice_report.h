/* SPDX-License-Identifier: BSD-2-Clause */
/* An event of an incident in the forms that receivers read. Each is a fixed shape with
 * values put in; nothing that comes from outside is read as markup, as a mention of
 * people, as a link or as another member. */
#ifndef ERPROBE_NOTICE_REPORT_H
#define ERPROBE_NOTICE_REPORT_H

#include "analysis/audit/notice.h"
#include "analysis/value/strbuf.h"

/* The forms of a webhook. */
enum notice_form {
	NOTICE_JSON = 0,     /* erprobe.event/1, the schema that is shipped */
	NOTICE_SLACK,        /* incoming webhooks of Slack, and of Mattermost, Rocket.Chat and others that read them */
	NOTICE_TEAMS,        /* Microsoft Teams, a workflow's webhook: an Adaptive Card */
	NOTICE_PAGERDUTY,    /* PagerDuty Events API v2 */
	NOTICE_OPSGENIE,     /* Opsgenie Alert API v2 */
	NOTICE_ALERTMANAGER, /* Prometheus Alertmanager API v2 */
	NOTICE_FORMS
};
const char *notice_form_name(enum notice_form f);

/* The body of a request. secret: PagerDuty's routing key, which stands in the body; else
 * not used (may be NULL). */
void notice_body(enum notice_form form, const struct notice *n, const char *secret, struct strbuf *out);
/* What follows the service's own URL for this event; "" for all but Opsgenie, whose path
 * says what is done. */
void notice_path(enum notice_form form, const struct notice *n, struct strbuf *out);

/* A mail as it goes over the wire (RFC 5322, MIME, UTF-8, CRLF): headers and plain text.
 * from and to are addresses without control characters. The Message-ID comes from the
 * event's key, the thread from the incident's. */
void notice_mail(const struct notice *n, const char *from, const char *const *to, size_t to_count, struct strbuf *out);

/* Plain text of some lines, for people. */
void notice_text(const struct notice *n, struct strbuf *out);

/* One line "key=value key="text…"", for logs. */
void notice_line(const struct notice *n, struct strbuf *out);
/* A message of RFC 5424 with the facts as structured data, without a frame around it;
 * pid is the sender's. */
void notice_syslog(const struct notice *n, int pid, struct strbuf *out);
/* The priority of syslog: facility daemon, severity by what happened (crit, warning, notice). */
int notice_priority(const struct notice *n);

/* A fact as "NAME=value" for a command's environment, or NULL at the end. The text is safe:
 * one line, no control characters. */
bool notice_fact(const struct notice *n, size_t i, const char **name, char *value, size_t size);

#endif
