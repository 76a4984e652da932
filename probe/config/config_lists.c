/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists and groups of the configuration. */
#include "probe/config/config_schema.h"
#include "probe/config/config_scalar.h"

#include <stdlib.h>
#include <string.h>

/* One more element at the end of an array of `count`, zeroed; NULL when out of memory.
 * Room is doubled whenever count is a power of two. */
static void *grow(void **array, size_t count, size_t size)
{
	if (count == 0 || (count & (count - 1)) == 0) {
		void *more = realloc(*array, (count == 0 ? 1 : count * 2) * size);
		if (!more)
			return NULL;
		*array = more;
	}
	void *element = (char *)*array + count * size;
	memset(element, 0, size);
	return element;
}

static bool is_map(struct filling *f, const struct field *d, const struct node *n)
{
	if (n->kind == NODE_MAP)
		return true;
	complain_value(f, d, n);
	return false;
}

static bool is_list(struct filling *f, const struct field *d, const struct node *n)
{
	if (n->kind == NODE_LIST)
		return true;
	complain_value(f, d, n);
	return false;
}

/* A group whose members lie in the struct around it. */
void take_section(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	if (is_map(f, d, n))
		section_fill(f, d->section, n, at);
}

/* Sections that only one file may have. */
static bool is_first(struct filling *f, const struct field *d, const struct node *n, bool *seen)
{
	if (*seen) {
		complain(f->complaints, n->key->at, "'%s' stands in an earlier file already; only circuits add up", d->key);
		return false;
	}
	*seen = true;
	return true;
}

void take_azure(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	if (!is_first(f, d, n, &f->has_azure) || !is_map(f, d, n))
		return;
	section_fill(f, d->section, n, at);
	rules_azure(f, n, at);
}

void take_audit(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	if (!is_first(f, d, n, &f->has_audit) || !is_map(f, d, n))
		return;
	section_fill(f, d->section, n, at);
	if (node_get(n, "every") && node_get(n, "cron"))
		complain(f->complaints, node_get(n, "cron")->key->at, "'cron' and 'every' exclude each other");
	rules_incident(f, n);
}

void take_history(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	if (is_first(f, d, n, &f->has_history) && is_map(f, d, n))
		section_fill(f, d->section, n, at);
}

void take_link(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	struct plan_link *l = at;
	if (!is_map(f, d, n))
		return;
	l->configured = true;
	section_fill(f, d->section, n, l);
	rules_link(f, n, l);
}

/* Targets first, then controls, each in the order written: the plan's order. */
static void sort_targets(struct plan_circuit *c)
{
	struct plan_target *sorted = c->target_count ? malloc(c->target_count * sizeof(*sorted)) : NULL;
	size_t n = 0;
	if (!sorted)
		return;
	for (int controls = 0; controls <= 1; controls++) {
		for (size_t i = 0; i < c->target_count; i++) {
			if (c->targets[i].control == (controls == 1))
				sorted[n++] = c->targets[i];
		}
	}
	memcpy(c->targets, sorted, n * sizeof(*sorted));
	free(sorted);
}

/* In the order of the domains, else as written (an insertion sort keeps equals in
 * order): two files that say the same give equal values. */
static void sort_domains(struct plan_circuit *c)
{
	for (size_t i = 1; i < c->domain_count; i++) {
		struct plan_domain d = c->domains[i];
		size_t at = i;
		for (; at > 0 && c->domains[at - 1].domain > d.domain; at--)
			c->domains[at] = c->domains[at - 1];
		c->domains[at] = d;
	}
}

static void start_circuit(struct plan_circuit *c)
{
	for (int l = 0; l < LINKS; l++) {
		c->links[l].asn = -1;
		c->links[l].vlan = -1;
	}
}

static bool has_content(const struct node *map, const char *key)
{
	const struct node *n = node_get(map, key);
	return n && (n->kind == NODE_BROKEN || n->first);
}

static void take_circuit(struct filling *f, const struct field *d, const struct node *n)
{
	struct config *config = f->config;
	void *origins = f->origins, *circuits = config->circuits;
	struct origin *origin = grow(&origins, config->circuit_count, sizeof(*origin));
	f->origins = origins;
	struct plan_circuit *c = origin ? grow(&circuits, config->circuit_count, sizeof(*c)) : NULL;
	config->circuits = circuits;
	if (!c) {
		complain(f->complaints, n->at, "out of memory");
		return;
	}
	const struct node *name = node_get(n, "name");
	*origin = (struct origin){
		.at = name ? name->at : n->at,
		.has_resource_id = node_get(n, "resource_id") != NULL,
		.has_use = has_content(n, "links") || has_content(n, "targets") || has_content(n, "controls"),
	};
	start_circuit(c);
	config->circuit_count++;
	section_fill(f, d->section, n, c);
	sort_targets(c);
	sort_domains(c);
	rules_circuit(f, n, c);
}

void take_circuits(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	(void)at;
	if (!is_list(f, d, n))
		return;
	for (const struct node *child = n->first; child; child = child->next) {
		if (f->config->circuit_count >= CONFIG_CIRCUITS_MAX) {
			complain(f->complaints, child->at, "more than %d circuits", CONFIG_CIRCUITS_MAX);
			return;
		}
		if (is_map(f, d, child))
			take_circuit(f, d, child);
	}
}

/* What crosses the circuit is no comparison for it. */
static void check_not_both(struct filling *f, const struct node *map, const struct plan_circuit *c)
{
	const struct plan_target *last = &c->targets[c->target_count - 1];
	char text[IP_TEXT_MAX];
	for (size_t i = 0; ip_addr_is_set(&last->address) && i + 1 < c->target_count; i++)
		if (c->targets[i].control != last->control && ip_addr_equal(&c->targets[i].address, &last->address))
			complain(f->complaints, node_get(map, "address")->at, "%s is the address of '%s' too: a control is not reached over the circuit, a "
			         "target is", ip_addr_text(&last->address, text), c->targets[i].name);
}

void take_targets(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	struct plan_circuit *c = at;
	if (!is_list(f, d, n))
		return;
	for (const struct node *child = n->first; child; child = child->next) {
		if (!is_map(f, d, child))
			continue;
		if (c->target_count >= CONFIG_TARGETS_MAX) {
			complain(f->complaints, child->at, "more than %d targets and controls", CONFIG_TARGETS_MAX);
			return;
		}
		void *targets = c->targets;
		struct plan_target *t = grow(&targets, c->target_count, sizeof(*t));
		c->targets = targets;
		if (!t) {
			complain(f->complaints, child->at, "out of memory");
			return;
		}
		c->target_count++;
		t->control = d->low != 0;
		section_fill(f, d->section, child, t);
		check_not_both(f, child, c);
		for (size_t i = 0; t->name[0] && i + 1 < c->target_count; i++) {
			if (strcmp(c->targets[i].name, t->name) == 0)
				complain(f->complaints, node_get(child, "name")->at, "a second target or control named '%s' in this circuit",
				         t->name);
		}
	}
}

void take_domain(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	struct plan_circuit *c = at;
	if (!is_list(f, d, n))
		return;
	for (const struct node *child = n->first; child; child = child->next) {
		struct ip_prefix prefix;
		const char *text = scalar_text(f, d, child);
		if (!text)
			continue;
		if (!ip_prefix_parse(text, &prefix)) {
			complain(f->complaints, child->at, "'%.80s' is not a prefix with zero host bits, such as 10.10.0.0/16", text);
			continue;
		}
		for (size_t i = 0; i < c->domain_count; i++) {
			if (c->domains[i].prefix.len == prefix.len && ip_addr_equal(&c->domains[i].prefix.addr, &prefix.addr))
				complain(f->complaints, child->at, "'%s' stands under %s already; an address belongs to one domain", text,
				         domain_name(c->domains[i].domain));
		}
		void *domains = c->domains;
		struct plan_domain *more = c->domain_count < CONFIG_DOMAINS_MAX ? grow(&domains, c->domain_count, sizeof(*more)) : NULL;
		c->domains = domains;
		if (!more) {
			complain(f->complaints, child->at, "more than %d prefixes, or out of memory", CONFIG_DOMAINS_MAX);
			return;
		}
		*more = (struct plan_domain){prefix, (enum domain)d->low};
		c->domain_count++;
	}
}

void take_ports(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	struct plan_target *t = at;
	if (!is_list(f, d, n))
		return;
	for (const struct node *child = n->first; child; child = child->next) {
		int64_t port;
		const char *text = scalar_text(f, d, child);
		if (!text)
			continue;
		if (!scalar_integer(text, d->low, d->high, &port)) {
			complain(f->complaints, child->at, "'%.80s' is not a port; expected 1 to 65535", text);
			continue;
		}
		if (t->tcp_count >= TARGET_PORTS_MAX) {
			complain(f->complaints, child->at, "more than %d ports", TARGET_PORTS_MAX);
			return;
		}
		for (size_t i = 0; i < t->tcp_count; i++) {
			if (t->tcp[i] == port)
				complain(f->complaints, child->at, "port %s stands twice", text);
		}
		t->tcp[t->tcp_count++] = (uint16_t)port;
	}
}
