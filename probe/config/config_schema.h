/* SPDX-License-Identifier: BSD-2-Clause */
/* What a configuration may hold, as one table: a row a key. */
#ifndef ERPROBE_CONFIG_SCHEMA_H
#define ERPROBE_CONFIG_SCHEMA_H

#include "probe/config/config.h"
#include "probe/config/config_node.h"

/* What the whole configuration's rules must know of a circuit besides its values. */
struct origin {
	struct place at;      /* of its name */
	bool has_resource_id; /* the key was written, perhaps with a wrong value */
	bool has_use;         /* links or targets were written */
};

/* Files being turned into a configuration. */
struct filling {
	struct config *config;
	struct complaints *complaints;
	struct origin *origins; /* as many as config->circuits */
	bool has_azure, has_audit, has_history, has_export; /* seen in this or an earlier file */
	bool auth_known;        /* azure.auth.method was read, or there is no azure section */
};

struct field;
struct section;

/* Reads one value into `at` (the field's place in its struct), or complains. */
typedef void take_fn(struct filling *f, const struct field *d, const struct node *n, void *at);

/* What an unlisted detail of a field means depends on its take function. */
struct field {
	const char *key;
	take_fn *take;
	size_t offset;        /* in the struct of the section */
	size_t size;          /* of a text's array */
	int64_t low, high;    /* of a number; low alone: which list, for targets and domains */
	const char *expected; /* "expected …", for the error */
	const char *fallback; /* what stands where the key is not written, as it would be written; NULL = nothing, or no one value */
	const struct section *section; /* of a map, or of the maps of a list: the keys that it may have */
	const void *detail;   /* struct words, or the ARM type as text */
	bool required;
	bool hide;            /* never repeat the value: it may be a secret in the wrong place */
};

struct section {
	const char *name;     /* "a target": follows "in" in errors */
	const struct field *fields;
	size_t count;
};

/* Words of a choice and the numbers they stand for (stored as int). */
struct words {
	const char *const *words;
	size_t count;
};

/* audit.notify and export (config_notify.c, config_export.c). */
extern const struct section channel_section, export_section;

/* The top of the file: its fields' offsets are in struct config. */
extern const struct section config_schema;

/* Fills base by the section's table: unknown, duplicate, missing and wrong keys are
 * complained about, all of them. */
void section_fill(struct filling *f, const struct section *s, const struct node *map, void *base);
/* The field of this key, NULL when there is none. */
const struct field *section_field(const struct section *s, const char *key);

/* Take functions; scalars in config_take.c, lists and maps in config_lists.c. */
take_fn take_word, take_name, take_interface, take_path, take_identity, take_listen, take_cron, take_integer64,
	take_integer32, take_seconds, take_per_second, take_url, take_resource_id, take_address, take_address_pair;
take_fn take_export, take_texts, take_address_of_mail, take_whole_url, take_notify;
take_fn take_section, take_azure, take_audit, take_history, take_circuits, take_link, take_targets, take_domain,
	take_ports;

/* "expected …" with what was found, the value itself only when the field may show it. */
void complain_value(struct filling *f, const struct field *d, const struct node *n);
/* The text of a scalar value; NULL after a complaint when it is none or empty. */
const char *scalar_text(struct filling *f, const struct field *d, const struct node *n);

/* Rules between values (config_rules.c). Places are those of the nodes. */
void rules_azure(struct filling *f, const struct node *map, struct azure_settings *a);
/* What stands without an azure section, or without a cloud in it: the public one and its endpoints, unless others are
 * set. Nobody is asked without a section: the method stays none. */
void rules_azure_default(struct azure_settings *a);
void rules_link(struct filling *f, const struct node *map, const struct plan_link *l);
/* base is the channel. */
void rules_channel(struct filling *f, const struct node *map, const struct notify_channel *c);
void rules_incident(struct filling *f, const struct node *audit);
void rules_circuit(struct filling *f, const struct node *map, const struct plan_circuit *c);
/* What only the whole configuration shows, after the last file. `last` is the place
 * to blame for what is missing. */
void rules_whole(struct filling *f, struct place last);

#endif
