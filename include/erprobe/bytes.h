/* SPDX-License-Identifier: BSD-2-Clause */
/* The only way to read and write wire formats: a cursor that knows its end.
 *
 * A reader that runs over its end fails, stays failed and yields zeros, so a
 * decoder reads a whole structure and asks rd_ok() once. All multi-byte fields
 * are big endian (network order) unless the name ends in _le. Every byte of every frame
 * that is read passes here: the small ones are inline. */
#ifndef ERPROBE_BYTES_H
#define ERPROBE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rd {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

static inline struct rd rd_over(const void *data, size_t len)
{
	const uint8_t *at = (const uint8_t *)data;

	/* No arithmetic on a null pointer, not even with 0. */
	return (struct rd){.at = at, .end = len > 0 ? at + len : at};
}
static inline bool rd_ok(const struct rd *r) { return !r->failed; }
static inline size_t rd_left(const struct rd *r) { return r->failed ? 0 : (size_t)(r->end - r->at); }
/* Steps over n bytes and returns where they begin, or NULL and fails. For this header, and for a structure of fixed length
 * that is looked at as a whole, by the number of its bytes. */
static inline const uint8_t *rd_take(struct rd *r, size_t n)
{
	const uint8_t *at = r->at;

	if (rd_left(r) < n) { /* nothing is left of a failed reader */
		r->failed = true;
		return NULL;
	}
	if (n > 0)
		r->at += n;
	return at;
}
/* Numbers out of bytes that are surely there; written out, so that a compiler makes one load of each. */
static inline uint16_t bytes_big16(const uint8_t *b) { return (uint16_t)(b[0] << 8 | b[1]); }
static inline uint32_t bytes_big32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}
static inline uint16_t bytes_little16(const uint8_t *b) { return (uint16_t)(b[1] << 8 | b[0]); }
static inline uint32_t bytes_little32(const uint8_t *b)
{
	return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}
static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *b = rd_take(r, 1);

	return b != NULL ? *b : 0;
}
static inline uint16_t rd_u16(struct rd *r)
{
	const uint8_t *b = rd_take(r, 2);

	return b != NULL ? bytes_big16(b) : 0;
}
static inline uint32_t rd_u32(struct rd *r)
{
	const uint8_t *b = rd_take(r, 4);

	return b != NULL ? bytes_big32(b) : 0;
}
static inline uint64_t rd_u64(struct rd *r)
{
	const uint8_t *b = rd_take(r, 8);

	return b != NULL ? (uint64_t)bytes_big32(b) << 32 | bytes_big32(b + 4) : 0;
}
static inline uint16_t rd_u16_le(struct rd *r)
{
	const uint8_t *b = rd_take(r, 2);

	return b != NULL ? bytes_little16(b) : 0;
}
static inline uint32_t rd_u32_le(struct rd *r)
{
	const uint8_t *b = rd_take(r, 4);

	return b != NULL ? bytes_little32(b) : 0;
}
static inline uint64_t rd_u64_le(struct rd *r)
{
	const uint8_t *b = rd_take(r, 8);

	return b != NULL ? (uint64_t)bytes_little32(b + 4) << 32 | bytes_little32(b) : 0;
}
/* Copies n bytes out; on failure out is zeroed. */
static inline void rd_bytes(struct rd *r, void *out, size_t n)
{
	const uint8_t *b = rd_take(r, n);

	if (n == 0)
		return;
	if (b != NULL)
		memcpy(out, b, n);
	else
		memset(out, 0, n);
}
void rd_skip(struct rd *r, size_t n);
/* A reader over the next n bytes, which this one steps over. Failed if fewer are left. */
struct rd rd_sub(struct rd *r, size_t n);
/* A reader over at most n of the bytes left, without stepping. Never fails by itself. */
struct rd rd_peek(const struct rd *r, size_t n);

/* Writer into a fixed buffer owned by the caller; the same stay-failed rule. */
struct wr {
	uint8_t *start;
	uint8_t *at;
	uint8_t *end;
	bool failed;
};

static inline struct wr wr_over(void *buf, size_t size)
{
	uint8_t *at = (uint8_t *)buf;

	return (struct wr){.start = at, .at = at, .end = size > 0 ? at + size : at, .failed = false};
}
static inline bool wr_ok(const struct wr *w) { return !w->failed; }
/* Bytes written so far. */
static inline size_t wr_len(const struct wr *w) { return (size_t)(w->at - w->start); }
/* Room for n bytes, stepped over, or NULL and failed. Of this header alone. */
static inline uint8_t *wr_take(struct wr *w, size_t n)
{
	if (w->failed || (size_t)(w->end - w->at) < n) {
		w->failed = true;
		return NULL;
	}
	uint8_t *at = w->at;
	if (n > 0)
		w->at += n;
	return at;
}
static inline void wr_u8(struct wr *w, uint8_t v)
{
	uint8_t *b = wr_take(w, 1);

	if (b != NULL)
		*b = v;
}
static inline void wr_u16(struct wr *w, uint16_t v)
{
	uint8_t *b = wr_take(w, 2);

	if (b != NULL)
		b[0] = (uint8_t)(v >> 8), b[1] = (uint8_t)v;
}
static inline void wr_u32(struct wr *w, uint32_t v)
{
	uint8_t *b = wr_take(w, 4);

	if (b != NULL)
		b[0] = (uint8_t)(v >> 24), b[1] = (uint8_t)(v >> 16), b[2] = (uint8_t)(v >> 8), b[3] = (uint8_t)v;
}
void wr_u64(struct wr *w, uint64_t v);
void wr_u16_le(struct wr *w, uint16_t v);
void wr_u32_le(struct wr *w, uint32_t v);
static inline void wr_bytes(struct wr *w, const void *data, size_t n)
{
	uint8_t *b = wr_take(w, n);

	if (b != NULL && n > 0)
		memcpy(b, data, n);
}
void wr_zero(struct wr *w, size_t n);

/* RFC 1071 Internet checksum over data, started from a partial sum (0 to begin). */
uint32_t inet_sum(uint32_t partial, const void *data, size_t len);
/* Folds a partial sum to the 16-bit one's complement checksum, host order. */
uint16_t inet_sum_fold(uint32_t partial);
/* RFC 1624, equation 3: HC' = ~(~HC + ~m + m'), the checksum at field (2 bytes) of data
 * whose sum (one's complement, not complemented) was before and is after. */
void inet_sum_fix(uint8_t *field, uint16_t before, uint16_t after);

#endif
