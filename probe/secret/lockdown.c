/* SPDX-License-Identifier: BSD-2-Clause */
/* What the process that holds the token gives up before it reads the token. */
#define _GNU_SOURCE /* close_range */
#include "probe/secret/lockdown.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static void plain_signals(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL}, ignore = {.sa_handler = SIG_IGN};
	sigset_t none;
	for (int s = 1; s < NSIG; s++)
		sigaction(s, &plain, NULL); /* fails for SIGKILL and SIGSTOP, which have no handler */
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGHUP, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL); /* a file that may not grow is an error of what writes it */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void close_others(int keep_fd)
{
	int nothing = open("/dev/null", O_RDWR);
	if (nothing >= 0) {
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDOUT_FILENO);
	}
	if (keep_fd > 3)
		close_range(3, (unsigned)keep_fd - 1, 0);
	close_range((unsigned)keep_fd + 1, ~0U, 0);
}

/* libcurl, its resolver and its TLS library obey many variables (SSLKEYLOGFILE would
 * write session keys to a file); only those that say how to reach Azure, and how to sign
 * in there, are wanted. A proxy's may hold a password, which is as well kept here as the token. */
static void plain_environment(void)
{
	static const char *const wanted[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
	                                     "ALL_PROXY", "no_proxy", "NO_PROXY",
	                                     /* authorities that TLS trusts */
	                                     "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
	                                     /* the Azure CLI */
	                                     "PATH", "HOME", "XDG_STATE_HOME", "LANG", "AZURE_CONFIG_DIR",
	                                     /* workload and managed identity */
	                                     "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE",
	                                     "IDENTITY_ENDPOINT", "IMDS_ENDPOINT",
	                                     "AZURE_POD_IDENTITY_AUTHORITY_HOST"};
	char *kept[sizeof(wanted) / sizeof(wanted[0])];
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const char *value = getenv(wanted[i]);
		kept[i] = value ? strdup(value) : NULL;
	}
	clearenv();
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (kept[i]) {
			setenv(wanted[i], kept[i], 1);
			free(kept[i]);
		}
	/* The resolver waits 5 s, twice, for each server that is silent, and cannot be stopped while it
	 * does: longer than Azure's whole part may take. Asked again it mostly knows the answer. */
	setenv("RES_OPTIONS", "timeout:1 attempts:2", 1);
}

bool lockdown_no_dump(void)
{
	static const struct rlimit no_core = {0, 0};

	/* The limit is for a file; a pipe in core_pattern does not ask for it, but for the flag. */
	return setrlimit(RLIMIT_CORE, &no_core) == 0 && prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L) == 0;
}

bool lockdown(int keep_fd, pid_t parent)
{
	bool no_dump = lockdown_no_dump();
	prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
	prctl(PR_SET_PDEATHSIG, (long)SIGKILL, 0L, 0L, 0L);
	plain_signals();
	close_others(keep_fd);
	plain_environment();
	return no_dump && getppid() == parent; /* it may have died before PR_SET_PDEATHSIG */
}
