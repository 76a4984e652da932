/* SPDX-License-Identifier: BSD-2-Clause */
/* Readings of single values of Azure's tables: real MSEEs write them in several
 * dialects. Each answers "cannot tell" rather than guess. */
#ifndef ERPROBE_AZURE_ROWS_H
#define ERPROBE_AZURE_ROWS_H

#include "erprobe/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A row of the ARP table: has the address a MAC? False with *known set means that the
 * MSEE asks and nobody answers ("Incomplete"). */
bool row_arp_resolved(const struct az_arp_row *r, bool *known);
/* "On-Prem" rows are the customer's side of the /30. */
bool row_arp_on_prem(const struct az_arp_row *r);
/* A row of the summary: a number means Established with so many prefixes, a word is the
 * state of a session that is down. False when it is a word or absent. */
bool row_bgp_prefixes(const struct az_bgp_row *r, int64_t *prefixes);
/* Some MSEEs mark the best path by '*' behind the next hop. */
bool row_route_best(const struct az_route_row *r);
/* The AS path without blanks around it and without the origin code, "65515 65010", to
 * out. The code, one of i, e and ?, goes to *origin, or 0. */
void row_route_path(const struct az_route_row *r, char out[AZ_TEXT_MAX], char *origin);

#endif
