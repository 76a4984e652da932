/* SPDX-License-Identifier: BSD-2-Clause */
/* Marks, names and figures of the text report. Figures are put together from
 * integers, so that no locale can change the decimal point. */
#include "analysis/report/words.h"

#include "analysis/report/json_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

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
	static const char *const words[DOMAINS] = {"", "corporate", "WAN (provider)", "Azure"};

	return (unsigned)d < DOMAINS ? words[d] : "";
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

const char *loss_words(const struct ratio_bound *r, bool brief, char buf[WORDS_MAX])
{
	char share[WORDS_MAX], low[WORDS_MAX], high[WORDS_MAX];

	if (!r->known) {
		snprintf(buf, WORDS_MAX, "loss not measured");
		return buf;
	}
	percent_words(r->ratio, share);
	percent_words(r->low, low);
	bound_words(r->high, high);
	if (r->ratio <= 0)
		text_format(buf, WORDS_MAX, brief ? "loss ≤ %s" : "loss 0 %% (≤ %s)", high);
	else if (brief || r->ratio >= 1)
		text_format(buf, WORDS_MAX, "loss %s", share);
	else
		text_format(buf, WORDS_MAX, "loss %s (%s – %s)", share, low, high);
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
