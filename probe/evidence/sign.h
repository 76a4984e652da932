/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSH signatures (SSHSIG, namespace "erprobe") by the stock ssh-keygen: who
 * receives a bundle checks it with the tools of any Linux, and keys may live in an
 * agent or on a token. Needs Debian's openssh-client, and only here. */
#ifndef ERPROBE_SIGN_H
#define ERPROBE_SIGN_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

#define SIGN_NAMESPACE "erprobe"

/* To be called before a run: is this a key, may it be read, is its private half there, is ssh-keygen? key is
 * a private key file, or a public one whose private half lies beside it or is in the agent, which is asked for
 * its list. No passphrase is asked for and nothing signed. False with one line in err. */
bool sign_prepare(const char *key, char *err, size_t err_size);
/* The last part of that once more, with the rights of now: may the key be read, can the agent be asked? */
bool sign_can(const char *key, char *err, size_t err_size);
/* Appends the armored signature of data. ssh-keygen may ask for a passphrase on the
 * terminal. False with one line in err. */
bool sign_data(const char *key, const void *data, size_t len, struct strbuf *out, char *err, size_t err_size);

/* Checks an armored signature of data. signers is a file of allowed signers
 * (ssh-keygen(1)); without it (NULL) the signature is only held against the key that
 * it names itself. On success one line goes to who: whose it is, which key. False with
 * one line in err; a signature with a byte too much or in another form is bad too. */
bool sign_check(const void *data, size_t len, const char *signature, size_t signature_len, const char *signers,
                char *who, size_t who_size, char *err, size_t err_size);

#endif
