/* SPDX-License-Identifier: BSD-2-Clause */
/* What requests and mail have in common: loading libcurl, trust, words for failures. */
#include "probe/http/curl_calls.h"

#include "analysis/value/strbuf.h"
#include "probe/host/library.h"

#include <stdlib.h>
#include <string.h>

#define REASON_MAX 192

struct curl_calls curl;

bool curl_load(char *err, size_t err_size)
{
	static const struct library_call calls[] = {
#define X(name) {"curl_" #name, &curl.name},
		CURL_CALLS(X)
#undef X
	};

	return library_load("libcurl.so.4", "libcurl4", calls, sizeof(calls) / sizeof(calls[0]), err, err_size);
}

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);
	return value && value[0] ? value : NULL;
}

void curl_trust(CURL *e)
{
	const char *file = from_environment("CURL_CA_BUNDLE"), *folder = from_environment("SSL_CERT_DIR");
	if (!file)
		file = from_environment("SSL_CERT_FILE");
	curl.easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl.easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl.easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (file || folder) /* in place of the system's, which may not be there */
		curl.easy_setopt(e, CURLOPT_CAINFO, file);
	if (folder)
		curl.easy_setopt(e, CURLOPT_CAPATH, folder);
}

bool curl_may_retry(CURLcode code)
{
	static const CURLcode passing[] = {
		CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,
		CURLE_OPERATION_TIMEDOUT, CURLE_SSL_CONNECT_ERROR, CURLE_GOT_NOTHING, CURLE_SEND_ERROR,
		CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM,
	};
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (code == passing[i])
			return true;
	return false;
}

void curl_say_failure(CURL *e, CURLcode code, const char *own, char *out, size_t size)
{
	char reason[REASON_MAX];
	long system = 0;
	const char *todo = "";
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY)
		todo = ": is it up, and can this host reach it (or its proxy)?";
	else if (code == CURLE_PEER_FAILED_VERIFICATION)
		todo = ": if a proxy opens TLS here, its CA must be in the system's store or in SSL_CERT_FILE";
	else if (code == CURLE_SSL_CACERT_BADFILE)
		todo = ": install ca-certificates, or name the authorities to trust by SSL_CERT_FILE or SSL_CERT_DIR";
	text_safe(reason, sizeof(reason), own[0] ? own : curl.easy_strerror(code));
	if (code == CURLE_COULDNT_CONNECT)
		curl.easy_getinfo(e, CURLINFO_OS_ERRNO, &system);
	text_format(out, size, "%s%s%s%s", reason, system ? ": " : "", system ? strerror((int)system) : "", todo);
}
