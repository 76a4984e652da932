/* SPDX-License-Identifier: BSD-2-Clause */
/* How the text report says things: marks, names for people, figures with units.
 * The functions that take a buffer return it. */
#ifndef ERPROBE_RENDER_WORDS_H
#define ERPROBE_RENDER_WORDS_H

#include "analysis/render/page.h"
#include "erprobe/result.h"

#include <stdint.h>

#define WORDS_MAX 48 /* bytes of any figure or phrase below */

#define CLAIM_WORDS_MAX (FAULT_ID_MAX + WORDS_MAX)

#define MARK_GOOD "✓"
#define MARK_BAD "✗"
#define MARK_WARN "!"
#define MARK_DOUBT "?"

/* The tone of a mark in running text; TONE_PLAIN for any other character ("!" and
 * "?" are common in words, so they get theirs only where they stand alone). */
enum tone report_mark_tone(uint32_t cp);
const char *status_mark(enum status s);
enum tone status_tone(enum status s);
/* "FAULT", … */
const char *status_shout(enum status s);
/* Why a probe did not leave this host (enum send_result), what to do about it, and in brackets its name in documents
 * and evidence (comment_send_result_name()). Follows a colon; of static storage. */
const char *not_sent_words(uint8_t result);
/* Did the check of a link end without an outcome? Then the answers that it counts are no good sign. */
bool check_is_undecided(const struct check_result *k);
/* A check's name, with its family where the link was checked in both. */
#define CHECK_NAME_WORDS_MAX 64
const char *check_name_words(const struct link_result *l, const struct check_result *k, char buf[CHECK_NAME_WORDS_MAX]);
/* "corporate", "WAN", "Azure"; "" for DOMAIN_NONE. Of circuits of any kind. */
const char *domain_words(enum domain d);
/* The same of one circuit: "WAN (provider)"; with ExpressRoute Direct, which has no provider, the WAN is the cross-connect. */
const char *domain_words_of(enum domain d, enum handoff h);
/* Who must act, in a word: that of documents ("provider"), but with ExpressRoute Direct the same as below; "" for nobody. */
const char *contact_words(enum contact c, enum handoff h);
/* The same for a report: "the provider, Lab Networks" (provider: its name, or ""), "Microsoft (a support request)". Of an
 * undetermined verdict nobody is known yet; hints: there is more on what would decide it. "" for nobody. */
const char *acts_words(enum status s, enum contact c, enum handoff h, const char *provider, bool hints, char *buf, size_t size);
/* "primary link", "secondary link", "both links"; "" otherwise. */
const char *link_words(enum link_id l);

/* Over which links a target's traffic was seen to go and be answered: "over both links"; "" = nothing is known. */
const char *over_words(const struct target_result *t);

/* With what a flow asks: "ICMP echo", "TCP port 443". */
const char *probe_words(const struct plan_flow *f, char buf[WORDS_MAX]);

/* "0.41 ms", "184.2 ms"; the number alone without the unit. Never "-0.00". */
const char *ms_words(int64_t ns, bool unit, char buf[WORDS_MAX]);
/* "0 %", "4.2 %", "< 0.1 %", "100 %" only when all is lost. */
const char *percent_words(double ratio, char buf[WORDS_MAX]);
/* Microseconds as "3 d 4 h", "5 min", "12 s". */
const char *span_words(int64_t us, char buf[WORDS_MAX]);
/* "at most", rounded up: "3.0 %". */
const char *bound_words(double ratio, char buf[WORDS_MAX]);
/* "loss 0 % (≤ 3.0 %)", "loss 4.0 % (1.0–7.0 %)", "loss not measured"; brief: without the interval
 * where there was loss, with the bound alone where there was none. */
const char *loss_words(const struct ratio_bound *r, bool brief, char buf[WORDS_MAX]);
/* The same of a part of the path. Brief, a share that may as well be none is a bound alone, lest it read as an
 * accusation, unless that part is accused. */
const char *segment_loss_words(const struct ratio_bound *r, bool brief, bool accused, char buf[WORDS_MAX]);
/* The same without its first word, for a column that is named so. */
const char *loss_figures(const struct ratio_bound *r, bool brief, char buf[WORDS_MAX]);
/* "confidence 0.99" as two digits, rounded down; "> 0.99" from 0.995 on. */
const char *confidence_words(double c, char buf[WORDS_MAX]);
/* A natural logarithm of odds: "1.4 : 1", "12 : 1", "48,000 : 1" (two digits), "> 1,000,000 : 1"; below 0 the other
 * way round, "1 : 12". */
const char *odds_words(double log_ratio, char buf[WORDS_MAX]);
/* "wan.loss, primary link"; "no fault" for a claim of none. */
const char *claim_words(const struct claim *c, char buf[CLAIM_WORDS_MAX]);
/* "wan.loss"; "no fault" for none. */
const char *alternative_name(const struct alternative *a);
/* "wan.loss, WAN (provider), primary link, probability 3.8 %; decided by: a longer run". */
const char *alternative_words(const struct alternative *a, enum handoff h, char *buf, size_t size);
/* The i-th alternative of a verdict: of those that may be true beside it, or of those instead of it; NULL behind the last. */
const struct alternative *alternative_at(const struct verdict *v, size_t i, bool beside);
/* Over the alternatives of a verdict: "What it could be instead"; of those that may be true beside it "What may be there besides". */
const char *alternatives_words(bool undetermined, bool beside);
/* The i-th observation of a contest, those for the leader first; NULL behind the last. */
const struct weighed *contest_at(const struct contest *c, size_t i, bool *contra);
/* Does Azure speak for one side of it and the wire for the other? Then the times matter. */
bool contest_is_at_odds(const struct contest *c);
/* "Weighed against the next best, wan.vlan, primary link (3.8 %)"; `of`: the fault that it is about where there are several,
 * else "". elsewhere: the next best of another domain. */
#define CONTEST_WORDS_MAX (2 * CLAIM_WORDS_MAX + 4 * WORDS_MAX)
const char *contest_words(const struct contest *c, const char *of, bool undetermined, bool elsewhere, char buf[CONTEST_WORDS_MAX]);
/* What was seen; timed: "… [Azure, 14:13:21Z]" where that is known. */
const char *seen_words(const struct weighed *w, bool timed, char *buf, size_t size);
/* "12 : 1 for: " and its sentence. */
const char *weighed_words(const struct weighed *w, bool contra, char *buf, size_t size);
/* Of a contest without any. */
#define NOTHING_TELLS "Nothing that was seen tells the two apart: only how common each of them is."
/* One side of it, the wire's or Azure's: "14:13:21Z  " and its sentence. */
const char *side_words(const struct contradiction *k, bool wire, char *buf, size_t size);
/* "forward (towards Azure)", "return (from Azure)", …; "" where a fault has none. */
const char *direction_words(enum direction d);
/* A neighbour in Azure's summary of BGP: "172.16.3.1 7 prefixes, up 1d14h", "172.16.3.1 Idle, never up". */
const char *bgp_row_words(const struct az_bgp_row *row, char *buf, size_t size);
/* "Azure", "wire", "BGP watch": whose word an observation is. */
const char *source_words(enum evidence_source s);
/* "4 s", "12 min", "3 h", "2 d"; "-" for what lies in the future. */
const char *age_words(int64_t ns, char buf[WORDS_MAX]);

/* One sentence on a host's clock that was stepped while a run went on. */
void step_words(const struct plan_clock *c, char *buf, size_t size);

/* Role, labels and note of a hop in one phrase: "CE; MPLS 24001; limits its answers". */
void hop_words(const struct circuit_result *c, const struct hop_result *h, char *buf, size_t size);
/* What the second and further addresses of a hop are. */
const char *other_address_words(const struct hop_result *h);

#endif
