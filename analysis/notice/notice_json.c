/* SPDX-License-Identifier: BSD-2-Clause */
/* Events for programs: our own document, PagerDuty, Opsgenie, Alertmanager. */
#include "analysis/notice/notice_forms.h"

#include "analysis/render/json_values.h"
#include "analysis/render/words.h"

#include <stdio.h>
#include <string.h>

/* Opsgenie cuts a message at 130 characters; ours is cut where a reader sees it. */
#define OPSGENIE_MESSAGE_MAX 130

static void facts(struct json_out *j, const struct notice *n)
{
	json_text(j, "status", status_name(n->status));
	json_text(j, "domain", domain_name(n->domain));
	json_text(j, "link", link_name(n->link));
	json_safe_or_null(j, "fault", n->fault);
	json_number(j, "confidence", n->confidence);
	json_text(j, "contact", contact_name(n->contact));
	json_safe_or_null(j, "summary", n->summary);
	json_safe_or_null(j, "maintenance", n->maintenance);
	json_bool(j, "flapping", n->flapping);
	json_safe_or_null(j, "run_id", n->run_id);
}

void notice_form_json(struct json_out *j, const struct notice *n)
{
	char title[NOTICE_TITLE_MAX];

	json_object(j, NULL);
	json_text(j, "schema", "erprobe.event/1");
	json_text(j, "id", n->key);
	json_text(j, "incident", n->incident);
	json_text(j, "event", incident_step_name(n->step));
	json_bool(j, "test", n->test);
	json_text(j, "title", notice_title(n, title));
	json_safe_or_null(j, "circuit", n->circuit);
	json_safe_or_null(j, "edge", n->edge);
	json_time(j, "at", n->at);
	json_time(j, "opened_at", n->opened_at);
	if (n->step == INCIDENT_CLOSED)
		json_time(j, "closed_at", n->at);
	else
		json_null(j, "closed_at");
	facts(j, n);
	json_object_end(j);
}

static const char *pagerduty_severity(const struct notice *n)
{
	if (n->test || n->maintenance[0])
		return "info";
	return n->status == STATUS_FAULT ? "critical" : "warning";
}

void notice_form_pagerduty(struct json_out *j, const struct notice *n, const char *key)
{
	char title[NOTICE_TITLE_MAX];

	json_object(j, NULL);
	json_text(j, "routing_key", key);
	json_text(j, "event_action", n->step == INCIDENT_CLOSED ? "resolve" : "trigger");
	json_text(j, "dedup_key", n->incident);
	json_text(j, "client", "erprobe");
	json_object(j, "payload");
	json_text(j, "summary", notice_title(n, title));
	json_safe_or_null(j, "source", n->edge);
	json_text(j, "severity", pagerduty_severity(n));
	json_time(j, "timestamp", n->at);
	json_safe_or_null(j, "component", n->circuit);
	json_text(j, "group", "ExpressRoute");
	json_safe_or_null(j, "class", n->fault);
	json_object(j, "custom_details");
	json_text(j, "event", n->key);
	facts(j, n);
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
}

/* A new alert, a note on it, or its end: the path says which. */
void notice_form_opsgenie(struct json_out *j, const struct notice *n)
{
	char title[NOTICE_TITLE_MAX], message[OPSGENIE_MESSAGE_MAX], circuit[NAME_MAX_LEN], edge[NAME_MAX_LEN];

	notice_title(n, title);
	text_safe(circuit, sizeof circuit, n->circuit);
	text_safe(edge, sizeof edge, n->edge);
	json_object(j, NULL);
	json_text(j, "source", edge);
	json_text(j, "user", "erprobe");
	if (n->step != INCIDENT_OPENED) {
		json_text(j, "note", title);
		json_object_end(j);
		return;
	}
	text_format(message, sizeof message, "%s", title);
	json_text(j, "message", message);
	json_text(j, "alias", n->incident);
	json_safe_or_null(j, "description", n->summary);
	json_text(j, "entity", circuit);
	json_text(j, "priority", n->test || n->maintenance[0] ? "P5" : n->status == STATUS_FAULT ? "P1" : "P3");
	json_array(j, "tags");
	json_text(j, NULL, "erprobe");
	json_text(j, NULL, "ExpressRoute");
	json_array_end(j);
	json_object(j, "details");
	json_text(j, "event", n->key);
	json_text(j, "status", status_name(n->status));
	json_text(j, "domain", domain_name(n->domain) ? domain_name(n->domain) : "-");
	json_text(j, "link", link_name(n->link) ? link_name(n->link) : "-");
	json_text(j, "fault", n->fault[0] ? n->fault : "-");
	json_text(j, "maintenance", n->maintenance[0] ? "planned" : "-");
	json_object_end(j);
	json_object_end(j);
}

/* Labels are the incident's identity: none that changes while it lasts stands there. */
void notice_form_alertmanager(struct json_out *j, const struct notice *n)
{
	char title[NOTICE_TITLE_MAX];

	json_array(j, NULL);
	json_object(j, NULL);
	json_object(j, "labels");
	json_text(j, "alertname", "ExpressRouteIncident");
	json_safe_or_null(j, "circuit", n->circuit);
	json_safe_or_null(j, "instance", n->edge);
	json_text(j, "incident", n->incident);
	json_object_end(j);
	json_object(j, "annotations");
	json_text(j, "summary", notice_title(n, title));
	if (n->summary[0])
		json_safe_or_null(j, "description", n->summary);
	json_text(j, "status", status_name(n->status));
	json_object_end(j);
	json_time(j, "startsAt", n->opened_at);
	if (n->step == INCIDENT_CLOSED || n->test)
		json_time(j, "endsAt", n->at);
	json_object_end(j);
	json_array_end(j);
}
