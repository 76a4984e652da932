/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/tcp_md5.h"

#include "analysis/match/identity.h"
#include "analysis/path/path.h"
#include "erprobe/bytes.h"
#include "probe/host/crypto_calls.h"
#include "probe/secret/secret_file.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TCP_HEADER = 20, MSS_BYTES = 4, PSEUDO_MAX = 40, FLAG_SYN = 0x02, FLAG_RST = 0x04 };

/* Of one probe: its SYN's, and its RST's. */
struct digests { uint8_t syn[TCP_DIGEST_BYTES], rst[TCP_DIGEST_BYTES]; };
struct signed_flow { uint16_t flow; struct digests of[BGP_SIGNED_MAX]; };
struct tcp_md5 { size_t count; struct signed_flow flows[]; };

/* RFC 2385 2.0: pseudo-header (RFC 793, RFC 8200 8.1), header without options and with a
 * checksum of zero, data (a probe has none), key. */
bool tcp_md5_digest(const struct probe_spec *s, const char *key, size_t key_len, uint8_t out[TCP_DIGEST_BYTES])
{
	uint8_t buf[PSEUDO_MAX + TCP_HEADER + TCP_MD5_KEY_MAX];
	struct wr w = wr_over(buf, sizeof buf);
	bool syn = s->kind == PROBE_TCP_SYN, v6 = s->src.family == IP_V6;
	uint16_t header = (uint16_t)(TCP_HEADER + TCP_SIGNATURE_BYTES + (syn ? MSS_BYTES : 0));
	unsigned int len = 0;

	wr_bytes(&w, s->src.bytes, ip_addr_len(s->src.family));
	wr_bytes(&w, s->dst.bytes, ip_addr_len(s->dst.family));
	if (v6)
		wr_u32(&w, header);
	wr_u16(&w, v6 ? 0 : IPPROTO_TCP);
	wr_u16(&w, v6 ? IPPROTO_TCP : header);
	wr_u16(&w, s->src_port);
	wr_u16(&w, s->dst_port);
	wr_u32(&w, s->seq);
	wr_u32(&w, s->ack);
	wr_u8(&w, (uint8_t)(header / 4 << 4));
	wr_u8(&w, syn ? FLAG_SYN : FLAG_RST);
	wr_u16(&w, syn ? TCP_SYN_WINDOW : 0);
	wr_u32(&w, 0); /* checksum, urgent pointer */
	wr_bytes(&w, key, key_len);
	bool ok = wr_ok(&w) && crypto.EVP_Digest(buf, wr_len(&w), out, &len, crypto.EVP_md5(), NULL) == 1 && len == TCP_DIGEST_BYTES;
	explicit_bzero(buf, sizeof buf);
	return ok;
}

static bool make_flow(const struct plan *p, const struct plan_flow *f, const char *key, struct signed_flow *out)
{
	out->flow = f->id;
	for (uint16_t index = 0; index < BGP_SIGNED_MAX; index++) {
		struct probe_spec s;
		identity_probe(p, f, 1, index, PATH_TTL_GTSM, 0, &s);
		if (!tcp_md5_digest(&s, key, strlen(key), out->of[index].syn))
			return false;
		s.kind = PROBE_TCP_RST;
		s.seq++;
		if (!tcp_md5_digest(&s, key, strlen(key), out->of[index].rst))
			return false;
	}
	return true;
}

static bool read_and_make(const struct plan *p, const struct plan_flow *f, struct signed_flow *out, char *err, size_t err_size)
{
	const char *path = p->circuits[f->circuit].links[f->link].tcp_md5_key_file;
	char key[TCP_MD5_KEY_MAX + 2];

	if (!secret_file_private_line("the TCP MD5 key's file", path, key, sizeof key, err, err_size))
		return false;
	bool fits = strlen(key) <= TCP_MD5_KEY_MAX, ok = fits && make_flow(p, f, key, out);
	explicit_bzero(key, sizeof key);
	if (!fits)
		snprintf(err, err_size, "the TCP MD5 key in %s has more than %u bytes: no TCP takes that", path, TCP_MD5_KEY_MAX);
	else if (!ok)
		snprintf(err, err_size, "libcrypto makes no MD5 digest (a FIPS policy?): leave out tcp_md5_key_file");
	return ok;
}

bool tcp_md5_make(const struct plan *p, struct tcp_md5 **out, char *err, size_t err_size)
{
	size_t count = 0;

	*out = NULL;
	for (size_t i = 0; i < p->flow_count; i++)
		count += p->flows[i].role == FLOW_BGP_SIGNED;
	if (count == 0)
		return true;
	if (!crypto_load(err, err_size))
		return false;
	struct tcp_md5 *t = calloc(1, sizeof *t + count * sizeof t->flows[0]);
	if (!t) {
		snprintf(err, err_size, "out of memory");
		return false;
	}
	for (size_t i = 0; i < p->flow_count; i++) {
		const struct plan_flow *f = &p->flows[i];
		if (f->role != FLOW_BGP_SIGNED)
			continue;
		if (f->link >= LINKS || !read_and_make(p, f, &t->flows[t->count++], err, err_size)) {
			tcp_md5_free(t);
			return false;
		}
	}
	*out = t;
	return true;
}

void tcp_md5_free(struct tcp_md5 *t)
{
	if (t)
		explicit_bzero(t->flows, t->count * sizeof t->flows[0]);
	free(t);
}

static const struct signed_flow *find(const struct tcp_md5 *t, uint16_t flow)
{
	for (size_t i = 0; t && i < t->count; i++)
		if (t->flows[i].flow == flow)
			return &t->flows[i];
	return NULL;
}

bool tcp_md5_sign(const struct tcp_md5 *t, const struct plan *p, const struct plan_flow *f, struct probe_spec *s)
{
	bool reset = s->kind == PROBE_TCP_RST;
	uint16_t index;
	uint8_t ttl;

	if (f->role != FLOW_BGP_SIGNED)
		return true;
	const struct signed_flow *found = find(t, f->id);
	if (!found || !identity_seq_open(p, f, s->seq - reset, &index, &ttl) || ttl != PATH_TTL_GTSM || index >= BGP_SIGNED_MAX)
		return false;
	s->is_signed = 1;
	memcpy(s->digest, reset ? found->of[index].rst : found->of[index].syn, TCP_DIGEST_BYTES);
	return true;
}
