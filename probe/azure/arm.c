/* SPDX-License-Identifier: BSD-2-Clause */
/* One read of Azure Resource Manager as a state machine.
 *
 *   ASK ──200, 204──────────────────────────────────────────► DONE
 *    │ 202 + Azure-AsyncOperation      Succeeded, Location
 *    ├─────────► POLL_STATUS ────────────────────┐
 *    │              │ Succeeded, no Location     ▼
 *    │              └──► DONE (result inside)  POLL_LOCATION ──200, 204──► DONE
 *    └ 202 + Location ────────────────────────►  │ 202: again
 *
 * From every phase: 429, 409 and 5xx wait and ask again while the deadline allows,
 * 401 asks for a fresh token once, anything else ends in FAILED. */
#include "probe/azure/arm.h"

#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Without Retry-After ARM's contract says 60 s, its documentation "your own logic"; the
 * one recorded answer was ready within 10 s. Doubling from half a second finds a fast one soon,
 * and costs a slow one a single question more. */
#define POLL_FIRST_S 0.5
#define POLL_MOST_S 10.0
#define POLL_LEAST_S 0.5 /* whatever "Retry-After: 0" says */
#define RETRY_FIRST_S 0.5
#define RETRY_MOST_S 8.0
#define BUSY_FIRST_S 2.0
#define AT_DEADLINE_NS (50 * NS_PER_MS) /* a request ends there, or a rounding before it */
#define SECONDS_MIN 0.1 /* no advice and no jitter may become a busy loop */

static double doubled(double first, unsigned times, double most)
{
	double s = first;
	while (times-- > 0 && s < most)
		s *= 2;
	return s < most ? s : most;
}

static void drop_doc(struct arm_call *c)
{
	json_doc_free(c->doc);
	c->doc = NULL;
}

void arm_free(struct arm_call *c)
{
	drop_doc(c);
}

void arm_begin(struct arm_call *c, const char *operation, bool post, const char *url,
               struct mono_ns now, struct mono_ns deadline)
{
	drop_doc(c);
	memset(c, 0, sizeof(*c));
	c->operation = operation;
	c->post = post;
	c->not_before = now;
	c->deadline = deadline;
	c->state = ARM_READY;
	snprintf(c->url, sizeof(c->url), "%s", url);
}

bool arm_ended(const struct arm_call *c)
{
	return c->state == ARM_IDLE || c->state == ARM_DONE || c->state == ARM_FAILED;
}

void arm_fail(struct arm_call *c, const char *format, ...)
{
	char reason[AZ_ERROR_MAX * 2];
	va_list args;
	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	text_format(c->error, sizeof(c->error), "%s: %s", c->operation, reason);
	c->state = ARM_FAILED;
	drop_doc(c);
}

/* Ready again after a wait, or FAILED when the deadline comes first. */
static void again_in(struct arm_call *c, double seconds, struct mono_ns now, const char *why)
{
	struct mono_ns at = mono_add(now, seconds_ns(seconds < SECONDS_MIN ? SECONDS_MIN : seconds));
	if (mono_since(c->deadline, now) <= AT_DEADLINE_NS) {
		arm_fail(c, "%s: the deadline is reached", why);
		return;
	}
	if (mono_since(c->deadline, at) <= 0) {
		arm_fail(c, "%s; the next try would be in %.1f s, after the deadline", why, seconds);
		return;
	}
	drop_doc(c);
	text_format(c->error, sizeof(c->error), "%s: %s", c->operation, why);
	c->not_before = at;
	c->state = ARM_READY;
}

/* ------------------------------------------------------------------ unusable answers */

/* Full jitter: anywhere between nothing and the ceiling of this try, so that many
 * readers that failed together do not come back together. */
static void back_off(struct arm_call *c, const struct http_answer *a, struct mono_ns now, double jitter,
                     const char *why)
{
	c->tries++;
	bool forever = a->status == 429 || a->status == 409;
	unsigned most = a->status == 0 || a->status == 500 ? ARM_TRIES_FEW : ARM_TRIES_MAX;
	if (!forever && c->tries >= most) {
		arm_fail(c, "%s (%u tr%s)", why, c->tries, PLURAL(c->tries, "y", "ies"));
		return;
	}
	double seconds = doubled(forever ? BUSY_FIRST_S : RETRY_FIRST_S, c->tries - 1, RETRY_MOST_S) * jitter;
	if (a->retry_after_s > 0) /* "0" is no advice: our own back-off is kinder */
		seconds = (double)a->retry_after_s + jitter * 0.25;
	again_in(c, seconds, now, why);
}

static void take_nothing(struct arm_call *c, const struct http_answer *a, struct mono_ns now, double jitter)
{
	if (a->may_retry)
		back_off(c, a, now, jitter, a->error);
	else
		arm_fail(c, "%s", a->error);
}

static void follow_redirect(struct arm_call *c, const struct url_base *base, const struct http_answer *a,
                            struct mono_ns now)
{
	char to[URL_MAX];
	bool keeps_method = a->status == 307 || a->status == 308 || !c->post;
	if (!a->has_location || !url_follow(base, a->location, to)) {
		arm_fail(c, "%d: redirected away from %s: not followed, the token goes nowhere else", (int)a->status,
		         base->host);
		return;
	}
	if (!keeps_method || ++c->redirects > ARM_REDIRECTS_MAX) {
		arm_fail(c, "%d: %s", (int)a->status, keeps_method ? "redirected in a circle" : "a POST redirected to a GET");
		return;
	}
	memcpy(c->url, to, sizeof(c->url));
	c->not_before = now;
	c->state = ARM_READY;
}

static bool passes_with_time(int32_t status)
{
	return status == 408 || status == 409 || status == 429 || status == 500 || status == 502 ||
	       status == 503 || status == 504;
}

static void take_refusal(struct arm_call *c, const struct url_base *base, const struct http_answer *a,
                         struct mono_ns now, double jitter)
{
	char why[AZ_ERROR_MAX];
	arm_error_text(a, json_root(c->doc), why, sizeof(why));
	if (a->status >= 300 && a->status < 400) {
		follow_redirect(c, base, a, now);
	} else if (a->status == 401 && !c->token_was_renewed) {
		text_format(c->error, sizeof(c->error), "%s: %s", c->operation, why);
		c->renew_token = true;
	} else if (passes_with_time(a->status)) {
		back_off(c, a, now, jitter, why);
	} else {
		arm_fail(c, "%s", why);
	}
}

void arm_renewed(struct arm_call *c, bool token_is_new)
{
	c->renew_token = false;
	c->token_was_renewed = true;
	c->state = token_is_new ? ARM_READY : ARM_FAILED;
	drop_doc(c);
}

/* ------------------------------------------------------------------ long operations */

static void poll_in(struct arm_call *c, const struct http_answer *a, struct mono_ns now)
{
	double seconds = doubled(POLL_FIRST_S, c->polls, POLL_MOST_S);
	if (a->retry_after_s >= 0)
		seconds = a->retry_after_s > 0 ? (double)a->retry_after_s : POLL_LEAST_S;
	c->polls++;
	again_in(c, seconds, now, "Azure is still working on it");
}

/* Takes a URL of a long operation over, if it may be followed. */
static bool keep_url(struct arm_call *c, const struct url_base *base, const char *given, char out[URL_MAX])
{
	char to[URL_MAX];
	if (!url_follow(base, given, to)) {
		arm_fail(c, "the long operation's URL is not on %s: not followed, the token goes nowhere else",
		         base->host);
		return false;
	}
	memcpy(out, to, URL_MAX);
	return true;
}

static void take_accepted(struct arm_call *c, const struct url_base *base, const struct http_answer *a,
                          struct mono_ns now)
{
	if (a->has_location && !keep_url(c, base, a->location, c->location))
		return;
	if (c->phase == ARM_ASK && a->has_async) {
		if (!keep_url(c, base, a->async_operation, c->url))
			return;
		c->phase = ARM_POLL_STATUS;
	} else if (c->phase != ARM_POLL_STATUS && a->has_location) {
		memcpy(c->url, c->location, sizeof(c->url));
		c->phase = ARM_POLL_LOCATION;
	} else if (c->phase == ARM_ASK) {
		arm_fail(c, "202 without a URL to ask for the result");
		return;
	}
	c->post = false;
	poll_in(c, a, now);
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

static void take_final_status(struct arm_call *c, struct mono_ns now)
{
	if (c->phase == ARM_POLL_STATUS && c->location[0] && !json_get(json_root(c->doc), "properties")) {
		memcpy(c->url, c->location, sizeof(c->url));
		drop_doc(c);
		c->phase = ARM_POLL_LOCATION;
		c->not_before = now;
		c->state = ARM_READY;
		return;
	}
	c->state = ARM_DONE;
}

/* A status document: {"status": "InProgress" | "Succeeded" | "Failed" | "Canceled", …};
 * every word but the final ones means that it still runs. */
static void take_status(struct arm_call *c, const struct http_answer *a, const char *status, struct mono_ns now)
{
	static const char *const failed[] = {"Failed", "Canceled", "Cancelled", NULL};
	if (strcasecmp(status, "Succeeded") == 0) {
		take_final_status(c, now);
	} else if (is_one_of(status, failed)) {
		char why[AZ_ERROR_MAX], word[32];
		arm_error_text(a, json_root(c->doc), why, sizeof(why));
		text_safe(word, sizeof(word), status);
		arm_fail(c, "the operation ended as %s: %s", word, why + strcspn(why, " ") + (strchr(why, ' ') != NULL));
	} else {
		poll_in(c, a, now);
	}
}

static void take_success(struct arm_call *c, const struct http_answer *a, struct mono_ns now)
{
	const struct json_value *root = json_root(c->doc);
	const char *status = json_as_text(json_get(root, "status"));
	if (c->phase != ARM_ASK && status && !json_get(root, "value")) {
		take_status(c, a, status, now);
		return;
	}
	if (c->phase == ARM_POLL_STATUS && a->status != 204 && !json_get(root, "value")) {
		arm_fail(c, "%d, but the long operation's answer has no status", (int)a->status);
		return;
	}
	c->state = ARM_DONE;
}

/* ------------------------------------------------------------------ any answer */

/* True when the body may be used further: it is JSON, or there need not be one. */
static bool read_body(struct arm_call *c, const struct http_answer *a)
{
	char why[128] = "";
	drop_doc(c);
	if (a->len > 0)
		c->doc = json_read(a->body, a->len, why, sizeof(why));
	if (c->doc || a->status != 200)
		return true;
	arm_fail(c, "200, but the answer is %s: is there a proxy that answers in Azure's place?",
	         a->len ? why : "empty");
	return false;
}

void arm_take(struct arm_call *c, const struct url_base *base, const struct http_answer *a,
              struct mono_ns now, double jitter)
{
	c->http_status = a->status;
	if (a->correlation_id[0])
		memcpy(c->correlation_id, a->correlation_id, sizeof(c->correlation_id));
	if (a->status == 0) {
		take_nothing(c, a, now, jitter);
		return;
	}
	if (!read_body(c, a))
		return;
	if (a->status != 200 && a->status != 202 && a->status != 204) {
		take_refusal(c, base, a, now, jitter);
		return;
	}
	c->tries = 0;
	if (a->status == 202)
		take_accepted(c, base, a, now);
	else
		take_success(c, a, now);
}

const struct json_value *arm_result(const struct arm_call *c)
{
	const struct json_value *root = json_root(c->doc);
	if (c->phase == ARM_ASK || !json_as_text(json_get(root, "status")) || json_get(root, "value"))
		return root;
	const struct json_value *inside = json_path(root, "properties", "output", NULL);
	if (!inside)
		inside = json_get(root, "output");
	if (!inside)
		inside = json_get(root, "properties");
	return inside;
}

bool arm_next_page(struct arm_call *c, const struct url_base *base, struct mono_ns now)
{
	char to[URL_MAX];
	const char *link = json_as_text(json_get(arm_result(c), "nextLink"));
	if (!link || !link[0])
		return false;
	if (!url_follow(base, link, to)) {
		arm_fail(c, "the next page's URL is not on %s: not followed, the token goes nowhere else", base->host);
		return false;
	}
	if (++c->pages >= ARM_PAGES_MAX) {
		arm_fail(c, "the list has more than %d pages", ARM_PAGES_MAX);
		return false;
	}
	memcpy(c->url, to, sizeof(c->url));
	drop_doc(c);
	c->phase = ARM_ASK;
	c->post = false;
	c->not_before = now;
	c->state = ARM_READY;
	return true;
}

void arm_expire(struct arm_call *c)
{
	char before[AZ_ERROR_MAX];
	if (arm_ended(c))
		return;
	size_t prefix = strlen(c->operation) + 2;
	snprintf(before, sizeof(before), "%s", strlen(c->error) > prefix ? c->error + prefix : "");
	if (before[0])
		arm_fail(c, "not finished when the deadline came; last: %s", before);
	else
		arm_fail(c, "no answer before the deadline");
}
