#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who may touch rights? Capabilities and system call filters are named in probe/sandbox/
# alone, and erprobe-packet, the one program that ever holds a right, links only its few
# libraries, stays small, and cannot open files, run programs or look up names.
# usage: tests/rules/caps.sh [BUILD]
cd "$(dirname "$0")/../.." || exit 1
PACKET=${1:-build}/erprobe-packet
failed=0

complain() {
	echo "caps: $1" >&2
	failed=1
}

names='CAP_(AUDIT|BLOCK|BPF|CHECKPOINT|CHOWN|DAC|FOWNER|FSETID|IPC|KILL|LEASE|LINUX|MAC|MKNOD|NET|PERFMON|SET|SYS|SYSLOG|WAKE)[A-Z_]*'
users=$(grep -rnE "\b(${names}\b|capng_|capset|capget|cap_set|cap_get|seccomp_|SCMP_|PR_CAP|PR_SET_SECCOMP)|<cap-ng\.h>|<seccomp\.h>|<sys/capability\.h>|<linux/(capability|seccomp)\.h>" \
	probe analysis include --include='*.[ch]' | grep -v '^probe/sandbox/')
[ -z "$users" ] || complain "capabilities or seccomp outside probe/sandbox/:
$users"
grep -q 'capng_apply' probe/sandbox/*.c || complain "the pattern finds nothing even in probe/sandbox/: this check is blind"

if [ ! -x "$PACKET" ]; then
	complain "no $PACKET: run make first"
	exit 1
fi
for lib in $(readelf -d "$PACKET" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
	case $lib in
	libc.so.* | libpcap.so.* | libnet.so.* | libcap-ng.so.* | libseccomp.so.*) ;;
	libasan.so.* | libubsan.so.*) ;; # a sanitizer build
	*) complain "erprobe-packet links $lib" ;;
	esac
done
for call in system popen execve execv execvp execl execlp posix_spawn fork vfork clone fopen fopen64 open open64 \
	openat opendir getaddrinfo gethostbyname gethostbyname2 getpwnam dlopen ptrace; do
	if nm -D --undefined-only "$PACKET" | grep -qE " ${call}(@|$)" && ! readelf -d "$PACKET" | grep -q 'lib[au]b\?san'; then
		complain "erprobe-packet calls $call()"
	fi
done
# text and data, without debug information
size=$(size "$PACKET" | awk 'NR == 2 { print $1 + $2 }')
readelf -d "$PACKET" | grep -q 'lib[au]b\?san' || [ "$size" -le 131072 ] || complain "erprobe-packet has grown to $size bytes"
[ $failed = 0 ] && echo "caps: ok ($size bytes)"
exit $failed
