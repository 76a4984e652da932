/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/config/config_schema.h"

#include "probe/config/config_words.h"
#include "probe/config/suggest.h"

#include <string.h>

static const char *const auth_words[] = {
	[AUTH_NONE] = "none", [AUTH_TOKEN_FILE] = "token_file", [AUTH_CLIENT_SECRET] = "client_secret",
	[AUTH_CLIENT_CERTIFICATE] = "client_certificate", [AUTH_MANAGED_IDENTITY] = "managed_identity",
	[AUTH_WORKLOAD_IDENTITY] = "workload_identity", [AUTH_AZURE_CLI] = "azure_cli"};
static const char *const peering_words[] = {
	[PEERING_PRIVATE] = "AzurePrivatePeering", [PEERING_MICROSOFT] = "MicrosoftPeering"};
static const char *const handoff_words[] = {
	[HANDOFF_L2] = "l2", [HANDOFF_L3] = "l3", [HANDOFF_DIRECT] = "direct"};

static const struct words auth_choice = WORDS(auth_words);
static const struct words peering_choice = WORDS(peering_words);
static const struct words handoff_choice = WORDS(handoff_words);

const char *azure_auth_name(enum azure_auth a)
{
	size_t i = (size_t)a;
	return i < auth_choice.count ? auth_words[i] : "none";
}

static const struct field auth_fields[] = {
	{"method", take_word, AT(struct azure_settings, auth), .detail = &auth_choice, .required = true, .hide = true,
	 .expected = "one of token_file, client_secret, client_certificate, managed_identity, workload_identity, "
	             "azure_cli, none"},
	{"path", take_path, TEXT(struct azure_settings, token_path), .hide = true, .expected = "the absolute path of a file"},
	{"tenant_id", take_identity, TEXT(struct azure_settings, tenant_id), .hide = true,
	 .expected = "a tenant's id or domain name"},
	{"client_id", take_identity, TEXT(struct azure_settings, client_id), .hide = true,
	 .expected = "an application's id (a GUID)"},
	{"secret_file", take_path, TEXT(struct azure_settings, secret_path), .hide = true,
	 .expected = "the absolute path of the file that holds the secret"},
	{"certificate", take_path, TEXT(struct azure_settings, certificate_path), .hide = true,
	 .expected = "the absolute path of a certificate file"},
	{"key", take_path, TEXT(struct azure_settings, key_path), .hide = true,
	 .expected = "the absolute path of a private key file"},
	{"key_password_file", take_path, TEXT(struct azure_settings, key_password_path), .hide = true,
	 .expected = "the absolute path of the file that holds the key's password"},
};
static const struct section auth_section = {"azure.auth", FIELDS(auth_fields)};

static const struct field endpoint_fields[] = {
	{"management", take_url, TEXT(struct azure_settings, management), .hide = true,
	 .expected = "a URL such as https://management.azure.com"},
	{"login", take_url, TEXT(struct azure_settings, login), .hide = true,
	 .expected = "a URL such as https://login.microsoftonline.com"},
};
static const struct section endpoint_section = {"azure.endpoints", FIELDS(endpoint_fields)};

static const struct field azure_fields[] = {
	{"cloud", take_name, TEXT(struct azure_settings, cloud), .hide = true,
	 .fallback = "AzureCloud", .expected = "AzureCloud, AzureUSGovernment, AzureChinaCloud or custom"},
	{"endpoints", take_section, .section = &endpoint_section, .expected = "keys management and login"},
	{"auth", take_section, .section = &auth_section, .required = true, .expected = "a key 'method' and what it needs"},
};
static const struct section azure_section = {"azure", FIELDS(azure_fields)};

static const struct field link_fields[] = {
	{"ce", take_address_pair, AT(struct plan_link, ce), .expected = "one address or a list of one of each family"},
	{"msee", take_address_pair, AT(struct plan_link, msee), .expected = "one address or a list of one of each family"},
	{"source", take_address_pair, AT(struct plan_link, source), .expected = "one address or a list of one of each family"},
	{"interface", take_interface, TEXT(struct plan_link, interface), .expected = "the name of a network interface"},
	{"watch_interface", take_interface, TEXT(struct plan_link, watch_interface), .expected = "the name of a network interface"},
	{"asn", take_integer64, AT(struct plan_link, asn), .low = 1, .high = 4294967295,
	 .expected = "an AS number, 1 to 4294967295"},
	{"vlan", take_integer32, AT(struct plan_link, vlan), .low = 1, .high = 4094, .expected = "a VLAN id, 1 to 4094"},
	{"tcp_md5_key_file", take_path, TEXT(struct plan_link, tcp_md5_key_file), .hide = true,
	 .expected = "the absolute path of the file that holds the BGP session's TCP MD5 key"},
	{"mtu", take_integer32, AT(struct plan_link, mtu), .low = 576, .high = PLAN_MTU_MAX,
	 .expected = "the bytes of the largest IP datagram, 576 to 1500"},
};
static const struct section link_section = {"a link", FIELDS(link_fields)};

static const struct field links_fields[] = {
	{"primary", take_link, AT(struct plan_circuit, links), .section = &link_section, .expected = "keys such as ce and msee"},
	{"secondary", take_link, .offset = offsetof(struct plan_circuit, links) + sizeof(struct plan_link),
	 .section = &link_section, .expected = "keys such as ce and msee"},
};
static const struct section links_section = {"links", FIELDS(links_fields)};

static const struct field domain_fields[] = {
	{"corporate", take_domain, .low = DOMAIN_CORPORATE, .expected = "a list of prefixes such as [10.10.0.0/16]"},
	{"wan", take_domain, .low = DOMAIN_WAN, .expected = "a list of prefixes such as [172.16.1.0/24]"},
	{"azure", take_domain, .low = DOMAIN_AZURE, .expected = "a list of prefixes such as [10.100.0.0/16]"},
};
static const struct section domain_section = {"domains", FIELDS(domain_fields)};

static const struct field target_fields[] = {
	{"name", take_name, TEXT(struct plan_target, name), .required = true,
	 .expected = "a name of printable characters, at most 127 bytes"},
	{"address", take_address, AT(struct plan_target, address), .required = true, .expected = "one IPv4 or IPv6 address"},
	{"tcp", take_ports, .low = 1, .high = 65535, .expected = "a list of at most 8 ports such as [443]"},
};
static const struct section target_section = {"a target", FIELDS(target_fields)};
static const struct section control_section = {"a control", FIELDS(target_fields)};

static const struct field circuit_fields[] = {
	{"name", take_name, TEXT(struct plan_circuit, name), .required = true,
	 .expected = "a name of printable characters, at most 127 bytes"},
	{"resource_id", take_resource_id, TEXT(struct plan_circuit, resource_id), .detail = "expressRouteCircuits",
	 .expected = "/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/expressRouteCircuits/NAME"},
	{"peering", take_word, AT(struct plan_circuit, peering), .detail = &peering_choice,
	 .fallback = "AzurePrivatePeering", .expected = "AzurePrivatePeering or MicrosoftPeering"},
	{"handoff", take_word, AT(struct plan_circuit, handoff), .detail = &handoff_choice, .fallback = "l2", .expected = "l2, l3 or direct"},
	{"links", take_section, .section = &links_section, .expected = "keys primary and secondary"},
	{"domains", take_section, .section = &domain_section, .expected = "keys corporate, wan and azure"},
	{"gateway_id", take_resource_id, TEXT(struct plan_circuit, gateway_id), .detail = "virtualNetworkGateways|expressRouteGateways",
	 .expected = "/subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworkGateways/NAME, or "
	             "expressRouteGateways/NAME of a Virtual WAN"},
	{"targets", take_targets, .low = 0, .section = &target_section, .expected = "a list of targets"},
	{"controls", take_targets, .low = 1, .section = &control_section, .expected = "a list of controls"},
};
static const struct section circuit_section = {"a circuit", FIELDS(circuit_fields)};

static const struct field incident_fields[] = {
	{"runs", take_integer64, AT(struct config, incident_runs), .low = 1, .high = 16, .fallback = "2", .expected = "a number of runs, 1 to 16"},
	{"of", take_integer64, AT(struct config, incident_of), .low = 1, .high = 16, .fallback = "3", .expected = "a number of runs, 1 to 16"},
	{"confidence", take_integer64, AT(struct config, incident_confidence), .low = 1, .high = 99,
	 .fallback = "90", .expected = "a confidence in per cent, 1 to 99"},
};
static const struct section incident_section = {"audit.incident", FIELDS(incident_fields)};

static const struct field evidence_fields[] = {
	{"keep", take_seconds, AT(struct config, evidence_keep_s), .low = 1, .fallback = "90d", .expected = "a duration with its unit (90d)"},
	{"size", take_integer64, AT(struct config, evidence_size_mb), .low = 1, .high = 100000000,
	 .fallback = "1024", .expected = "a size in megabytes, 1 or more"},
};
static const struct section evidence_section = {"audit.evidence", FIELDS(evidence_fields)};

static const struct field audit_fields[] = {
	{"every", take_seconds, AT(struct config, audit_every_s), .low = 1, .fallback = "5m", .expected = "a duration with its unit, 1s or more (30s, 5m)"},
	{"cron", take_cron, TEXT(struct config, audit_cron),
	 .expected = "five fields in UTC: minute, hour, day, month, weekday (\"*/10 * * * *\")"},
	{"listen", take_listen, TEXT(struct config, audit_listen), .fallback = "127.0.0.1:9470", .expected = "ADDRESS:PORT such as \"127.0.0.1:9470\", or none"},
	{"names", take_texts, AT(struct config, audit_names), .high = NOTIFY_LIST_MAX, .low = '.',
	 .expected = "a list of names of this host such as [edge-1.example.net]"},
	{"textfile", take_path, TEXT(struct config, audit_textfile), .expected = "the absolute path of a file"},
	{"rate", take_per_second, AT(struct config, audit_rate), .low = 1, .high = 1000000,
	 .fallback = "200/s", .expected = "packets a second of all runs together with the unit, 1/s to 1000000/s (200/s)"},
	{"parallel", take_integer64, AT(struct config, audit_parallel), .low = 1, .high = 256,
	 .fallback = "4", .expected = "how many runs at the same time, 1 to 256"},
	{"incident", take_section, .section = &incident_section, .expected = "keys runs, of and confidence"},
	{"evidence", take_section, .section = &evidence_section, .expected = "keys keep and size"},
	{"notify", take_notify, .section = &channel_section, .expected = "a list of channels, each with name and type"},
};
static const struct section audit_section = {"audit", FIELDS(audit_fields)};

static const struct field history_fields[] = {
	{"path", take_path, TEXT(struct config, history_path), .fallback = HISTORY_PATH_DEFAULT, .expected = "the absolute path of a file"},
	{"keep", take_seconds, AT(struct config, history_keep_s), .low = 1, .fallback = "400d", .expected = "a duration with its unit (400d)"},
	{"detail", take_seconds, AT(struct config, history_detail_s), .low = 1, .fallback = "30d", .expected = "a duration with its unit (30d)"},
};
static const struct section history_section = {"history", FIELDS(history_fields)};

static const struct field top_fields[] = {
	{"azure", take_azure, AT(struct config, azure), .section = &azure_section, .expected = "keys such as cloud and auth"},
	{"circuits", take_circuits, .section = &circuit_section, .expected = "a list of circuits"},
	{"audit", take_audit, .section = &audit_section, .expected = "keys such as every and listen"},
	{"export", take_export, AT(struct config, export), .section = &export_section, .expected = "keys edge, postgresql and http"},
	{"history", take_history, .section = &history_section, .expected = "keys such as path"},
};
const struct section config_schema = {"the file", FIELDS(top_fields)};

const struct field *section_field(const struct section *s, const char *key)
{
	for (size_t i = 0; i < s->count; i++) {
		if (strcmp(s->fields[i].key, key) == 0)
			return &s->fields[i];
	}
	return NULL;
}

static void complain_unknown(struct filling *f, const struct section *s, const struct node *key)
{
	struct suggestion near = suggest_for(key->text);
	for (size_t i = 0; i < s->count; i++)
		suggest_offer(&near, s->fields[i].key);
	const char *best = suggest_best(&near);
	if (best)
		complain(f->complaints, key->at, "unknown key '%.64s' in %s; did you mean '%s'?", key->text, s->name, best);
	else
		complain(f->complaints, key->at, "unknown key '%.64s' in %s", key->text, s->name);
}

/* The first value of this key before `n`, NULL when n is the first. */
static const struct node *earlier(const struct node *map, const struct node *n)
{
	const struct node *first = node_get(map, n->key->text);
	return first == n ? NULL : first;
}

void section_fill(struct filling *f, const struct section *s, const struct node *map, void *base)
{
	for (const struct node *n = map->first; n; n = n->next) {
		/* A key that is no word, and a merge key, were complained about by the reader. */
		if (!n->key || !n->key->text || (n->key->plain && strcmp(n->key->text, "<<") == 0))
			continue;
		const struct field *d = section_field(s, n->key->text);
		const struct node *before = d ? earlier(map, n) : NULL;
		if (!d)
			complain_unknown(f, s, n->key);
		else if (before)
			complain(f->complaints, n->key->at, "duplicate key '%s' in %s; it stands on line %u already", d->key, s->name,
			         before->key->at.line);
		else
			d->take(f, d, n, (char *)base + d->offset);
	}
	for (size_t i = 0; i < s->count; i++) {
		if (s->fields[i].required && !node_get(map, s->fields[i].key))
			complain(f->complaints, map->at, "%s needs the key '%s': %s", s->name, s->fields[i].key, s->fields[i].expected);
	}
}
