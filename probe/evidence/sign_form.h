/* SPDX-License-Identifier: BSD-2-Clause */
/* The armor of an OpenSSH signature, as ssh-keygen writes it. */
#ifndef ERPROBE_SIGN_FORM_H
#define ERPROBE_SIGN_FORM_H

#include <stdbool.h>
#include <stddef.h>

/* Is every byte of the text as ssh-keygen forms it (PROTOCOL.sshsig): the two marker
 * lines, base64 in lines of 70, canonical at its end? Readers pass over blanks and
 * spare bits; a change there would otherwise go unseen. */
bool sign_form_exact(const char *text, size_t len);

#endif
