/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/sandbox/sandbox.h"

#include <cap-ng.h>
#include <errno.h>
#include <net/if.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534 /* the overflow identity: owns no file anywhere */
/* poll() refuses more descriptors than the limit, so it cannot be zero. The places
 * below are all taken by then: a new descriptor finds no number. */
#define DESCRIPTOR_LIMIT 10
#define WEB_DESCRIPTORS 32 /* beside those of its guests */
#define WEB_MEMORY ((rlim_t)256 << 20)
#define STDERR_ROOM ((rlim_t)64 << 10) /* last words, when they go to a file */

#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1 /* a sanitizer needs far more memory than its program */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#ifndef WATCHED
#define WATCHED 0
#endif

static bool fail(char *err, size_t err_size, const char *what, int error)
{
	snprintf(err, err_size, "cannot %s: %s", what, strerror(error));
	return false;
}

static bool no_new_privileges(char *err, size_t err_size)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return true;
	return fail(err, err_size, "forbid itself new rights", errno);
}

/* Whatever the calls above answered: what counts is what is left. */
static bool nothing_left(char *err, size_t err_size)
{
	if (capng_get_caps_process() == 0 && capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE)
		return true;
	return fail(err, err_size, "drop its capabilities", EPERM);
}

bool sandbox_clear_capabilities(char *err, size_t err_size)
{
	capng_get_caps_process();
	/* Only CAP_SETPCAP may shrink the bounding set; others have nothing to lose there. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP)) {
		capng_clear(CAPNG_SELECT_BOTH);
		capng_apply(CAPNG_SELECT_BOTH);
	}
	capng_clear(CAPNG_SELECT_CAPS);
	capng_apply(CAPNG_SELECT_CAPS);
	return no_new_privileges(err, err_size) && nothing_left(err, err_size);
}

/* What is inheritable tells nothing: it is a right to hand on, of which its holder has no use himself, and a service's own right
 * (ambient) looks like it as soon as a file gives us the same. The kernel says by AT_SECURE that a file gave something; under
 * no_new_privs, which a service's unit sets, a file gives nothing that the caller had not (capabilities(7), execve(2)). */
bool sandbox_caller_has_right(void)
{
	bool own = getauxval(AT_SECURE) == 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;

	return getuid() == 0 || (own && capng_get_caps_process() == 0 && capng_have_capability(CAPNG_PERMITTED, CAP_NET_RAW));
}

/* Root without capabilities would still own root's files. In a user namespace without
 * that identity, or without the right to change it, the rest of the cage must do. */
static void leave_root(void)
{
	if (geteuid() != 0)
		return;
	capng_get_caps_process();
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) || !capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID))
		return;
	capng_clear(CAPNG_SELECT_BOTH);
	(void)capng_change_id(NOBODY, NOBODY, CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
}

/* A lower limit from outside stays: nobody here may raise one. */
static bool set_limit(int what, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(what, &r) != 0)
		return false;
	if (r.rlim_max > most)
		r.rlim_max = most;
	r.rlim_cur = r.rlim_max;
	return setrlimit(what, &r) == 0;
}

static bool limit_memory(rlim_t most, char *err, size_t err_size)
{
	return WATCHED || set_limit(RLIMIT_DATA, most) || fail(err, err_size, "lower its limit of memory", errno);
}

static bool limit_resources(rlim_t descriptors, char *err, size_t err_size)
{
	struct stat s;
	rlim_t file = 0;

	/* A file limit of zero would also swallow the reason that we print as we end. */
	if (fstat(STDERR_FILENO, &s) == 0 && S_ISREG(s.st_mode))
		file = (rlim_t)s.st_size + STDERR_ROOM;
	(void)signal(SIGXFSZ, SIG_IGN);
	if (set_limit(RLIMIT_NOFILE, descriptors) && set_limit(RLIMIT_NPROC, 0) &&
	    set_limit(RLIMIT_FSIZE, file) && set_limit(RLIMIT_CORE, 0))
		return true;
	return fail(err, err_size, "lower its resource limits", errno);
}

static bool hide_and_follow(pid_t parent, char *err, size_t err_size)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fail(err, err_size, "forbid tracing", errno);
	/* After the change of identity, which would clear it (prctl(2)). */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return fail(err, err_size, "tie itself to its parent", errno);
	if (getppid() != parent)
		return fail(err, err_size, "go on: erprobe is gone", ESRCH);
	return true;
}

static int add_calls(scmp_filter_ctx list, const int *calls, size_t count)
{
	int bad = 0;

	for (size_t i = 0; i < count && bad == 0; i++)
		bad = seccomp_rule_add(list, SCMP_ACT_ALLOW, calls[i], 0);
	return bad;
}

static int add_plain(scmp_filter_ctx list)
{
	static const int calls[] = {
		SCMP_SYS(read), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
		SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(getsockopt), SCMP_SYS(clock_gettime), SCMP_SYS(getppid),
		/* memory of malloc(), never executable (see below) */
		SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
		SCMP_SYS(close), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	};

	return add_calls(list, calls, sizeof(calls) / sizeof(calls[0]));
}

#define PROT_EXEC_BIT 4u

/* Memory that can never be run. */
static int add_memory(scmp_filter_ctx list)
{
	return seccomp_rule_add(list, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC_BIT, 0));
}

static int add_limited(scmp_filter_ctx list)
{
	int bad = seccomp_rule_add(list, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
	                           SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)STDERR_FILENO, 0));

	if (bad == 0)
		bad = add_memory(list);
	/* Is the interface up? Nothing else may be asked of a device, or set. */
	if (bad == 0)
		bad = seccomp_rule_add(list, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		                       SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)SIOCGIFFLAGS, 0));
	return bad;
}

/* What an event loop with its timers and TCP connections takes; no file, no process, no
 * socket of its own making. */
static int add_serving(scmp_filter_ctx list)
{
	static const int calls[] = {
		SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl), SCMP_SYS(timerfd_settime),
		SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(shutdown), SCMP_SYS(setsockopt), SCMP_SYS(getpeername), SCMP_SYS(getsockname),
		SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(readv), SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
		SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(futex), SCMP_SYS(rt_sigprocmask), SCMP_SYS(getpid), SCMP_SYS(gettid),
	};
	int bad = add_calls(list, calls, sizeof(calls) / sizeof(calls[0]));

	if (bad == 0)
		bad = add_memory(list);
	/* How much can be read? */
	if (bad == 0)
		bad = seccomp_rule_add(list, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)FIONREAD, 0));
	/* getnameinfo() opens one to ask for the name of a link-local guest's interface, and takes
	 * its number instead: refused, not fatal. */
	if (bad == 0)
		bad = seccomp_rule_add(list, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 0);
	return bad;
}

typedef int list_fn(scmp_filter_ctx list);

static bool allow_few_calls(list_fn *more, char *err, size_t err_size)
{
	scmp_filter_ctx list = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int bad = list == NULL ? -ENOMEM : add_plain(list);

	if (bad == 0)
		bad = more(list);
	if (bad == 0)
		bad = seccomp_load(list);
	if (list != NULL)
		seccomp_release(list);
	return bad == 0 ? true : fail(err, err_size, "limit its system calls", -bad);
}

bool sandbox_packet(pid_t parent, char *err, size_t err_size)
{
	leave_root();
	return sandbox_clear_capabilities(err, err_size) && hide_and_follow(parent, err, err_size) &&
	       limit_resources(DESCRIPTOR_LIMIT, err, err_size) && allow_few_calls(add_limited, err, err_size);
}

bool sandbox_web(pid_t parent, unsigned guests, char *err, size_t err_size)
{
	leave_root();
	return sandbox_clear_capabilities(err, err_size) && hide_and_follow(parent, err, err_size) &&
	       limit_resources(guests + WEB_DESCRIPTORS, err, err_size) && limit_memory(WEB_MEMORY, err, err_size) &&
	       allow_few_calls(add_serving, err, err_size);
}
