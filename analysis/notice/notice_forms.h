/* SPDX-License-Identifier: BSD-2-Clause */
/* The single forms of notice_report.h. Inside analysis/notice/ only. */
#ifndef ERPROBE_NOTICE_FORMS_H
#define ERPROBE_NOTICE_FORMS_H

#include "analysis/notice/notice_report.h"
#include "analysis/value/json_out.h"

void notice_form_json(struct json_out *j, const struct notice *n);
void notice_form_pagerduty(struct json_out *j, const struct notice *n, const char *key);
void notice_form_opsgenie(struct json_out *j, const struct notice *n);
void notice_form_alertmanager(struct json_out *j, const struct notice *n);
void notice_form_slack(struct json_out *j, const struct notice *n);
void notice_form_teams(struct json_out *j, const struct notice *n);

#endif
