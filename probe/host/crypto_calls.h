/* SPDX-License-Identifier: BSD-2-Clause */
/* libcrypto, loaded when something is hashed or signed (library.h). Its users are
 * probe/host/sha256.c, probe/run/tcp_md5.c and probe/signin/jwt.c. */
#ifndef ERPROBE_CRYPTO_CALLS_H
#define ERPROBE_CRYPTO_CALLS_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#define CRYPTO_CALLS(X) \
	X(BIO_free) X(BIO_new_mem_buf) X(ERR_clear_error) X(EVP_Digest) X(EVP_DigestSign) X(EVP_DigestSignInit) \
	X(EVP_MD_CTX_free) X(EVP_MD_CTX_new) X(EVP_PKEY_CTX_set_rsa_padding) X(EVP_PKEY_CTX_set_rsa_pss_saltlen) \
	X(EVP_PKEY_free) X(EVP_PKEY_get_base_id) X(EVP_PKEY_get_bits) X(EVP_md5) X(EVP_sha256) X(PEM_read_bio_PrivateKey) \
	X(PEM_read_bio_X509) X(RAND_bytes) X(X509_check_private_key) X(X509_cmp_time) X(X509_digest) X(X509_free) \
	X(X509_get0_notAfter) X(X509_get0_notBefore)

struct crypto_calls {
#define X(name) __typeof__(name) *name;
	CRYPTO_CALLS(X)
#undef X
};

/* To be called after crypto_load() said true. */
extern struct crypto_calls crypto;

/* False with one line in err. */
bool crypto_load(char *err, size_t err_size);

#endif
