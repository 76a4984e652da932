/* SPDX-License-Identifier: BSD-2-Clause */
/* Single values of the configuration: from a node to the place in the struct. */
#include "probe/config/config_schema.h"

#include "analysis/audit/cron.h"
#include "probe/config/config_scalar.h"
#include "probe/config/suggest.h"

#include <string.h>

static const char *node_kind_name(const struct node *n)
{
	return n->kind == NODE_LIST ? "a list" : n->kind == NODE_MAP ? "a group of keys" : "a single value";
}

void complain_value(struct filling *f, const struct field *d, const struct node *n)
{
	if (n->kind == NODE_BROKEN)
		return;
	if (node_is_null(n))
		complain(f->complaints, n->at, "'%s' has no value; expected %s", d->key, d->expected);
	else if (n->kind != NODE_SCALAR)
		complain(f->complaints, n->at, "'%s' is %s; expected %s", d->key, node_kind_name(n), d->expected);
	else if (d->hide)
		complain(f->complaints, n->at, "the value of '%s' is not valid; expected %s", d->key, d->expected);
	else
		complain(f->complaints, n->at, "'%.80s' is not valid for '%s'; expected %s", n->text, d->key, d->expected);
}

const char *scalar_text(struct filling *f, const struct field *d, const struct node *n)
{
	if (n->kind == NODE_SCALAR && !node_is_null(n))
		return n->text;
	complain_value(f, d, n);
	return NULL;
}

/* Copies a value that `good` accepts. */
static void take_text(struct filling *f, const struct field *d, const struct node *n, char *at, bool good)
{
	if (good && n->len < d->size)
		memcpy(at, n->text, n->len + 1);
	else
		complain_value(f, d, n);
}

void take_word(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const struct words *w = d->detail;
	const char *text = scalar_text(f, d, n);
	if (!text)
		return;
	struct suggestion near = suggest_for(text);
	for (size_t i = 0; i < w->count; i++) {
		if (strcmp(w->words[i], text) == 0) {
			/* The enumerations here are stored as their compiler stores them: as int. */
			_Static_assert(sizeof(enum azure_auth) == sizeof(int) && sizeof(enum handoff) == sizeof(int) &&
			               sizeof(enum peering_type) == sizeof(int), "enum size");
			int value = (int)i;
			memcpy(at, &value, sizeof(value));
			return;
		}
		suggest_offer(&near, w->words[i]);
	}
	const char *best = suggest_best(&near);
	if (best)
		complain(f->complaints, n->at, "unknown value of '%s'; did you mean '%s'?", d->key, best);
	else
		complain_value(f, d, n);
}

void take_name(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	if (text)
		take_text(f, d, n, at, scalar_is_printable(text, d->size));
}

void take_cron(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n), *why;
	struct cron cron;
	if (!text)
		return;
	if (!scalar_is_printable(text, d->size))
		complain_value(f, d, n);
	else if (!cron_parse(text, &cron, &why))
		complain(f->complaints, n->at, "'%.80s' is not valid for '%s': %s", text, d->key, why);
	else
		take_text(f, d, n, at, true);
}

void take_interface(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	if (text)
		take_text(f, d, n, at, scalar_is_interface(text));
}

void take_path(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	if (text)
		take_text(f, d, n, at, scalar_is_path(text, d->size));
}

void take_identity(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	if (text)
		take_text(f, d, n, at, scalar_is_identity(text, d->size));
}

void take_listen(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	if (text)
		take_text(f, d, n, at, scalar_is_listen(text));
}

static bool take_number(struct filling *f, const struct field *d, const struct node *n, int64_t *out)
{
	const char *text = scalar_text(f, d, n);
	if (!text)
		return false;
	if (scalar_integer(text, d->low, d->high, out))
		return true;
	complain_value(f, d, n);
	return false;
}

void take_integer64(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	int64_t value;
	if (take_number(f, d, n, &value))
		memcpy(at, &value, sizeof(value));
}

void take_integer32(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	int64_t value;
	if (!take_number(f, d, n, &value))
		return;
	int32_t narrow = (int32_t)value; /* the table's bounds fit */
	memcpy(at, &narrow, sizeof(narrow));
}

void take_seconds(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	int64_t value;
	if (!text)
		return;
	if (scalar_seconds(text, &value) && value >= d->low)
		memcpy(at, &value, sizeof(value));
	else
		complain_value(f, d, n);
}

void take_per_second(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n);
	int64_t value;
	if (!text)
		return;
	if (scalar_per_second(text, d->low, d->high, &value))
		memcpy(at, &value, sizeof(value));
	else
		complain_value(f, d, n);
}

void take_url(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n), *why;
	if (text && !scalar_url(text, at, d->size, &why))
		complain(f->complaints, n->at, "'%s' is not an endpoint: %s", d->key, why);
}

/* types: one kind of resource, or several with '|' between them. */
static bool is_resource_of(const char *text, const char *types, const char **why)
{
	char type[64];
	*why = "it names a resource of another type";
	for (size_t len; *types != '\0'; types += len + (types[len] == '|')) {
		len = strcspn(types, "|");
		text_format(type, sizeof(type), "%.*s", (int)len, types);
		if (scalar_resource_id(text, type, why))
			return true;
	}
	return false;
}

void take_resource_id(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	const char *text = scalar_text(f, d, n), *why;
	if (!text)
		return;
	if (n->len >= d->size)
		complain(f->complaints, n->at, "'%s' is longer than %zu bytes", d->key, d->size - 1);
	else if (!is_resource_of(text, d->detail, &why))
		complain(f->complaints, n->at, "'%s' is not a resource id: %s; expected %s", d->key, why, d->expected);
	else
		memcpy(at, text, n->len + 1);
}

/* Why a packet cannot be sent to, or from, this address; NULL when it can. */
static const char *address_problem(const struct ip_addr *a)
{
	if (ip_addr_is_multicast(a))
		return "is a multicast address";
	if (ip_addr_is_unspecified(a))
		return "stands for no address";
	if (ip_addr_is_this_network(a))
		return "is of 0.0.0.0/8, \"this network\": no packet may go there";
	if (ip_addr_is_broadcast(a))
		return "is the broadcast address";
	if (a->family == IP_V6 && ip_addr_is_link_local(a))
		return "is link-local: nothing crosses a circuit to it; give a global or unique local one";
	if (ip_addr_is_v4_mapped(a))
		return "is an IPv4 address written as IPv6: write it as IPv4";
	return NULL;
}

static bool read_address(struct filling *f, const struct field *d, const struct node *n, struct ip_addr *out)
{
	const char *text = scalar_text(f, d, n);
	if (!text)
		return false;
	if (ip_text_has_zone(text)) {
		complain(f->complaints, n->at, "'%.80s' of '%s' has a zone index: nothing crosses a circuit to a link-local address; give a global or "
		         "unique local one", text, d->key);
		return false;
	}
	if (!ip_addr_parse(text, out)) {
		complain(f->complaints, n->at, "'%.80s' is not an IP address; '%s' expects %s", text, d->key, d->expected);
		return false;
	}
	const char *problem = address_problem(out);
	if (problem)
		complain(f->complaints, n->at, "'%s' of '%s' %s", text, d->key, problem);
	return !problem;
}

void take_address(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	struct ip_addr a;
	if (read_address(f, d, n, &a))
		memcpy(at, &a, sizeof(a));
}

static void take_into_pair(struct filling *f, const struct field *d, const struct node *n, struct ip_addr pair[FAMILIES])
{
	struct ip_addr a;
	if (!read_address(f, d, n, &a))
		return;
	struct ip_addr *slot = &pair[ip_family_index(a.family)];
	if (ip_addr_is_set(slot))
		complain(f->complaints, n->at, "'%s' has two addresses of one family; it takes one IPv4 and one IPv6 address",
		         d->key);
	else
		*slot = a;
}

void take_address_pair(struct filling *f, const struct field *d, const struct node *n, void *at)
{
	if (n->kind != NODE_LIST) {
		take_into_pair(f, d, n, at);
		return;
	}
	if (!n->first)
		complain(f->complaints, n->at, "'%s' is an empty list; expected %s", d->key, d->expected);
	for (const struct node *child = n->first; child; child = child->next)
		take_into_pair(f, d, child, at);
}
