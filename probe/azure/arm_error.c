/* SPDX-License-Identifier: BSD-2-Clause */
/* Azure's refusals as one line: status, code, message, and what to do about it.
 *
 * The envelope is {"error": {"code", "message", "details": [...]}}, but proxies send
 * HTML, some services a plain string, and some nothing at all. */
#include "probe/azure/arm.h"

#include "analysis/value/strbuf.h"

#include <stdio.h>
#include <string.h>

#define CODE_MAX 80
#define MESSAGE_MAX 200

/* What a person does about a status, where the message alone does not tell. */
static const char *advice(int32_t status)
{
	switch (status) {
	case 401: return "renew the token";
	case 404: return "check the resource id and the token's subscription";
	case 407: return "the proxy wants a sign-in";
	default: return NULL;
	}
}

static const struct json_value *envelope(const struct json_value *root)
{
	const struct json_value *error = json_get(root, "error");
	return error ? error : root;
}

/* The message of an AuthorizationFailed names the action late, behind two GUIDs; it is
 * all that whoever grants the right needs, so it goes first. */
static bool missing_action(const char *message, char *out, size_t size)
{
	const char *from = strstr(message, "perform action '");
	if (!from)
		return false;
	from += strlen("perform action '");
	const char *to = strchr(from, '\'');
	if (!to || to == from || (size_t)(to - from) >= CODE_MAX * 2)
		return false;
	char action[CODE_MAX * 2], safe[CODE_MAX * 2];
	memcpy(action, from, (size_t)(to - from));
	action[to - from] = '\0';
	text_safe(safe, sizeof(safe), action);
	text_format(out, size, "no right to perform action '%s': give the reader's identity a role with it", safe);
	return true;
}

static void message_of(int32_t status, const struct json_value *error, char *out, size_t size)
{
	const char *message = json_as_text(error);
	if (!message)
		message = json_as_text(json_get(error, "message"));
	if (!message)
		message = json_as_text(json_get(error, "error_description"));
	out[0] = '\0';
	if (!message || (status == 403 && missing_action(message, out, size)))
		return;
	char safe[MESSAGE_MAX * 2];
	text_safe(safe, sizeof(safe), message);
	char *link = strstr(safe, " For more details please go to"); /* a link that says nothing about us */
	if (link)
		*link = '\0';
	text_format(out, size, "%s", safe);
}

void arm_error_text(const struct http_answer *a, const struct json_value *root, char *out, size_t size)
{
	char code[CODE_MAX] = "", message[MESSAGE_MAX];
	const struct json_value *error = envelope(root);
	const char *raw = json_as_text(json_get(error, "code"));
	if (raw)
		text_safe(code, sizeof(code), raw);
	message_of(a->status, error, message, sizeof(message));
	const char *todo = advice(a->status);
	size_t len = strlen(message);
	if (todo && len > 0 && message[len - 1] == '.')
		message[len - 1] = '\0'; /* the sentence goes on */
	bool said = code[0] || message[0];
	text_format(out, size, "%d %s%s%s%s%s", (int)a->status, code, code[0] && message[0] ? ": " : "",
	            said ? message : "without a reason that could be read", todo ? ": " : "", todo ? todo : "");
}
