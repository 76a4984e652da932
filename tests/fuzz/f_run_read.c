/* SPDX-License-Identifier: BSD-2-Clause */
/* The result of a run as the audit reads it: whatever comes, the record stays in bounds
 * and its texts are safe. */
#include "probe/audit/reasons_read.h"
#include "probe/audit/run_read.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool good)
{
	if (!good)
		abort();
}

static void check_text(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	require(len < size);
	for (size_t i = 0; i < len; i++)
		require((uint8_t)text[i] >= 0x20 && text[i] != 0x7f);
}

/* Of any document, also of one that is no run's. */
static void check_reasons(struct run_reasons *w)
{
	for (size_t i = 0; w && i < w->count; i++) {
		const struct verdict *v = &w->faults[i];

		require(v->status <= STATUS_UNDETERMINED && v->domain < DOMAINS && v->contact <= CONTACT_MICROSOFT && v->direction <= DIRECTION_BOTH);
		require(v->for_count <= EVIDENCE_MAX && v->against_count <= EVIDENCE_MAX && v->step_count <= STEPS_MAX && v->decider_count <= DECIDERS_MAX);
		require(v->alternative_count <= ALTERNATIVES_MAX && v->runner_up.pro_count <= WEIGHED_MAX && v->runner_up.contra_count <= WEIGHED_MAX);
		check_text(v->summary, sizeof v->summary);
		for (size_t k = 0; k < v->for_count; k++)
			check_text(v->evidence_for[k], SENTENCE_MAX);
		for (size_t k = 0; k < v->runner_up.pro_count; k++)
			check_text(v->runner_up.pro[k].statement, SENTENCE_MAX);
	}
	require(!w || (w->count >= 1 && w->count <= FAULTS_MAX && w->contradiction_count <= CONTRADICTIONS_MAX));
	free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run_record r;
	char err[200] = "", path[256];
	bool ok = run_read((const char *)data, size, "frankfurt-1", &r, err, sizeof err);

	check_reasons(reasons_read((const char *)data, size));
	require(ok == (err[0] == '\0'));
	check_text(err, sizeof err);
	if (!ok)
		return 0;
	require(r.status <= STATUS_UNDETERMINED && r.confidence >= 0 && r.confidence <= 1);
	require(r.hop_count <= RECORD_HOPS_MAX && r.target_count <= RECORD_TARGETS_MAX && r.fact_count <= RECORD_FACTS_MAX);
	check_text(r.summary, sizeof r.summary);
	check_text(r.fault, sizeof r.fault);
	for (size_t i = 0; i < r.hop_count; i++) {
		check_text(r.hops[i].address, sizeof r.hops[i].address);
		require(r.hops[i].link <= LINK_SECONDARY && r.hops[i].domain < DOMAINS);
	}
	for (size_t i = 0; i < r.target_count; i++)
		check_text(r.targets[i].name, sizeof r.targets[i].name);
	for (size_t i = 0; i < r.fact_count; i++)
		check_text(r.facts[i].value, sizeof r.facts[i].value);
	record_path(&r, LINK_PRIMARY, path, sizeof path);
	require(!record_path_differs(path, path));
	return 0;
}
