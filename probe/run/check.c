/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/check.h"

#include "analysis/path/path.h"
#include "analysis/render/words.h"
#include "analysis/trace/trace_result.h"
#include "analysis/value/plural.h"
#include "analysis/value/strbuf.h"
#include "analysis/verdict/verdict.h"
#include "erprobe/exit_code.h"
#include "probe/evidence/evidence.h"
#include "probe/record/refold.h"
#include "probe/run/check_baseline.h"
#include "probe/run/check_output.h"
#include "probe/run/conductor.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>


static double or_default(double value, double fallback)
{
	return value > 0 ? value : fallback;
}

static struct plan_limits limits_of(const struct check_options *o)
{
	struct plan_limits l = {
		.budget = o->budget > 0 ? o->budget : CHECK_BUDGET_DEFAULT,
		.rate = or_default(o->rate, CHECK_RATE_DEFAULT),
		.hop_rate = or_default(o->hop_rate, CHECK_HOP_RATE_DEFAULT),
		.deadline_s = or_default(o->deadline_s, CHECK_DEADLINE_DEFAULT),
		.confidence = or_default(o->confidence, CHECK_CONFIDENCE_DEFAULT),
	};

	l.azure_deadline_s = fmin(or_default(o->azure_deadline_s, CHECK_AZURE_DEADLINE_DEFAULT), l.deadline_s);
	return l;
}

/* Asked once root's rights are gone. Evidence that is only perhaps wanted stops no diagnosis:
 * an audit goes on. */
static bool evidence_will_do(struct conductor *k, const struct check_options *o, char *err, size_t err_size)
{
	char why[CONDUCTOR_ERROR_MAX];

	if (!o->evidence_dir)
		return true;
	if (!o->evidence_unhealthy)
		return evidence_within_rights(o->evidence_dir, o->sign_key, err, err_size);
	if (!evidence_prepare(o->evidence_dir, o->sign_key, why, sizeof why))
		progress_warn(&k->progress, "%s", why);
	return true;
}

/* The stages up to the closed log. False with one line in err when there is nothing
 * to conclude from. */
static bool conduct(struct conductor *k, const struct config *c, const struct check_options *o, struct check_baseline *b,
                    char *err, size_t err_size)
{
	const struct plan_limits limits = limits_of(o);
	bool ok = conductor_open(k, c, o, &limits, err, err_size) && conductor_plan(k, err, err_size);

	if (ok)
		check_baseline_begin(b, c, o, &k->plan, &k->progress);
	ok = ok && conductor_launch(k, err, err_size) && evidence_will_do(k, o, err, err_size);

	/* An interrupt before the first probe: the document says that nothing was tried. */
	if (ok && !k->interrupted)
		ok = conductor_run(k, err, err_size);
	conductor_close(k);
	return ok;
}

static int exit_code(const struct conductor *k, const struct run_result *r, bool told)
{
	if (!told || k->reason == END_HELPER_LOST)
		return EXIT_ERROR;
	return k->reason == END_INTERRUPTED ? EXIT_INTERRUPTED : run_result_exit_code(r);
}

/* Our own host or the helper's policy kept probes back: a person should know. */
static void say_not_sent(struct conductor *k)
{
	for (int r = SEND_OK + 1; r < SEND_RESULTS; r++)
		if (k->not_sent[r] > 0)
			progress_warn(&k->progress, "%u of %u probe%s did not leave this host: %s", (unsigned)k->not_sent[r],
			              (unsigned)k->sent, PLURAL_S(k->sent), not_sent_words((uint8_t)r));
}

static const char *const links[] = {"the primary link", "the secondary link", "unbound flows"};
#define SURPLUS_TOLD 12

/* Each hop by itself; the rate in all and the port of BGP besides. */
static void explain_rates(struct conductor *k)
{
	char text[TRACE_RATE_WORDS_MAX];

	progress_error(&k->progress, "rate: at most %g packets a second in all (--rate), %u probes (--budget); TCP 179 of an MSEE one SYN a "
	               "second; routers limit their ICMP errors (RFC 1812 4.3.2.8, RFC 4443 2.4), so each hop by itself:", k->limits.rate,
	               (unsigned)k->limits.budget);
	for (uint8_t link = 0; link <= LINKS && k->live; link++)
		for (int fam = 0; fam < FAMILIES; fam++)
			for (uint8_t ttl = 1; ttl <= PATH_TTL_MAX; ttl++) {
				struct trace_hop_rate r = diagnosis_hop_rate(k->live, link, fam, ttl);
				if (r.addresses == 0)
					continue;
				trace_rate_words(&r, ttl, k->limits.hop_rate, text);
				progress_error(&k->progress, "rate: %s, IPv%d, %s", links[link], fam == FAM6 ? 6 : 4, text);
			}
}

/* Which ends and hops were asked more often than in turn, and what for. */
static void explain_surplus(struct conductor *k)
{
	struct probe_surplus most[SURPLUS_TOLD];
	size_t count = k->live ? diagnosis_surplus(k->live, most, SURPLUS_TOLD) : 0;

	progress_error(&k->progress, "rate: every end and hop has its turn; what the rate leaves beside that goes where one more probe would tell most%s",
	               count > 0 ? ":" : "; here it went nowhere, for nothing was in doubt for long, or nothing was left");
	for (size_t i = 0; i < count; i++) {
		const struct plan_flow *f = &k->plan.flows[most[i].flow];
		char hop[32] = "", end[IP_TEXT_MAX], service[32];

		if (most[i].ttl <= PATH_TTL_MAX)
			text_format(hop, sizeof hop, "hop %u on the way to ", (unsigned)most[i].ttl);
		service_words(f->kind, f->dst_port, service, sizeof service);
		progress_error(&k->progress, "rate: %s%s, %s, %s: %u of %u probes, each expected to tell %.1g bits", hop, ip_addr_text(&f->dst, end),
		               service, links[f->link < LINKS ? f->link : LINKS], (unsigned)most[i].more, (unsigned)most[i].asked, most[i].bits);
	}
}

static int conclude(struct conductor *k, const struct check_baseline *b)
{
	struct refolded found;
	int code;

	if (k->reason == END_HELPER_LOST)
		progress_error(&k->progress, "%s; what was found out until then follows", k->lost_why);
	say_not_sent(k);
	if (!refold(&k->plan, &k->log, NULL, NULL, &found)) {
		progress_error(&k->progress, "out of memory for the result");
		return EXIT_ERROR;
	}
	code = exit_code(k, &found.result, check_output(k->options, &found.result, &k->log, &k->progress));
	check_baseline_end(b, &found, &k->progress);
	if (k->options->explain_rate) {
		explain_rates(k);
		explain_surplus(k);
	}
	refolded_free(&found);
	return code;
}

int check_run(const struct config *c, const struct check_options *o)
{
	struct conductor k;
	struct check_baseline baseline = {.use = false};
	char err[CONDUCTOR_ERROR_MAX] = "";
	int code;

	/* A reader of our output that goes away is an error of write(), not our death. */
	signal(SIGPIPE, SIG_IGN);
	if (conduct(&k, c, o, &baseline, err, sizeof err)) {
		code = conclude(&k, &baseline);
	} else {
		progress_error(&k.progress, "%s", err);
		code = k.interrupted ? EXIT_INTERRUPTED : EXIT_ERROR;
	}
	conductor_free(&k);
	return code;
}
