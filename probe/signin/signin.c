/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a sign-in: when to ask, which token counts, when to give up. What is asked
 * stands in signin_request.c, what the answers mean in signin_answer.c. */
#include "probe/signin/signin.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "probe/signin/azure_cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RENEW_BEFORE_S 300 /* as Microsoft's own libraries do */
#define RETRY_LEAST_S 0.1  /* no advice and no jitter may become a busy loop */

static bool token_lives(const struct signin *s, struct mono_ns now)
{
	return s->token.len > 0 && mono_since(s->ends_at, now) > 0;
}

void signin_fail(struct signin *s, const char *format, ...)
{
	char reason[SIGNIN_ERROR_MAX * 2];
	va_list args;
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	text_format(s->error, sizeof(s->error), "cannot sign in: %s", reason);
	s->state = SIGNIN_FAILED;
}

void signin_keep(struct signin *s, const char *text, int64_t seconds, struct mono_ns now)
{
	bool other = strcmp(text, s->token.text) != 0;
	if (seconds <= 0) {
		signin_fail(s, "the token that came has ended already: is this host's clock right?");
		return;
	}
	if (!token_set(&s->token, text)) {
		signin_fail(s, "what came in place of a token is none");
		return;
	}
	s->generation += other;
	s->ends_at = mono_add(now, seconds_ns((double)seconds));
	s->renew_at = mono_add(now, seconds_ns(seconds > 2 * RENEW_BEFORE_S ? (double)(seconds - RENEW_BEFORE_S) : (double)seconds / 2));
	s->state = SIGNIN_QUIET;
	s->tries = 0;
	s->error[0] = '\0';
}

void signin_again(struct signin *s, double seconds, struct mono_ns now, const char *why)
{
	struct mono_ns at = mono_add(now, seconds_ns(seconds < RETRY_LEAST_S ? RETRY_LEAST_S : seconds));
	if (++s->tries >= SIGNIN_TRIES_MAX) {
		signin_fail(s, "%s (%u tr%s)", why, s->tries, PLURAL(s->tries, "y", "ies"));
	} else if (mono_since(s->deadline, at) <= 0) {
		signin_fail(s, "%s; the next try would be after the deadline", why);
	} else {
		text_format(s->error, sizeof(s->error), "%s", why);
		s->not_before = at;
		s->state = SIGNIN_READY;
	}
}

enum signin_token signin_check(struct signin *s, struct mono_ns now)
{
	char err[SIGNIN_ERROR_MAX];
	if (s->way == WAY_FILE) {
		bool has = token_refresh(&s->token, err, sizeof(err));
		s->generation = s->token.changes;
		if (has)
			return SIGNIN_HAS;
		text_format(s->error, sizeof(s->error), "%s", err);
		return SIGNIN_NONE;
	}
	if (token_lives(s, now))
		return SIGNIN_HAS;
	return s->state == SIGNIN_FAILED ? SIGNIN_NONE : SIGNIN_WAIT;
}

bool signin_due(struct signin *s, struct mono_ns now)
{
	if (s->way == WAY_FILE)
		return false;
	if (s->state == SIGNIN_QUIET && mono_since(now, s->renew_at) >= 0) {
		s->state = SIGNIN_READY;
		s->not_before = now;
	}
	return s->state == SIGNIN_READY && mono_since(now, s->not_before) >= 0;
}

bool signin_by_http(const struct signin *s)
{
	return s->way != WAY_FILE && s->way != WAY_CLI;
}

void signin_run(struct signin *s, struct mono_ns now, struct wall_ns wall)
{
	char *text = calloc(1, AZURE_CLI_OUTPUT_MAX), err[SIGNIN_ERROR_MAX];
	int64_t left = mono_since(s->deadline, now) / NS_PER_MS;
	if (!text)
		signin_fail(s, "out of memory");
	else if (azure_cli_token(s->scope, (int)left, text, err, sizeof(err)))
		signin_take_cli(s, text, now, wall);
	else
		signin_fail(s, "%s", err);
	if (text)
		explicit_bzero(text, AZURE_CLI_OUTPUT_MAX);
	free(text);
}

bool signin_refused(struct signin *s, unsigned generation, struct mono_ns now, bool *is_new)
{
	*is_new = false;
	if (s->way == WAY_FILE && generation == s->generation) {
		token_renewed(&s->token);
		s->generation = s->token.changes; /* what still flies left with the old one */
		*is_new = generation != s->generation;
		return true;
	}
	if (generation != s->generation) {
		*is_new = s->token.len > 0;
		return true;
	}
	if (s->state == SIGNIN_READY || s->state == SIGNIN_FLYING)
		return false;
	if (s->renewed_for == generation || s->state == SIGNIN_FAILED)
		return true;
	s->renewed_for = generation;
	s->state = SIGNIN_READY;
	s->not_before = now;
	return false;
}

void signin_say_late(struct signin *s)
{
	char before[SIGNIN_ERROR_MAX];
	if (s->way == WAY_FILE || s->token.len > 0)
		return;
	memcpy(before, s->error, sizeof(before));
	if (s->state != SIGNIN_FAILED)
		signin_fail(s, "no token before the deadline%s%s", before[0] ? "; last: " : " from ", before[0] ? before : s->to.host);
}

void signin_end(struct signin *s)
{
	jwt_key_free(s->key);
	if (s->form) {
		explicit_bzero(s->form, strlen(s->form));
		free(s->form);
	}
	token_wipe(&s->token);
	explicit_bzero(s, sizeof(*s));
}
