/* SPDX-License-Identifier: BSD-2-Clause */
/* A client assertion: signed by the key of the application's certificate. */
#include "probe/signin/jwt.h"

#include "analysis/value/base64.h"

#include "probe/host/crypto_calls.h"
#include "probe/secret/secret_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PEM_FILE_MAX 65536  /* a certificate with its chain and key is a few KiB */
#define PASSWORD_MAX 1024   /* as long as libcrypto asks for (PEM_BUFSIZE) */
#define RSA_BITS_MIN 2048   /* RFC 7518 section 3.5 */
#define SIGNATURE_MAX 2048  /* of 16,384 bits, the most that libcrypto makes */
#define EARLIER_S 300       /* nbf lies back so far: the sign-in service's clock may be behind ours */
#define VALID_S 600

struct jwt_key {
	EVP_PKEY *key;
	X509 *certificate;
	char certificate_path[1024];
	unsigned char thumbprint[EVP_MAX_MD_SIZE];
	unsigned thumbprint_len;
};

/* ------------------------------------------------------------------ reading */

static BIO *open_pem(const char *what, const char *path, char *buf, char *err, size_t err_size)
{
	size_t len;
	if (!secret_file_read(what, path, buf, PEM_FILE_MAX, &len, err, err_size))
		return NULL;
	BIO *b = crypto.BIO_new_mem_buf(buf, (int)len);
	if (!b)
		snprintf(err, err_size, "out of memory");
	return b;
}

static X509 *read_certificate(const char *path, char *buf, char *err, size_t err_size)
{
	BIO *b = open_pem("the certificate", path, buf, err, err_size);
	if (!b)
		return NULL;
	X509 *x = crypto.PEM_read_bio_X509(b, NULL, NULL, NULL);
	crypto.BIO_free(b);
	if (!x)
		snprintf(err, err_size, "the certificate %s holds no certificate in PEM (BEGIN CERTIFICATE)", path);
	return x;
}

struct password { const char *text; bool asked; };

/* Called by libcrypto for an encrypted key; without a password the key is refused here
 * and nobody is asked at a terminal. */
static int give_password(char *buf, int size, int writing, void *user)
{
	struct password *p = user;
	size_t len = p->text ? strlen(p->text) : 0;
	(void)writing;
	p->asked = true;
	if (len == 0 || len > (size_t)size)
		return -1;
	memcpy(buf, p->text, len);
	return (int)len;
}

static EVP_PKEY *read_key(const char *path, const char *password, char *buf, char *err, size_t err_size)
{
	struct password p = {.text = password};
	BIO *b = open_pem("the private key", path, buf, err, err_size);
	if (!b)
		return NULL;
	EVP_PKEY *key = crypto.PEM_read_bio_PrivateKey(b, NULL, give_password, &p);
	crypto.BIO_free(b);
	if (key)
		return key;
	if (p.asked && !password)
		snprintf(err, err_size, "the private key %s is encrypted: name the file that holds its password under "
		         "azure.auth.key_password_file", path);
	else if (p.asked)
		snprintf(err, err_size, "the password does not open the private key %s", path);
	else
		snprintf(err, err_size, "%s holds no private key in PEM (BEGIN PRIVATE KEY)", path);
	return NULL;
}

static EVP_PKEY *read_key_with(const char *path, const char *password_path, char *buf, char *err, size_t err_size)
{
	char password[PASSWORD_MAX] = "";
	if (password_path[0] &&
	    !secret_file_line("the key's password file", password_path, password, sizeof(password), err, err_size))
		return NULL;
	EVP_PKEY *key = read_key(path, password_path[0] ? password : NULL, buf, err, err_size);
	explicit_bzero(password, sizeof(password));
	return key;
}

/* Entra ID takes RSA keys alone for certificates. */
static bool key_fits(struct jwt_key *k, const char *key_path, char *err, size_t err_size)
{
	if (crypto.EVP_PKEY_get_base_id(k->key) != EVP_PKEY_RSA || crypto.EVP_PKEY_get_bits(k->key) < RSA_BITS_MIN)
		snprintf(err, err_size, "the private key %s is no RSA key of at least %d bits, as Microsoft's sign-in wants",
		         key_path, RSA_BITS_MIN);
	else if (crypto.X509_check_private_key(k->certificate, k->key) != 1)
		snprintf(err, err_size, "the private key %s does not belong to the certificate %s", key_path,
		         k->certificate_path);
	else if (crypto.X509_digest(k->certificate, crypto.EVP_sha256(), k->thumbprint, &k->thumbprint_len) != 1)
		snprintf(err, err_size, "libcrypto cannot hash the certificate %s", k->certificate_path);
	else
		return true;
	return false;
}

static struct jwt_key *read_pair(const char *certificate_path, const char *key_path, const char *password_path,
                                 char *buf, char *err, size_t err_size)
{
	struct jwt_key *k = calloc(1, sizeof(*k));
	if (!k) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	snprintf(k->certificate_path, sizeof(k->certificate_path), "%s", certificate_path);
	k->certificate = read_certificate(certificate_path, buf, err, err_size);
	if (k->certificate)
		k->key = read_key_with(key_path, password_path, buf, err, err_size);
	if (k->key && key_fits(k, key_path, err, err_size))
		return k;
	jwt_key_free(k);
	return NULL;
}

struct jwt_key *jwt_key_read(const char *certificate_path, const char *key_path, const char *password_path,
                             char *err, size_t err_size)
{
	char *buf = malloc(PEM_FILE_MAX);
	struct jwt_key *k = NULL;
	if (!buf) {
		snprintf(err, err_size, "out of memory");
		return NULL;
	}
	if (!crypto_load(err, err_size)) {
		free(buf);
		return NULL;
	}
	k = read_pair(certificate_path, key_path, password_path, buf, err, err_size);
	explicit_bzero(buf, PEM_FILE_MAX);
	free(buf);
	crypto.ERR_clear_error();
	return k;
}

void jwt_key_free(struct jwt_key *k)
{
	if (!k)
		return;
	crypto.EVP_PKEY_free(k->key);
	crypto.X509_free(k->certificate);
	free(k);
}

/* ------------------------------------------------------------------ writing */

/* Base64 of RFC 4648 section 5, without padding. Appends; false when out is full. */
static bool add_base64url(char out[JWT_TEXT_MAX], const void *data, size_t len)
{
	const unsigned char *in = data;
	size_t at = strlen(out);
	if (at + (len + 2) / 3 * 4 + 1 > JWT_TEXT_MAX)
		return false;
	for (size_t i = 0; i < len; i += 3)
		at += base64_group(in + i, len - i, true, out + at);
	out[at] = '\0';
	return true;
}

static bool add_char(char out[JWT_TEXT_MAX], char c)
{
	size_t at = strlen(out);
	if (at + 2 > JWT_TEXT_MAX)
		return false;
	out[at] = c;
	out[at + 1] = '\0';
	return true;
}

static bool add_header(const struct jwt_key *k, char out[JWT_TEXT_MAX])
{
	char thumbprint[JWT_TEXT_MAX] = "", header[256];
	if (!add_base64url(thumbprint, k->thumbprint, k->thumbprint_len))
		return false;
	int n = snprintf(header, sizeof(header), "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"%.80s\"}", thumbprint);
	return add_base64url(out, header, (size_t)n);
}

static bool add_claims(const char *client_id, const char *audience, int64_t now_s, char out[JWT_TEXT_MAX])
{
	unsigned char r[16];
	char claims[4096];
	if (crypto.RAND_bytes(r, sizeof(r)) != 1)
		return false;
	int n = snprintf(claims, sizeof(claims),
	                 "{\"aud\":\"%s\",\"iss\":\"%s\",\"sub\":\"%s\",\"jti\":\"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
	                 "%02x%02x%02x%02x%02x%02x\",\"nbf\":%" PRId64 ",\"exp\":%" PRId64 "}",
	                 audience, client_id, client_id, r[0], r[1], r[2], r[3], r[4], r[5], (r[6] & 0x0f) | 0x40, r[7],
	                 (r[8] & 0x3f) | 0x80, r[9], r[10], r[11], r[12], r[13], r[14], r[15], now_s - EARLIER_S,
	                 now_s + VALID_S);
	return n > 0 && (size_t)n < sizeof(claims) && add_base64url(out, claims, (size_t)n);
}

static bool sign(EVP_PKEY *key, const char *text, unsigned char *signature, size_t *len)
{
	EVP_PKEY_CTX *options = NULL;
	EVP_MD_CTX *ctx = crypto.EVP_MD_CTX_new();
	bool ok = ctx && crypto.EVP_DigestSignInit(ctx, &options, crypto.EVP_sha256(), NULL, key) == 1 &&
	          crypto.EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
	          crypto.EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1 &&
	          crypto.EVP_DigestSign(ctx, signature, len, (const unsigned char *)text, strlen(text)) == 1;
	crypto.EVP_MD_CTX_free(ctx);
	return ok;
}

static bool is_valid_now(const struct jwt_key *k, struct wall_ns now, char *err, size_t err_size)
{
	time_t at = (time_t)(now.ns / NS_PER_SEC);
	int begins = crypto.X509_cmp_time(crypto.X509_get0_notBefore(k->certificate), &at);
	int ends = crypto.X509_cmp_time(crypto.X509_get0_notAfter(k->certificate), &at);
	if (begins <= 0 && ends > 0)
		return true;
	snprintf(err, err_size, "the certificate %s %s by this host's clock: %s", k->certificate_path,
	         begins > 0 ? "is not valid yet" : "has expired", "renew it, or set the clock");
	return false;
}

bool jwt_assertion(const struct jwt_key *k, const char *client_id, const char *audience, struct wall_ns now,
                   char out[JWT_TEXT_MAX], char *err, size_t err_size)
{
	unsigned char signature[SIGNATURE_MAX];
	size_t len = sizeof(signature);
	out[0] = '\0';
	if (!is_valid_now(k, now, err, err_size))
		return false;
	if (add_header(k, out) && add_char(out, '.') && add_claims(client_id, audience, now.ns / NS_PER_SEC, out) &&
	    sign(k->key, out, signature, &len) && add_char(out, '.') && add_base64url(out, signature, len))
		return true;
	crypto.ERR_clear_error();
	snprintf(err, err_size, "libcrypto cannot sign with the key of the certificate %s", k->certificate_path);
	return false;
}
