/* SPDX-License-Identifier: BSD-2-Clause */
/* The effective configuration as YAML. Every text is in double quotes with the
 * escapes that YAML shares with JSON, so nothing in it can be read otherwise. */
#include "probe/config/config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void add_quoted(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, '"');
	for (const char *c = text; *c; c++) {
		unsigned char byte = (unsigned char)*c;
		if (*c == '"' || *c == '\\')
			strbuf_add_char(out, '\\');
		if (byte < 0x20 || byte == 0x7f)
			strbuf_addf(out, "\\x%02x", byte);
		else
			strbuf_add_char(out, *c);
	}
	strbuf_add_char(out, '"');
}

/* "INDENTkey: "text"" on a line of its own; nothing for an empty text. */
static void add_text(struct strbuf *out, const char *lead, const char *key, const char *text)
{
	if (!text[0])
		return;
	strbuf_addf(out, "%s%s: ", lead, key);
	add_quoted(out, text);
	strbuf_add_char(out, '\n');
}

/* The largest unit that divides a duration. */
static void add_seconds(struct strbuf *out, const char *lead, const char *key, int64_t seconds)
{
	static const struct { int64_t seconds; char unit; } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	for (size_t i = 0; seconds > 0 && i < sizeof(units) / sizeof(units[0]); i++) {
		if (seconds % units[i].seconds == 0) {
			strbuf_addf(out, "%s%s: %" PRId64 "%c\n", lead, key, seconds / units[i].seconds, units[i].unit);
			return;
		}
	}
}

static void print_auth(struct strbuf *out, const struct azure_settings *a)
{
	strbuf_addf(out, "  auth:\n    method: %s\n", azure_auth_name(a->auth));
	add_text(out, "    ", "path", a->token_path);
	add_text(out, "    ", "tenant_id", a->tenant_id);
	add_text(out, "    ", "client_id", a->client_id);
	add_text(out, "    ", "secret_file", a->secret_path);
	add_text(out, "    ", "certificate", a->certificate_path);
	add_text(out, "    ", "key", a->key_path);
	add_text(out, "    ", "key_password_file", a->key_password_path);
}

static void print_azure(struct strbuf *out, const struct azure_settings *a)
{
	strbuf_add(out, "azure:\n");
	add_text(out, "  ", "cloud", a->cloud);
	if (a->management[0] || a->login[0]) {
		strbuf_add(out, "  endpoints:\n");
		add_text(out, "    ", "management", a->management);
		add_text(out, "    ", "login", a->login);
	}
	print_auth(out, a);
}

static void print_pair(struct strbuf *out, const char *key, const struct ip_addr pair[FAMILIES])
{
	char text[IP_TEXT_MAX];
	bool v4 = ip_addr_is_set(&pair[FAM4]), v6 = ip_addr_is_set(&pair[FAM6]);
	if (!v4 && !v6)
		return;
	strbuf_addf(out, "        %s: [", key);
	if (v4)
		strbuf_addf(out, "\"%s\"", ip_addr_text(&pair[FAM4], text));
	if (v6)
		strbuf_addf(out, "%s\"%s\"", v4 ? ", " : "", ip_addr_text(&pair[FAM6], text));
	strbuf_add(out, "]\n");
}

static bool link_is_empty(const struct plan_link *l)
{
	for (int fam = 0; fam < FAMILIES; fam++) {
		if (ip_addr_is_set(&l->ce[fam]) || ip_addr_is_set(&l->msee[fam]) || ip_addr_is_set(&l->source[fam]))
			return false;
	}
	return !l->interface[0] && !l->watch_interface[0] && l->asn < 0 && l->vlan < 0 && l->mtu == 0 && !l->tcp_md5_key_file[0];
}

static void print_link(struct strbuf *out, const char *name, const struct plan_link *l)
{
	if (link_is_empty(l)) {
		strbuf_addf(out, "      %s: {}\n", name);
		return;
	}
	strbuf_addf(out, "      %s:\n", name);
	print_pair(out, "ce", l->ce);
	print_pair(out, "msee", l->msee);
	print_pair(out, "source", l->source);
	add_text(out, "        ", "interface", l->interface);
	add_text(out, "        ", "watch_interface", l->watch_interface);
	if (l->asn >= 0)
		strbuf_addf(out, "        asn: %" PRId64 "\n", l->asn);
	if (l->vlan >= 0)
		strbuf_addf(out, "        vlan: %" PRId32 "\n", l->vlan);
	add_text(out, "        ", "tcp_md5_key_file", l->tcp_md5_key_file);
	if (l->mtu > 0)
		strbuf_addf(out, "        mtu: %" PRId32 "\n", l->mtu);
}

static void print_links(struct strbuf *out, const struct plan_circuit *c)
{
	if (!c->links[LINK_PRIMARY].configured && !c->links[LINK_SECONDARY].configured)
		return;
	strbuf_add(out, "    links:\n");
	for (int l = 0; l < LINKS; l++) {
		if (c->links[l].configured)
			print_link(out, link_name((enum link_id)l), &c->links[l]);
	}
}

static void print_domains(struct strbuf *out, const struct plan_circuit *c)
{
	bool any = false;
	for (int d = DOMAIN_CORPORATE; d < DOMAINS; d++) {
		size_t listed = 0;
		for (size_t i = 0; i < c->domain_count; i++) {
			char text[PREFIX_TEXT_MAX];
			if (c->domains[i].domain != (enum domain)d)
				continue;
			strbuf_add(out, any ? "" : "    domains:\n");
			any = true;
			if (listed++ == 0)
				strbuf_addf(out, "      %s:\n", domain_name((enum domain)d));
			strbuf_addf(out, "        - \"%s\"\n", ip_prefix_text(&c->domains[i].prefix, text));
		}
	}
}

static void print_targets(struct strbuf *out, const struct plan_circuit *c, bool control)
{
	size_t listed = 0;
	for (size_t i = 0; i < c->target_count; i++) {
		const struct plan_target *t = &c->targets[i];
		char text[IP_TEXT_MAX];
		if (t->control != control)
			continue;
		if (listed++ == 0)
			strbuf_addf(out, "    %s:\n", control ? "controls" : "targets");
		strbuf_add(out, "      - {name: ");
		add_quoted(out, t->name);
		strbuf_addf(out, ", address: \"%s\", tcp: [", ip_addr_text(&t->address, text));
		for (size_t p = 0; p < t->tcp_count; p++)
			strbuf_addf(out, "%s%u", p ? ", " : "", t->tcp[p]);
		strbuf_add(out, "]}\n");
	}
}

static void print_circuit(struct strbuf *out, const struct plan_circuit *c)
{
	strbuf_add(out, "  - name: ");
	add_quoted(out, c->name);
	strbuf_add_char(out, '\n');
	add_text(out, "    ", "resource_id", c->resource_id);
	strbuf_addf(out, "    peering: %s\n    handoff: %s\n", peering_name(c->peering), handoff_name(c->handoff));
	print_links(out, c);
	print_domains(out, c);
	add_text(out, "    ", "gateway_id", c->gateway_id);
	print_targets(out, c, false);
	print_targets(out, c, true);
}

static void add_number(struct strbuf *out, const char *lead, const char *key, int64_t value)
{
	if (value > 0)
		strbuf_addf(out, "%s%s: %" PRId64 "\n", lead, key, value);
}

static void print_texts(struct strbuf *out, const char *lead, const char *key, const struct text_list *l)
{
	if (l->count == 0)
		return;
	strbuf_addf(out, "%s%s: [", lead, key);
	for (size_t i = 0; i < l->count; i++) {
		strbuf_add(out, i > 0 ? ", " : "");
		add_quoted(out, l->text[i]);
	}
	strbuf_add(out, "]\n");
}

static void print_channel(struct strbuf *out, const struct notify_channel *c)
{
	static const char lead[] = "      ";
	strbuf_add(out, "    - name: ");
	add_quoted(out, c->name);
	strbuf_addf(out, "\n      type: %s\n", notify_kind_name(c->kind));
	print_texts(out, lead, "events", &c->events);
	add_seconds(out, lead, "max_age", c->max_age_s);
	if (c->kind == NOTIFY_WEBHOOK)
		strbuf_addf(out, "%stemplate: %s\n", lead, notice_form_name(c->form));
	add_text(out, lead, "url", c->url);
	add_text(out, lead, "url_file", c->url_path);
	add_text(out, lead, "secret_file", c->secret_path);
	add_text(out, lead, "server", c->server);
	if (c->tls == NOTIFY_TLS_NONE)
		strbuf_addf(out, "%stls: none\n", lead);
	add_text(out, lead, "user", c->user);
	add_text(out, lead, "password_file", c->password_path);
	add_text(out, lead, "from", c->from);
	print_texts(out, lead, "to", &c->to);
	print_texts(out, lead, "command", &c->command);
	add_text(out, lead, "address", c->address);
	if (c->transport == NOTIFY_TCP)
		strbuf_addf(out, "%stransport: tcp\n", lead);
}

static void print_audit(const struct config *c, struct strbuf *out)
{
	struct strbuf keys;
	strbuf_init(&keys, STRBUF_MAX_DEFAULT);
	add_seconds(&keys, "  ", "every", c->audit_every_s);
	add_text(&keys, "  ", "cron", c->audit_cron);
	add_text(&keys, "  ", "listen", c->audit_listen);
	print_texts(&keys, "  ", "names", &c->audit_names);
	add_text(&keys, "  ", "textfile", c->audit_textfile);
	if (c->audit_rate)
		strbuf_addf(&keys, "  rate: %lld/s\n", (long long)c->audit_rate);
	add_number(&keys, "  ", "parallel", c->audit_parallel);
	if (c->incident_runs || c->incident_of || c->incident_confidence) {
		strbuf_add(&keys, "  incident:\n");
		add_number(&keys, "    ", "runs", c->incident_runs);
		add_number(&keys, "    ", "of", c->incident_of);
		add_number(&keys, "    ", "confidence", c->incident_confidence);
	}
	if (c->evidence_keep_s || c->evidence_size_mb) {
		strbuf_add(&keys, "  evidence:\n");
		add_seconds(&keys, "    ", "keep", c->evidence_keep_s);
		add_number(&keys, "    ", "size", c->evidence_size_mb);
	}
	if (c->channel_count > 0)
		strbuf_add(&keys, "  notify:\n");
	for (size_t i = 0; i < c->channel_count; i++)
		print_channel(&keys, &c->channels[i]);
	if (keys.len > 0) {
		strbuf_add(out, "audit:\n");
		strbuf_add(out, keys.text);
	}
	out->failed = out->failed || !strbuf_ok(&keys);
	strbuf_free(&keys);
}

static void print_export(const struct export_settings *e, struct strbuf *out)
{
	bool http = e->url[0] || e->url_path[0];
	if (!http && !e->conninfo_path[0] && !e->edge[0] && e->every_s == 0)
		return;
	strbuf_add(out, "export:\n");
	add_text(out, "  ", "edge", e->edge);
	add_seconds(out, "  ", "every", e->every_s);
	if (e->conninfo_path[0])
		strbuf_add(out, "  postgresql:\n");
	add_text(out, "    ", "conninfo_file", e->conninfo_path);
	if (http)
		strbuf_add(out, "  http:\n");
	add_text(out, "    ", "url", e->url);
	add_text(out, "    ", "url_file", e->url_path);
	add_text(out, "    ", "user", e->user);
	add_text(out, "    ", "password_file", e->password_path);
}

void config_print(const struct config *c, struct strbuf *out)
{
	print_azure(out, &c->azure);
	strbuf_add(out, "circuits:\n");
	for (size_t i = 0; i < c->circuit_count; i++)
		print_circuit(out, &c->circuits[i]);
	print_audit(c, out);
	print_export(&c->export, out);
	if (c->history_path[0] || c->history_keep_s || c->history_detail_s) {
		strbuf_add(out, "history:\n");
		add_text(out, "  ", "path", c->history_path);
		add_seconds(out, "  ", "keep", c->history_keep_s);
		add_seconds(out, "  ", "detail", c->history_detail_s);
	}
}

void config_print_one(const struct config *c, const struct plan_circuit *circuit, struct strbuf *out)
{
	struct config one = *c;
	struct plan_circuit only = *circuit;

	one.circuits = &only;
	one.circuit_count = 1;
	config_print(&one, out);
}
