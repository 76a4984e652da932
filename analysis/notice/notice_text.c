/* SPDX-License-Identifier: BSD-2-Clause */
/* Events as text: for people, for logs, for a command's environment. */
#include "analysis/notice/notice_forms.h"

#include "analysis/render/words.h"

#include <stdio.h>
#include <string.h>

#define SYSLOG_FACILITY_DAEMON (3 << 3)

const char *notice_form_name(enum notice_form f)
{
	static const char *const names[NOTICE_FORMS] = {
		[NOTICE_JSON] = "json", [NOTICE_SLACK] = "slack", [NOTICE_TEAMS] = "teams", [NOTICE_PAGERDUTY] = "pagerduty",
		[NOTICE_OPSGENIE] = "opsgenie", [NOTICE_ALERTMANAGER] = "alertmanager"};

	return f < NOTICE_FORMS ? names[f] : "json";
}

void notice_body(enum notice_form form, const struct notice *n, const char *secret, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, true);
	switch (form) {
	case NOTICE_SLACK: notice_form_slack(&j, n); break;
	case NOTICE_TEAMS: notice_form_teams(&j, n); break;
	case NOTICE_PAGERDUTY: notice_form_pagerduty(&j, n, secret); break;
	case NOTICE_OPSGENIE: notice_form_opsgenie(&j, n); break;
	case NOTICE_ALERTMANAGER: notice_form_alertmanager(&j, n); break;
	case NOTICE_JSON:
	case NOTICE_FORMS: notice_form_json(&j, n); break;
	}
	json_finish(&j);
}

void notice_path(enum notice_form form, const struct notice *n, struct strbuf *out)
{
	if (form != NOTICE_OPSGENIE)
		return;
	strbuf_add(out, "/v2/alerts");
	/* The key has letters, digits, '-' and '.' alone. */
	if (n->step != INCIDENT_OPENED)
		strbuf_addf(out, "/%s/%s?identifierType=alias", n->incident, n->step == INCIDENT_CLOSED ? "close" : "notes");
}

bool notice_fact(const struct notice *n, size_t i, const char **name, char *value, size_t size)
{
	static const char *const names[] = {"ID", "INCIDENT", "EVENT", "CIRCUIT", "EDGE", "STATUS", "DOMAIN", "LINK", "FAULT",
	                                    "CONFIDENCE", "CONTACT", "SUMMARY", "MAINTENANCE", "AT", "OPENED_AT", "RUN_ID", "TITLE"};
	char at[WALL_TEXT_MAX], opened[WALL_TEXT_MAX], sure[16], title[NOTICE_TITLE_MAX];

	snprintf(sure, sizeof sure, "%.2f", n->confidence);
	const char *const values[] = {
		n->key, n->incident, n->test ? "test" : incident_step_name(n->step), n->circuit, n->edge, status_name(n->status),
		domain_name(n->domain), link_name(n->link), n->fault, sure, contact_name(n->contact), n->summary, n->maintenance,
		wall_text(n->at, at), wall_text(n->opened_at, opened), n->run_id, notice_title(n, title)};

	if (i >= sizeof names / sizeof names[0])
		return false;
	*name = names[i];
	text_safe(value, size, values[i] ? values[i] : "");
	return true;
}

void notice_text(const struct notice *n, struct strbuf *out)
{
	char title[NOTICE_TITLE_MAX], text[SENTENCE_MAX], sure[WORDS_MAX], at[WALL_TEXT_MAX];

	strbuf_addf(out, "%s\n\n", notice_title(n, title));
	text_safe(text, sizeof text, n->summary);
	if (text[0])
		strbuf_addf(out, "%s\n", text);
	if (n->step != INCIDENT_CLOSED && !n->test && n->confidence > 0) /* a drift is measured, not weighed */
		strbuf_addf(out, "%s.\n", confidence_words(n->confidence, sure));
	if (n->contact != CONTACT_NONE && n->step != INCIDENT_CLOSED)
		strbuf_addf(out, "Who must act: %s\n", contact_words(n->contact, n->handoff));
	text_safe(text, sizeof text, n->maintenance);
	if (text[0])
		strbuf_addf(out, "Azure has planned maintenance: %s\n", text);
	strbuf_addf(out, "\nSince %s", wall_text(n->opened_at, at));
	if (n->step == INCIDENT_CLOSED)
		strbuf_addf(out, ", until %s", wall_text(n->at, at));
	text_safe(text, sizeof text, n->edge);
	strbuf_addf(out, "\nMeasured from %s", text);
	if (n->run_id[0])
		strbuf_addf(out, ", run %s", n->run_id);
	strbuf_add(out, "\n");
}

/* -- logs -- */

/* A value in quotes; \ and " with a backslash, as RFC 5424 section 6.3.3 wants "]" too. */
static void quoted(struct strbuf *out, const char *value)
{
	strbuf_add_char(out, '"');
	for (const char *c = value; *c; c++) {
		if (*c == '"' || *c == '\\' || *c == ']')
			strbuf_add_char(out, '\\');
		strbuf_add_char(out, *c);
	}
	strbuf_add_char(out, '"');
}

int notice_priority(const struct notice *n)
{
	int severity = n->test || n->step == INCIDENT_CLOSED || n->maintenance[0] ? 5 : n->status == STATUS_FAULT ? 2 : 4;

	return SYSLOG_FACILITY_DAEMON | severity;
}

static void pairs(const struct notice *n, bool lower, struct strbuf *out)
{
	char value[NOTICE_TITLE_MAX];
	const char *name;

	for (size_t i = 0; notice_fact(n, i, &name, value, sizeof value); i++) {
		if (!value[0] || strcmp(name, "TITLE") == 0)
			continue;
		strbuf_add_char(out, ' ');
		for (const char *c = name; *c; c++)
			strbuf_add_char(out, (char)(lower && *c >= 'A' && *c <= 'Z' ? *c + 32 : *c));
		strbuf_add_char(out, '=');
		quoted(out, value);
	}
}

void notice_line(const struct notice *n, struct strbuf *out)
{
	char title[NOTICE_TITLE_MAX];

	strbuf_add(out, notice_title(n, title));
	pairs(n, true, out);
}

/*  <PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID [SD-ID name="value"…] BOM MSG   (RFC 5424 section 6)
 * The SD-ID's number is the one that IANA keeps for documentation: erprobe has none. */
void notice_syslog(const struct notice *n, int pid, struct strbuf *out)
{
	char at[WALL_TEXT_MAX], title[NOTICE_TITLE_MAX], host[NAME_MAX_LEN];

	text_safe(host, sizeof host, n->edge);
	for (char *c = host; *c; c++)
		if (*c <= ' ' || (unsigned char)*c >= 0x7f)
			*c = '-';
	strbuf_addf(out, "<%d>1 %s %s erprobe %d %s [erprobe@32473", notice_priority(n), wall_text(n->at, at), host[0] ? host : "-", pid,
	            n->test ? "test" : incident_step_name(n->step));
	pairs(n, true, out);
	strbuf_addf(out, "] \xef\xbb\xbf%s", notice_title(n, title));
}
