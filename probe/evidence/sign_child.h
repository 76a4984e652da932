/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSH's programs as children: what they get and give are files in memory. */
#ifndef ERPROBE_SIGN_CHILD_H
#define ERPROBE_SIGN_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#define SIGN_CHILD_FD 3 /* where the child finds the signature */
#define SIGN_CHILD_PATH "/dev/fd/3"
#define SIGN_OUTPUT_MAX ((size_t)64 << 10)
#define SIGN_SAID_MAX 300

/* What the program gets and gives, each as a file in memory: no pipe can fill up. */
struct sign_child {
	int in, signature, out, error;
	char said[SIGN_SAID_MAX]; /* what it wrote to standard error, in one line */
};

/* `in` on standard input, signature (may be NULL with 0) at SIGN_CHILD_PATH. False with one line in err; else
 * sign_child_close() is due. */
bool sign_child_open(struct sign_child *c, const void *in, size_t in_len, const char *signature, size_t signature_len, char *err,
                     size_t err_size);
void sign_child_close(struct sign_child *c);
/* Runs the program to its end with these arguments (the first is its name). True when it ended with 0,
 * else one line in err. */
bool sign_child_run(struct sign_child *c, const char *program, const char *const *args, char *err, size_t err_size);
/* What a file in memory holds: the caller's buffer, cut to it and ended. Returns its length. */
size_t sign_child_contents(int fd, char *buf, size_t size);
/* Several lines become one; warnings in frames of '@' lose them. */
void sign_one_line(char *text);

#endif
