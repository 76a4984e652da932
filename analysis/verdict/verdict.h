/* SPDX-License-Identifier: BSD-2-Clause */
/* From the posterior to what is said: verdicts with their evidence, and the rest of
 * the circuit's result. */
#ifndef ERPROBE_VERDICT_H
#define ERPROBE_VERDICT_H

#include "analysis/diagnose/observed.h"
#include "erprobe/result.h"

#include <stdbool.h>

/* Fills faults[], fault_count and the links' statuses of r, whose links and targets
 * must be filled already. */
void verdict_fill(const struct posterior *p, double asked, struct circuit_result *r);

/* Would the verdict be the same with more probes? True when the leading statement
 * (or its domain) stands at the asked confidence. */
bool verdict_stands(const struct posterior *p, double asked);

/* evidence_words.c: one observation as a sentence an engineer can paste. */
void observation_words(const struct observables *o, const struct observation *ob, char *out, size_t size);
/* The same of what contradicts the verdict: where it is Azure's word, with the time of it and of
 * the last that the wire showed. */
void contradiction_words(const struct observables *o, const struct observation *ob, char *out, size_t size);
/* "primary link", "TCP 443", "target app (10.101.7.7)": names for sentences. */
void service_words(uint8_t kind, uint16_t port, char *out, size_t size);

/* circuit_result.c: links, hops, segments, checks and targets. False when out of memory. */
bool circuit_result_fill(const struct observables *o, struct circuit_result *r);

#endif
