/* SPDX-License-Identifier: BSD-2-Clause */
/* One read of Azure Resource Manager as a state machine: request, wait, poll, end. It
 * touches no network and no clock: the caller sends what is READY and hands back what
 * came, with the time. */
#ifndef ERPROBE_AZURE_ARM_H
#define ERPROBE_AZURE_ARM_H

#include "erprobe/clock.h"
#include "erprobe/snapshot.h"
#include "probe/http/http.h"
#include "probe/http/url.h"
#include "probe/json/json_in.h"

#include <stdbool.h>

#define ARM_TRIES_MAX 5      /* of a request that draws 502, 503, 504: a service that restarts */
#define ARM_TRIES_FEW 3      /* … that draws 500 or no answer at all: more tries seldom help */
#define ARM_REDIRECTS_MAX 3
#define ARM_BODY_MAX 1024
#define ARM_PAGES_MAX 64     /* of a list; AZ_ROWS_MAX is reached far earlier */

enum arm_state {
	ARM_IDLE = 0,  /* not asked */
	ARM_READY,     /* to be sent once not_before is reached */
	ARM_FLYING,    /* sent; waiting for the answer */
	ARM_DONE,      /* doc holds the answer (NULL: it ended without content) */
	ARM_FAILED     /* error says why */
};

/* What the next answer means. */
enum arm_phase {
	ARM_ASK,             /* the operation itself */
	ARM_POLL_STATUS,     /* the Azure-AsyncOperation document */
	ARM_POLL_LOCATION    /* the Location URL: 202 still running, 200 and 204 done */
};

struct arm_call {
	enum arm_state state;
	enum arm_phase phase;
	const char *operation;        /* "arpTables/primary", begins each error line */
	bool post;
	bool renew_token;             /* 401: the caller reads the token anew and then calls arm_renewed() */
	char url[URL_MAX];
	char body[ARM_BODY_MAX];      /* of a POST that has one, JSON; "" = empty */
	char location[URL_MAX];       /* of the long operation; "" = none */
	struct mono_ns not_before, deadline;
	unsigned tries;               /* in a row without a usable answer */
	unsigned polls, redirects, pages;
	bool token_was_renewed;
	int32_t http_status;          /* last one, 0 = no answer */
	char correlation_id[48];
	char error[AZ_ERROR_MAX];
	struct json_doc *doc;         /* owned */
};

/* Makes it READY with this URL. operation must live as long as the call. */
void arm_begin(struct arm_call *c, const char *operation, bool post, const char *url,
               struct mono_ns now, struct mono_ns deadline);
/* Takes an answer; jitter is a random number in 0..1 for the back-off. Afterwards the
 * state is READY, DONE or FAILED, and renew_token may ask for a new token first. */
void arm_take(struct arm_call *c, const struct url_base *base, const struct http_answer *a,
              struct mono_ns now, double jitter);
/* After renew_token: READY when the token is another now, else FAILED with the refusal. */
void arm_renewed(struct arm_call *c, bool token_is_new);
/* The value that holds the result: the answer itself, or what a status document carries. */
const struct json_value *arm_result(const struct arm_call *c);
/* A list goes on at its nextLink. True when it was followed (READY); false with error
 * set (FAILED) when it may not be; false and still DONE when there is none. */
bool arm_next_page(struct arm_call *c, const struct url_base *base, struct mono_ns now);
/* Ends an unfinished call because the deadline is reached; says what it last waited for. */
void arm_expire(struct arm_call *c);
/* Ends it with this reason (a printf format; the operation is put in front). */
void arm_fail(struct arm_call *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Nothing more will come of it: idle, done or failed. */
bool arm_ended(const struct arm_call *c);
/* Frees the document. */
void arm_free(struct arm_call *c);

/* Azure's own words for a refusal ("403 AuthorizationFailed: …") to text; arm_error.c. */
void arm_error_text(const struct http_answer *a, const struct json_value *root, char *out, size_t size);

#endif
