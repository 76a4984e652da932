#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Is our evidence good in the tools of others? Saves a sample run and reads it with
# tshark, capinfos, tcpdump, editcap, mergecap and sha256sum; what they show is
# compared with the files in tests/golden/pcapng/.
#   pcapng_tools.sh [BUILD]            check
#   pcapng_tools.sh --update [BUILD]   write what is shown now as the expected
set -u
export LC_ALL=C TZ=UTC
cd "$(dirname "$0")/../.." || exit 1
here=tests/golden/pcapng
run=01890000-0000-7000-8000-00000000abcd
passed=0 failed=0

for tool in tshark capinfos tcpdump editcap mergecap sha256sum; do
	command -v "$tool" >/dev/null || { echo "SKIP pcapng_tools: $tool is not installed"; exit 0; }
done
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export HOME=$work # no profile of the user's

# check NAME STATUS: counts one check.
check() {
	if [ "$2" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1"
	fi
}

# same NAME < <(command): is standard input what the file NAME of the expected says?
# (No pipe into it: a pipe's last part counts in a shell of its own.)
same() {
	cat >"$work/$1"
	[ "$update" = 1 ] && cp "$work/$1" "$here/$1"
	diff -u "$here/$1" "$work/$1"
	check "$1" $?
}

update=0
[ "${1:-}" = --update ] && update=1 && shift
build=${1:-build}

tests/link "$build" "$work/make_bundle" $here/make_bundle.c || { echo "FAIL the sample does not build"; exit 1; }
"$work/make_bundle" "$work/evidence" || exit 1
bag=$work/evidence/$run
file=$bag/data/probes.pcapng

# --- the bundle: anybody's sha256sum checks it ---
(cd "$bag" && sha256sum --quiet -c manifest-sha256.txt && sha256sum --quiet -c tagmanifest-sha256.txt)
check "sha256sum -c" $?

# --- tshark: comments, direction, times, filters, names ---
shark() { tshark -r "$file" "$@" 2>"$work/stderr"; }
same tshark-fields.txt < <(shark -n -T fields -E separator='|' -e frame.number -e frame.time_epoch \
	-e frame.interface_name -e frame.packet_flags_direction -e ip.src -e ip.dst -e ip.ttl -e icmp.type \
	-e tcp.dstport -e frame.comment)
! grep -v 'Running as user' "$work/stderr"
check "tshark says nothing on standard error" $?
same tshark-filter.txt < <(shark -n -T fields -e frame.number -Y 'frame.comment contains "ttl=1 "' | paste -sd ' ')
same tshark-names.txt < <(shark -N n -T fields -e ip.dst_host -Y 'frame.number==3')
# Our own bytes must not look damaged: checksums of every packet, and no expert warning.
[ -z "$(shark -n -o ip.check_checksum:TRUE -Y '_ws.malformed or ip.checksum.status==0 or icmp.checksum.status==0')" ]
check "tshark finds nothing malformed" $?
[ "$(shark -n -V | grep -c 'Packet comments')" -eq 7 ]; check "tshark -V shows 7 comments" $?

# --- capinfos: section and interface ---
same capinfos.txt < <(capinfos "$file" 2>&1 |
	grep -v -e '^File name' -e '^File size' -e '^SHA' -e '^RIPEMD' -e '^Capture oper-sys')

# --- tcpdump reads it, and with nanoseconds ---
# The SYN's sequence number is keyed: which one it is belongs to another test.
same tcpdump.txt < <(tcpdump -n -tt --nano -r "$file" 2>/dev/null | sed 's/\[S\], seq [0-9]*/[S], seq N/')

# --- conversion and merging keep every frame ---
count() { tshark -n -r "$1" 2>/dev/null | wc -l; }
for format in pcap nsecpcap pcapng; do
	editcap -F $format "$file" "$work/as.$format" >/dev/null 2>"$work/stderr" && [ "$(count "$work/as.$format")" -eq 7 ]
	check "editcap -F $format" $?
done
mergecap -w "$work/merged.pcapng" "$file" "$file" 2>/dev/null && [ "$(count "$work/merged.pcapng")" -eq 14 ]
check "mergecap" $?
[ "$(tcpdump -n -r "$work/as.pcap" 2>/dev/null | wc -l)" -eq 7 ]
check "tcpdump reads the plain pcap" $?

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
