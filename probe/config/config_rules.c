/* SPDX-License-Identifier: BSD-2-Clause */
/* What single values cannot show: rules between them. */
#include "probe/config/config_schema.h"
#include "probe/config/suggest.h"

#include <string.h>

/* The public clouds and their endpoints. */
struct cloud { const char *name, *management, *login; };
static const struct cloud clouds[] = {
	{"AzureCloud", "https://management.azure.com", "https://login.microsoftonline.com"},
	{"AzureUSGovernment", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us"},
	{"AzureChinaCloud", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"},
	{"custom", "", ""},
};
#define CLOUDS (sizeof(clouds) / sizeof(clouds[0]))

/* Which keys of azure.auth belong to which method: needed, allowed, or wrong there. */
enum use { WRONG = 0, ALLOWED, NEEDED };
struct method_key { const char *key; enum use use[AUTH_AZURE_CLI + 1]; };
static const struct method_key method_keys[] = {
	{"path", {[AUTH_TOKEN_FILE] = NEEDED, [AUTH_WORKLOAD_IDENTITY] = ALLOWED}},
	{"tenant_id", {[AUTH_CLIENT_SECRET] = NEEDED, [AUTH_CLIENT_CERTIFICATE] = NEEDED, [AUTH_WORKLOAD_IDENTITY] = ALLOWED}},
	{"client_id", {[AUTH_CLIENT_SECRET] = NEEDED, [AUTH_CLIENT_CERTIFICATE] = NEEDED, [AUTH_WORKLOAD_IDENTITY] = ALLOWED,
	               [AUTH_MANAGED_IDENTITY] = ALLOWED}},
	{"secret_file", {[AUTH_CLIENT_SECRET] = NEEDED}},
	{"certificate", {[AUTH_CLIENT_CERTIFICATE] = NEEDED}},
	{"key", {[AUTH_CLIENT_CERTIFICATE] = NEEDED}},
	{"key_password_file", {[AUTH_CLIENT_CERTIFICATE] = ALLOWED}},
};

static bool method_signs_in(enum azure_auth a)
{
	return a == AUTH_CLIENT_SECRET || a == AUTH_CLIENT_CERTIFICATE || a == AUTH_WORKLOAD_IDENTITY;
}

static void complain_cloud(struct filling *f, const struct node *n, const char *written)
{
	struct suggestion near = suggest_for(written);
	for (size_t i = 0; i < CLOUDS; i++)
		suggest_offer(&near, clouds[i].name);
	const char *best = suggest_best(&near);
	complain(f->complaints, n->at, "unknown cloud; %s%s%sexpected AzureCloud, AzureUSGovernment, AzureChinaCloud or custom",
	         best ? "did you mean '" : "", best ? best : "", best ? "'? " : "");
}

/* Fills in the endpoints that the file leaves to the cloud; false when there is no such cloud. */
static bool fill_endpoints(struct azure_settings *a)
{
	for (size_t i = 0; i < CLOUDS; i++) {
		if (strcmp(a->cloud, clouds[i].name) != 0)
			continue;
		if (!a->management[0])
			memcpy(a->management, clouds[i].management, strlen(clouds[i].management) + 1);
		if (!a->login[0])
			memcpy(a->login, clouds[i].login, strlen(clouds[i].login) + 1);
		return true;
	}
	return false;
}

void rules_azure_default(struct azure_settings *a)
{
	if (!a->cloud[0])
		memcpy(a->cloud, clouds[0].name, strlen(clouds[0].name) + 1);
	fill_endpoints(a);
}

static void apply_cloud(struct filling *f, const struct node *map, struct azure_settings *a)
{
	const struct node *n = node_get(map, "cloud");
	if (!n)
		rules_azure_default(a);
	else if (a->cloud[0] && !fill_endpoints(a)) /* "": complained about already */
		complain_cloud(f, n, a->cloud);
}

static void check_method_keys(struct filling *f, const struct node *auth, enum azure_auth method)
{
	for (size_t i = 0; i < sizeof(method_keys) / sizeof(method_keys[0]); i++) {
		const char *key = method_keys[i].key;
		const struct node *n = node_get(auth, key);
		enum use use = method_keys[i].use[method];
		if (n && use == WRONG)
			complain(f->complaints, n->key->at, "'%s' does not belong to the method %s", key, azure_auth_name(method));
		else if (!n && use == NEEDED)
			complain(f->complaints, auth->at, "the method %s needs the key '%s'", azure_auth_name(method), key);
	}
}

static void check_custom(struct filling *f, const struct node *map, const struct azure_settings *a)
{
	const struct node *endpoints = node_get(map, "endpoints"), *cloud = node_get(map, "cloud");
	if (strcmp(a->cloud, "custom") != 0)
		return;
	if (!node_get(endpoints, "management"))
		complain(f->complaints, cloud->at, "cloud: custom needs endpoints.management");
	if (method_signs_in(a->auth) && !node_get(endpoints, "login"))
		complain(f->complaints, cloud->at, "cloud: custom needs endpoints.login for the method %s", azure_auth_name(a->auth));
}

void rules_azure(struct filling *f, const struct node *map, struct azure_settings *a)
{
	const struct node *auth = node_get(map, "auth"), *method = node_get(auth, "method");
	apply_cloud(f, map, a);
	/* With an unknown method every key would be called wrong: one error is enough. */
	f->auth_known = method && method->text && strcmp(method->text, azure_auth_name(a->auth)) == 0;
	if (f->auth_known)
		check_method_keys(f, auth, a->auth);
	check_custom(f, map, a);
}

static bool pair_is_set(const struct ip_addr pair[FAMILIES])
{
	return ip_addr_is_set(&pair[FAM4]) || ip_addr_is_set(&pair[FAM6]);
}

/* ExpressRoute's rule: of the /30 (IPv6: /126) the first usable address is the edge's, the second Microsoft's. */
static bool is_swapped(const struct ip_addr *ce, const struct ip_addr *msee)
{
	struct ip_prefix net = {.addr = *msee, .len = msee->family == IP_V4 ? 30 : 126};
	uint8_t *last = &net.addr.bytes[ip_addr_len(msee->family) - 1];
	*last = (uint8_t)(*last & ~3u);
	struct ip_addr first = ip_prefix_nth(&net, 1), second = ip_prefix_nth(&net, 2);
	return ip_addr_equal(msee, &first) && ip_addr_equal(ce, &second);
}

/* Whatever leaves from the loopback never reaches the link. */
static void check_source(struct filling *f, const struct node *source, const struct ip_addr *a)
{
	char text[IP_TEXT_MAX];
	if (source && ip_addr_is_set(a) && ip_addr_is_loopback(a))
		complain(f->complaints, source->at, "'%s' of 'source' is the loopback; name the address that the link's probes leave from",
		         ip_addr_text(a, text));
}

void rules_link(struct filling *f, const struct node *map, const struct plan_link *l)
{
	static const char *const family_names[FAMILIES] = {[FAM4] = "IPv4", [FAM6] = "IPv6"};
	const struct node *msee = node_get(map, "msee");
	for (int fam = 0; fam < FAMILIES; fam++) {
		bool has_ce = ip_addr_is_set(&l->ce[fam]), has_msee = ip_addr_is_set(&l->msee[fam]);
		if (has_ce && has_msee && ip_addr_equal(&l->ce[fam], &l->msee[fam]))
			complain(f->complaints, msee->at, "'msee' is the same address as 'ce'; it is the other one of the /30");
		else if (has_ce && has_msee && is_swapped(&l->ce[fam], &l->msee[fam]))
			complain(f->complaints, msee->at, "'ce' and 'msee' are swapped: the first usable address of the /30 (/126) is the edge's, the second "
			         "Microsoft's");
		check_source(f, node_get(map, "source"), &l->source[fam]);
		if (pair_is_set(l->ce) && pair_is_set(l->msee) && has_ce != has_msee)
			complain(f->complaints, msee->at, "'%s' has no %s address, '%s' has one; a link needs both of a family",
			         has_ce ? "msee" : "ce", family_names[fam], has_ce ? "ce" : "msee");
	}
}

/* The same address at both links is a slip of copying: the two /30s differ. */
static void check_links_differ(struct filling *f, const struct node *map, const struct plan_circuit *c)
{
	const struct node *secondary = node_get(node_get(map, "links"), "secondary");
	const struct plan_link *p = &c->links[LINK_PRIMARY], *s = &c->links[LINK_SECONDARY];
	for (int fam = 0; secondary && fam < FAMILIES; fam++) {
		if (ip_addr_is_set(&p->msee[fam]) && ip_addr_equal(&p->msee[fam], &s->msee[fam]))
			complain(f->complaints, node_get(secondary, "msee")->at, "'msee' is the same address as the primary link's");
		if (ip_addr_is_set(&p->ce[fam]) && ip_addr_equal(&p->ce[fam], &s->ce[fam]))
			complain(f->complaints, node_get(secondary, "ce")->at, "'ce' is the same address as the primary link's");
	}
}

static void check_names(struct filling *f, const struct plan_circuit *c)
{
	size_t last = f->config->circuit_count - 1;
	for (size_t i = 0; c->name[0] && i < last; i++) {
		if (strcmp(f->config->circuits[i].name, c->name) == 0) {
			struct place first = f->origins[i].at;
			complain(f->complaints, f->origins[last].at, "a second circuit named '%s'; the first stands in %s line %u", c->name,
			         first.source ? first.source->name : "this file", first.line);
			return;
		}
	}
}

void rules_circuit(struct filling *f, const struct node *map, const struct plan_circuit *c)
{
	check_links_differ(f, map, c);
	check_names(f, c);
}

void rules_incident(struct filling *f, const struct node *audit)
{
	const struct config *c = f->config;
	const struct node *of = node_get(node_get(audit, "incident"), "of");
	if (c->incident_runs > 0 && of && c->incident_of > 0 && c->incident_runs > c->incident_of)
		complain(f->complaints, of->at, "'of' is less than 'runs': an incident opens when `runs` of the last `of` runs were bad");
}

/* Can anything be probed, or asked, of this circuit at all? */
static void check_use(struct filling *f, const struct origin *o)
{
	bool asked = f->config->azure.auth != AUTH_NONE;
	if (asked && !o->has_resource_id)
		complain(f->complaints, o->at, "this circuit needs the key 'resource_id': without it Azure cannot be asked");
	if (!asked && !o->has_use)
		complain(f->complaints, o->at, "nothing can be tested here: no links, no targets, and Azure is not asked");
}

/* The reader of Azure keeps its last good answers beside the history. */
static void place_state(struct config *c)
{
	const char *slash = strrchr(c->history_path, '/');
	size_t len = slash && slash > c->history_path ? (size_t)(slash - c->history_path) : 0;
	memcpy(c->azure.state_folder, c->history_path, len);
	c->azure.state_folder[len] = '\0';
}

void rules_whole(struct filling *f, struct place last)
{
	place_state(f->config);
	/* Where a misspelt key or an unreadable file is the cause, it was named already. */
	if (f->config->circuit_count == 0 && f->complaints->count == 0)
		complain(f->complaints, last, "no circuit is configured; write at least one under 'circuits:'");
	for (size_t i = 0; f->auth_known && i < f->config->circuit_count; i++)
		check_use(f, &f->origins[i]);
}
