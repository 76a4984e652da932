/* SPDX-License-Identifier: BSD-2-Clause */
/* Bundles from anybody: an archive is unpacked and checked, and what holds is read on to
 * its packets. The first byte chooses: an archive as it is, or files cut out of the input
 * with manifests that fit, so that the fuzzer gets past the digests. */
#include "probe/evidence/archive.h"
#include "probe/evidence/custody.h"
#include "probe/evidence/recording.h"
#include "probe/evidence/sign_form.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(struct bag *b, const char *path, const void *data, size_t len)
{
	char err[300], *copy = malloc(len + 1);

	if (!copy)
		abort();
	if (len > 0)
		memcpy(copy, data, len);
	copy[len] = '\0';
	bag_add(b, path, copy, len, err, sizeof err);
}

/* The input in as many pieces as a bundle has documents, parted at zero bytes. */
static void cut(struct bag *b, const uint8_t *data, size_t size)
{
	static const char *const paths[] = {"data/plan.json", "data/run.json", "data/azure/snapshot.json",
	                                    "data/custody.jsonl", "data/probes.pcapng"};
	size_t count = sizeof paths / sizeof paths[0];

	for (size_t i = 0; i < count; i++) {
		const uint8_t *end = i + 1 < count && size > 0 ? memchr(data, 0, size) : NULL;
		size_t len = end ? (size_t)(end - data) : size;

		put(b, paths[i], data, len);
		data += end ? len + 1 : len;
		size -= end ? len + 1 : len;
	}
	put(b, BAG_TAG_MANIFEST, "", 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bag b;
	struct recording rec;
	struct custody_state state;
	char err[600] = "";
	bool ok = true;

	if (size == 0 || !bag_begin(&b))
		return 0;
	if (data[0] & 1)
		cut(&b, data + 1, size - 1);
	else
		ok = archive_read_bytes(data + 1, size - 1, &b, err, sizeof err);
	sign_form_exact((const char *)data, size);
	if (ok && bag_check(&b, err, sizeof err))
		bag_is_exact(&b, err, sizeof err);
	custody_check(&b, &state, err, sizeof err);
	if (recording_read(&b, &rec, err, sizeof err))
		recording_free(&rec);
	return 0;
}
