/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/notify/deliver.h"

#include "analysis/value/strbuf.h"
#include "probe/sandbox/sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *notify_kind_name(enum notify_kind k)
{
	static const char *const names[NOTIFY_KINDS] = {
		[NOTIFY_WEBHOOK] = "webhook", [NOTIFY_MAIL] = "mail", [NOTIFY_COMMAND] = "command", [NOTIFY_SYSLOG] = "syslog"};

	return k < NOTIFY_KINDS ? names[k] : "webhook";
}

unsigned notify_steps(const struct notify_channel *c)
{
	unsigned steps = 0;

	for (int s = INCIDENT_OPENED; s <= INCIDENT_CLOSED; s++) {
		bool wanted = c->events.count == 0;

		for (size_t i = 0; i < c->events.count; i++)
			wanted = wanted || strcmp(c->events.text[i], incident_step_name((enum incident_step)s)) == 0;
		steps |= wanted ? 1u << s : 0;
	}
	return steps;
}

void deliver_fail(struct deliver_result *r, enum deliver_outcome outcome, const char *format, ...)
{
	char raw[DELIVER_ERROR_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	text_safe(r->error, sizeof r->error, raw);
	r->outcome = outcome;
}

bool deliver_give_up_rights(struct deliver_result *r)
{
	char err[160];

	if (sandbox_clear_capabilities(err, sizeof err))
		return true;
	deliver_fail(r, DELIVER_LATER, "%s", err);
	return false;
}

void deliver(const struct notify_channel *c, const struct notice *n, struct deliver_result *r)
{
	*r = (struct deliver_result){.outcome = DELIVER_TOLD, .retry_after_s = -1};
	switch (c->kind) {
	case NOTIFY_MAIL: deliver_mail(c, n, r); break;
	case NOTIFY_COMMAND: deliver_command(c, n, r); break;
	case NOTIFY_SYSLOG: deliver_syslog(c, n, r); break;
	case NOTIFY_WEBHOOK:
	case NOTIFY_KINDS: deliver_webhook(c, n, r); break;
	}
}
