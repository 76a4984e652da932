/* SPDX-License-Identifier: BSD-2-Clause */
/* Spreads the catalogue's rows over the places where they can be in this circuit. */
#ifndef ERPROBE_HYPOTHESES_H
#define ERPROBE_HYPOTHESES_H

#include "analysis/diagnose/posterior.h"

/* Every single-fault hypothesis, priors set, "no fault" first; *count of them. NULL when
 * out of memory. The caller frees. */
struct hypothesis *hypotheses_list(const struct observables *o, size_t *count);

/* The letter under which a group, an error, a delay or an Azure value of this link
 * is to be looked up for one hypothesis; '.' or 'A' where the fault does not reach. */
char letter_of_group(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g);
char letter_of_unreach_msee(const struct hypothesis *h, uint8_t link, uint8_t fam);
char letter_of_unreach_target(const struct hypothesis *h, const struct traffic_group *g);
char letter_of_use(const struct hypothesis *h, uint8_t link, uint8_t fam);
char letter_of_delay(const struct hypothesis *h, uint8_t link);
char letter_of_azure(const struct hypothesis *h, enum observation_kind kind, uint8_t link, uint8_t fam);
/* The stronger of two letters, when two faults speak at once. */
char letter_stronger(char a, char b);

#endif
