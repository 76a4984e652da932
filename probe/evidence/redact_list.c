/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/redact.h"

#include "analysis/value/json_out.h"

struct redaction { const char *what, *how, *why; unsigned audiences; };

#define FOR(a) (1u << (a))
#define BOTH (FOR(AUDIENCE_PROVIDER) | FOR(AUDIENCE_MICROSOFT))

static const struct redaction redactions[] = {
	{"addresses of the corporate network, in every document and packet",
	 "replaced, the same one always by the same other one, networks kept together, checksums as they were",
	 "the inner addressing is the customer's", BOTH},
	{"addresses inside Azure's virtual networks", "replaced in the same way", "they are the customer's",
	 FOR(AUDIENCE_PROVIDER)},
	{"addresses of the provider's network that the configuration names", "replaced in the same way",
	 "they are the provider's", FOR(AUDIENCE_MICROSOFT)},
	{"link (MAC) addresses in packets, in the plan and in Azure's ARP tables", "replaced by locally administered ones",
	 "they name the customer's devices", BOTH},
	{"names of router interfaces in ICMP errors", "every letter is an x", "they are of the network's inside", BOTH},
	{"of BGP: router ids", "replaced like addresses", "they are of the network's inside", BOTH},
	{"of BGP: the text of a NOTIFICATION, unknown capabilities, messages that begin in another segment; of BFD: authentication",
	 "every letter of a text is an x, the rest zero, checksums as they were", "nobody knows what they hold", BOTH},
	{"bytes of packets that erprobe does not read: data of TCP, IP options, other protocols and extension objects",
	 "zero, checksums as they were", "nobody knows what they hold", BOTH},
	{"names of the measuring host and its interfaces", "left out", "they are the customer's", BOTH},
	{"names of targets", "replaced by numbers", "they are the customer's", FOR(AUDIENCE_PROVIDER)},
	{"names of control targets", "replaced by numbers", "they are the customer's", FOR(AUDIENCE_MICROSOFT)},
	{"resource ids with tenant, subscription and group; names of gateway and connections", "left out",
	 "they are between the customer and Microsoft", FOR(AUDIENCE_PROVIDER)},
	{"correlation ids and error texts of Azure's answers", "left out", "they are between the customer and Microsoft",
	 FOR(AUDIENCE_PROVIDER)},
	{"what Resource Health and Service Health wrote in words; ids of events, failover tests, ports, hubs and route filters",
	 "left out", "they are between the customer and Microsoft", FOR(AUDIENCE_PROVIDER)},
	{"who last changed the peering, who is named in the activity log", "left out", "it may name a person", BOTH},
	{"fields of Azure's answers that no rule names", "left out", "only what is known to be harmless goes out", BOTH},
	{"data/config.yaml", "left out", "it holds the customer's settings; what matters of them is in plan.json", BOTH},
	{"data/environment.json", "left out but for system and time zone", "routes and neighbours of the host are inner addresses",
	 BOTH},
	{"earlier lines of data/custody.jsonl", "left out; the first line here holds their SHA-256", "they name people and hosts",
	 BOTH},
};

void redact_list(enum audience audience, struct strbuf *out)
{
	struct json_out j;

	json_begin(&j, out, false);
	json_object(&j, NULL);
	json_text(&j, "schema", "erprobe.redactions/1");
	json_text(&j, "for", audience_name(audience));
	json_text(&j, "rule", "only what is allowed went in; this is what did not");
	json_array(&j, "redactions");
	for (size_t i = 0; i < sizeof redactions / sizeof redactions[0]; i++) {
		if (!(redactions[i].audiences & FOR(audience)))
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
