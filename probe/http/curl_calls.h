/* SPDX-License-Identifier: BSD-2-Clause */
/* libcurl's functions, once they are loaded. Inside probe/http/ only. */
#ifndef ERPROBE_CURL_CALLS_H
#define ERPROBE_CURL_CALLS_H

#include <stdbool.h>
#include <stddef.h>
/* Its macros of type checks name the functions themselves. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define CURL_CALLS(X) \
	X(easy_cleanup) X(easy_getinfo) X(easy_init) X(easy_perform) X(easy_setopt) X(easy_strerror) X(global_cleanup) \
	X(global_init) X(multi_add_handle) X(multi_cleanup) X(multi_info_read) X(multi_init) \
	X(multi_perform) X(multi_poll) X(multi_remove_handle) X(multi_setopt) X(slist_append) \
	X(slist_free_all)

struct curl_calls {
#define X(name) __typeof__(curl_##name) *name;
	CURL_CALLS(X)
#undef X
};
extern struct curl_calls curl;

/* Loads the library and fills `curl`. False with one line in err. */
bool curl_load(char *err, size_t err_size);
/* TLS 1.2 or later, verified by the system's authorities or those of CURL_CA_BUNDLE, else
 * SSL_CERT_FILE, and SSL_CERT_DIR. */
void curl_trust(CURL *e);
/* May a moment later be different? A refused certificate will not. */
bool curl_may_retry(CURLcode code);
/* libcurl's words (`own` where it wrote any), the system's reason where it has one, and
 * what to look at. */
void curl_say_failure(CURL *e, CURLcode code, const char *own, char *out, size_t size);

#endif
