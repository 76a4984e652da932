/* SPDX-License-Identifier: BSD-2-Clause */
/* What the answers to a sign-in mean.
 *
 *   200  {"access_token": …, "expires_in": 3599}         the metadata service sends "3599"
 *   400, 401  {"error": "invalid_client", "error_description": "AADSTS7000215: …", …}
 *   401  of Azure Arc's agent: WWW-Authenticate: Basic realm=FILE
 */
#define _GNU_SOURCE /* memmem */
#include "probe/signin/signin.h"

#include "analysis/value/strbuf.h"
#include "probe/secret/secret_file.h"
#include "probe/json/json_in.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIFE_UNKNOWN_S 300 /* of a token that does not say when it ends */
#define LIFE_MOST_S 86400  /* Entra's longest token lives a day */
#define RETRY_FIRST_S 1.0
#define WORDS_MAX 110      /* of the service's own words: they go on for long */
#define SECRET_LEAST 8     /* shorter ones occur in any text */

/* Entra's numbers whose remedy is known. */
struct remedy { const char *code, *todo; };
static const struct remedy remedies[] = {
	{"AADSTS7000215:", "put the secret's value (not its id) into the secret_file"},
	{"AADSTS7000222:", "the secret has ended: make a new one for the application"},
	{"AADSTS700016:", "no such application in this tenant: check client_id and tenant_id"},
	{"AADSTS90002:", "no such tenant: check tenant_id and azure.cloud"},
	{"AADSTS900023:", "tenant_id is neither an id nor a domain"},
	{"AADSTS700027:", "upload this certificate to the application, or check the clock"},
	{"AADSTS700024:", "the assertion's time does not fit: check this host's clock"},
	{"AADSTS500011:", "this tenant does not know the management endpoint: check azure.cloud"},
	{"AADSTS7000229:", "the application has no service principal in this tenant"},
	{"AADSTS7000112:", "the application is disabled"},
	{"AADSTS70021:", "no federated credential fits this token's issuer and subject"},
	{"AADSTS700211:", "no federated credential fits this token's issuer"},
	{"AADSTS700212:", "no federated credential fits this token's audience"},
	{"AADSTS700213:", "no federated credential fits this token's subject"},
	{"AADSTS53003:", "a Conditional Access policy forbids it"},
};

static const char *remedy_for(const char *words)
{
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (strstr(words, remedies[i].code))
			return remedies[i].todo;
	return "";
}

/* Entra puts trace and time behind its sentence, or on lines of their own. */
static void cut_words(const char *words, char *out, size_t size)
{
	char line[512], shorter[WORDS_MAX];
	snprintf(line, sizeof(line), "%s", words);
	line[strcspn(line, "\r\n")] = '\0';
	char *trace = strstr(line, " Trace ID:");
	if (trace)
		*trace = '\0';
	text_format(shorter, sizeof(shorter), "%s", line);
	text_safe(out, size, shorter);
}

static bool repeats_secret(const struct signin *s, const struct http_answer *a)
{
	size_t len = strlen(s->secret), form = s->form ? strlen(s->form) : 0;
	return (len >= SECRET_LEAST && memmem(a->body, a->len, s->secret, len)) ||
	       (form > 0 && memmem(a->body, a->len, s->form, form)) || token_within(&s->token, a->body, a->len);
}

static void say_refusal(struct signin *s, const struct http_answer *a, const struct json_value *root, char *why,
                        size_t size)
{
	const char *error = json_as_text(json_get(root, "error"));
	const char *words = json_as_text(json_get(root, "error_description"));
	char safe_error[48] = "", safe_words[WORDS_MAX] = "";
	if (a->len > 0 && repeats_secret(s, a)) {
		text_format(why, size, "%s: %d, in words that repeat our secret: not shown", s->to.host, (int)a->status);
		return;
	}
	text_safe(safe_error, sizeof(safe_error), error ? error : root ? "no reason given" : "not JSON: is there a proxy?");
	if (words)
		cut_words(words, safe_words, sizeof(safe_words));
	const char *todo = words ? remedy_for(words) : "";
	text_format(why, size, "%s: %d %s%s%s%s%s", s->to.host, (int)a->status, safe_words[0] ? "" : safe_error,
	            safe_words, todo[0] ? " (" : "", todo, todo[0] ? ")" : "");
}

/* ------------------------------------------------------------------ tokens */

static int64_t life_of(const struct json_value *root, struct wall_ns wall)
{
	int64_t seconds = LIFE_UNKNOWN_S, ends, now_s = wall.ns / NS_PER_SEC;
	if (!json_as_int(json_get(root, "expires_in"), &seconds) && json_as_int(json_get(root, "expires_on"), &ends))
		seconds = ends > now_s ? ends - now_s : 0; /* of any number that a text can hold */
	return seconds < LIFE_MOST_S ? seconds : LIFE_MOST_S;
}

static void take_token(struct signin *s, const struct json_value *root, struct mono_ns now, struct wall_ns wall)
{
	const char *text = json_as_text(json_get(root, "access_token"));
	s->basic[0] = '\0';
	if (text)
		signin_keep(s, text, life_of(root, wall), now);
	else
		signin_fail(s, "%s: 200, but without an access_token: is there a proxy that answers?", s->to.host);
}

void signin_take_cli(struct signin *s, const char *text, struct mono_ns now, struct wall_ns wall)
{
	char why[128];
	struct json_doc *doc = json_read(text, strlen(text), why, sizeof(why));
	const struct json_value *root = json_root(doc);
	const char *token = json_as_text(json_get(root, "accessToken"));
	if (token)
		signin_keep(s, token, life_of(root, wall), now);
	else
		signin_fail(s, "`az account get-access-token` printed no access token");
	json_doc_free(doc);
}

/* ------------------------------------------------------------------ Azure Arc */

static bool take_challenge(struct signin *s, const struct http_answer *a, struct mono_ns now)
{
	char path[256], err[SIGNIN_ERROR_MAX], key[ARC_KEY_MAX + 1];
	if (s->way != WAY_ARC || a->status != 401 || s->basic[0])
		return false;
	if (!signin_arc_file(a->challenge, ARC_TOKENS_FOLDER, path, sizeof(path))) {
		signin_fail(s, "Azure Arc's agent names no *.key in %s as its proof", ARC_TOKENS_FOLDER);
	} else if (!secret_file_line("Azure Arc's key", path, key, sizeof(key), err, sizeof(err))) {
		signin_fail(s, "%s (its readers are the group himds)", err);
	} else {
		snprintf(s->basic, sizeof(s->basic), "Authorization: Basic %s", key);
		memcpy(s->secret, key, sizeof(key));
		s->state = SIGNIN_READY;
		s->not_before = now;
	}
	explicit_bzero(key, sizeof(key));
	return true;
}

/* ------------------------------------------------------------------ any answer */

static bool passes_with_time(const struct signin *s, const struct http_answer *a)
{
	bool metadata = s->way == WAY_METADATA || s->way == WAY_ARC;
	if (a->status == 0)
		return a->may_retry;
	/* The metadata service says 404 and 410 while it is being renewed. */
	return a->status == 429 || a->status >= 500 || (metadata && (a->status == 404 || a->status == 410));
}

static void say_no_answer(const struct signin *s, const struct http_answer *a, char *why, size_t size)
{
	if (s->way == WAY_METADATA)
		text_format(why, size, "the metadata service of an Azure VM does not answer (%s): is this host one?", a->error);
	else
		text_format(why, size, "%s: %s", s->to.host, a->error);
}

void signin_take(struct signin *s, const struct http_answer *a, struct mono_ns now, struct wall_ns wall,
                 double jitter)
{
	char why[SIGNIN_ERROR_MAX] = "", ignored[128];
	struct json_doc *doc = a->len > 0 ? json_read(a->body, a->len, ignored, sizeof(ignored)) : NULL;
	const struct json_value *root = json_root(doc);
	if (a->status == 200) {
		take_token(s, root, now, wall);
	} else if (!take_challenge(s, a, now)) {
		double wait = RETRY_FIRST_S * (double)(1U << (s->tries < 5 ? s->tries : 5)) * jitter;
		if (a->status == 0)
			say_no_answer(s, a, why, sizeof(why));
		else
			say_refusal(s, a, root, why, sizeof(why));
		s->basic[0] = '\0';
		if (passes_with_time(s, a))
			signin_again(s, a->retry_after_s > 0 ? (double)a->retry_after_s : wait, now, why);
		else
			signin_fail(s, "%s", why);
	}
	json_doc_free(doc);
}
