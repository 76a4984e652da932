/* SPDX-License-Identifier: BSD-2-Clause */
/* Trying the channels by hand. */
#include "erprobe/exit_code.h"
#include "probe/audit/notify.h"

#include "analysis/value/strbuf.h"
#include "probe/host/host_name.h"
#include "probe/host/now.h"
#include "probe/notify/courier.h"

#include <stdio.h>
#include <time.h>

#define LOOK_NS 10000000L

static struct notice test_notice(const struct config *c)
{
	struct notice n = {.step = INCIDENT_OPENED, .test = true, .status = STATUS_HEALTHY, .link = LINK_NULL, .at = now_wall()};

	n.opened_at = n.at;
	snprintf(n.key, sizeof n.key, "test-%lld.opened", (long long)(n.at.ns / NS_PER_US));
	snprintf(n.incident, sizeof n.incident, "%s", n.key);
	text_safe(n.circuit, sizeof n.circuit, c->circuits[0].name);
	text_format(n.summary, sizeof n.summary, "Somebody tries this channel with erprobe audit --test-notify.");
	host_name(n.edge, sizeof n.edge);
	return n;
}

static bool try_channel(const struct notify_channel *channel, const struct notice *n)
{
	const struct timespec look = {0, LOOK_NS};
	struct courier courier = {0};
	struct deliver_result r = {.outcome = DELIVER_LATER};
	char name[NAME_MAX_LEN];
	bool started = courier_start(&courier, channel, n, now_mono(), r.error, sizeof r.error);

	while (started && !courier_ended(&courier, now_mono(), &r))
		nanosleep(&look, NULL);
	text_safe(name, sizeof name, channel->name);
	if (r.outcome == DELIVER_TOLD)
		printf("%s (%s): told\n", name, notify_kind_name(channel->kind));
	else
		printf("%s (%s): not told: %s\n", name, notify_kind_name(channel->kind), r.error);
	fflush(stdout);
	return r.outcome == DELIVER_TOLD;
}

int notify_test(struct config *c)
{
	const struct notice n = test_notice(c);
	int code = 0;

	if (c->channel_count == 0) {
		fputs("erprobe audit: there is no channel: name some under audit.notify\n", stderr);
		code = EXIT_ERROR;
	}
	for (size_t i = 0; i < c->channel_count; i++)
		if (!try_channel(&c->channels[i], &n))
			code = EXIT_ERROR;
	config_free(c);
	return code;
}
