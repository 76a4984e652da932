# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# What the tests of the audit share, for bash: the service with a stand-in for `erprobe check`,
# its log ($work/log), its history ($db), the count of tests. The caller has set -u, stands in
# the project's folder and defines away(), which undoes what it made itself.
bin=$(realpath "${1:-${BUILD:-build}}")
work=$(mktemp -d /tmp/erprobe-audit.XXXXXX)
passed=0 failed=0
started=()
[ -x "$bin/erprobe" ] || { echo "no programs in $bin: run make first"; exit 1; }

clean() {
	local pid
	for pid in "${started[@]}"; do kill -9 "$pid" 2>/dev/null; done
	away
	rm -rf "$work"
}
trap clean EXIT
is() {
	local what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $what"
		[ -s "$work/log" ] && tail -5 "$work/log" | sed 's/^/  log: /'
	fi
}
same() { is "$1: '$3', wanted '$2'" [ "$2" = "$3" ]; }
# said WHAT PATTERN [FILE]: the log has a line like this.
said() { is "$1: no line like '$2'" grep -qE -- "$2" "${3:-$work/log}"; }
silent() { is "$1: a line like '$2'" eval "! grep -qE -- '$2' '${3:-$work/log}'"; }
sql() { /usr/bin/python3 - "$db" "$1" <<'PY'
import sqlite3, sys
for row in sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True, timeout=10).execute(sys.argv[2]):
    print("|".join("" if v is None else str(v) for v in row))
PY
}
# until_true SECONDS COMMAND...: waits for it.
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@" 2>/dev/null; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}
logged() { grep -qE -- "$1" "$work/log"; }
config() { # NAME... : a configuration with these circuits; $audit is the rest
	echo 'azure: {auth: {method: none}}'
	echo 'circuits:'
	local name
	for name in "$@"; do echo "  - {name: $name, links: {primary: {ce: 192.0.2.1, msee: 192.0.2.2}}}"; done
	echo "audit: {$audit}"
	echo "history: {path: $db}"
}
audit() { # ARGUMENTS...: begins the service; its pid is in $pid
	: >"$work/log" # at once: who waits for a line must not find that of the service before
	CHECKER_DIR=$work/say "$bin/erprobe" audit --checker "$work/checker" -c "$work/a.yaml" "$@" >"$work/out" 2>"$work/log" </dev/null &
	pid=$!
	started+=("$pid")
}
stop() { # waits; the exit code is in $code
	kill -"${1:-TERM}" "$pid"
	wait "$pid"
	code=$?
}
fresh() { rm -rf "$work/say" "$work/db"; mkdir -p "$work/say" "$work/db"; db=$work/db/history.db; : >"$work/say/calls"; }

cc -O1 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -o "$work/checker" tests/audit/checker.c || exit 1

