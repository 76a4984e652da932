/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/evidence/sign.h"

#include "probe/evidence/sign_child.h"
#include "probe/evidence/sign_form.h"

#include <stdlib.h>
#include <string.h>

#define PROGRAM "/usr/bin/ssh-keygen"

bool sign_data(const char *key, const void *data, size_t len, struct strbuf *out, char *err, size_t err_size)
{
	const char *const args[] = {"ssh-keygen", "-Y", "sign", "-n", SIGN_NAMESPACE, "-f", key, NULL};
	struct sign_child c;
	char why[SIGN_SAID_MAX], *text;
	size_t text_len;
	bool ok;

	if (!sign_child_open(&c, data, len, NULL, 0, why, sizeof why)) {
		text_format(err, err_size, "cannot sign with %s: %s", key, why);
		return false;
	}
	ok = sign_child_run(&c, PROGRAM, args, why, sizeof why);
	text = ok ? malloc(SIGN_OUTPUT_MAX) : NULL;
	text_len = text ? sign_child_contents(c.out, text, SIGN_OUTPUT_MAX) : 0;
	if (ok && !sign_form_exact(text ? text : "", text_len)) {
		text_format(why, sizeof why, "ssh-keygen gave no signature");
		ok = false;
	}
	if (ok)
		strbuf_add_bytes(out, text, text_len);
	else
		text_format(err, err_size, "cannot sign with %s: %s", key, why);
	free(text);
	sign_child_close(&c);
	return ok;
}

/* The first name that the signers' file has for this key. False with one line in err. */
static bool find_signer(const char *signers, const void *data, size_t len, const char *signature, size_t signature_len,
                        char *name, size_t size, char *err, size_t err_size)
{
	const char *const args[] = {"ssh-keygen", "-Y", "find-principals", "-f", signers, "-s", SIGN_CHILD_PATH, NULL};
	struct sign_child c;
	char why[SIGN_SAID_MAX];
	bool ok;

	if (!sign_child_open(&c, data, len, signature, signature_len, err, err_size))
		return false;
	ok = sign_child_run(&c, PROGRAM, args, why, sizeof why);
	sign_child_contents(c.out, name, size);
	name[strcspn(name, "\n,")] = '\0';
	sign_child_close(&c);
	if (ok && name[0] != '\0')
		return true;
	text_format(err, err_size, "the key that signed is not in %s: %s", signers, ok ? "no name for it" : why);
	return false;
}

/* ssh-keygen -Y verify or check-novalidate; what it says on success goes to who. */
static bool check_with(const char *const *args, const void *data, size_t len, const char *signature,
                       size_t signature_len, char *who, size_t who_size, char *err, size_t err_size)
{
	struct sign_child c;
	char raw[SIGN_SAID_MAX], why[SIGN_SAID_MAX];
	bool ok;

	if (!sign_child_open(&c, data, len, signature, signature_len, err, err_size))
		return false;
	ok = sign_child_run(&c, PROGRAM, args, why, sizeof why);
	sign_child_contents(c.out, raw, sizeof raw);
	sign_child_close(&c);
	sign_one_line(raw);
	text_safe(who, who_size, raw);
	if (!ok)
		text_format(err, err_size, "%s", why);
	return ok;
}

bool sign_check(const void *data, size_t len, const char *signature, size_t signature_len, const char *signers,
                char *who, size_t who_size, char *err, size_t err_size)
{
	char name[SIGN_SAID_MAX] = "";
	const char *const novalidate[] = {"ssh-keygen", "-Y", "check-novalidate", "-n", SIGN_NAMESPACE, "-s", SIGN_CHILD_PATH,
	                                  NULL};
	const char *const verify[] = {"ssh-keygen", "-Y", "verify", "-n", SIGN_NAMESPACE, "-f", signers, "-I", name, "-s",
	                              SIGN_CHILD_PATH, NULL};

	if (!sign_form_exact(signature, signature_len)) {
		text_format(err, err_size, "it is not in the form of an OpenSSH signature");
		return false;
	}
	if (signers && !find_signer(signers, data, len, signature, signature_len, name, sizeof name, err, err_size))
		return false;
	return check_with(signers ? verify : novalidate, data, len, signature, signature_len, who, who_size, err, err_size);
}
