/* SPDX-License-Identifier: BSD-2-Clause */
/* One way to tell somebody, as the configuration's audit.notify has it. Secrets are in
 * files that it names, never here. */
#ifndef ERPROBE_NOTIFY_CHANNEL_H
#define ERPROBE_NOTIFY_CHANNEL_H

#include "analysis/notice/notice_report.h"
#include "erprobe/plan.h"

#include <stddef.h>
#include <stdint.h>

#define NOTIFY_TEXT_MAX 1024
#define NOTIFY_LIST_MAX 16
#define NOTIFY_ITEM_MAX 256
#define NOTIFY_AGE_DEFAULT_S 86400 /* older news are given up */

enum notify_kind { NOTIFY_WEBHOOK = 0, NOTIFY_MAIL, NOTIFY_COMMAND, NOTIFY_SYSLOG, NOTIFY_KINDS };
enum notify_tls { NOTIFY_TLS_REQUIRED = 0, NOTIFY_TLS_NONE };
enum notify_transport { NOTIFY_UDP = 0, NOTIFY_TCP };

struct text_list {
	size_t count;
	char text[NOTIFY_LIST_MAX][NOTIFY_ITEM_MAX];
};

struct notify_channel {
	char name[NAME_MAX_LEN];
	enum notify_kind kind;
	int64_t max_age_s;                   /* 0 = the default */
	struct text_list events;             /* "opened", "changed", "closed"; none = all */
	/* webhook */
	enum notice_form form;
	char url[NOTIFY_TEXT_MAX];          /* "" = url_path, or the service's own */
	char url_path[NOTIFY_TEXT_MAX];     /* file that holds the URL, for those that are a secret */
	char secret_path[NOTIFY_TEXT_MAX];  /* file with a bearer token, routing key or API key */
	/* mail */
	char server[NOTIFY_TEXT_MAX];       /* smtp://HOST[:PORT] or smtps://HOST[:PORT] */
	enum notify_tls tls;
	char user[NOTIFY_ITEM_MAX], password_path[NOTIFY_TEXT_MAX];
	char from[NOTIFY_ITEM_MAX];
	struct text_list to;
	/* command */
	struct text_list command;            /* program and its arguments; no shell reads them */
	/* syslog */
	char address[NOTIFY_ITEM_MAX];      /* "HOST:PORT" or the path of a socket; "" = /dev/log */
	enum notify_transport transport;
};

const char *notify_kind_name(enum notify_kind k);
/* Which steps of an incident the channel wants: a bit 1 << enum incident_step each. */
unsigned notify_steps(const struct notify_channel *c);

#endif
