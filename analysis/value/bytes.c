/* SPDX-License-Identifier: BSD-2-Clause */
/* The bounded cursors over wire bytes, and the Internet checksum. */
#include "erprobe/bytes.h"

#include <string.h>

/* --- reader ---------------------------------------------------------------- */

void rd_skip(struct rd *r, size_t n)
{
	(void)rd_take(r, n);
}

struct rd rd_sub(struct rd *r, size_t n)
{
	const uint8_t *b = rd_take(r, n);

	if (r->failed)
		return (struct rd){.failed = true};
	return rd_over(b, n);
}

struct rd rd_peek(const struct rd *r, size_t n)
{
	size_t left = rd_left(r);

	if (r->failed)
		return (struct rd){.failed = true};
	return rd_over(r->at, n < left ? n : left);
}

/* --- writer ---------------------------------------------------------------- */

static void wr_big(struct wr *w, uint64_t v, size_t n)
{
	uint8_t *b = wr_take(w, n);

	for (size_t i = n; b != NULL && i > 0; i--, v >>= 8)
		b[i - 1] = (uint8_t)v;
}

static void wr_little(struct wr *w, uint64_t v, size_t n)
{
	uint8_t *b = wr_take(w, n);

	for (size_t i = 0; b != NULL && i < n; i++, v >>= 8)
		b[i] = (uint8_t)v;
}

void wr_u64(struct wr *w, uint64_t v) { wr_big(w, v, 8); }
void wr_u16_le(struct wr *w, uint16_t v) { wr_little(w, v, 2); }
void wr_u32_le(struct wr *w, uint32_t v) { wr_little(w, v, 4); }

void wr_zero(struct wr *w, size_t n)
{
	uint8_t *b = wr_take(w, n);

	if (b != NULL && n > 0)
		memset(b, 0, n);
}

/* --- checksum -------------------------------------------------------------- */

/* RFC 1071: the sum of 16-bit words with end-around carry. An odd last byte is
 * the high half of a word, so only the last piece of a sum may be odd. */
uint32_t inet_sum(uint32_t partial, const void *data, size_t len)
{
	const uint8_t *b = data;
	uint64_t sum = partial;

	/* Two words at once: the high one counts 2^16, which is 1 where carries come round. */
	for (; len > 3; b += 4, len -= 4)
		sum += bytes_big32(b);
	if (len > 1) {
		sum += bytes_big16(b);
		b += 2, len -= 2;
	}
	if (len == 1)
		sum += (uint32_t)b[0] << 8;
	while (sum >> 32 != 0)
		sum = (sum & 0xffffffffu) + (sum >> 32);
	return (uint32_t)sum;
}

uint16_t inet_sum_fold(uint32_t partial)
{
	while (partial >> 16 != 0)
		partial = (partial & 0xffff) + (partial >> 16);
	return (uint16_t)~partial;
}

void inet_sum_fix(uint8_t *field, uint16_t before, uint16_t after)
{
	uint32_t sum = (uint32_t)(uint16_t)~(field[0] << 8 | field[1]) + (uint16_t)~before + after;

	if (before == after)
		return;
	uint16_t fixed = inet_sum_fold(sum);
	field[0] = (uint8_t)(fixed >> 8);
	field[1] = (uint8_t)fixed;
}
