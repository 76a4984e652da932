/* SPDX-License-Identifier: BSD-2-Clause */
/* `erprobe evidence create|verify|redact|ticket`: options; the work is in probe/evidence. */
#include "probe/cli/commands.h"
#include "probe/cli/finish.h"
#include "probe/cli/options.h"
#include "probe/config/suggest.h"
#include "probe/evidence/create.h"
#include "probe/evidence/ticket.h"
#include "probe/evidence/redact.h"
#include "probe/evidence/sign.h"
#include "probe/verify/verify.h"

#include <stdio.h>
#include <string.h>

enum evidence_key { KEY_OUTPUT = 'o', KEY_SIGN = 0x300, KEY_SIGNERS, KEY_FOR, KEY_KEEP };

struct evidence_line {
	struct common_options common;
	const char *output, *sign_key, *signers;
	bool has_audience;
	struct redact_rule rule; /* --for, --keep */
};

struct evidence_command {
	const char *name;
	int (*run)(struct evidence_line *l, const char *path);
	bool output, signers, audience, keep; /* takes these options */
	bool audience_needed;
};

static int redact(struct evidence_line *l, const char *path);
static int ticket(struct evidence_line *l, const char *path);
static int verify(struct evidence_line *l, const char *path);
static int create(struct evidence_line *l, const char *path);

static const struct evidence_command commands[] = {
	{"create", create, true, false, true, true, false},
	{"verify", verify, false, true, false, false, false},
	{"redact", redact, true, false, true, true, true},
	{"ticket", ticket, false, false, true, true, true},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const struct argp_option evidence_options[] = {
	{"output", KEY_OUTPUT, "PATH", 0, "write there: a .zip or .tar.gz file, or a folder", 0},
	{"sign", KEY_SIGN, "KEY", 0, "sign with this OpenSSH key (or the agent's, by its .pub file)", 0},
	{"for", KEY_FOR, "provider|microsoft|internal", 0, "whom it is for, and so what stays in it", 0},
	{"keep", KEY_KEEP, "PREFIX", 0, "of a trace: addresses in it may be seen as they are (again for more)", 0},
	{"signers", KEY_SIGNERS, "FILE", 0, "verify: the signature must be by a key in this file of allowed signers", 0},
	{NULL, 0, NULL, 0, NULL, 0},
};

static const struct evidence_command *find(const char *word)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, word) == 0)
			return &commands[i];
	}
	return NULL;
}

static error_t unknown(struct common_options *c, const char *word)
{
	struct suggestion near = suggest_for(word);
	for (size_t i = 0; i < COMMANDS; i++)
		suggest_offer(&near, commands[i].name);
	const char *best = suggest_best(&near);
	return best ? options_complain(c, "unknown word '%s'; did you mean '%s'?", word, best)
	            : options_complain(c, "unknown word '%s'; see erprobe evidence --help", word);
}

static error_t check_words(struct evidence_line *l)
{
	struct common_options *c = &l->common;
	if (c->help || c->version)
		return 0;
	if (c->arg_count == 0)
		return options_complain(c, "say what to do with which bundle: see erprobe evidence --help");
	const struct evidence_command *e = find(c->args[0]);
	if (!e)
		return unknown(c, c->args[0]);
	if (c->arg_count != 2)
		return options_complain(c, "name one bundle: erprobe evidence %s BUNDLE", e->name);
	if (e->output && !l->output)
		return options_complain(c, "say where it goes: -o FILE.zip, -o FILE.tar.gz or -o FOLDER");
	if (!e->output && (l->output || l->sign_key))
		return options_complain(c, "-o and --sign have no meaning for %s", e->name);
	if (!e->audience && l->has_audience)
		return options_complain(c, "--for has no meaning for %s", e->name);
	if (l->rule.kept_count > 0 && (!e->keep || !l->has_audience || l->rule.audience == AUDIENCE_INTERNAL))
		return options_complain(c, "--keep has no meaning without --for provider or --for microsoft");
	if (e->audience_needed && !l->has_audience)
		return options_complain(c, "say for whom: --for provider, --for microsoft or --for internal");
	if (!e->signers && l->signers)
		return options_complain(c, "--signers has no meaning for %s", e->name);
	return 0;
}

static error_t parse_evidence(int key, char *arg, struct argp_state *state)
{
	struct evidence_line *l = state->input;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &l->common;
		return 0;
	case KEY_OUTPUT:
		l->output = arg;
		return *arg ? 0 : options_complain(&l->common, "-o names no file or folder");
	case KEY_SIGN:
		l->sign_key = arg;
		return *arg ? 0 : options_complain(&l->common, "--sign names no key");
	case KEY_FOR:
		l->has_audience = true;
		return audience_parse(arg, &l->rule.audience)
		               ? 0
		               : options_complain(&l->common, "'%s' is no value for --for; expected provider, microsoft or internal", arg);
	case KEY_KEEP:
		if (l->rule.kept_count >= REDACT_KEPT_MAX)
			return options_complain(&l->common, "--keep stands more than %u times", REDACT_KEPT_MAX);
		return ip_prefix_parse(arg, &l->rule.kept[l->rule.kept_count++])
		               ? 0
		               : options_complain(&l->common, "'%s' is no prefix for --keep; expected 192.0.2.0/24 or 2001:db8::/32", arg);
	case KEY_SIGNERS:
		l->signers = arg;
		return *arg ? 0 : options_complain(&l->common, "--signers names no file");
	case ARGP_KEY_SUCCESS:
		return check_words(l);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {{&common_argp, 0, "Common options:", 1}, {NULL, 0, NULL, 0}};
static const struct argp evidence_argp = {
	evidence_options, parse_evidence, "create|verify|redact|ticket BUNDLE",
	"create: the bundle once more as one file or in another folder, signed if asked, for whom it says. "
	"redact: the same with no more than a provider or Microsoft may see. "
	"verify: is it what it says it is? Digests, signature, custody, packets, verdict. "
	"ticket: the text that a provider's or Microsoft's first line asks for. "
	"Of a check its circuit tells which addresses a reader may see; of a trace nothing does, so that none is shown but those of "
	"--keep.\v"
	"Exit code: 0 done or intact, 3 altered, unreadable or an error.",
	children, NULL, NULL};

static int say(const char *what, const char *path, const char *why)
{
	char safe[1024], safe_path[512];
	text_safe(safe, sizeof(safe), why);
	text_safe(safe_path, sizeof(safe_path), path);
	fprintf(stderr, "erprobe: evidence %s %s: %s\n", what, safe_path, safe);
	return EXIT_ERROR;
}

static bool print(const struct strbuf *out)
{
	return strbuf_ok(out) && out->text && finish_write(out->text, out->len);
}

static int verify(struct evidence_line *l, const char *path)
{
	struct verified v;
	struct strbuf out;
	verify_bundle(path, l->signers, &v);
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	if (l->common.format != CHECK_TEXT)
		verify_json(&v, path, l->common.format == CHECK_JSONL, &out);
	else
		verify_text(&v, &out);
	bool printed = l->common.quiet || print(&out);
	strbuf_free(&out);
	for (int i = 0; i < VERIFY_CHECKS && !v.intact; i++) {
		if (v.checks[i].result == VERIFY_BAD)
			return say("verify", path, v.checks[i].detail);
	}
	return v.intact && printed ? EXIT_INTACT : EXIT_NOT_INTACT;
}

static int make(struct evidence_line *l, const char *path, const char *what)
{
	const struct create_target target = {l->output, l->sign_key};
	char err[1024], where[1024];
	if (l->sign_key && !sign_prepare(l->sign_key, err, sizeof(err)))
		return say(what, path, err);
	bool made = l->rule.audience == AUDIENCE_INTERNAL
	                    ? create_copy(path, &target, where, sizeof(where), err, sizeof(err))
	                    : redact_bundle(path, &l->rule, &target, where, sizeof(where), err, sizeof(err));
	if (!made)
		return say(what, path, err);
	if (!l->common.quiet)
		puts(where);
	return 0;
}

static int create(struct evidence_line *l, const char *path)
{
	return make(l, path, "create");
}

static int redact(struct evidence_line *l, const char *path)
{
	if (l->rule.audience == AUDIENCE_INTERNAL)
		return say("redact", path, "nothing is left out for --for internal; use erprobe evidence create");
	return make(l, path, "redact");
}

static int ticket(struct evidence_line *l, const char *path)
{
	struct strbuf out;
	char err[1024];
	strbuf_init(&out, STRBUF_MAX_DEFAULT);
	bool made = ticket_make(path, &l->rule, l->common.format == CHECK_TEXT ? TICKET_TEXT : l->common.format == CHECK_JSONL ? TICKET_JSON_LINE : TICKET_JSON,
	                        &out, err, sizeof(err));
	bool printed = made && print(&out);
	strbuf_free(&out);
	if (!made)
		return say("ticket", path, err);
	return printed ? EXIT_DONE : EXIT_ERROR;
}

int cmd_evidence(int argc, char **argv)
{
	struct evidence_line l = {0};
	enum options_end end = options_parse(&evidence_argp, "erprobe evidence", argc, argv, &l, &l.common);
	if (end != OPTIONS_GO)
		return end == OPTIONS_DONE ? EXIT_DONE : EXIT_ERROR;
	options_leave_config(&l.common, "all that is needed is in the bundle");
	return find(l.common.args[0])->run(&l, l.common.args[1]);
}
