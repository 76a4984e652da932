/* SPDX-License-Identifier: BSD-2-Clause */
/* Marks, names and figures of the text report. Figures are put together from
 * integers, so that no locale can change the decimal point. */
#include "analysis/render/words.h"

#include "analysis/render/json_values.h"
#include "erprobe/channel.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum tone report_mark_tone(uint32_t cp)
{
	switch (cp) {
	case 0x2713: return TONE_GOOD; /* ✓ */
	case 0x2717: return TONE_BAD;  /* ✗ */
	default: return TONE_PLAIN;
	}
}

const char *status_mark(enum status s)
{
	static const char *const marks[] = {MARK_GOOD, MARK_WARN, MARK_BAD, MARK_DOUBT};

	return (unsigned)s < 4 ? marks[s] : MARK_DOUBT;
}

enum tone status_tone(enum status s)
{
	static const enum tone tones[] = {TONE_GOOD, TONE_WARN, TONE_BAD, TONE_DOUBT};

	return (unsigned)s < 4 ? tones[s] : TONE_DOUBT;
}

const char *status_shout(enum status s)
{
	static const char *const words[] = {"HEALTHY", "DEGRADED", "FAULT", "UNDETERMINED"};

	return (unsigned)s < 4 ? words[s] : words[STATUS_UNDETERMINED];
}

const char *domain_words(enum domain d)
{
	static const char *const words[DOMAINS] = {"", "corporate", "WAN", "Azure"};

	return (unsigned)d < DOMAINS ? words[d] : "";
}

const char *domain_words_of(enum domain d, enum handoff h)
{
	if (d == DOMAIN_WAN)
		return h == HANDOFF_DIRECT ? "WAN (" DIRECT_WAN ")" : "WAN (provider)";
	return domain_words(d);
}

const char *contact_words(enum contact c, enum handoff h)
{
	const char *name = contact_name(c);

	if (c == CONTACT_PROVIDER && h == HANDOFF_DIRECT)
		return "whoever runs the " DIRECT_WAN " or fibre to Microsoft's port (ExpressRoute Direct: no provider)";
	return name ? name : "";
}

const char *acts_words(enum status s, enum contact c, enum handoff h, const char *provider, bool hints, char *buf, size_t size)
{
	buf[0] = '\0';
	if (s == STATUS_UNDETERMINED)
		text_format(buf, size, "not known yet%s", hints ? "; see what would decide it" : "");
	else if (c == CONTACT_PROVIDER && h == HANDOFF_DIRECT)
		text_format(buf, size, "%s", contact_words(c, h));
	else if (c == CONTACT_PROVIDER)
		text_format(buf, size, "the provider%s%s", provider[0] != '\0' ? ", " : "", provider);
	else if (c == CONTACT_MICROSOFT)
		text_format(buf, size, "Microsoft (a support request)");
	else if (c == CONTACT_YOU)
		text_format(buf, size, "you: this is on your side");
	return buf;
}

const char *link_words(enum link_id l)
{
	switch (l) {
	case LINK_PRIMARY: return "primary link";
	case LINK_SECONDARY: return "secondary link";
	case LINK_BOTH: return "both links";
	default: return "";
	}
}

const char *over_words(const struct target_result *t)
{
	if (t->control)
		return "not over the circuit";
	if (t->over[LINK_PRIMARY] && t->over[LINK_SECONDARY])
		return "over both links";
	if (t->over[LINK_PRIMARY])
		return "over the primary link";
	if (t->over[LINK_SECONDARY])
		return "over the secondary link";
	return t->reachable ? "link not seen" : "";
}

const char *probe_words(const struct plan_flow *f, char buf[WORDS_MAX])
{
	if (f->kind == PROBE_ICMP_ECHO)
		snprintf(buf, WORDS_MAX, "%s echo", f->dst.family == IP_V6 ? "ICMPv6" : "ICMP");
	else
		snprintf(buf, WORDS_MAX, "%s port %u", f->kind == PROBE_UDP ? "UDP" : "TCP", (unsigned)f->dst_port);
	return buf;
}

const char *ms_words(int64_t ns, bool unit, char buf[WORDS_MAX])
{
	int64_t us = report_us(ns);
	const char *sign = us <= -5 ? "-" : "", *after = unit ? " ms" : "";
	int64_t hundredths = ((us < 0 ? -us : us) + 5) / 10;

	if (hundredths < 10000)
		snprintf(buf, WORDS_MAX, "%s%" PRId64 ".%02d%s", sign, hundredths / 100, (int)(hundredths % 100), after);
	else
		snprintf(buf, WORDS_MAX, "%s%" PRId64 ".%d%s", sign, hundredths / 100, (int)(hundredths / 10 % 10), after);
	return buf;
}

/* Thousandths as percent, one decimal; whole numbers from 0 and 100 only. */
static const char *per_mille_words(long thousandths, char buf[WORDS_MAX])
{
	if (thousandths <= 0)
		snprintf(buf, WORDS_MAX, "0 %%");
	else if (thousandths >= 1000)
		snprintf(buf, WORDS_MAX, "100 %%");
	else
		snprintf(buf, WORDS_MAX, "%ld.%ld %%", thousandths / 10, thousandths % 10);
	return buf;
}

const char *percent_words(double ratio, char buf[WORDS_MAX])
{
	if (!(ratio >= 0 && ratio <= 1)) {
		snprintf(buf, WORDS_MAX, "-");
		return buf;
	}
	long thousandths = lround(ratio * 1000);
	if (ratio > 0 && thousandths == 0) {
		snprintf(buf, WORDS_MAX, "< 0.1 %%");
		return buf;
	}
	if (ratio < 1 && thousandths == 1000)
		thousandths = 999;
	return per_mille_words(thousandths, buf);
}

const char *bound_words(double ratio, char buf[WORDS_MAX])
{
	if (!(ratio >= 0 && ratio <= 1)) {
		snprintf(buf, WORDS_MAX, "-");
		return buf;
	}
	/* The small term keeps 0.03 * 1000 = 30.000…04 from being rounded up to 31. */
	return per_mille_words(lround(ceil(ratio * 1000 - 1e-6)), buf);
}

const char *loss_figures(const struct ratio_bound *r, bool brief, char buf[WORDS_MAX])
{
	char share[WORDS_MAX], low[WORDS_MAX], high[WORDS_MAX];

	percent_words(r->ratio, share);
	percent_words(r->low, low);
	bound_words(r->high, high);
	if (!r->known)
		text_format(buf, WORDS_MAX, "not measured");
	else if (r->high <= 0) /* a way of no hop: nothing can be lost on it */
		text_format(buf, WORDS_MAX, "0 %%");
	else if (r->ratio <= 0)
		text_format(buf, WORDS_MAX, brief ? "≤ %s" : "0 %% (≤ %s)", high);
	else if (brief || r->ratio >= 1)
		text_format(buf, WORDS_MAX, "%s", share);
	else
		text_format(buf, WORDS_MAX, "%s (%s – %s)", share, low, high);
	return buf;
}

const char *loss_words(const struct ratio_bound *r, bool brief, char buf[WORDS_MAX])
{
	char figures[WORDS_MAX];

	text_format(buf, WORDS_MAX, "loss %s", loss_figures(r, brief, figures));
	return buf;
}

const char *segment_loss_words(const struct ratio_bound *r, bool brief, bool accused, char buf[WORDS_MAX])
{
	char high[WORDS_MAX];

	if (!brief || accused || !r->known || r->low > 0 || r->high <= 0)
		return loss_words(r, brief, buf);
	text_format(buf, WORDS_MAX, "loss ≤ %s", bound_words(r->high, high));
	return buf;
}

const char *confidence_words(double c, char buf[WORDS_MAX])
{
	if (c >= 0.995)
		snprintf(buf, WORDS_MAX, "confidence > 0.99");
	else
		snprintf(buf, WORDS_MAX, "confidence 0.%02d", c > 0 ? (int)(c * 100 + 1e-6) : 0);
	return buf;
}

/* Two digits are all that a weight is worth. */
static int64_t two_digits(double ratio)
{
	int64_t n = (int64_t)llround(ratio), unit = 1;

	while (n / unit >= 100)
		unit *= 10;
	return (n + unit / 2) / unit * unit;
}

const char *odds_words(double log_ratio, char buf[WORDS_MAX])
{
	double ratio = exp(fmin(fabs(log_ratio), 30));
	int64_t n = two_digits(ratio);
	char many[WORDS_MAX];

	if (n >= 1000000)
		snprintf(many, sizeof many, "1,000,000");
	else if (n >= 1000)
		snprintf(many, sizeof many, "%" PRId64 ",%03d", n / 1000, (int)(n % 1000));
	else if (ratio >= 9.95)
		snprintf(many, sizeof many, "%" PRId64, n);
	else
		snprintf(many, sizeof many, "%ld.%ld", lround(ratio * 10) / 10, lround(ratio * 10) % 10);
	text_format(buf, WORDS_MAX, log_ratio < 0 ? "1 : %s%s" : "%s%s : 1", ratio > 1e6 ? "> " : "", many);
	return buf;
}

const char *claim_words(const struct claim *c, char buf[CLAIM_WORDS_MAX])
{
	text_format(buf, CLAIM_WORDS_MAX, "%s%s%s", c->fault[0] != '\0' ? c->fault : "no fault", link_words(c->link)[0] != '\0' ? ", " : "",
	            link_words(c->link));
	return buf;
}

const struct weighed *contest_at(const struct contest *c, size_t i, bool *contra)
{
	size_t pro = c->pro_count < WEIGHED_MAX ? c->pro_count : WEIGHED_MAX;

	*contra = i >= pro;
	if (i < pro)
		return &c->pro[i];
	return i - pro < c->contra_count && i - pro < WEIGHED_MAX ? &c->contra[i - pro] : NULL;
}

bool contest_is_at_odds(const struct contest *c)
{
	bool azure[2] = {false, false}, wire[2] = {false, false}, contra;
	const struct weighed *w;

	for (size_t i = 0; (w = contest_at(c, i, &contra)); i++) {
		azure[contra] = azure[contra] || w->source == EVIDENCE_AZURE;
		wire[contra] = wire[contra] || w->source != EVIDENCE_AZURE;
	}
	return (azure[0] && wire[1]) || (azure[1] && wire[0]);
}

const char *alternative_name(const struct alternative *a)
{
	return a->fault[0] != '\0' && strcmp(a->fault, "none") != 0 ? a->fault : "no fault";
}

const char *alternative_words(const struct alternative *a, enum handoff h, char *buf, size_t size)
{
	const char *domain = domain_words_of(a->domain, h), *link = link_words(a->link);
	char share[WORDS_MAX];

	text_format(buf, size, "%s%s%s%s%s, probability %s%s%s", alternative_name(a), domain[0] ? ", " : "", domain, link[0] ? ", " : "", link,
	            percent_words(a->probability, share), a->decided_by[0] ? "; decided by: " : "", a->decided_by);
	return buf;
}

const struct alternative *alternative_at(const struct verdict *v, size_t i, bool beside)
{
	for (size_t k = 0; k < v->alternative_count && k < ALTERNATIVES_MAX; k++)
		if (v->alternatives[k].beside == beside && i-- == 0)
			return &v->alternatives[k];
	return NULL;
}

const char *alternatives_words(bool undetermined, bool beside)
{
	return beside ? "What may be there besides" : undetermined ? "What it could be" : "What it could be instead";
}

const char *contest_words(const struct contest *c, const char *of, bool undetermined, bool elsewhere, char buf[CONTEST_WORDS_MAX])
{
	char next[CLAIM_WORDS_MAX], leader[CLAIM_WORDS_MAX], share[WORDS_MAX], lead[WORDS_MAX];

	claim_words(&c->next, next);
	percent_words(c->next.probability, share);
	if (undetermined)
		text_format(buf, CONTEST_WORDS_MAX, "Weighed: %s (%s) against %s (%s)", claim_words(&c->leader, leader),
		            percent_words(c->leader.probability, lead), next, share);
	else
		text_format(buf, CONTEST_WORDS_MAX, "%s%s against %s, %s (%s)", of, of[0] != '\0' ? ": weighed" : "Weighed",
		            elsewhere ? "the next best of another domain" : "the next best", next, share);
	return buf;
}

const char *seen_words(const struct weighed *w, bool timed, char *buf, size_t size)
{
	char at[WALL_TEXT_MAX];

	if (timed && w->as_of.ns != 0)
		text_format(buf, size, "%s [%s, %.8sZ]", w->statement, source_words(w->source), wall_text(w->as_of, at) + 11);
	else
		text_format(buf, size, "%s", w->statement);
	return buf;
}

const char *weighed_words(const struct weighed *w, bool contra, char *buf, size_t size)
{
	char odds[WORDS_MAX];

	text_format(buf, size, "%s %s: %s", odds_words(w->log_ratio, odds), contra ? "against" : "for", w->statement);
	return buf;
}

const char *side_words(const struct contradiction *k, bool wire, char *buf, size_t size)
{
	char at[WALL_TEXT_MAX];

	text_format(buf, size, "%.8sZ  %s%s", wall_text(wire ? k->wire_at : k->azure_at, at) + 11, wire ? "wire: " : "",
	            wire ? k->wire : k->azure);
	return buf;
}

const char *direction_words(enum direction d)
{
	static const char *const words[] = {"", "not known", "forward (towards Azure)", "return (from Azure)", "both ways"};

	return (unsigned)d < sizeof words / sizeof words[0] ? words[d] : "";
}

const char *source_words(enum evidence_source s)
{
	static const char *const words[] = {"wire", "Azure", "BGP watch"};

	return (unsigned)s < 3 ? words[s] : words[EVIDENCE_WIRE];
}

const char *age_words(int64_t ns, char buf[WORDS_MAX])
{
	int64_t s = ns / NS_PER_SEC;

	if (ns < 0)
		snprintf(buf, WORDS_MAX, "-");
	else if (s < 120)
		snprintf(buf, WORDS_MAX, "%" PRId64 " s", s);
	else if (s < 7200)
		snprintf(buf, WORDS_MAX, "%" PRId64 " min", s / 60);
	else if (s < 172800)
		snprintf(buf, WORDS_MAX, "%" PRId64 " h", s / 3600);
	else
		snprintf(buf, WORDS_MAX, "%" PRId64 " d", s / 86400);
	return buf;
}

/* -- hops -- */

static bool contains(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (; *text != '\0'; text++)
		if (strncmp(text, word, len) == 0)
			return true;
	return false;
}

/* The role in the words of the picture; "" where the note names it already. */
static const char *role_words(const struct circuit_result *c, const struct hop_result *h)
{
	if (strcmp(h->role, "edge") == 0)
		return c->plan->handoff == HANDOFF_L3 ? "PE" : "CE";
	if (strcmp(h->role, "msee") == 0)
		return "MSEE";
	return contains(h->note, h->role) ? "" : h->role;
}

static void join(char *buf, size_t size, const char *text)
{
	size_t used = strlen(buf);

	if (text[0] != '\0')
		text_format(buf + used, size - used, "%s%s", used > 0 ? "; " : "", text);
}

void hop_words(const struct circuit_result *c, const struct hop_result *h, char *buf, size_t size)
{
	char labels[120] = "";

	for (size_t i = 0; i < h->mpls_count && i < MPLS_LABELS_MAX; i++) {
		size_t used = strlen(labels);

		text_format(labels + used, sizeof labels - used, "%s%u", i == 0 ? "MPLS " : "/", (unsigned)h->mpls[i].label);
	}
	buf[0] = '\0';
	join(buf, size, role_words(c, h));
	join(buf, size, labels);
	join(buf, size, h->note);
}

const char *other_address_words(const struct hop_result *h)
{
	if (strcmp(h->role, "target") == 0)
		return "another target";
	return h->role[0] != '\0' ? "its other address" : "answers here too (several paths)";
}

void step_words(const struct plan_clock *c, char *buf, size_t size)
{
	uint64_t ms = ((c->stepped_us < 0 ? -(uint64_t)c->stepped_us : (uint64_t)c->stepped_us) + 500) / 1000;
	char times[WORDS_MAX] = "";

	if (c->steps > 1)
		text_format(times, sizeof times, " %u times, in all", (unsigned)c->steps);
	text_format(buf, size, "The host's clock was stepped%s by %s%" PRIu64 ".%03u s: that is taken out of all times here.", times,
	            c->stepped_us < 0 ? "-" : "+", ms / 1000, (unsigned)(ms % 1000));
}

/* Azure's column "statePfxRcd": the number of prefixes of a session that stands, else its state. */
const char *bgp_row_words(const struct az_bgp_row *row, char *buf, size_t size)
{
	const char *state = row->state.present ? row->state.text : "(no state)", *since = row->up_down.present ? row->up_down.text : "";
	bool stands = state[0] != '\0' && state[strspn(state, "0123456789")] == '\0';
	bool never = strcmp(since, "never") == 0;

	text_format(buf, size, "%s %s%s%s%s", row->neighbor.text, state, !stands ? "" : strcmp(state, "1") == 0 ? " prefix" : " prefixes",
	            since[0] == '\0' ? "" : never ? ", never up" : stands ? ", up " : " for ", never ? "" : since);
	return buf;
}

const char *span_words(int64_t us, char buf[WORDS_MAX])
{
	int64_t s = us / (NS_PER_SEC / NS_PER_US);

	if (s < 60)
		snprintf(buf, WORDS_MAX, "%lld s", (long long)s);
	else if (s < 3600)
		snprintf(buf, WORDS_MAX, "%lld min", (long long)(s / 60));
	else if (s < 86400)
		snprintf(buf, WORDS_MAX, "%lld h %lld min", (long long)(s / 3600), (long long)(s / 60 % 60));
	else
		snprintf(buf, WORDS_MAX, "%lld d %lld h", (long long)(s / 86400), (long long)(s / 3600 % 24));
	return buf;
}

bool check_is_undecided(const struct check_result *k)
{
	return strcmp(k->outcome, "not decided") == 0;
}

const char *check_name_words(const struct link_result *l, const struct check_result *k, char buf[CHECK_NAME_WORDS_MAX])
{
	bool other = false;

	for (size_t i = 0; i < l->check_count && i < CHECKS_MAX; i++)
		other = other || (l->checks[i].family != 0 && l->checks[i].family != k->family);
	text_format(buf, CHECK_NAME_WORDS_MAX, "%s%s", k->name,
	            !other || k->family == 0 ? "" : k->family == IP_V6 ? " (IPv6)" : " (IPv4)");
	return buf;
}

const char *not_sent_words(uint8_t result)
{
	static const char *const words[SEND_RESULTS] = {
		[SEND_OK] = "none was kept back (ok)",
		[SEND_NO_ROUTE] = "this host has no route to where they go; see `ip route get ADDRESS` (no-route)",
		[SEND_LINK_DOWN] = "the interface that they leave by is down; see `ip link` (link-down)",
		[SEND_NO_BUFFER] = "the queue of the interface, or this host's table of neighbours, was full; lower --rate, or look at what else this host sends, and at `ip neigh` (no-buffer)",
		[SEND_BLOCKED] = "a packet filter of this host refuses them; see `nft list ruleset` or `iptables -L OUTPUT` (blocked)",
		[SEND_TOO_BIG] = "they are larger than the interface or a route of this host takes; see `ip link` and the `mtu` of the link (too-big)",
		[SEND_OTHER_ERROR] = "the kernel refused them for another reason; see `dmesg` (other-error)",
		[SEND_REFUSED_TARGET] = "they go to an address that this run did not name when it began (refused-target)",
		[SEND_REFUSED_SOURCE] = "the address that they leave from was none of this host's when the run began; see `ip addr` (refused-source)",
		[SEND_REFUSED_PORT] = "their source port is not reserved for this run (refused-port)",
		[SEND_REFUSED_BOUNDS] = "their TTL, size or interface is out of the bounds of this run (refused-bounds)",
		[SEND_REFUSED_RATE] = "the rate was used up, by this run or, for a BGP port, by another one; they are no loss (refused-rate)",
		[SEND_REFUSED_SESSION] = "they would have touched a live connection (refused-session)",
		[SEND_NO_ADDRESS] = "the address that they leave from is gone from this host; see `ip addr` (no-address)",
		[SEND_ROUTE_GONE] = "this host had a route to where they go, and lost it; see `ip route get ADDRESS` (route-gone)",
		[SEND_ROUTE_MOVED] = "this host's route to where they go leads over another interface by now; trace again, and see `ip route get ADDRESS` (route-moved)",
	};

	return result < SEND_RESULTS && words[result] ? words[result] : "for an unknown reason (unknown)";
}
