# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034
# A systemd that really boots, for bash: PID 1 of namespaces of its own, over a root that is only read (what it
# writes goes to memory and ends with it). It starts no more than the journal, users and folders, and what it is
# told to; its network has no way out; the kernel's settings are closed to it. Sourced; needs root.
#
#   boot_start ROOT     begins it; false with the reason in $boot_why where that is not possible here
#   inside COMMAND...   runs a command in it
#   boot_stop           ends it, with all that runs in it
boot_pid='' boot_up='' boot_cgroup='' boot_why='' boot_name=erprobe-boot-$$

# Runs in the new namespaces and becomes PID 1.
boot_first() { # ROOT FOLDER
	local root=$2/root n name major minor
	mount --make-rprivate / && mount -t tmpfs -o size=1g,mode=755 tmpfs "$2" && mkdir "$2/upper" "$2/work" "$root" || exit 1
	mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$root" && cd "$root" || exit 1
	mount -t proc proc proc && mount --bind proc/sys proc/sys && mount -o remount,ro,bind proc/sys || exit 1
	mount -t sysfs -o ro sysfs sys && { [ -d sys/fs/cgroup ] || exit 1; } && mount -t cgroup2 cgroup2 sys/fs/cgroup || exit 1
	mount -t tmpfs -o mode=1777 tmpfs tmp && mount -t tmpfs -o mode=755 tmpfs run && mount -t tmpfs -o mode=755 tmpfs dev || exit 1
	for n in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
		IFS=: read -r name major minor <<<"$n"
		mknod -m 666 "dev/$name" c "$major" "$minor" || exit 1
	done
	mkdir dev/shm dev/pts && mount -t tmpfs -o mode=1777 tmpfs dev/shm && : >dev/console || exit 1
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts && ln -s pts/ptmx dev/ptmx && ln -s /proc/self/fd dev/fd || exit 1
	# Nothing of that root's own starts: no unit of its administrator, no want of its packages.
	rm -rf etc/systemd/system usr/lib/systemd/system/*.wants lib/systemd/system/*.wants
	mkdir -p etc/systemd/system usr/lib/systemd/system/sysinit.target.wants usr/lib/systemd/system/sockets.target.wants
	for n in systemd-journald systemd-sysusers systemd-tmpfiles-setup; do ln -s ../$n.service usr/lib/systemd/system/sysinit.target.wants/; done
	for n in systemd-journald systemd-journald-dev-log; do ln -s ../$n.socket usr/lib/systemd/system/sockets.target.wants/; done
	for n in systemd-journald-audit.socket systemd-remount-fs.service; do ln -s /dev/null "etc/systemd/system/$n"; done
	ln -sf /usr/lib/systemd/system/multi-user.target etc/systemd/system/default.target
	echo 0123456789abcdef0123456789abcdef >etc/machine-id
	mkdir -p .old && pivot_root . .old && umount -l /.old || exit 1
	exec env -i container=erprobe PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 /lib/systemd/systemd --system --show-status=0 --log-target=journal </dev/null >/dev/null 2>&1
}

inside() { nsenter -t "$boot_pid" -m -u -i -n -p -C -r -w env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }

boot_start() { # ROOT
	local tree folder state i
	boot_folder=$(mktemp -d /tmp/erprobe-boot.XXXXXX) || return 1
	tree=$(findmnt -rno TARGET -t cgroup2 | head -1)
	boot_why='no cgroup2 hierarchy that may be written to'
	[ -n "$tree" ] && mkdir "$tree/$boot_name" 2>/dev/null || return 1
	boot_cgroup=$tree/$boot_name
	export -f boot_first
	bash -c 'echo $$ >"$1/cgroup.procs" && exec unshare -m -u -i -n -p -C -f --kill-child bash -c "boot_first \"\$@\"" boot "$2" "$3"' \
		boot "$boot_cgroup" "$1" "$boot_folder" >"$boot_folder.log" 2>&1 &
	boot_up=$!
	boot_why="systemd does not come up in namespaces of its own here: $(tail -1 "$boot_folder.log" 2>/dev/null)"
	for ((i = 0; i < 300; i++)); do
		kill -0 "$boot_up" 2>/dev/null || { boot_why="no namespaces or mounts for it: $(tail -1 "$boot_folder.log")"; return 1; }
		[ -n "$boot_pid" ] || boot_pid=$(pgrep -P "$boot_up" | head -1)
		if [ -n "$boot_pid" ]; then
			state=$(inside systemctl is-system-running 2>/dev/null)
			case $state in running | degraded) return 0 ;; esac
		fi
		sleep 0.1
	done
	boot_why="systemd does not come up in namespaces of its own here (${state:-no answer})"
	return 1
}

boot_stop() {
	[ -z "$boot_up" ] || { kill -9 "$boot_up" && wait "$boot_up"; } 2>/dev/null
	rm -rf "${boot_folder:-/nowhere}" "${boot_folder:-/nowhere}.log"
	[ -n "$boot_cgroup" ] || return 0
	for _ in $(seq 50); do
		find "$boot_cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
		[ -d "$boot_cgroup" ] || break
		sleep 0.1
	done
	boot_cgroup='' boot_up='' boot_pid=''
}
