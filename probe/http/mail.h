/* SPDX-License-Identifier: BSD-2-Clause */
/* One mail over SMTP (RFC 5321), by libcurl. Blocks. */
#ifndef ERPROBE_MAIL_H
#define ERPROBE_MAIL_H

#include <stdbool.h>
#include <stddef.h>

struct mail {
	const char *server;     /* "smtp://HOST:PORT": STARTTLS; "smtps://HOST:PORT": TLS from the start */
	bool plain;             /* no TLS; never with a user */
	const char *user, *password; /* "" = not signed in */
	const char *from;       /* addresses without brackets */
	const char *const *to;
	size_t to_count;
	const char *text;       /* whole message with CRLF, without the last dot */
	size_t len;
	double timeout_s;
};

enum mail_end {
	MAIL_TAKEN,
	MAIL_LATER,  /* no answer, or a refusal that may pass: 4yz, and of 5yz what a person may put right (sign-in, TLS, policy) */
	MAIL_REFUSED /* this mail is refused, or its recipient, for good: 55y */
};

/* Anything but MAIL_TAKEN comes with one line in err, without the password. */
enum mail_end mail_send(const struct mail *m, char *err, size_t err_size);

#endif
