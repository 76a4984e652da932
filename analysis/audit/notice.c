/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/audit/notice.h"

#include "analysis/render/words.h"
#include "analysis/value/strbuf.h"

#include <stdio.h>

const char *notice_title(const struct notice *n, char buf[NOTICE_TITLE_MAX])
{
	char span[WORDS_MAX], where[160], circuit[NAME_MAX_LEN], fault[FAULT_ID_MAX];
	const char *maintenance = n->maintenance[0] ? ", during planned maintenance" : "", *flapping = n->flapping ? ", flapping" : "";

	text_safe(circuit, sizeof circuit, n->circuit);
	text_safe(fault, sizeof fault, n->fault);
	snprintf(where, sizeof where, "%s%s%s%s", n->domain != DOMAIN_NONE ? ", " : "", domain_words_of(n->domain, n->handoff),
	         link_words(n->link)[0] ? ", " : "", link_words(n->link));
	if (n->test)
		text_format(buf, NOTICE_TITLE_MAX, "ExpressRoute %s: a test message of erprobe, nothing happened", circuit);
	else if (n->step == INCIDENT_CLOSED)
		text_format(buf, NOTICE_TITLE_MAX, "ExpressRoute %s: healthy again after %s%s%s", circuit,
		            span_words((n->at.ns - n->opened_at.ns) / NS_PER_US, span), flapping, maintenance);
	else
		text_format(buf, NOTICE_TITLE_MAX, "ExpressRoute %s: %s%s%s%s%s%s%s%s", circuit,
		            n->step == INCIDENT_CHANGED ? "now " : "", status_shout(n->status), where, fault[0] ? " (" : "", fault,
		            fault[0] ? ")" : "", flapping, maintenance);
	return buf;
}

/* splitmix64: near seeds give far numbers. */
static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

int64_t notice_retry_ns(uint64_t seed, unsigned tries, int64_t retry_after_s)
{
	int64_t wait = NOTICE_RETRY_LEAST_NS;
	int64_t asked = (retry_after_s < NOTICE_RETRY_ASKED_MOST_S ? retry_after_s : NOTICE_RETRY_ASKED_MOST_S) * NS_PER_SEC;

	for (unsigned i = 1; i < tries && wait < NOTICE_RETRY_MOST_NS; i++)
		wait *= 2;
	if (wait > NOTICE_RETRY_MOST_NS)
		wait = NOTICE_RETRY_MOST_NS;
	wait = wait / 2 + (int64_t)(mix(seed + tries) % (uint64_t)(wait / 2 + 1));
	return wait > asked ? wait : asked;
}
