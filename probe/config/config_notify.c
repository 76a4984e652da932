/* SPDX-License-Identifier: BSD-2-Clause */
/* The part audit.notify: its keys, what they take, and which belong to which type. */
#include "probe/config/config_schema.h"
#include "probe/config/config_scalar.h"
#include "probe/config/config_words.h"
#include "probe/http/url.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_words[] = {
	[NOTIFY_WEBHOOK] = "webhook", [NOTIFY_MAIL] = "mail", [NOTIFY_COMMAND] = "command", [NOTIFY_SYSLOG] = "syslog"};
static const char *const form_words[] = {
	[NOTICE_JSON] = "json", [NOTICE_SLACK] = "slack", [NOTICE_TEAMS] = "teams", [NOTICE_PAGERDUTY] = "pagerduty",
	[NOTICE_OPSGENIE] = "opsgenie", [NOTICE_ALERTMANAGER] = "alertmanager"};
static const char *const tls_words[] = {[NOTIFY_TLS_REQUIRED] = "required", [NOTIFY_TLS_NONE] = "none"};
static const char *const transport_words[] = {[NOTIFY_UDP] = "udp", [NOTIFY_TCP] = "tcp"};
static const char *const event_words[] = {"opened", "changed", "closed"};

static const struct words kind_choice = WORDS(kind_words), form_choice = WORDS(form_words), tls_choice = WORDS(tls_words),
                          transport_choice = WORDS(transport_words), event_choice = WORDS(event_words);

static const struct field channel_fields[] = {
	{"name", take_name, TEXT(struct notify_channel, name), .required = true, .expected = "a name of printable characters"},
	{"type", take_word, AT(struct notify_channel, kind), .detail = &kind_choice, .required = true,
	 .expected = "webhook, mail, command or syslog"},
	{"events", take_texts, AT(struct notify_channel, events), .detail = &event_choice, .high = 3,
	 .expected = "a list of opened, changed and closed"},
	{"max_age", take_seconds, AT(struct notify_channel, max_age_s), .low = 1, .fallback = "24h", .expected = "a duration with its unit (24h)"},
	{"template", take_word, AT(struct notify_channel, form), .detail = &form_choice,
	 .fallback = "json", .expected = "json, slack, teams, pagerduty, opsgenie or alertmanager"},
	{"url", take_whole_url, TEXT(struct notify_channel, url), .hide = true,
	 .expected = "an https URL without a secret (http only to a loopback address); one that is a secret goes to url_file"},
	{"url_file", take_path, TEXT(struct notify_channel, url_path), .hide = true,
	 .expected = "the absolute path of the file that holds the URL"},
	{"secret_file", take_path, TEXT(struct notify_channel, secret_path), .hide = true,
	 .expected = "the absolute path of the file that holds the token or key"},
	{"server", take_name, TEXT(struct notify_channel, server), .expected = "smtp://HOST:PORT or smtps://HOST:PORT"},
	{"tls", take_word, AT(struct notify_channel, tls), .detail = &tls_choice, .fallback = "required", .expected = "required or none"},
	{"user", take_name, TEXT(struct notify_channel, user), .hide = true, .expected = "the name to sign in with"},
	{"password_file", take_path, TEXT(struct notify_channel, password_path), .hide = true,
	 .expected = "the absolute path of the file that holds the password"},
	{"from", take_address_of_mail, TEXT(struct notify_channel, from), .expected = "an address such as erprobe@example.net"},
	{"to", take_texts, AT(struct notify_channel, to), .high = NOTIFY_LIST_MAX, .low = '@',
	 .expected = "a list of addresses such as [noc@example.net]"},
	{"command", take_texts, AT(struct notify_channel, command), .high = NOTIFY_LIST_MAX, .low = '/',
	 .expected = "a list: the absolute path of a program, then its arguments"},
	{"address", take_name, TEXT(struct notify_channel, address), .expected = "HOST:PORT, or the path of a socket"},
	{"transport", take_word, AT(struct notify_channel, transport), .detail = &transport_choice, .fallback = "udp", .expected = "udp or tcp"},
};
const struct section channel_section = {"a channel", FIELDS(channel_fields)};

/* Which keys belong to which type. */
static const struct channel_key { const char *key; enum notify_kind kind; bool needed; } channel_keys[] = {
	{"template", NOTIFY_WEBHOOK, false}, {"url", NOTIFY_WEBHOOK, false},   {"url_file", NOTIFY_WEBHOOK, false},
	{"secret_file", NOTIFY_WEBHOOK, false}, {"server", NOTIFY_MAIL, true}, {"tls", NOTIFY_MAIL, false},
	{"user", NOTIFY_MAIL, false},        {"password_file", NOTIFY_MAIL, false}, {"from", NOTIFY_MAIL, true},
	{"to", NOTIFY_MAIL, true},           {"command", NOTIFY_COMMAND, true}, {"address", NOTIFY_SYSLOG, false},
	{"transport", NOTIFY_SYSLOG, false},
};

/* An address of the plain kind: what could end its brackets or the line is no part of it. */
static bool is_mail_address(const char *text, size_t max)
{
	const char *at = strchr(text, '@');
	size_t len = strlen(text);

	return len < max && at && at != text && at[1] && !strchr(at + 1, '@') && strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
	       "ABCDEFGHIJKLMNOPQRSTUVWXYZ.!#$%&'*+/=?^_`{|}~-@") == len;
}

void take_address_of_mail(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);

	if (text && is_mail_address(text, d->size))
		memcpy(at, text, strlen(text) + 1);
	else if (text)
		complain_value(f, d, n);
}

void take_whole_url(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	struct url_base to;
	char why[160];

	if (!text)
		return;
	if (strlen(text) >= d->size || !url_whole_parse(text, &to, why, sizeof why))
		complain_value(f, d, n);
	else
		memcpy(at, text, strlen(text) + 1);
}

static bool item_fits(const struct field *d, const char *text, size_t place)
{
	const struct words *w = d->detail;

	if (d->low == '@')
		return is_mail_address(text, NOTIFY_ITEM_MAX);
	if (d->low == '.')
		return strlen(text) < NOTIFY_ITEM_MAX && scalar_is_host_name(text);
	if (d->low == '/' && place == 0)
		return scalar_is_path(text, NOTIFY_ITEM_MAX);
	for (size_t i = 0; w && i < w->count; i++)
		if (strcmp(w->words[i], text) == 0)
			return true;
	return !w && scalar_is_printable(text, NOTIFY_ITEM_MAX);
}

void take_texts(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	struct text_list *list = at;

	if (n->kind != NODE_LIST || !n->first) {
		complain(f->complaints, n->at, "'%s' is not valid; expected %s", d->key, d->expected);
		return;
	}
	if (n->count > (size_t)d->high) {
		complain(f->complaints, n->at, "'%s' has %zu values, it takes at most %d", d->key, n->count, (int)d->high);
		return;
	}
	for (const struct node *child = n->first; child; child = child->next) {
		const char *text = scalar_text(f, d, child);

		if (text && !item_fits(d, text, list->count))
			complain_value(f, d, child);
		else if (text)
			memcpy(list->text[list->count++], text, strlen(text) + 1);
	}
}

static bool one_more(struct config *c)
{
	struct notify_channel *more = realloc(c->channels, (c->channel_count + 1) * sizeof *more);

	if (!more)
		return false;
	memset(&more[c->channel_count++], 0, sizeof *more);
	c->channels = more;
	return true;
}

void take_notify(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	struct config *c = at;

	if (n->kind != NODE_LIST) {
		complain_value(f, d, n);
		return;
	}
	for (const struct node *child = n->first; child; child = child->next) {
		struct notify_channel *channel;

		if (child->kind != NODE_MAP) {
			complain_value(f, d, child);
			continue;
		}
		if (c->channel_count >= CONFIG_CHANNELS_MAX || !one_more(c)) {
			complain(f->complaints, child->at, "more than %d channels, or out of memory", CONFIG_CHANNELS_MAX);
			return;
		}
		channel = &c->channels[c->channel_count - 1];
		section_fill(f, d->section, child, channel);
		rules_channel(f, child, channel);
		for (size_t i = 0; channel->name[0] && i + 1 < c->channel_count; i++)
			if (strcmp(c->channels[i].name, channel->name) == 0)
				complain(f->complaints, node_get(child, "name")->at, "a second channel named '%s'", channel->name);
	}
}

/* -- rules -- */

static void check_webhook(struct filling *f, const struct node *map, const struct notify_channel *c)
{
	bool own = c->form == NOTICE_PAGERDUTY || c->form == NOTICE_OPSGENIE;
	const struct node *url = node_get(map, "url"), *file = node_get(map, "url_file");

	if (url && file)
		complain(f->complaints, url->key->at, "'url' and 'url_file' exclude each other");
	else if (!url && !file && !own)
		complain(f->complaints, map->at, "the template %s needs the key 'url' or 'url_file'", notice_form_name(c->form));
	if (own && !node_get(map, "secret_file"))
		complain(f->complaints, map->at, "the template %s needs the key 'secret_file': the file with its key",
		         notice_form_name(c->form));
	if (url && (c->form == NOTICE_SLACK || c->form == NOTICE_TEAMS))
		complain(f->complaints, url->key->at, "the URL of the template %s is a secret: put it into a file that 'url_file' names",
		         notice_form_name(c->form));
}

static bool is_mail_server(const char *server)
{
	size_t scheme = strncmp(server, "smtps://", 8) == 0 ? 8 : strncmp(server, "smtp://", 7) == 0 ? 7 : 0;

	return scheme > 0 && server[scheme] &&
	       strspn(server + scheme, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:[]") == strlen(server + scheme);
}

static void check_mail(struct filling *f, const struct node *map, const struct notify_channel *c)
{
	const struct node *server = node_get(map, "server"), *user = node_get(map, "user");

	if (c->server[0] && !is_mail_server(c->server))
		complain(f->complaints, server->at, "the value of 'server' is not valid; expected smtp://HOST:PORT or smtps://HOST:PORT, "
		         "a user stands in 'user'"); /* and may stand there with the password */
	if (!user != !node_get(map, "password_file"))
		complain(f->complaints, map->at, "'user' and 'password_file' belong together");
	if (user && c->tls == NOTIFY_TLS_NONE)
		complain(f->complaints, user->key->at, "with tls: none the password would be shown to the network");
	if (c->tls == NOTIFY_TLS_NONE && strncmp(c->server, "smtps://", 8) == 0)
		complain(f->complaints, server->at, "smtps:// is TLS: 'tls: none' contradicts it");
}

void rules_channel(struct filling *f, const struct node *map, const struct notify_channel *c)
{
	const struct node *type = node_get(map, "type");

	/* With an unknown type every key would be called wrong: one error is enough. */
	if (!type || !type->text || strcmp(type->text, notify_kind_name(c->kind)) != 0)
		return;
	for (size_t i = 0; i < sizeof channel_keys / sizeof channel_keys[0]; i++) {
		const struct channel_key *k = &channel_keys[i];
		const struct node *n = node_get(map, k->key);

		if (n && k->kind != c->kind)
			complain(f->complaints, n->key->at, "'%s' does not belong to the type %s", k->key, notify_kind_name(c->kind));
		else if (!n && k->kind == c->kind && k->needed)
			complain(f->complaints, map->at, "the type %s needs the key '%s'", notify_kind_name(c->kind), k->key);
	}
	if (c->kind == NOTIFY_WEBHOOK)
		check_webhook(f, map, c);
	else if (c->kind == NOTIFY_MAIL)
		check_mail(f, map, c);
	else if (c->kind == NOTIFY_SYSLOG && c->address[0] && c->address[0] != '/' && !scalar_is_host_port(c->address))
		complain(f->complaints, node_get(map, "address")->at, "'%.80s' is not valid for 'address'; expected HOST:PORT "
		         "(an IPv6 address in brackets), or the path of a socket", c->address);
}
