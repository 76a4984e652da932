/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/redact.h"

#include "analysis/value/json_out.h"
#include "probe/json/json_in.h"

#include <string.h>

#define SCHEMA "erprobe.redactions/1"

enum { OF_CHECK = 1, OF_TRACE = 2, OF_ALL = 3 };
struct redaction { const char *what, *how, *why; unsigned audiences, runs; };

#define FOR(a) (1u << (a))
#define BOTH (FOR(AUDIENCE_PROVIDER) | FOR(AUDIENCE_MICROSOFT))

static const struct redaction redactions[] = {
	{"addresses: of this host, of hops, of destinations, in every document and packet",
	 "replaced, the same one always by the same other one, networks kept together, checksums as they were; `kept` stays as it is",
	 "nothing in a trace tells whose an address is", BOTH, OF_TRACE},
	{"names of destinations", "replaced by numbers", "they are the customer's", BOTH, OF_TRACE},
	{"names that were looked up", "left out", "they tell of addresses that are replaced", BOTH, OF_TRACE},
	{"addresses of the corporate network, in every document and packet",
	 "replaced, the same one always by the same other one, networks kept together, checksums as they were",
	 "the inner addressing is the customer's", BOTH, OF_CHECK},
	{"addresses inside Azure's virtual networks", "replaced in the same way", "they are the customer's",
	 FOR(AUDIENCE_PROVIDER), OF_CHECK},
	{"addresses of the provider's network that the configuration names", "replaced in the same way",
	 "they are the provider's", FOR(AUDIENCE_MICROSOFT), OF_CHECK},
	{"link (MAC) addresses in packets, in the plan and in Azure's ARP tables", "replaced by locally administered ones",
	 "they name the customer's devices", BOTH, OF_ALL},
	{"names of router interfaces in ICMP errors", "every letter is an x", "they are of the network's inside", BOTH, OF_ALL},
	{"of BGP: router ids", "replaced like addresses", "they are of the network's inside", BOTH, OF_CHECK},
	{"of BGP: the text of a NOTIFICATION, unknown capabilities, messages that begin in another segment; of BFD: authentication",
	 "every letter of a text is an x, the rest zero, checksums as they were", "nobody knows what they hold", BOTH, OF_CHECK},
	{"bytes of packets that erprobe does not read: data of TCP, IP options, other protocols and extension objects",
	 "zero, checksums as they were", "nobody knows what they hold", BOTH, OF_ALL},
	{"names of the measuring host and its interfaces", "left out", "they are the customer's", BOTH, OF_ALL},
	{"names of targets", "replaced by numbers", "they are the customer's", FOR(AUDIENCE_PROVIDER), OF_CHECK},
	{"names of control targets", "replaced by numbers", "they are the customer's", FOR(AUDIENCE_MICROSOFT), OF_CHECK},
	{"resource ids with tenant, subscription and group; names of gateway and connections", "left out",
	 "they are between the customer and Microsoft", FOR(AUDIENCE_PROVIDER), OF_CHECK},
	{"correlation ids and error texts of Azure's answers", "left out", "they are between the customer and Microsoft",
	 FOR(AUDIENCE_PROVIDER), OF_CHECK},
	{"what Resource Health and Service Health wrote in words; ids of events, failover tests, ports, hubs and route filters",
	 "left out", "they are between the customer and Microsoft", FOR(AUDIENCE_PROVIDER), OF_CHECK},
	{"who last changed the peering, who is named in the activity log", "left out", "it may name a person", BOTH, OF_CHECK},
	{"fields of Azure's answers that no rule names", "left out", "only what is known to be harmless goes out", BOTH, OF_CHECK},
	{"data/config.yaml", "left out", "it holds the customer's settings; what matters of them is in plan.json", BOTH, OF_CHECK},
	{"data/environment.json", "left out but for system and time zone", "routes and neighbours of the host are inner addresses",
	 BOTH, OF_ALL},
	{"earlier lines of data/custody.jsonl", "left out; the first line here holds their SHA-256", "they name people and hosts",
	 BOTH, OF_ALL},
};

static void put_kept(struct json_out *j, const struct redact_rule *rule)
{
	char text[PREFIX_TEXT_MAX];

	json_array(j, "kept");
	for (size_t i = 0; i < rule->kept_count; i++)
		json_text(j, NULL, ip_prefix_text(&rule->kept[i], text));
	json_array_end(j);
}

void redact_list(const struct redact_rule *rule, bool trace, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", SCHEMA);
	json_text(&j, "for", audience_name(rule->audience));
	json_text(&j, "rule", "only what is allowed went in; this is what did not");
	if (trace)
		put_kept(&j, rule);
	json_array(&j, "redactions");
	for (size_t i = 0; i < sizeof redactions / sizeof redactions[0]; i++) {
		if (!(redactions[i].audiences & FOR(rule->audience)) || !(redactions[i].runs & (trace ? OF_TRACE : OF_CHECK)))
			continue;
		json_object(&j, NULL);
		json_text(&j, "what", redactions[i].what);
		json_text(&j, "how", redactions[i].how);
		json_text(&j, "why", redactions[i].why);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	json_finish(&j);
}

static bool take_rule(const struct json_value *v, struct redact_rule *rule)
{
	const char *schema = json_as_text(json_get(v, "schema")), *audience = json_as_text(json_get(v, "for"));

	if (!schema || strcmp(schema, SCHEMA) != 0 || !audience || !audience_parse(audience, &rule->audience) ||
	    rule->audience == AUDIENCE_INTERNAL)
		return false;
	for (const struct json_value *k = json_first(json_get(v, "kept")); k; k = json_next(k)) {
		const char *text = json_as_text(k);

		if (!text || rule->kept_count >= REDACT_KEPT_MAX || !ip_prefix_parse(text, &rule->kept[rule->kept_count++]))
			return false;
	}
	return true;
}

bool redact_list_read(const char *text, size_t len, struct redact_rule *rule)
{
	char why[160];
	struct json_doc *doc = json_read(text, len, why, sizeof why);
	bool ok;

	memset(rule, 0, sizeof *rule);
	ok = doc && take_rule(json_root(doc), rule);
	json_doc_free(doc);
	return ok;
}
