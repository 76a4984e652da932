/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration: what is read, and every way in which it is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "probe/audit/audit.h"
#include "probe/config/config.h"
#include "probe/config/config_scalar.h"
#include "probe/export/export.h"

#define ID "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/"
#define CIRCUIT_ID ID "expressRouteCircuits/er1"

#define NO_AZURE "azure: {auth: {method: none}}\n"
/* One circuit whose further keys follow, four columns in. */
#define ONE NO_AZURE "circuits:\n  - name: c1\n    targets: [{name: t, address: 10.1.1.1}]\n"
/* Nothing but an azure section to test, with a good circuit after it. */
#define AND_CIRCUIT "\ncircuits:\n  - {name: c1, resource_id: " CIRCUIT_ID ", targets: [{name: t, address: 10.1.1.1}]}\n"

static bool parse(const char *text, struct config *c, struct strbuf *errors)
{
	strbuf_init(errors, STRBUF_MAX_DEFAULT);
	bool ok = config_parse("f.yaml", text, strlen(text), c, errors);
	strbuf_add(errors, "");
	return ok;
}

static struct config parse_good(const char *text)
{
	struct config c;
	struct strbuf errors;
	if (!parse(text, &c, &errors))
		fail_msg("refused:\n%s", errors.text);
	assert_true(errors.text == NULL || errors.len == 0);
	strbuf_free(&errors);
	return c;
}

static const char full[] =
	"azure:\n"
	"  cloud: AzureCloud\n"
	"  endpoints: {management: \"http://127.0.0.1:8080/\", login: \"https://login.example\"}\n"
	"  auth: {method: token_file, path: /run/erprobe/token}\n"
	"circuits:\n"
	"  - name: frankfurt-1\n"
	"    resource_id: " CIRCUIT_ID "\n"
	"    peering: MicrosoftPeering\n"
	"    handoff: l3\n"
	"    links:\n"
	"      primary:   {ce: 172.16.3.1, msee: 172.16.3.2, interface: eth1, watch_interface: span1, source: 10.10.1.1}\n"
	"      secondary: {ce: [172.16.4.1, 'fd00:4::1'], msee: ['fd00:4::2', 172.16.4.2], asn: 65001, vlan: 100, mtu: 1400, tcp_md5_key_file: /etc/erprobe/md5.key}\n"
	"    domains:\n"
	"      corporate: [10.10.0.0/16]\n"
	"      wan: [172.16.1.0/24, 100.64.0.0/10]\n"
	"      azure: [10.100.0.0/16]\n"
	"    gateway_id: " ID "virtualNetworkGateways/gw\n"
	"    controls:\n"
	"      - {name: dc-1, address: 10.10.9.9, tcp: [53]}\n"
	"    targets:\n"
	"      - {name: app, address: 10.101.7.7, tcp: [443, 8443]}\n"
	"audit: {every: 5m, listen: \"127.0.0.1:9470\"}\n"
	"history: {path: /var/lib/erprobe/history.db, keep: 90d}\n";

static void test_full(void **state)
{
	(void)state;
	struct config c = parse_good(full);
	assert_string_equal(c.azure.management, "http://127.0.0.1:8080"); /* slash dropped */
	assert_string_equal(c.azure.login, "https://login.example");
	assert_int_equal(c.azure.auth, AUTH_TOKEN_FILE);
	assert_string_equal(c.azure.token_path, "/run/erprobe/token");
	assert_int_equal(c.circuit_count, 1);
	const struct plan_circuit *k = &c.circuits[0];
	assert_string_equal(k->name, "frankfurt-1");
	assert_string_equal(k->resource_id, CIRCUIT_ID);
	assert_string_equal(k->gateway_id, ID "virtualNetworkGateways/gw");
	assert_int_equal(k->peering, PEERING_MICROSOFT);
	assert_int_equal(k->handoff, HANDOFF_L3);
	const struct plan_link *p = &k->links[LINK_PRIMARY], *s = &k->links[LINK_SECONDARY];
	assert_true(p->configured && s->configured && !p->derived);
	assert_string_equal(p->interface, "eth1");
	assert_string_equal(p->watch_interface, "span1");
	assert_string_equal(s->watch_interface, "");
	assert_memory_equal(p->source[FAM4].bytes, "\x0a\x0a\x01\x01", 4);
	assert_int_equal(p->asn, -1);
	assert_int_equal(p->vlan, -1);
	assert_false(ip_addr_is_set(&p->msee[FAM6]));
	assert_int_equal(s->asn, 65001);
	assert_int_equal(s->vlan, 100);
	assert_int_equal(s->mtu, 1400);
	assert_string_equal(s->tcp_md5_key_file, "/etc/erprobe/md5.key");
	assert_int_equal(p->mtu, 0);
	assert_int_equal(s->msee[FAM6].bytes[15], 2);
	assert_memory_equal(s->msee[FAM4].bytes, "\xac\x10\x04\x02", 4);
	assert_int_equal(k->domain_count, 4);
	assert_int_equal(k->domains[1].domain, DOMAIN_WAN);
	assert_int_equal(k->domains[2].prefix.len, 10);
	/* Targets first, though written last. */
	assert_int_equal(k->target_count, 2);
	assert_string_equal(k->targets[0].name, "app");
	assert_int_equal(k->targets[0].tcp_count, 2);
	assert_int_equal(k->targets[0].tcp[1], 8443);
	assert_true(k->targets[1].control && !k->targets[0].control);
	assert_int_equal(c.audit_every_s, 300);
	assert_string_equal(c.audit_listen, "127.0.0.1:9470");
	assert_int_equal(c.history_keep_s, 90 * 86400);
	config_free(&c);
}

static void test_defaults(void **state)
{
	(void)state;
	struct config c = parse_good("circuits: [{name: x, targets: [{name: t, address: '::2'}]}]");
	assert_int_equal(c.azure.auth, AUTH_NONE);
	assert_string_equal(c.azure.cloud, "AzureCloud");
	assert_string_equal(c.azure.management, "https://management.azure.com");
	assert_int_equal(c.circuits[0].peering, PEERING_PRIVATE);
	assert_int_equal(c.circuits[0].handoff, HANDOFF_L2);
	assert_false(c.circuits[0].links[LINK_PRIMARY].configured);
	assert_int_equal(c.audit_every_s, 0);
	config_free(&c);
}

static void test_json_is_yaml(void **state)
{
	(void)state;
	struct config c = parse_good("{\"azure\":{\"auth\":{\"method\":\"none\"}},\"circuits\":[{\"name\":\"j\","
	                             "\"targets\":[{\"name\":\"t\",\"address\":\"10.0.0.1\",\"tcp\":[22]}]}]}");
	assert_int_equal(c.circuits[0].targets[0].tcp[0], 22);
	config_free(&c);
}

static void test_clouds(void **state)
{
	(void)state;
	static const struct { const char *cloud, *management, *login; } rows[] = {
		{"AzureCloud", "https://management.azure.com", "https://login.microsoftonline.com"},
		{"AzureUSGovernment", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us"},
		{"AzureChinaCloud", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		snprintf(text, sizeof(text), "azure: {cloud: %s, auth: {method: azure_cli}}" AND_CIRCUIT, rows[i].cloud);
		struct config c = parse_good(text);
		assert_string_equal(c.azure.management, rows[i].management);
		assert_string_equal(c.azure.login, rows[i].login);
		config_free(&c);
	}
}

static void test_methods_with_their_keys(void **state)
{
	(void)state;
	static const char *const good[] = {
		"method: none",
		"method: token_file, path: /t",
		"method: client_secret, tenant_id: t.example, client_id: a-b, secret_file: /s",
		"method: client_certificate, tenant_id: t, client_id: c, certificate: /c, key: /k",
		"method: managed_identity",
		"method: managed_identity, client_id: c",
		"method: workload_identity",
		"method: workload_identity, tenant_id: t, client_id: c, path: /p",
		"method: azure_cli",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char text[512];
		snprintf(text, sizeof(text), "azure: {auth: {%s}}" AND_CIRCUIT, good[i]);
		struct config c = parse_good(text);
		config_free(&c);
	}
}

/* Text, and what each complaint about it must begin with; all of them, in order. */
struct refusal { const char *text; const char *errors[6]; };

static const struct refusal refusals[] = {
	/* The file */
	{"", {"f.yaml:1:1: error: the file is empty"}},
	{"# only a comment\n", {"f.yaml:1:1: error: the file is empty"}},
	{"---\n", {"f.yaml:1:1: error: the file is empty"}},
	{"{}\n", {"f.yaml:1:1: error: the file is empty"}},
	{"- a\n", {"f.yaml:1:1: error: expected the keys azure, circuits"}},
	{"circuits: []\n", {"f.yaml:1:1: error: no circuit is configured"}},
	{NO_AZURE, {"f.yaml:1:1: error: no circuit is configured"}},
	{"circuits: [{name: a, targets: [{name: t, address: 1.2.3.4}]}]\n---\na: b\n", {"f.yaml:2:1: error: a second document begins here"}},
	{"circuits: &x [{name: a}]\n", {"f.yaml:1:11: error: anchors (&name) are not allowed", "f.yaml:1:22: error: nothing can be tested"}},
	{ONE "    handoff: &h l2\n    peering: *h\n", {"f.yaml:5:14: error: anchors", "f.yaml:6:14: error: aliases (*name) are not allowed"}},
	{ONE "    handoff: !!str l2\n", {"f.yaml:5:14: error: tags (!type) are not allowed"}},
	{ONE "    <<: {handoff: l2}\n", {"f.yaml:5:5: error: merge keys (<<) are not allowed"}},
	{ONE "    [a, b]: c\n", {"f.yaml:5:5: error: a key must be a word"}},
	{ONE "    handoff: \"l\\0\"\n", {"f.yaml:5:14: error: a value must not hold the character NUL"}},
	{"circuits:\n\t- a\n", {"f.yaml:2:1: error: found character that cannot start any token"}},
	{"circuits: [\n", {"f.yaml:2:1: error: "}},
	{"circuits: \xff\xfe\n", {"f.yaml:1:11: error: "}},
	{"[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]\n", {"f.yaml:1:17: error: nested more than 16 levels"}},
	/* Keys */
	{"circuts: []\n", {"f.yaml:1:1: error: unknown key 'circuts' in the file; did you mean 'circuits'?"}},
	{ONE "    handof: l2\n", {"f.yaml:5:5: error: unknown key 'handof' in a circuit; did you mean 'handoff'?"}},
	{ONE "    zebra: l2\n", {"f.yaml:5:5: error: unknown key 'zebra' in a circuit\n"}},
	{ONE "    handoff: l2\n    handoff: l3\n", {"f.yaml:6:5: error: duplicate key 'handoff' in a circuit; it stands on line 5"}},
	{NO_AZURE "circuits:\n  - handoff: l2\n    targets: [{name: t, address: 10.1.1.1}]\n", {"f.yaml:3:5: error: a circuit needs the key 'name'"}},
	{NO_AZURE "circuits:\n  - name: a\n    targets:\n      - {name: t, adress: 10.1.1.1}\n",
	 {"f.yaml:5:19: error: unknown key 'adress' in a target; did you mean 'address'?", "f.yaml:5:9: error: a target needs the key 'address'"}},
	{NO_AZURE "circuits: frankfurt\n", {"f.yaml:2:11: error: 'frankfurt' is not valid for 'circuits'; expected a list"}},
	{NO_AZURE "circuits:\n", {"f.yaml:2:10: error: 'circuits' has no value"}},
	{NO_AZURE "circuits: [a]\n", {"f.yaml:2:12: error: 'a' is not valid for 'circuits'"}},
	/* Names */
	{NO_AZURE "circuits:\n  - {name: c1, targets: [{name: t, address: 10.1.1.1}]}\n  - {name: c1, targets: [{name: t, address: 10.1.1.1}]}\n",
	 {"f.yaml:4:12: error: a second circuit named 'c1'; the first stands in f.yaml line 3"}},
	{ONE "    controls: [{name: t, address: 10.1.1.2}]\n", {"f.yaml:5:23: error: a second target or control named 't'"}},
	{NO_AZURE "circuits: [{name: \"a\\eb\", targets: [{name: t, address: 10.1.1.1}]}]\n", {"f.yaml:2:19: error: 'a\xef\xbf\xbd""b' is not valid for 'name'"}},
	{NO_AZURE "circuits: [{name: '', targets: [{name: t, address: 10.1.1.1}]}]\n", {"f.yaml:2:19: error: '' is not valid for 'name'"}},
	/* Choices */
	{ONE "    handoff: l4\n", {"f.yaml:5:14: error: unknown value of 'handoff'; did you mean 'l2'?"}},
	{ONE "    handoff: vlan\n", {"f.yaml:5:14: error: 'vlan' is not valid for 'handoff'; expected l2, l3 or direct"}},
	{ONE "    peering: azureprivatepeering\n", {"f.yaml:5:14: error: unknown value of 'peering'; did you mean 'AzurePrivatePeering'?"}},
	/* Addresses */
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 10.1.1.256}]}]\n", {"f.yaml:2:51: error: '10.1.1.256' is not an IP address"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 224.0.0.1}]}]\n", {"f.yaml:2:51: error: '224.0.0.1' of 'address' is a multicast address"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 0.0.0.0}]}]\n", {"f.yaml:2:51: error: '0.0.0.0' of 'address' stands for no address"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 0.0.0.7}]}]\n", {"f.yaml:2:51: error: '0.0.0.7' of 'address' is of 0.0.0.0/8, \"this network\": no packet may go there"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 255.255.255.255}]}]\n", {"f.yaml:2:51: error: '255.255.255.255' of 'address' is the broadcast"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 'fe80::1'}]}]\n", {"f.yaml:2:51: error: 'fe80::1' of 'address' is link-local: nothing crosses a circuit to it"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 'fe80::1%eth0'}]}]\n", {"f.yaml:2:51: error: 'fe80::1%eth0' of 'address' has a zone index"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: [10.0.0.1]}]}]\n", {"f.yaml:2:51: error: 'address' is a list; expected one IPv4"}},
	{ONE "    links: {primary: {ce: [10.0.0.1, 10.0.0.5]}}\n", {"f.yaml:5:38: error: 'ce' has two addresses of one family"}},
	{ONE "    links: {primary: {ce: []}}\n", {"f.yaml:5:27: error: 'ce' is an empty list"}},
	{ONE "    links: {primary: {ce: 10.0.0.1, msee: 10.0.0.1}}\n", {"f.yaml:5:43: error: 'msee' is the same address as 'ce'"}},
	{ONE "    links: {primary: {ce: 10.0.0.1, msee: 'fd00::2'}}\n", {"f.yaml:5:43: error: 'msee' has no IPv4 address", "f.yaml:5:43: error: 'ce' has no IPv6 address"}},
	{ONE "    links: {primary: {msee: 10.0.0.2}, secondary: {msee: 10.0.0.2}}\n", {"f.yaml:5:58: error: 'msee' is the same address as the primary link's"}},
	{ONE "    links: {primary: {ce: 10.0.0.1}, secondary: {ce: 10.0.0.1}}\n", {"f.yaml:5:54: error: 'ce' is the same address as the primary link's"}},
	{ONE "    links: {third: {ce: 10.0.0.2}}\n", {"f.yaml:5:13: error: unknown key 'third' in links"}},
	{ONE "    links: {primary: {interface: eth0/1}}\n", {"f.yaml:5:34: error: 'eth0/1' is not valid for 'interface'"}},
	{ONE "    links: {primary: {asn: 0}}\n", {"f.yaml:5:28: error: '0' is not valid for 'asn'"}},
	{ONE "    links: {primary: {asn: 4294967296}}\n", {"f.yaml:5:28: error: '4294967296' is not valid for 'asn'"}},
	{ONE "    links: {primary: {vlan: 4095}}\n", {"f.yaml:5:29: error: '4095' is not valid for 'vlan'"}},
	/* Prefixes and ports */
	{ONE "    domains: {wan: [10.0.0.1/8]}\n", {"f.yaml:5:21: error: '10.0.0.1/8' is not a prefix with zero host bits"}},
	{ONE "    domains: {wan: [10.0.0.0/8], azure: [10.0.0.0/8]}\n", {"f.yaml:5:42: error: '10.0.0.0/8' stands under wan already"}},
	{ONE "    domains: {wan: 10.0.0.0/8}\n", {"f.yaml:5:20: error: '10.0.0.0/8' is not valid for 'wan'; expected a list"}},
	{ONE "    controls: [{name: u, address: 10.1.1.2, tcp: 443}]\n", {"f.yaml:5:50: error: '443' is not valid for 'tcp'; expected a list"}},
	{ONE "    controls: [{name: u, address: 10.1.1.2, tcp: [0, 65536, 0x10, 22, 22]}]\n",
	 {"f.yaml:5:51: error: '0' is not a port", "f.yaml:5:54: error: '65536' is not a port", "f.yaml:5:61: error: '0x10' is not a port", "f.yaml:5:71: error: port 22 stands twice"}},
	{ONE "    controls: [{name: u, address: 10.1.1.2, tcp: [1,2,3,4,5,6,7,8,9]}]\n", {"f.yaml:5:67: error: more than 8 ports"}},
	/* Resource ids */
	{ONE "    resource_id: " ID "virtualNetworkGateways/g\n", {"f.yaml:5:18: error: 'resource_id' is not a resource id: it names a resource of another type"}},
	{ONE "    gateway_id: " CIRCUIT_ID "\n", {"f.yaml:5:17: error: 'gateway_id' is not a resource id: it names"}},
	/* Azure */
	{"azure: {auth: {method: token_file, path: /t}}\ncircuits:\n  - {name: a}\n", {"f.yaml:3:12: error: this circuit needs the key 'resource_id'"}},
	{NO_AZURE "circuits:\n  - {name: a}\n", {"f.yaml:3:12: error: nothing can be tested here"}},
	{NO_AZURE "circuits:\n  - {name: a, targets: []}\n", {"f.yaml:3:12: error: nothing can be tested here"}},
	{"azure: {cloud: AzureCloud}" AND_CIRCUIT, {"f.yaml:1:8: error: azure needs the key 'auth'"}},
	{"azure: {auth: {path: /t}}" AND_CIRCUIT, {"f.yaml:1:15: error: azure.auth needs the key 'method'"}},
	{"azure: {auth: {method: tokenfile}}" AND_CIRCUIT, {"f.yaml:1:24: error: unknown value of 'method'; did you mean 'token_file'?"}},
	{"azure: {auth: {method: token_file}}" AND_CIRCUIT, {"f.yaml:1:15: error: the method token_file needs the key 'path'"}},
	{"azure: {auth: {method: token_file, path: token}}" AND_CIRCUIT, {"f.yaml:1:42: error: the value of 'path' is not valid"}},
	{"azure: {auth: {method: none, path: /t}}" AND_CIRCUIT, {"f.yaml:1:30: error: 'path' does not belong to the method none"}},
	{"azure: {auth: {method: client_secret, client_secret: hunter2}}" AND_CIRCUIT,
	 {"f.yaml:1:39: error: unknown key 'client_secret' in azure.auth", "f.yaml:1:15: error: the method client_secret needs the key 'tenant_id'",
	  "f.yaml:1:15: error: the method client_secret needs the key 'client_id'", "f.yaml:1:15: error: the method client_secret needs the key 'secret_file'"}},
	{"azure: {cloud: azurecloud, auth: {method: azure_cli}}" AND_CIRCUIT, {"f.yaml:1:16: error: unknown cloud; did you mean 'AzureCloud'?"}},
	{"azure: {cloud: custom, auth: {method: none}}" AND_CIRCUIT, {"f.yaml:1:16: error: cloud: custom needs endpoints.management"}},
	{"azure: {cloud: custom, auth: {method: azure_cli}}" AND_CIRCUIT, {"f.yaml:1:16: error: cloud: custom needs endpoints.management"}},
	{"azure: {cloud: custom, endpoints: {management: 'https://m'}, auth: {method: workload_identity}}" AND_CIRCUIT, {"f.yaml:1:16: error: cloud: custom needs endpoints.login"}},
	{"azure: {endpoints: {management: 'http://management.azure.com'}, auth: {method: azure_cli}}" AND_CIRCUIT,
	 {"f.yaml:1:33: error: 'management' is not an endpoint: plain http is allowed only to a loopback address"}},
	{"azure: {endpoints: {login: 'https://u:hunter2@h'}, auth: {method: azure_cli}}" AND_CIRCUIT,
	 {"f.yaml:1:28: error: 'login' is not an endpoint: a user or password must not stand in it"}},
	/* A link's addresses, and what leaves from nowhere */
	{NO_AZURE "circuits: [{name: a, links: {primary: {ce: 172.16.3.2, msee: 172.16.3.1}}}]\n", {"f.yaml:2:62: error: 'ce' and 'msee' are swapped"}},
	{NO_AZURE "circuits: [{name: a, links: {primary: {ce: ['172.16.3.5', 'fd00:3::2'], msee: ['172.16.3.6', 'fd00:3::1']}}}]\n",
	 {"f.yaml:2:79: error: 'ce' and 'msee' are swapped"}},
	{NO_AZURE "circuits: [{name: a, links: {primary: {ce: 172.16.3.1, msee: 172.16.3.2, source: 127.0.0.1}}}]\n",
	 {"f.yaml:2:82: error: '127.0.0.1' of 'source' is the loopback"}},
	{NO_AZURE "circuits: [{name: a, targets: [{name: t, address: 10.1.1.1}], controls: [{name: c, address: 10.1.1.1}]}]\n",
	 {"f.yaml:2:93: error: 10.1.1.1 is the address of 't' too"}},
	{ONE "audit: {notify: [{name: n, type: mail, server: 'smtp://u:hunter2@h:25', from: a@b.c, to: [a@b.c]}]}\n",
	 {"f.yaml:5:48: error: the value of 'server' is not valid"}},
	/* Audit and history */
	{ONE "audit: {every: 300}\n", {"f.yaml:5:16: error: '300' is not valid for 'every'; expected a duration with its unit"}},
	{ONE "audit: {every: 0s}\n", {"f.yaml:5:16: error: '0s' is not valid for 'every'"}},
	{ONE "audit: {every: 5m, cron: '* * * * *'}\n", {"f.yaml:5:20: error: 'cron' and 'every' exclude each other"}},
	{ONE "audit: {names: [a b]}\n", {"f.yaml:5:17: error: 'a b' is not valid for 'names'"}},
	{ONE "audit: {listen: 9470}\n", {"f.yaml:5:17: error: '9470' is not valid for 'listen'"}},
	{ONE "audit: {evry: 5m}\n", {"f.yaml:5:9: error: unknown key 'evry' in audit; did you mean 'every'?"}},
	/* More than there is room for is said, not left out: a recipient would never hear of anything. */
	{ONE "audit: {notify: [{name: n, type: syslog, events: [opened, changed, closed, opened]}]}\n",
	 {"f.yaml:5:50: error: 'events' has 4 values, it takes at most 3"}},
	{ONE "audit: {notify: [{name: n, type: mail, server: 'smtp://h:25', from: a@b.c, to: [a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,"
	 "a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c]}]}\n", {"f.yaml:5:80: error: 'to' has 17 values, it takes at most 16"}},
	{ONE "audit: {notify: [{name: n, type: syslog, address: 'h:99999'}]}\n", {"f.yaml:5:51: error: 'h:99999' is not valid for 'address'; expected HOST:PORT"}},
	{ONE "audit: {cron: '61 * * * *'}\n", {"f.yaml:5:15: error: '61 * * * *' is not valid for 'cron': the minute is not 0-59"}},
	{ONE "export: {edge: a}\n", {"f.yaml:5:1: error: 'export' names no store: it needs 'postgresql' or 'http'"}},
	{ONE "audit: {rate: 0/s}\n", {"f.yaml:5:15: error: '0/s' is not valid for 'rate'; expected packets a second"}},
	{ONE "audit: {rate: 200}\n", {"f.yaml:5:15: error: '200' is not valid for 'rate'; expected packets a second of all runs together with the unit"}},
	{ONE "audit: {parallel: 257}\n", {"f.yaml:5:19: error: '257' is not valid for 'parallel'"}},
	{ONE "audit: {incident: {runs: 3, of: 2}}\n", {"f.yaml:5:33: error: 'of' is less than 'runs'"}},
	{ONE "audit: {incident: {confidence: 100}}\n", {"f.yaml:5:32: error: '100' is not valid for 'confidence'"}},
	{ONE "audit: {evidence: {keep: 90}}\n", {"f.yaml:5:26: error: '90' is not valid for 'keep'"}},
	{ONE "history: {path: history.db}\n", {"f.yaml:5:17: error: 'history.db' is not valid for 'path'"}},
	/* Many at once */
	{ONE "    handof: l2\n    peering: x\nhistory: 1\naudit: {evry: 1}\n",
	 {"f.yaml:5:5: error: unknown key 'handof'", "f.yaml:6:14: error: 'x' is not valid for 'peering'", "f.yaml:7:10: error: '1' is not valid for 'history'", "f.yaml:8:9: error: unknown key 'evry'"}},
};

/* The error lines alone: without the lines that show the source and the caret. */
static const char *next_error(const char *at)
{
	while (at && *at == ' ') {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return at && *at ? at : NULL;
}

/* Does the text draw exactly these complaints? */
static bool refused_as_wanted(const struct refusal *row)
{
	struct config c;
	struct strbuf errors;
	if (parse(row->text, &c, &errors)) {
		print_error("was accepted:\n%s\n", row->text);
		config_free(&c);
		return false;
	}
	bool good = c.circuit_count == 0 && !c.circuits && !strstr(errors.text, "hunter2");
	const char *at = next_error(errors.text);
	for (size_t e = 0; good && e < 6 && row->errors[e]; e++) {
		const char *want = row->errors[e];
		good = at && strncmp(at, want, strlen(want)) == 0;
		if (!good)
			print_error("wanted: %s\n", want);
		at = at ? strchr(at, '\n') : NULL;
		at = at ? next_error(at + 1) : NULL;
	}
	good = good && !at;
	if (!good)
		print_error("for:\n%s\ngot:\n%s\n", row->text, errors.text);
	strbuf_free(&errors);
	return good;
}

static void test_refusals(void **state)
{
	(void)state;
	size_t bad = 0;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		bad += refused_as_wanted(&refusals[i]) ? 0 : 1;
	assert_int_equal(bad, 0);
}

static void test_caret(void **state)
{
	(void)state;
	struct config c;
	struct strbuf errors;
	assert_false(parse(ONE "    handof: l2\n", &c, &errors));
	assert_string_equal(errors.text, "f.yaml:5:5: error: unknown key 'handof' in a circuit; did you mean 'handoff'?\n"
	                                 "        handof: l2\n"
	                                 "        ^\n");
	strbuf_free(&errors);
}

/* Whatever is wrong in or around the sign-in, its lines are never shown. */
static void test_secrets_are_not_shown(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"azure:\n  auth:\n    method: client_secret\n    secret: hunter2\n",
		"azure:\n  auth:\n    method: hunter2\n",
		"azure:\n  auth:\n    secret: hunter2: 5\n",
		"azure:\n  auth:\n    secret: [hunter2\n",
		"azure:\n  cloud: hunter2\n  auth: {method: none}\n",
		"azure:\n  endpoints: {management: 'https://x:hunter2@h'}\n  auth: {method: none}\n",
		"azure:\n  endpoints: {management: 'https://h/?sig=hunter2'}\n  auth: {method: none}\n",
		"audit: {notify: [{name: n, type: mail, server: 'smtp://u:hunter2@h:25', from: a@b.c, to: [a@b.c]}]}\n",
		"azure:\n  auth: {method: client_secret, tenant_id: 'hunter2!', client_id: 'hunter2 ', secret_file: hunter2}\n",
		"azure:\n  auth: {method: client_certificate, key: hunter2, certificate: 'hunter2'}\n",
		"{azure: {auth: {method: hunter2, path: hunter2}}}\n",
		"client_secret: hunter2\n",
		ONE "    links: {primary: {ce: 172.16.3.1, msee: 172.16.3.2, tcp_md5_key_file: hunter2}}\n",
		ONE "    links: {primary: {ce: 172.16.3.1, msee: 172.16.3.2, tcp_md5_key: hunter2}}\n",
		ONE "    links: {primary: {tcp_md5_key_file: /hunter2, ce: here}}\n",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct config c;
		struct strbuf errors;
		assert_false(parse(texts[i], &c, &errors));
		if (strstr(errors.text, "hunter2"))
			fail_msg("row %zu shows the secret:\n%s", i, errors.text);
		strbuf_free(&errors);
	}
}

static void test_complaints_are_bounded(void **state)
{
	(void)state;
	static char text[60000];
	size_t len = 0;
	for (int i = 0; i < 2000; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "unknown%d: 1\n", i);
	struct config c;
	struct strbuf errors;
	assert_false(parse(text, &c, &errors));
	assert_non_null(strstr(errors.text, "unknown49'"));
	assert_null(strstr(errors.text, "unknown50'"));
	assert_non_null(strstr(errors.text, "error: more errors than shown here"));
	strbuf_free(&errors);
}

static void test_too_many_circuits(void **state)
{
	(void)state;
	static char text[160000];
	size_t len = (size_t)snprintf(text, sizeof(text), NO_AZURE "circuits:\n");
	for (int i = 0; i < CONFIG_CIRCUITS_MAX + 1; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "  - {name: c%d, targets: [{name: t, address: 10.1.1.1}]}\n", i);
	struct config c;
	struct strbuf errors;
	assert_false(parse(text, &c, &errors));
	assert_non_null(strstr(errors.text, "f.yaml:2003:5: error: more than 2000 circuits"));
	strbuf_free(&errors);
	text[len - strlen("  - {name: c2000, targets: [{name: t, address: 10.1.1.1}]}\n")] = '\0';
	c = parse_good(text);
	assert_int_equal(c.circuit_count, 2000);
	/* The audit takes them all, one run does not. */
	char err[200], *const some[] = {"c7", "c1999"};
	assert_false(config_select(&c, NULL, 0, err, sizeof(err)));
	assert_non_null(strstr(err, "2000 circuits are more than one run can have (255)"));
	config_free(&c);
	c = parse_good(text);
	assert_string_equal(c.circuits[254].name, "c254");
	assert_true(config_select(&c, some, 2, err, sizeof(err)));
	assert_string_equal(c.circuits[1].name, "c1999");
	config_free(&c);
}

/* The manual prints what the table says stands where nothing is written; what the program then does is these. */
static void test_defaults_of_the_table(void **state)
{
	(void)state;
	static const struct { const char *path; int64_t seconds, number, per_second; } rows[] = {
		{"audit.every", AUDIT_EVERY_DEFAULT_S, 0, 0}, {"audit.rate", 0, 0, AUDIT_RATE_DEFAULT}, {"audit.parallel", 0, AUDIT_PARALLEL_DEFAULT, 0},
		{"audit.incident.runs", 0, AUDIT_INCIDENT_NEED, 0}, {"audit.incident.of", 0, AUDIT_INCIDENT_OF, 0},
		{"audit.incident.confidence", 0, AUDIT_CONFIDENCE_PERCENT, 0}, {"audit.evidence.keep", EVIDENCE_KEEP_DEFAULT_S, 0, 0},
		{"audit.evidence.size", 0, EVIDENCE_SIZE_DEFAULT_MB, 0}, {"audit.notify[].max_age", NOTIFY_AGE_DEFAULT_S, 0, 0},
		{"export.every", EXPORT_EVERY_DEFAULT_S, 0, 0}, {"history.keep", HISTORY_KEEP_DEFAULT_S, 0, 0},
		{"history.detail", HISTORY_DETAIL_DEFAULT_S, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = config_default(rows[i].path);
		int64_t v = -1;
		bool good = text && (rows[i].seconds ? scalar_seconds(text, &v) && v == rows[i].seconds
		                     : rows[i].number ? scalar_integer(text, 0, INT64_MAX, &v) && v == rows[i].number
		                                      : scalar_per_second(text, 0, INT64_MAX, &v) && v == rows[i].per_second);
		if (!good)
			fail_msg("%s: the table says %s", rows[i].path, text ? text : "nothing");
	}
	assert_string_equal(config_default("audit.listen"), AUDIT_LISTEN_DEFAULT);
	assert_string_equal(config_default("history.path"), HISTORY_PATH_DEFAULT);
	struct config c = parse_good(ONE "audit: {notify: [{name: n, type: webhook, url_file: /u}]}\n");
	assert_string_equal(config_default("azure.cloud"), c.azure.cloud);
	assert_string_equal(config_default("circuits[].peering"), peering_name(c.circuits[0].peering));
	assert_string_equal(config_default("circuits[].handoff"), handoff_name(c.circuits[0].handoff));
	assert_string_equal(config_default("audit.notify[].template"), notice_form_name(c.channels[0].form));
	assert_true(strcmp(config_default("audit.notify[].tls"), "required") == 0 && c.channels[0].tls == NOTIFY_TLS_REQUIRED);
	assert_true(strcmp(config_default("audit.notify[].transport"), "udp") == 0 && c.channels[0].transport == NOTIFY_UDP);
	config_free(&c);
	/* No other key has one: it would have to stand above. */
	size_t with = 0;
	struct strbuf keys;
	strbuf_init(&keys, STRBUF_MAX_DEFAULT);
	config_keys(&keys);
	for (const char *at = keys.text; (at = strstr(at, " (default ")) != NULL; at++)
		with++;
	strbuf_free(&keys);
	assert_int_equal(with, sizeof(rows) / sizeof(rows[0]) + 8);
	assert_null(config_default("audit.cron"));
	assert_null(config_default("audit.nothing"));
	assert_null(config_default("audit.every.more"));
}

static void test_select(void **state)
{
	(void)state;
	const char *text = NO_AZURE "circuits:\n"
	                            "  - {name: frankfurt-1, targets: [{name: t, address: 10.1.1.1}]}\n"
	                            "  - {name: frankfurt-2, targets: [{name: t, address: 10.1.1.1}]}\n"
	                            "  - {name: paris, targets: [{name: t, address: 10.1.1.1}]}\n";
	char err[256];
	struct config c = parse_good(text);
	assert_true(config_select(&c, NULL, 0, err, sizeof(err)));
	assert_int_equal(c.circuit_count, 3);
	char bad[] = "pariss", worse[] = "x\033", paris[] = "paris", one[] = "frankfurt-1";
	char *names[] = {bad};
	assert_false(config_select(&c, names, 1, err, sizeof(err)));
	assert_string_equal(err, "no circuit named 'pariss' is configured; did you mean 'paris'?");
	names[0] = worse;
	assert_false(config_select(&c, names, 1, err, sizeof(err)));
	assert_string_equal(err, "no circuit named 'x\xef\xbf\xbd' is configured; `erprobe config show` lists them");
	char *two[] = {paris, one};
	assert_true(config_select(&c, two, 2, err, sizeof(err)));
	assert_int_equal(c.circuit_count, 2);
	assert_string_equal(c.circuits[0].name, "frankfurt-1");
	assert_string_equal(c.circuits[1].name, "paris");
	config_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_json_is_yaml),
		cmocka_unit_test(test_clouds),
		cmocka_unit_test(test_methods_with_their_keys),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_caret),
		cmocka_unit_test(test_secrets_are_not_shown),
		cmocka_unit_test(test_complaints_are_bounded),
		cmocka_unit_test(test_too_many_circuits),
		cmocka_unit_test(test_defaults_of_the_table), cmocka_unit_test(test_select),
	};
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
