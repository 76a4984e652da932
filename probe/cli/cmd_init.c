/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe init RESOURCE-ID`: a configuration from what Azure reports. The sign-in is given
 * by options named as the keys of azure.auth; together they become the azure section, which
 * the configuration's own reader then checks. */
#include "analysis/value/strbuf.h"
#include "probe/azure/ask.h"
#include "probe/cli/commands.h"
#include "probe/cli/finish.h"
#include "probe/cli/options.h"
#include "probe/host/files.h"
#include "probe/state/init_text.h"
#include "probe/state/role.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEADLINE_DEFAULT_S 30.0
#define TEXT_MAX ((size_t)1 << 20)

/* Options that become keys, in this order. */
enum init_key { KEY_CLOUD = 0x200, KEY_MANAGEMENT, KEY_LOGIN, KEY_METHOD, KEY_PATH, KEY_TENANT, KEY_CLIENT, KEY_SECRET,
                KEY_CERTIFICATE, KEY_KEY, KEY_PASSWORD, KEY_PEERING, KEY_NAME, KEY_DEADLINE, KEY_ROLE, KEYS };
#define AT(key) ((key) - KEY_CLOUD)

static const struct argp_option init_options[] = {
	{"auth", KEY_METHOD, "METHOD", 0, "how to sign in: azure_cli (default), token_file, client_secret, client_certificate, "
	 "managed_identity, workload_identity", 0},
	{"path", KEY_PATH, "FILE", 0, "the token's file", 0},
	{"tenant-id", KEY_TENANT, "ID", 0, "the application's tenant", 0},
	{"client-id", KEY_CLIENT, "ID", 0, "the application", 0},
	{"secret-file", KEY_SECRET, "FILE", 0, "file that holds the client secret", 0},
	{"certificate", KEY_CERTIFICATE, "FILE", 0, "the application's certificate", 0},
	{"key", KEY_KEY, "FILE", 0, "its private key", 0},
	{"key-password-file", KEY_PASSWORD, "FILE", 0, "file that holds the key's password", 0},
	{"cloud", KEY_CLOUD, "NAME", 0, "AzureCloud (default), AzureUSGovernment, AzureChinaCloud or custom", 1},
	{"management", KEY_MANAGEMENT, "URL", 0, "the management endpoint of a custom cloud", 1},
	{"login", KEY_LOGIN, "URL", 0, "its sign-in endpoint", 1},
	{"peering", KEY_PEERING, "NAME", 0, "AzurePrivatePeering (default) or MicrosoftPeering", 2},
	{"name", KEY_NAME, "NAME", 0, "the circuit's name in the file (default: its name in Azure)", 2},
	{"output", 'o', "FILE", 0, "write to this new file instead of standard output", 2},
	{"role", KEY_ROLE, NULL, 0, "print the least role as JSON for `az role definition create` instead", 2},
	{"deadline", KEY_DEADLINE, "SECONDS", 0, "end after this time (default 30)", 2},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct init_line {
	struct common_options common;
	const char *values[KEYS - KEY_CLOUD]; /* NULL = not given */
	const char *output;
	bool role;
	double deadline_s;
};

static error_t check_line(struct init_line *l)
{
	struct common_options *c = &l->common;
	if (c->help || c->version)
		return 0;
	if (c->format_given && c->format != CHECK_TEXT)
		return options_complain(c, "a configuration has one format: YAML");
	if (c->arg_count != 1)
		return options_complain(c, "name one circuit by its resource id, /subscriptions/…/expressRouteCircuits/NAME");
	return 0;
}

static error_t parse_init(int key, char *arg, struct argp_state *state)
{
	struct init_line *l = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case ARGP_KEY_SUCCESS:
		return check_line(l);
	case KEY_DEADLINE:
		return option_seconds(arg, &l->deadline_s)
		           ? 0 : options_complain(&l->common, "'%s' is no value for --deadline; expected seconds", arg);
	case KEY_ROLE:
		l->role = true;
		return 0;
	case 'o':
		l->output = arg;
		return 0;
	default:
		if (key < KEY_CLOUD || key >= KEYS)
			return ARGP_ERR_UNKNOWN;
		l->values[AT(key)] = arg;
		return 0;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 3}, {NULL, 0, NULL, 0}};
static const struct argp init_argp = {
	init_options, parse_init, "RESOURCE-ID",
	"Asks Azure about a circuit and writes a commented configuration for it: links, addresses, domains, gateway. With "
	"--role prints the rights that erprobe needs. Changes nothing in Azure.\v"
	"Exit code: 0, or 3 when Azure could not be read or the file could not be written.",
	children, NULL, NULL};

/* ------------------------------------------------------------------ the azure section */

static void add_key(struct strbuf *b, const char *before, const char *key, const char *value)
{
	if (!value)
		return;
	strbuf_addf(b, "%s%s: ", before, key);
	init_quoted(b, value);
}

static void azure_section(const struct init_line *l, struct strbuf *b)
{
	static const struct { const char *key; int at; } auth[] = {
		{"path", AT(KEY_PATH)}, {"tenant_id", AT(KEY_TENANT)}, {"client_id", AT(KEY_CLIENT)},
		{"secret_file", AT(KEY_SECRET)}, {"certificate", AT(KEY_CERTIFICATE)}, {"key", AT(KEY_KEY)},
		{"key_password_file", AT(KEY_PASSWORD)}};
	const char *cloud = l->values[AT(KEY_CLOUD)], *management = l->values[AT(KEY_MANAGEMENT)];
	const char *login = l->values[AT(KEY_LOGIN)], *method = l->values[AT(KEY_METHOD)];
	strbuf_add(b, "azure:\n");
	add_key(b, "  ", "cloud", cloud ? cloud : management ? "custom" : "AzureCloud");
	if (management || login) {
		strbuf_add(b, "\n  endpoints: {");
		add_key(b, "", "management", management);
		add_key(b, management ? ", " : "", "login", login);
		strbuf_add(b, "}");
	}
	strbuf_add(b, "\n  auth:\n");
	add_key(b, "    ", "method", method ? method : "azure_cli");
	if (!method || strcmp(method, "azure_cli") == 0)
		strbuf_add(b, " # the sign-in of whoever runs erprobe; the service has none: managed_identity, client_certificate, …");
	for (size_t i = 0; i < sizeof(auth) / sizeof(auth[0]); i++)
		add_key(b, "\n    ", auth[i].key, l->values[auth[i].at]);
	strbuf_add(b, "\n");
}

/* The circuit as it is asked for: its name in the file is that of its id unless given. */
static bool parse_request(struct init_line *l, const char *section, struct config *config)
{
	struct strbuf text, errors;
	const char *id = l->common.args[0], *name = strrchr(id, '/'), *peering = l->values[AT(KEY_PEERING)];
	strbuf_init(&text, TEXT_MAX);
	strbuf_init(&errors, TEXT_MAX);
	strbuf_add(&text, section);
	strbuf_add(&text, "circuits:\n");
	add_key(&text, "  - ", "name", l->values[AT(KEY_NAME)] ? l->values[AT(KEY_NAME)] : name ? name + 1 : id);
	add_key(&text, "\n    ", "resource_id", id);
	add_key(&text, "\n    ", "peering", peering ? peering : "AzurePrivatePeering");
	strbuf_add(&text, "\n");
	bool ok = strbuf_ok(&text) && config_parse("the command line as a configuration", text.text, text.len, config, &errors);
	if (!ok)
		options_complain_config(&l->common, errors.text);
	strbuf_free(&text);
	strbuf_free(&errors);
	return ok;
}

/* ------------------------------------------------------------------ writing */

/* Never over a file that is there: it may have been edited by hand. Whole or not at all. */
static bool write_file(const char *path, const struct strbuf *text)
{
	char why[256];
	struct stat there;
	if (lstat(path, &there) == 0)
		errno = EEXIST;
	else if (files_create_atomic(path, text->text, text->len, 0644, why, sizeof(why)))
		return true;
	fprintf(stderr, "erprobe init: cannot write %s: %s%s\n", path, strerror(errno),
	        errno == EEXIST ? ": delete it or name another" : "");
	return false;
}

static bool write_output(const char *path, const struct strbuf *text)
{
	if (path)
		return write_file(path, text);
	return finish_write(text->text, text->len);
}

static void say_rights(const struct az_snapshot *s)
{
	char action[160];
	size_t i = 0;
	while (role_lacks(s, &i, action, sizeof(action)))
		fprintf(stderr, "erprobe init: this identity lacks the right to %s; erprobe init --role prints the least role\n",
		        action);
}

/* What the file does not parse to is a bug of ours: it must not be written. */
static bool is_sound(struct init_line *l, const struct strbuf *text)
{
	struct config config;
	struct strbuf errors;
	strbuf_init(&errors, TEXT_MAX);
	bool ok = strbuf_ok(text) && config_parse("the configuration made", text->text, text->len, &config, &errors);
	if (ok)
		config_free(&config);
	else
		options_complain_config(&l->common, errors.text);
	strbuf_free(&errors);
	return ok;
}

static int print_all(struct init_line *l, const char *section, const struct plan_circuit *c,
                     const struct az_snapshot *s)
{
	struct strbuf text;
	bool ok = true;
	strbuf_init(&text, TEXT_MAX);
	say_rights(s);
	if (l->role)
		role_json(c, s->gateway.id.present ? s->gateway.id.text : "", &text);
	else
		init_text(section, c, s, &text);
	ok = l->role ? strbuf_ok(&text) : is_sound(l, &text);
	ok = ok && write_output(l->output, &text);
	strbuf_free(&text);
	return ok ? EXIT_DONE : EXIT_ERROR;
}

static int run(struct init_line *l, const char *section, const struct config *config)
{
	struct az_snapshot s = {0};
	const char *name = config->circuits[0].name;
	int code = EXIT_ERROR;
	bool asked = azure_ask("erprobe init", config, l->deadline_s > 0 ? l->deadline_s : DEADLINE_DEFAULT_S, &s, NULL);
	/* The role needs no answer: whoever asks for it may not have the right to read yet. */
	if (asked && (l->role || (az_snapshot_available(&s) && s.circuit.part.read == AZ_OK)))
		code = print_all(l, section, &config->circuits[0], &s);
	else if (asked)
		fprintf(stderr, "erprobe init: circuit %s could not be read: %s\n", name,
		        s.why_not[0] ? s.why_not : s.circuit.part.error[0] ? s.circuit.part.error : "no answer in time");
	az_snapshot_free(&s);
	return code;
}

int cmd_init(int argc, char **argv)
{
	struct init_line l = {0};
	struct config config;
	struct strbuf section;
	int code = EXIT_ERROR;
	enum options_end end = options_parse(&init_argp, "erprobe init", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	options_leave_config(&l.common, "a configuration is what is made; --auth and its keys say how to sign in");
	strbuf_init(&section, TEXT_MAX);
	azure_section(&l, &section);
	if (!strbuf_ok(&section))
		fprintf(stderr, "erprobe init: out of memory\n");
	else if (parse_request(&l, section.text, &config)) {
		code = run(&l, section.text, &config);
		config_free(&config);
	}
	strbuf_free(&section);
	return code;
}
