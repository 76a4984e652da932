/* SPDX-License-Identifier: BSD-2-Clause */
/* What was seen on a peering's segment, in words: for the report and for evidence. */
#ifndef ERPROBE_PASSIVE_WORDS_H
#define ERPROBE_PASSIVE_WORDS_H

#include "erprobe/plan.h"
#include "erprobe/watched.h"

#include <stddef.h>

#define WATCH_MAC_TEXT_MAX 18
#define WATCH_TAGS_WORDS_MAX 64

/* "unseen", "opening", "up", "down". */
const char *watch_session_name(enum watch_session s);
/* "edge 172.16.3.1", "MSEE 172.16.3.2". */
void watch_end_words(const struct plan_link *l, uint8_t fam, uint8_t side, char *out, size_t size);
/* "MSEE 172.16.3.2 sent NOTIFICATION "Cease: Administrative Shutdown" and says "maintenance"". */
void watch_notice_words(const struct plan_link *l, uint8_t fam, const struct watch_notice *n, char *out, size_t size);
/* "BFD of MSEE 172.16.3.2 went from Up to Down: Control Detection Time Expired". */
void watch_change_words(const struct plan_link *l, uint8_t fam, const struct watch_bfd_change *c, char *out, size_t size);
/* "02:00:00:00:00:01". Returns out. */
const char *watch_mac_text(const uint8_t mac[6], char out[WATCH_MAC_TEXT_MAX]);
/* "802.1ad 100, 802.1Q 200". Returns out. */
const char *watch_tags_words(const struct watch_tags *t, char out[WATCH_TAGS_WORDS_MAX]);
/* "802.1Q", "802.1ad", "QinQ 0x9100". */
const char *watch_tpid_name(uint16_t tpid);
/* The hold time that the two OPENs agree on (RFC 4271 4.2: the smaller); -1 where not both were
 * seen. 0 = no keepalives. */
int watch_hold_s(const struct peering_seen *w);
/* Was an address claimed by two stations in turn: by one, another, and the first again? */
bool watch_is_duplicate(const struct watch_neighbour *n);

#endif
