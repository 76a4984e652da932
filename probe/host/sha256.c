/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/host/sha256.h"

#include "probe/host/crypto_calls.h"

bool sha256_hex(const void *data, size_t len, char hex[SHA256_HEX_MAX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;
	char err[160];

	if (!crypto_load(err, sizeof err) ||
	    crypto.EVP_Digest(data, len, digest, &digest_len, crypto.EVP_sha256(), NULL) != 1 || 2 * digest_len != SHA256_HEX_MAX - 1)
		return false;
	for (unsigned i = 0; i < digest_len; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[SHA256_HEX_MAX - 1] = '\0';
	return true;
}
