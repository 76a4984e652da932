/* SPDX-License-Identifier: BSD-2-Clause */
/* What each method of azure.auth asks, and where. */
#include "probe/signin/signin.h"

#include "analysis/value/strbuf.h"
#include "probe/secret/secret_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define IMDS_HOST "169.254.169.254"
#define IMDS_QUERY "/metadata/identity/oauth2/token?api-version=2018-02-01"
#define ARC_ENDPOINT "http://127.0.0.1:40342/metadata/identity/oauth2/token"
#define ARC_QUERY "?api-version=2020-06-01"
#define ARC_AGENT "/opt/azcmagent/bin/himds"
#define FEDERATED_DEFAULT "/var/run/secrets/azure/tokens/azure-identity-token"
#define ASSERTION_TYPE "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
#define REQUEST_TIMEOUT_S 15.0

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);
	return value ? value : "";
}

/* ------------------------------------------------------------------ where to ask */

/* An id that goes into a URL, a form and a JSON text as it is. */
static bool is_identity(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");
	return len > 0 && text[len] == '\0' && len < 128;
}

static void begin_form(struct signin *s)
{
	const struct azure_settings *a = s->settings;
	bool workload = a->auth == AUTH_WORKLOAD_IDENTITY;
	char err[256];
	const char *tenant = a->tenant_id[0] || !workload ? a->tenant_id : from_environment("AZURE_TENANT_ID");
	const char *client = a->client_id[0] || !workload ? a->client_id : from_environment("AZURE_CLIENT_ID");
	if (!is_identity(tenant) || !is_identity(client)) {
		signin_fail(s, "%s needs tenant_id and client_id: write them under azure.auth%s", azure_auth_name(a->auth),
		            workload ? " or set AZURE_TENANT_ID and AZURE_CLIENT_ID" : "");
		return;
	}
	if (!url_base_parse(a->login, &s->to, err, sizeof(err))) {
		signin_fail(s, "azure.endpoints.login is not a plain https URL of a host (http only to a loopback address)");
		return;
	}
	snprintf(s->client_id, sizeof(s->client_id), "%s", client);
	text_format(s->url, sizeof(s->url), "%s/%s/oauth2/v2.0/token", s->to.text, tenant);
}

/* The federated token's file is read again at each sign-in: somebody renews it. */
static void begin_federated(struct signin *s)
{
	const char *path = s->settings->token_path;
	if (!path[0])
		path = from_environment("AZURE_FEDERATED_TOKEN_FILE");
	snprintf(s->federated_path, sizeof(s->federated_path), "%s", path[0] ? path : FEDERATED_DEFAULT);
}

/* Azure's own libraries take the same variable; here it may name this host alone, since
 * whoever is asked hands out a token without any proof. */
static bool metadata_host(struct signin *s)
{
	const char *other = from_environment("AZURE_POD_IDENTITY_AUTHORITY_HOST");
	char err[256];
	if (other[0]) {
		if (url_base_parse(other, &s->to, err, sizeof(err)) && s->to.loopback)
			return true;
		signin_fail(s, "AZURE_POD_IDENTITY_AUTHORITY_HOST is not a URL of a loopback address");
		return false;
	}
	s->to = (struct url_base){.text = "http://" IMDS_HOST, .host = IMDS_HOST, .port = 80, .literal = true, .loopback = true,
	                          .authority_len = sizeof("http://" IMDS_HOST) - 1};
	return true;
}

static bool arc_endpoint(struct signin *s)
{
	const char *given = from_environment("IDENTITY_ENDPOINT");
	char err[256];
	if (url_base_parse(given[0] ? given : ARC_ENDPOINT, &s->to, err, sizeof(err)) && s->to.loopback)
		return true;
	signin_fail(s, "IDENTITY_ENDPOINT is not a URL of a loopback address, as Azure Arc's agent has");
	return false;
}

static bool is_arc(void)
{
	return (from_environment("IDENTITY_ENDPOINT")[0] && from_environment("IMDS_ENDPOINT")[0]) ||
	       access(ARC_AGENT, F_OK) == 0;
}

static void begin_managed(struct signin *s)
{
	struct strbuf url;
	char audience[sizeof(s->scope)];
	const char *client = s->settings->client_id;
	s->way = is_arc() ? WAY_ARC : WAY_METADATA;
	if (s->way == WAY_ARC ? !arc_endpoint(s) : !metadata_host(s))
		return;
	if (s->way == WAY_ARC && client[0]) {
		signin_fail(s, "Azure Arc has no user-assigned identities: remove client_id from azure.auth");
		return;
	}
	snprintf(audience, sizeof(audience), "%.*s", (int)(strlen(s->scope) - strlen(".default")), s->scope);
	strbuf_init(&url, URL_MAX - 1);
	strbuf_addf(&url, "%s%s&resource=", s->to.text, s->way == WAY_ARC ? ARC_QUERY : IMDS_QUERY);
	url_encode(&url, audience, "");
	if (client[0]) {
		strbuf_add(&url, "&client_id=");
		url_encode(&url, client, "");
	}
	if (strbuf_ok(&url))
		snprintf(s->url, sizeof(s->url), "%s", url.text);
	else
		signin_fail(s, "the metadata service's URL is too long");
	strbuf_free(&url);
}

/* ------------------------------------------------------------------ secrets */

/* Read at the beginning as well, while the process may still read another user's file. */
static bool read_secret(struct signin *s)
{
	const struct azure_settings *a = s->settings;
	char err[SIGNIN_ERROR_MAX];
	bool ok = true;
	if (a->auth == AUTH_CLIENT_SECRET)
		ok = secret_file_line("the client secret's file", a->secret_path, s->secret, sizeof(s->secret), err, sizeof(err));
	else if (a->auth == AUTH_WORKLOAD_IDENTITY)
		ok = secret_file_line("the federated token's file", s->federated_path, s->secret, sizeof(s->secret), err,
		                      sizeof(err));
	else if (a->auth == AUTH_CLIENT_CERTIFICATE && !s->key)
		ok = (s->key = jwt_key_read(a->certificate_path, a->key_path, a->key_password_path, err, sizeof(err))) != NULL;
	if (!ok)
		signin_fail(s, "%s", err);
	return ok;
}

void signin_begin(struct signin *s, const struct azure_settings *settings, struct mono_ns now,
                  struct mono_ns deadline)
{
	char err[SIGNIN_ERROR_MAX];
	memset(s, 0, sizeof(*s));
	s->settings = settings;
	s->deadline = deadline;
	s->not_before = s->renew_at = s->ends_at = now;
	s->state = SIGNIN_READY;
	snprintf(s->scope, sizeof(s->scope), "%.1020s/.default", settings->management);
	token_init(&s->token, settings->auth == AUTH_TOKEN_FILE ? settings->token_path : "");
	switch (settings->auth) {
	case AUTH_CLIENT_SECRET:
	case AUTH_CLIENT_CERTIFICATE:
	case AUTH_WORKLOAD_IDENTITY:
		s->way = WAY_FORM;
		begin_federated(s);
		begin_form(s);
		if (s->state == SIGNIN_READY)
			read_secret(s);
		break;
	case AUTH_MANAGED_IDENTITY:
		begin_managed(s);
		break;
	case AUTH_AZURE_CLI:
		s->way = WAY_CLI;
		break;
	case AUTH_NONE:
	case AUTH_TOKEN_FILE:
		s->way = WAY_FILE;
		s->state = SIGNIN_QUIET;
		token_refresh(&s->token, err, sizeof(err)); /* whether there is one is said by each call */
		break;
	}
}

/* ------------------------------------------------------------------ the request */

static void add_proof(struct signin *s, struct strbuf *form, struct wall_ns wall)
{
	char assertion[JWT_TEXT_MAX], err[SIGNIN_ERROR_MAX];
	if (s->settings->auth == AUTH_CLIENT_SECRET) {
		strbuf_add(form, "&client_secret=");
		url_encode(form, s->secret, "");
		return;
	}
	strbuf_add(form, "&client_assertion_type=" ASSERTION_TYPE "&client_assertion=");
	if (!s->key)
		url_encode(form, s->secret, "");
	else if (jwt_assertion(s->key, s->client_id, s->url, wall, assertion, err, sizeof(err)))
		url_encode(form, assertion, "");
	else
		signin_fail(s, "%s", err);
	explicit_bzero(assertion, sizeof(assertion));
}

static bool make_form(struct signin *s, struct wall_ns wall)
{
	struct strbuf form;
	if (s->settings->auth == AUTH_WORKLOAD_IDENTITY && !read_secret(s))
		return false;
	strbuf_init(&form, 4 * SIGNIN_SECRET_MAX);
	strbuf_addf(&form, "client_id=%s&grant_type=client_credentials&scope=", s->client_id);
	url_encode(&form, s->scope, "");
	add_proof(s, &form, wall);
	s->form = strbuf_take(&form);
	strbuf_free(&form);
	if (!s->form && s->state != SIGNIN_FAILED)
		signin_fail(s, "out of memory");
	return s->state != SIGNIN_FAILED;
}

bool signin_request(struct signin *s, struct mono_ns now, struct wall_ns wall, struct http_request *r)
{
	double left = (double)mono_since(s->deadline, now) / (double)NS_PER_SEC;
	if (s->form) {
		explicit_bzero(s->form, strlen(s->form));
		free(s->form);
		s->form = NULL;
	}
	if (s->way == WAY_FORM && !make_form(s, wall))
		return false;
	*r = (struct http_request){.url = s->url, .to = &s->to, .form = s->form,
	                           .timeout_s = left < REQUEST_TIMEOUT_S ? left : REQUEST_TIMEOUT_S};
	if (s->way != WAY_FORM) {
		r->headers[0] = "Metadata: true";
		r->headers[1] = s->basic[0] ? s->basic : NULL;
	}
	s->state = SIGNIN_FLYING;
	return true;
}

bool signin_arc_file(const char *challenge, const char *folder, char *path, size_t size)
{
	static const char scheme[] = "Basic realm=";
	size_t folder_len = strlen(folder);
	if (strncasecmp(challenge, scheme, sizeof(scheme) - 1) != 0)
		return false;
	const char *from = challenge + sizeof(scheme) - 1;
	size_t len = strlen(from);
	if (len >= 2 && from[0] == '"' && from[len - 1] == '"') {
		from++;
		len -= 2;
	}
	if (len >= size || len <= folder_len + 5 || strncmp(from, folder, folder_len) != 0 || from[folder_len] != '/')
		return false;
	memcpy(path, from, len);
	path[len] = '\0';
	const char *name = path + folder_len + 1;
	return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] == '\0' &&
	       strcmp(path + len - 4, ".key") == 0 && name[0] != '.';
}
