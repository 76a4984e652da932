/* SPDX-License-Identifier: BSD-2-Clause */
/* The only way to read and write wire formats: a cursor that knows its end.
 *
 * A reader that runs over its end fails, stays failed and yields zeros, so a
 * decoder reads a whole structure and asks rd_ok() once. All multi-byte fields
 * are big endian (network order) unless the name ends in _le. */
#ifndef ERPROBE_BYTES_H
#define ERPROBE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rd {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

struct rd rd_over(const void *data, size_t len);
bool rd_ok(const struct rd *r);
size_t rd_left(const struct rd *r);
uint8_t rd_u8(struct rd *r);
uint16_t rd_u16(struct rd *r);
uint32_t rd_u32(struct rd *r);
uint64_t rd_u64(struct rd *r);
uint16_t rd_u16_le(struct rd *r);
uint32_t rd_u32_le(struct rd *r);
uint64_t rd_u64_le(struct rd *r);
/* Copies n bytes out; on failure out is zeroed. */
void rd_bytes(struct rd *r, void *out, size_t n);
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

struct wr wr_over(void *buf, size_t size);
bool wr_ok(const struct wr *w);
size_t wr_len(const struct wr *w); /* bytes written so far */
void wr_u8(struct wr *w, uint8_t v);
void wr_u16(struct wr *w, uint16_t v);
void wr_u32(struct wr *w, uint32_t v);
void wr_u64(struct wr *w, uint64_t v);
void wr_u16_le(struct wr *w, uint16_t v);
void wr_u32_le(struct wr *w, uint32_t v);
void wr_u64_le(struct wr *w, uint64_t v);
void wr_bytes(struct wr *w, const void *data, size_t n);
void wr_zero(struct wr *w, size_t n);

/* RFC 1071 Internet checksum over data, started from a partial sum (0 to begin). */
uint32_t inet_sum(uint32_t partial, const void *data, size_t len);
/* Folds a partial sum to the 16-bit one's complement checksum, host order. */
uint16_t inet_sum_fold(uint32_t partial);

#endif
