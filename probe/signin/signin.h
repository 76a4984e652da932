/* SPDX-License-Identifier: BSD-2-Clause */
/* How the reader's child gets its token, by every method of azure.auth, as a state machine
 * without network and clock: the caller sends the request and hands back the answer.
 *
 *   token_file          a file that somebody else renews               (no request)
 *   client_secret       POST LOGIN/TENANT/oauth2/v2.0/token, client_secret=
 *   client_certificate  the same, client_assertion= signed by our key  (jwt.h)
 *   workload_identity   the same, client_assertion= a federated token's file
 *   managed_identity    GET of the VM's metadata service, or of Azure Arc's agent, which
 *                       names a file whose content proves that we are on this host
 *   azure_cli           `az account get-access-token`                  (no request)
 *
 * A token is renewed five minutes before it ends, while the old one goes on being used. */
#ifndef ERPROBE_AZURE_SIGNIN_H
#define ERPROBE_AZURE_SIGNIN_H

#include "erprobe/clock.h"
#include "probe/http/http.h"
#include "probe/signin/jwt.h"
#include "probe/signin/token.h"
#include "probe/http/url.h"
#include "probe/config/config.h"

#include <stdbool.h>
#include <stddef.h>

#define SIGNIN_ERROR_MAX 232    /* an operation's name in front, it still fits AZ_ERROR_MAX */
#define SIGNIN_SECRET_MAX 16384 /* federated tokens are the longest: a few KiB */
#define SIGNIN_TRIES_MAX 5
#define ARC_TOKENS_FOLDER "/var/opt/azcmagent/tokens"
#define ARC_KEY_MAX 4096

enum signin_way { WAY_FILE, WAY_FORM, WAY_METADATA, WAY_ARC, WAY_CLI };

enum signin_state {
	SIGNIN_QUIET = 0, /* nothing to do: there is a token, or a file is the token's source */
	SIGNIN_READY,     /* to be sent once not_before is reached */
	SIGNIN_FLYING,    /* sent; waiting for the answer */
	SIGNIN_FAILED     /* error says why */
};

struct signin {
	const struct azure_settings *settings;
	enum signin_way way;
	enum signin_state state;
	struct url_base to;               /* where the request goes */
	char url[URL_MAX];
	char scope[URL_BASE_MAX + 16];    /* of the token: "https://management.azure.com/.default" */
	char client_id[128];
	char federated_path[CONFIG_TEXT_MAX];
	struct jwt_key *key;
	char secret[SIGNIN_SECRET_MAX];   /* client secret, federated token or Arc's key */
	char *form;                       /* of the request under way; owned, wiped */
	char basic[ARC_KEY_MAX + 64];     /* Arc's second request: its header, "" = the first */
	struct token token;
	unsigned generation;              /* counts the tokens had, from 1: which one was a call sent with? */
	unsigned renewed_for;             /* the last generation that ARM's refusal had renewed */
	struct mono_ns deadline, not_before, renew_at, ends_at;
	unsigned tries;
	char error[SIGNIN_ERROR_MAX];     /* one line, no secret */
};

/* Takes the settings and reads the files they name, while the caller may still read them.
 * A file that cannot be read ends in FAILED. settings must outlive it. */
void signin_begin(struct signin *s, const struct azure_settings *settings, struct mono_ns now,
                  struct mono_ns deadline);

enum signin_token { SIGNIN_HAS, SIGNIN_WAIT, SIGNIN_NONE };
/* May a call be sent now? HAS: with s->token.text. WAIT: a sign-in is under way. NONE: there
 * will be no token, s->error says why. */
enum signin_token signin_check(struct signin *s, struct mono_ns now);
/* True when signin_request() or signin_run() is to be called. Also begins a renewal. */
bool signin_due(struct signin *s, struct mono_ns now);
/* True when the way needs a request. */
bool signin_by_http(const struct signin *s);
/* The next request; what it points to lives until signin_take(). False: FAILED. */
bool signin_request(struct signin *s, struct mono_ns now, struct wall_ns wall, struct http_request *r);
/* Its answer; jitter is a random number in 0..1 for the back-off. */
void signin_take(struct signin *s, const struct http_answer *a, struct mono_ns now, struct wall_ns wall,
                 double jitter);
/* The way without a request: waits for `az`. */
void signin_run(struct signin *s, struct mono_ns now, struct wall_ns wall);
/* ARM refused the token of this generation. True: the answer is known now, and *is_new says
 * whether there is another token; false: ask again later, a sign-in is under way. */
bool signin_refused(struct signin *s, unsigned generation, struct mono_ns now, bool *is_new);
/* Why there is no token yet, for a call that the deadline ends. */
void signin_say_late(struct signin *s);
/* Wipes every secret and frees. */
void signin_end(struct signin *s);

/* The file that Azure Arc's agent names in its challenge ("Basic realm=…"), to path; only a
 * *.key directly in folder is believed. */
bool signin_arc_file(const char *challenge, const char *folder, char *path, size_t size);

/* Between signin.c and signin_answer.c: keeps a token of so many seconds. */
void signin_keep(struct signin *s, const char *text, int64_t seconds, struct mono_ns now);
void signin_fail(struct signin *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The next try, or FAILED when there were enough or the deadline comes first. */
void signin_again(struct signin *s, double seconds, struct mono_ns now, const char *why);
/* What `az` printed: {"accessToken": …, "expires_on": …}. */
void signin_take_cli(struct signin *s, const char *text, struct mono_ns now, struct wall_ns wall);

#endif
