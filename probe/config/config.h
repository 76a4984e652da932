/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration as a value (DESIGN.md: strict YAML), read and checked. */
#ifndef ERPROBE_CONFIG_H
#define ERPROBE_CONFIG_H

#include "analysis/value/strbuf.h"
#include "erprobe/plan.h"
#include "probe/notify/channel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_PATH_DEFAULT "/etc/erprobe/erprobe.yaml"
#define HISTORY_PATH_DEFAULT "/var/lib/erprobe/history.db"
#define CONFIG_DIR_DEFAULT "/etc/erprobe/conf.d"
#define CONFIG_TEXT_MAX 1024

enum azure_auth {
	AUTH_NONE = 0, AUTH_TOKEN_FILE, AUTH_CLIENT_SECRET, AUTH_CLIENT_CERTIFICATE,
	AUTH_MANAGED_IDENTITY, AUTH_WORKLOAD_IDENTITY, AUTH_AZURE_CLI
};

struct azure_settings {
	char cloud[32];                        /* AzureCloud, AzureUSGovernment, AzureChinaCloud, custom */
	char management[CONFIG_TEXT_MAX];      /* "https://management.azure.com", no trailing slash */
	char login[CONFIG_TEXT_MAX];
	enum azure_auth auth;
	char token_path[CONFIG_TEXT_MAX];      /* token_file; also the federated token of workload_identity */
	char tenant_id[128], client_id[128];
	char secret_path[CONFIG_TEXT_MAX];     /* file that holds the client secret */
	char certificate_path[CONFIG_TEXT_MAX], key_path[CONFIG_TEXT_MAX];
	char state_folder[CONFIG_TEXT_MAX];    /* of history.path, "" = the default places; not a key */
	char key_password_path[CONFIG_TEXT_MAX]; /* file with the password of an encrypted key, "" = none */
};

/* Where erprobe-export takes finished runs to. "" and 0 = not set. */
struct export_settings {
	char edge[NAME_MAX_LEN];               /* what this host is called in the fleet; "" = its name */
	int64_t every_s;
	char conninfo_path[CONFIG_TEXT_MAX];   /* file with a libpq connection string */
	char url[CONFIG_TEXT_MAX], url_path[CONFIG_TEXT_MAX]; /* newline-delimited JSON over HTTP */
	char user[CONFIG_TEXT_MAX / 4], password_path[CONFIG_TEXT_MAX];
};

struct config {
	struct azure_settings azure;
	struct plan_circuit *circuits;         /* as written: links may be unset (derived later) */
	size_t circuit_count;
	char history_path[CONFIG_TEXT_MAX];    /* "" = default */
	int64_t history_keep_s, history_detail_s; /* 0 = not set, as in all that follows */
	int64_t audit_every_s;
	char audit_cron[128];                  /* "" = not set; never together with audit_every_s */
	char audit_listen[128];                /* "address:port" or "none"; "" = not set */
	struct text_list audit_names;          /* of this host, by which the page may be asked for beside its own */
	char audit_textfile[CONFIG_TEXT_MAX];  /* "" = not set */
	int64_t audit_rate, audit_parallel;    /* packets a second of all runs; runs at a time */
	int64_t incident_runs, incident_of, incident_confidence; /* k, n, per cent */
	int64_t evidence_keep_s, evidence_size_mb;
	struct notify_channel *channels;       /* audit.notify, as written; owned */
	size_t channel_count;
	struct export_settings export;
};

/* Ceilings of a configuration. The audit checks its circuits one by one; in one run a flow names
 * its circuit in one byte, and its target in two. */
#define CONFIG_CIRCUITS_MAX 2000
#define CONFIG_RUN_CIRCUITS_MAX 255
#define CONFIG_TARGETS_MAX 1000
#define CONFIG_DOMAINS_MAX 1000
#define CONFIG_CHANNELS_MAX 16

/* Reads files (all of conf.d after the main one when path is NULL). Every error of
 * every file goes to errors, one line each: "file:line:column: error: …". False when
 * there was any; then *out is zeroed. Free with config_free(). */
bool config_read(const char *path, struct config *out, struct strbuf *errors);
/* The same from memory; name is what errors call it. */
bool config_parse(const char *name, const char *text, size_t len, struct config *out, struct strbuf *errors);
/* config_read(NULL, …) with other places: a main file and a folder of *.yaml files
 * (read in the order of their names; either may be missing, but not both). */
bool config_read_from(const char *main_file, const char *folder, struct config *out, struct strbuf *errors);
/* Keeps only the circuits named, in the order of the file. False with one line in err
 * when a name is not there, or when more stay than one run can have. With count 0 all stay. */
bool config_select(struct config *c, char *const *names, size_t count, char *err, size_t err_size);
void config_free(struct config *c);
/* The word of a method in the file: "token_file", "none", … */
const char *azure_auth_name(enum azure_auth a);
/* Where the history lies: as configured, else the default place. */
const char *config_history_path(const struct config *c);
/* The effective configuration as YAML that config_parse reads back to an equal value. */
void config_print(const struct config *c, struct strbuf *out);
/* The same with this circuit alone, for a run of its own. */
void config_print_one(const struct config *c, const struct plan_circuit *circuit, struct strbuf *out);
/* Every key that there is, a line each: its path ("audit.incident.runs"; "[]" after a list's name), blanks, what it
 * takes, " (default 5m)" where it has one, and " (required)" where its group needs it. In the order of the table; groups
 * stand before what they hold. */
void config_keys(struct strbuf *out);
/* What stands where the key of such a path is not written, as it would be written; NULL where nothing does. */
const char *config_default(const char *path);

#endif
