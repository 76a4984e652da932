/* SPDX-License-Identifier: BSD-2-Clause */
/* What is printed is read back to an equal value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "probe/config/config.h"

#define ID "/subscriptions/s/resourceGroups/r/providers/Microsoft.Network/"
#define AND_CIRCUIT "\ncircuits:\n  - {name: c1, resource_id: " ID "expressRouteCircuits/c}\n"

static struct config parse_good(const char *text)
{
	struct config c;
	struct strbuf errors;
	strbuf_init(&errors, STRBUF_MAX_DEFAULT);
	if (!config_parse("f", text, strlen(text), &c, &errors))
		fail_msg("refused:\n%s\n%s", text, errors.text);
	strbuf_free(&errors);
	return c;
}

/* Member by member: padding has no meaning. */
static void assert_links_equal(const struct plan_link *a, const struct plan_link *b)
{
	assert_int_equal(a->configured, b->configured);
	for (int fam = 0; fam < FAMILIES; fam++) {
		assert_true(ip_addr_equal(&a->ce[fam], &b->ce[fam]));
		assert_true(ip_addr_equal(&a->msee[fam], &b->msee[fam]));
		assert_true(ip_addr_equal(&a->source[fam], &b->source[fam]));
	}
	assert_string_equal(a->interface, b->interface);
	assert_string_equal(a->watch_interface, b->watch_interface);
	assert_int_equal(a->asn, b->asn);
	assert_int_equal(a->vlan, b->vlan);
	assert_int_equal(a->mtu, b->mtu);
	assert_string_equal(a->tcp_md5_key_file, b->tcp_md5_key_file);
}

static void assert_circuits_equal(const struct plan_circuit *a, const struct plan_circuit *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->resource_id, b->resource_id);
	assert_string_equal(a->gateway_id, b->gateway_id);
	assert_int_equal(a->peering, b->peering);
	assert_int_equal(a->handoff, b->handoff);
	for (int l = 0; l < LINKS; l++)
		assert_links_equal(&a->links[l], &b->links[l]);
	assert_int_equal(a->domain_count, b->domain_count);
	for (size_t i = 0; i < a->domain_count; i++) {
		assert_int_equal(a->domains[i].domain, b->domains[i].domain);
		assert_int_equal(a->domains[i].prefix.len, b->domains[i].prefix.len);
		assert_true(ip_addr_equal(&a->domains[i].prefix.addr, &b->domains[i].prefix.addr));
	}
	assert_int_equal(a->target_count, b->target_count);
	for (size_t i = 0; i < a->target_count; i++) {
		assert_string_equal(a->targets[i].name, b->targets[i].name);
		assert_true(ip_addr_equal(&a->targets[i].address, &b->targets[i].address));
		assert_int_equal(a->targets[i].control, b->targets[i].control);
		assert_int_equal(a->targets[i].tcp_count, b->targets[i].tcp_count);
		assert_memory_equal(a->targets[i].tcp, b->targets[i].tcp, sizeof(a->targets[i].tcp));
	}
}

static void assert_configs_equal(const struct config *a, const struct config *b)
{
	assert_memory_equal(&a->azure, &b->azure, sizeof(a->azure));
	assert_int_equal(a->circuit_count, b->circuit_count);
	for (size_t i = 0; i < a->circuit_count; i++)
		assert_circuits_equal(&a->circuits[i], &b->circuits[i]);
	assert_string_equal(a->history_path, b->history_path);
	assert_int_equal(a->history_keep_s, b->history_keep_s);
	assert_int_equal(a->audit_every_s, b->audit_every_s);
	assert_string_equal(a->audit_cron, b->audit_cron);
	assert_string_equal(a->audit_listen, b->audit_listen);
	assert_memory_equal(&a->audit_names, &b->audit_names, sizeof a->audit_names);
	assert_string_equal(a->audit_textfile, b->audit_textfile);
	assert_int_equal(a->history_detail_s, b->history_detail_s);
	assert_int_equal(a->audit_rate, b->audit_rate);
	assert_int_equal(a->audit_parallel, b->audit_parallel);
	assert_int_equal(a->incident_runs, b->incident_runs);
	assert_int_equal(a->incident_of, b->incident_of);
	assert_int_equal(a->incident_confidence, b->incident_confidence);
	assert_int_equal(a->evidence_keep_s, b->evidence_keep_s);
	assert_int_equal(a->evidence_size_mb, b->evidence_size_mb);
	assert_memory_equal(&a->export, &b->export, sizeof(a->export));
	assert_int_equal(a->channel_count, b->channel_count);
	for (size_t i = 0; i < a->channel_count; i++) /* zeroed before they are filled: padding too */
		assert_memory_equal(&a->channels[i], &b->channels[i], sizeof(a->channels[i]));
}

static const char *const configs[] = {
	"circuits: [{name: x, targets: [{name: t, address: '::2'}]}]",
	"azure: {auth: {method: none}}\ncircuits:\n"
	"  - name: \"it's \\\"quoted\\\" \\\\ # Zürich: yes\"\n"
	"    links: {secondary: {}, primary: {ce: ['fd00::1', 10.0.0.1], msee: [10.0.0.2, 'fd00::2'], interface: eth1, watch_interface: span1,\n"
	"            source: 'fd00:1::1', asn: 4294967295, vlan: 4094, mtu: 1500, tcp_md5_key_file: /etc/k}}\n"
	"    peering: MicrosoftPeering\n    handoff: direct\n"
	"    domains: {azure: [10.1.0.0/16], corporate: [10.2.0.0/16, 'fd00:2::/32', 10.2.2.2]}\n"
	"    targets: [{name: '- a', address: 10.1.1.1, tcp: [1, 65535]}, {name: 'null', address: 10.1.1.2}]\n"
	"    controls: [{name: '{}', address: 10.1.1.3, tcp: []}]\n"
	"  - {name: '~', targets: [{name: t, address: 1.1.1.1}], links: {}}\n"
	"audit: {every: 90s, listen: '[::1]:1', names: [edge-1.example.net, edge-1], textfile: /var/lib/x.prom, rate: 7/s, parallel: 3, incident: {runs: 1, of: 2, confidence: 75}, evidence: {keep: 2d, size: 9}}\n"
	"history: {path: '/a b', keep: 1w, detail: 3d}\n",
	"audit: {cron: '*/5 * * * *'}\nazure: {cloud: custom, endpoints: {management: 'http://[::1]:8080/x'}, auth: {method: token_file, path: /t}}" AND_CIRCUIT,
	"azure: {cloud: AzureChinaCloud, auth: {method: client_secret, tenant_id: t, client_id: c, secret_file: /s}}" AND_CIRCUIT,
	"azure: {cloud: AzureUSGovernment, auth: {method: client_certificate, tenant_id: t, client_id: c, certificate: /s, key: /k, key_password_file: /p}}" AND_CIRCUIT,
	"azure: {auth: {method: managed_identity, client_id: c}}" AND_CIRCUIT,
	"azure: {auth: {method: workload_identity, path: /p, tenant_id: t}}" AND_CIRCUIT,
	"audit: {notify: [{name: 'a \"b\"', type: webhook, template: opsgenie, secret_file: /k, url: 'https://h.example/x?y=1', events: [opened, closed],"
	" max_age: 90m}, {name: m, type: mail, server: 'smtp://h:25', tls: none, from: a@b.example, to: [c@d.example, e@f.example]},"
	" {name: s, type: mail, server: 'smtps://h', user: u, password_file: /p, from: a@b.example, to: [c@d.example]},"
	" {name: c, type: command, command: [/x, '$HOME; \"', '*']}, {name: l, type: syslog, address: 'h:514', transport: tcp},"
	" {name: n, type: syslog}]}\nazure: {auth: {method: azure_cli}}" AND_CIRCUIT,
	"export: {edge: ber-1, every: 5m, postgresql: {conninfo_file: /etc/c}, http: {url: 'https://h.example:8443/?x=1', user: u, password_file: /p}}\n"
	"azure: {auth: {method: azure_cli}}" AND_CIRCUIT,
	"azure: {auth: {method: azure_cli}}\nhistory: {keep: 25h}" AND_CIRCUIT,
	"azure: {cloud: custom, endpoints: {management: 'https://m.example'}, auth: {method: none}}\ncircuits: [{name: c, targets: [{name: t, address: 1.1.1.1}], gateway_id: " ID "virtualNetworkGateways/g}]",
};

static void test_parse_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		struct config a = parse_good(configs[i]);
		struct strbuf first, second;
		strbuf_init(&first, STRBUF_MAX_DEFAULT);
		strbuf_init(&second, STRBUF_MAX_DEFAULT);
		config_print(&a, &first);
		assert_true(strbuf_ok(&first));
		struct config b = parse_good(first.text);
		assert_configs_equal(&a, &b);
		config_print(&b, &second);
		assert_string_equal(first.text, second.text);
		strbuf_free(&first);
		strbuf_free(&second);
		config_free(&a);
		config_free(&b);
	}
}

static void test_durations_are_short(void **state)
{
	(void)state;
	struct config c = parse_good("audit: {every: 3600s}\nhistory: {keep: 48h}\ncircuits: [{name: x, targets: [{name: t, address: '::2'}]}]");
	struct strbuf out;
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	config_print(&c, &out);
	assert_non_null(strstr(out.text, "  every: 1h\n"));
	assert_non_null(strstr(out.text, "  keep: 2d\n"));
	strbuf_free(&out);
	config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_back),
		cmocka_unit_test(test_durations_are_short),
	};
	return cmocka_run_group_tests_name("config_print", tests, NULL, NULL);
}
