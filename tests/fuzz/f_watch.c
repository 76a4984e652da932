/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzz target: the passive watch. The input is a list of frames:
 *   | length 2 | interface and time 1 | that many bytes |
 * on the peering of tests/unit/watch_frames.h. They are wiped, as a live run does. */
#include "analysis/passive/watch_words.h"
#include "tests/unit/watch_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_seen(const struct plan_link *l, uint8_t fam, const struct peering_seen *s)
{
	char text[512], words[WATCH_TAGS_WORDS_MAX];

	check(s->notice_count <= WATCH_NOTICES_MAX && s->change_count <= WATCH_CHANGES_MAX && s->tag_count <= WATCH_TAGS_MAX);
	for (uint8_t i = 0; i < s->notice_count; i++)
		watch_notice_words(l, fam, &s->notices[i], text, sizeof text);
	for (uint8_t i = 0; i < s->change_count; i++)
		watch_change_words(l, fam, &s->changes[i], text, sizeof text);
	for (uint8_t i = 0; i < s->tag_count; i++)
		watch_tags_words(&s->tags[i], words);
	for (int side = 0; side < WATCH_SIDES; side++) {
		const struct watch_neighbour *n = &s->neighbour[side];

		check(n->claim_count <= WATCH_MACS_MAX && n->latest < WATCH_MACS_MAX);
		check(s->talk[side].open.family_count <= WATCH_FAMILIES_MAX);
		check(s->talk[side].longest_gap_ns >= 0 && s->bfd[side].longest_gap_ns >= 0);
	}
	check(s->session != WATCH_SESSION_UP || s->frames > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct plan p;
	struct rd r = rd_over(data, size);
	struct frame *f = calloc(1, sizeof *f);
	uint64_t now = 0;

	watch_plan(&p);
	struct watch *w = watch_new(&p), *wiper = watch_new(&p);
	check(f && w && wiper);
	while (rd_left(&r) > 0) {
		size_t len = rd_u16(&r);
		uint8_t more = rd_u8(&r);

		len = len < rd_left(&r) ? len : rd_left(&r);
		memset(f, 0, sizeof *f);
		f->cap_len = (uint16_t)(len < FRAME_BYTES_MAX ? len : FRAME_BYTES_MAX);
		f->wire_len = (uint32_t)len + (more & 0x40 ? more : 0);
		rd_bytes(&r, f->bytes, f->cap_len);
		rd_skip(&r, len - f->cap_len);
		f->iface = more & 1;
		now += more & 0x80 ? UINT64_MAX / 3 : more * (uint64_t)NS_PER_SEC / 8;
		f->at.ns = (int64_t)now;
		watch_wipe(wiper, f);
		watch_frame(w, f, false);
	}
	for (uint8_t fam = 0; fam < FAMILIES; fam++)
		check_seen(&p.circuits[0].links[0], fam, watch_seen(w, 0, LINK_PRIMARY, fam));
	watch_free(w);
	watch_free(wiper);
	free(p.circuits);
	free(f);
	return 0;
}
