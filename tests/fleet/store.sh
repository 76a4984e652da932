# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# A real PostgreSQL for tests: in a folder of its own, as a user without rights, reached by
# a socket in it and a loopback port. Sourced; $work is the folder.
pg_bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
pg_as() { # COMMAND...: as an unprivileged user
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- env PATH="$pg_bin:$PATH" LC_ALL=C "$@"
	else
		env PATH="$pg_bin:$PATH" LC_ALL=C "$@"
	fi
}
pg_make() {
	mkdir -p "$work/pg"
	[ "$(id -u)" != 0 ] || chown postgres "$work/pg"
	chmod 711 "$work"
	echo owner-S3CRET >"$work/pg.password"
	chmod 644 "$work/pg.password"
	(cd / && pg_as initdb -D "$work/pg/data" -U fleet -A scram-sha-256 --pwfile="$work/pg.password" --no-sync -E UTF8) >"$work/initdb.log" 2>&1 || {
		tail -5 "$work/initdb.log"
		return 1
	}
	pg_port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
}
pg_start() {
	(cd / && pg_as pg_ctl -D "$work/pg/data" -l "$work/pg/log" -w -t 60 -o \
		"-c port=$pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/pg -c max_connections=150 -c fsync=off" start) >/dev/null 2>&1
}
pg_stop() { # [MODE]
	[ ! -e "$work/pg/data/postmaster.pid" ] || (cd / && pg_as pg_ctl -D "$work/pg/data" -w -t 30 -m "${1:-fast}" stop) >/dev/null 2>&1
}
fleet_sql() { # SQL: as the owner, bare rows
	PGPASSWORD=owner-S3CRET "$pg_bin/psql" -h 127.0.0.1 -p "$pg_port" -U fleet -d postgres -XAtq -c "$1" 2>&1
}
