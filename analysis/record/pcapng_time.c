/* SPDX-License-Identifier: BSD-2-Clause */
#include "analysis/record/pcapng_time.h"

/* Whole seconds and the nanoseconds behind them. */
struct split { uint64_t s; uint64_t ns; };

static struct split split_decimal(unsigned n, uint64_t stamp)
{
	uint64_t units = 1; /* a second */
	struct split out = {0, 0};

	if (n > 19) { /* 10^20 is beyond 64 bits; no stamp reaches a second */
		for (; n > 9 && stamp > 0; n--)
			stamp /= 10;
		out.ns = stamp;
		return out;
	}
	for (unsigned i = 0; i < n; i++)
		units *= 10;
	out.s = stamp / units;
	out.ns = stamp % units;
	for (; n < 9; n++)
		out.ns *= 10;
	for (; n > 9; n--)
		out.ns /= 10;
	return out;
}

/* The fraction is brought to 32 bits first (a quarter of a nanosecond), so that the
 * product with 10^9 fits 64. */
static struct split split_binary(unsigned n, uint64_t stamp)
{
	struct split out;
	uint64_t fraction;

	out.s = n < 64 ? stamp >> n : 0;
	fraction = n < 64 ? stamp & ((UINT64_C(1) << n) - 1) : stamp;
	if (n > 32) {
		fraction = n - 32 < 64 ? fraction >> (n - 32) : 0;
		n = 32;
	}
	out.ns = fraction * (uint64_t)NS_PER_SEC >> n;
	return out;
}

bool pcapng_stamp(const struct pcapng_clock *c, uint64_t stamp, struct wall_ns *out)
{
	const int64_t limit = INT64_MAX / NS_PER_SEC - 1;
	unsigned n = c->resolution & 0x7fu;
	struct split t = c->resolution & 0x80u ? split_binary(n, stamp) : split_decimal(n, stamp);

	if (t.s > (uint64_t)limit || c->offset_s > limit || c->offset_s < -limit)
		return false;
	if ((int64_t)t.s + c->offset_s > limit || (int64_t)t.s + c->offset_s < 0)
		return false;
	out->ns = ((int64_t)t.s + c->offset_s) * NS_PER_SEC + (int64_t)t.ns;
	return true;
}
