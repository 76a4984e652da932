/* SPDX-License-Identifier: BSD-2-Clause */
/* Spreads the catalogue's rows over the places where they can be in this circuit. */
#ifndef ERPROBE_HYPOTHESES_H
#define ERPROBE_HYPOTHESES_H

#include "analysis/diagnose/observed.h"

/* Every single-fault hypothesis, priors set, "no fault" first; *count of them. NULL when
 * out of memory. The caller frees. */
struct hypothesis *hypotheses_list(const struct observables *o, size_t *count);

/* Does Azure say all that it alone can tell of this fault (the X of its row), on its link? False where there is no such thing. */
bool hypothesis_is_said(const struct observables *o, const struct hypothesis *h);

/* The letter under which a group, an error, a delay or an Azure value of this link
 * is to be looked up for one hypothesis; '.' or 'A' where the fault does not reach. */
char letter_of_group(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g);
/* How much more or less an edge that forwards nothing is likely to be what h says, by whether it tells of what expires at it: that is one
 * habit for all that is asked, and counts once. 1 of other rows. */
double odds_of_idle_edge(const struct hypothesis *h, const struct observables *o);
/* g: a group of the link's own ends; where errors came for one of them, that. */
char letter_of_unreach_msee(const struct hypothesis *h, const struct traffic_group *g);
/* The same, where it is known who reported: its place must be right before the cut. */
char letter_by_reporter(const struct hypothesis *h, const struct observables *o, const struct traffic_group *g, char letter);
char letter_of_unreach_target(const struct hypothesis *h, const struct traffic_group *g);
/* Is the link dead while its session stands? Then routing knows nothing of it. */
bool fault_keeps_routes(const struct fault_row *row);
char letter_of_use(const struct hypothesis *h, uint8_t link, uint8_t fam);
char letter_of_delay(const struct hypothesis *h, uint8_t link);
char letter_of_flap(const struct hypothesis *h, uint8_t link);
char letter_of_shared(const struct hypothesis *h, enum shared_place place);
char letter_of_heard(const struct hypothesis *h, enum heard_what what, uint8_t link, uint8_t fam);
char letter_of_says(const struct hypothesis *h, enum azure_says which, uint8_t link);
char letter_of_azure(const struct hypothesis *h, enum observation_kind kind, uint8_t link, uint8_t fam);
/* sizes_judge.c: C or W as the row says, 'x' where its place does not fit what was met. */
char letter_of_size(const struct hypothesis *h, const struct observables *o, uint8_t link, uint8_t fam);
/* Was anything decided of sizes on this link (LINK_ANY and above: on any)? */
bool sizes_can_tell(const struct observables *o, uint8_t link);
/* Letters of all cells by their strength: of two faults that speak at once, the larger
 * rank is what is seen. */
#define LETTERS 41
uint8_t letter_rank(char letter);
char letter_of_rank(uint8_t rank);
/* The stronger of two letters. */
char letter_stronger(char a, char b);

#endif
