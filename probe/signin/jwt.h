/* SPDX-License-Identifier: BSD-2-Clause */
/* A client assertion: the signed text by which an application proves that it holds its
 * certificate's key (RFC 7523, RFC 7515).
 *
 *   base64url({"alg":"PS256","typ":"JWT","x5t#S256":SHA-256 of the certificate})
 *   "." base64url({"aud":TOKEN-URL,"iss":APP,"sub":APP,"jti":random,"nbf":…,"exp":…})
 *   "." base64url(signature: RSASSA-PSS with SHA-256, RFC 7518 section 3.5)
 */
#ifndef ERPROBE_AZURE_JWT_H
#define ERPROBE_AZURE_JWT_H

#include "erprobe/clock.h"

#include <stdbool.h>
#include <stddef.h>

#define JWT_TEXT_MAX 8192 /* an RSA signature of 16,384 bits takes 2.7 KiB of it */

struct jwt_key;

/* Reads certificate and RSA key (PEM, one file may hold both). password_path: file with the
 * password of an encrypted key, "" = none. NULL with one line in err; free with jwt_key_free(). */
struct jwt_key *jwt_key_read(const char *certificate_path, const char *key_path, const char *password_path,
                             char *err, size_t err_size);
/* Writes an assertion valid for ten minutes. client_id and audience must need no escape in
 * JSON. False with one line in err, also when the certificate is not valid at this time. */
bool jwt_assertion(const struct jwt_key *k, const char *client_id, const char *audience, struct wall_ns now,
                   char out[JWT_TEXT_MAX], char *err, size_t err_size);
void jwt_key_free(struct jwt_key *k);

#endif
