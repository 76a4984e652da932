/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/crypto_calls.h"

#include "probe/host/library.h"

struct crypto_calls crypto;

bool crypto_load(char *err, size_t err_size)
{
	static const struct library_call calls[] = {
#define X(name) {#name, &crypto.name},
		CRYPTO_CALLS(X)
#undef X
	};

	return library_load("libcrypto.so.3", "libssl3", calls, sizeof(calls) / sizeof(calls[0]), err, err_size);
}
