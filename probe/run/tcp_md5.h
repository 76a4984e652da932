/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP MD5 signatures (RFC 2385) of the probes of port 179. All that such a probe may say
 * is fixed before the first one leaves, and so is its digest: they are made at once, and
 * the key is wiped before a byte of anybody else is read. */
#ifndef ERPROBE_TCP_MD5_H
#define ERPROBE_TCP_MD5_H

#include "erprobe/plan.h"
#include "erprobe/probe.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCP_MD5_KEY_MAX 80u /* bytes: what Linux takes, and what RFC 2385 4.5 asks for at least */

struct tcp_md5;

/* The digests of all signed flows of the plan (FLOW_BGP_SIGNED), whose links name the files
 * with their keys. The ports must be assigned. *out is NULL where there is no such flow.
 * False with one line in err, which never has a word of a key. */
bool tcp_md5_make(const struct plan *p, struct tcp_md5 **out, char *err, size_t err_size);
void tcp_md5_free(struct tcp_md5 *t);
/* Signs a SYN of a signed flow, or the RST that ends its connection, whose seq is one more
 * than the SYN's. Leaves any other probe alone. False for one that was not foreseen: it
 * must not leave. t may be NULL. */
bool tcp_md5_sign(const struct tcp_md5 *t, const struct plan *p, const struct plan_flow *f, struct probe_spec *s);
/* The digest of one segment of ours. False when libcrypto refuses (MD5 forbidden by policy). */
bool tcp_md5_digest(const struct probe_spec *s, const char *key, size_t key_len, uint8_t out[TCP_DIGEST_BYTES]);

#endif
