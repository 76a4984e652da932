# SPDX-License-Identifier: BSD-2-Clause
# erprobe: build, test, demo, install. `make help` lists the targets.
SHELL := /bin/bash
VERSION := 0.1.0

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
V ?= 0

WARN := -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wmissing-prototypes -Wstrict-prototypes -Wvla
CFLAGS ?= -O2 -g
override CFLAGS += -std=c17 $(WARN) -fstack-protector-strong -fPIE
# gcc on x86 clears and copies structures of some hundred bytes by one instruction for every byte, which takes two or three
# times as long as the call does: what a frame is decoded into is cleared a million times.
STRINGS := -mmemset-strategy=unrolled_loop:128:noalign,libcall:-1:noalign -mmemcpy-strategy=unrolled_loop:128:noalign,libcall:-1:noalign
STRINGS := $(shell $(CC) -Werror $(STRINGS) -E -x c /dev/null >/dev/null 2>&1 && echo '$(STRINGS)')
override CFLAGS += $(STRINGS)
override CPPFLAGS += -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -DERPROBE_VERSION='"$(VERSION)"' -Iinclude -I.
ifneq ($(filter -O1 -O2 -O3,$(CFLAGS)),)
ifeq ($(SANITIZE),)
override CPPFLAGS += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
endif
override LDFLAGS += -Wl,--as-needed -Wl,-z,relro,-z,now -pie
ifneq ($(SANITIZE),)
override CFLAGS += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=$(SANITIZE)
endif
ifeq ($(WERROR),1)
override CFLAGS += -Werror
endif

LIBS_PACKET := -lpcap -lnet -lcap-ng -lseccomp
# libcurl, libarchive, libcrypto, evhttp, SQLite and ncurses are loaded by their owners when needed (probe/host/library.h).
LIBS_ERPROBE := -levent_core -lcjson -lyaml -lcap-ng -lseccomp -lm

ANALYSIS_SRC := $(sort $(wildcard analysis/*/*.c))
PACKET_SRC := $(sort $(wildcard probe/packet/*.c probe/sandbox/*.c))
ERPROBE_SRC := $(sort $(filter-out probe/packet/% probe/export/%,$(wildcard probe/*/*.c)))
EXPORT_SRC := $(sort $(wildcard probe/export/*.c))
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
ANALYSIS_LIB := $(BUILD)/libanalysis.a
# Style and script of the live page are files of their own, and texts in the program.
LIVE := $(BUILD)/made/live_assets
LIVE_SRC := analysis/live/live.css analysis/live/live.js
# Everything but the two main() files, for the unit tests to pick from.
PROBE_LIB := $(BUILD)/libprobe.a
MAINS := probe/packet/main.c probe/cli/main.c
UNIT_SRC := $(sort $(wildcard tests/unit/t_*.c))
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))

# Manual pages and completion say what the programs say of themselves (probe/manual/table).
PAGES := $(BUILD)/erprobe.8 $(BUILD)/erprobe-export.8 $(BUILD)/erprobe.yaml.5 $(BUILD)/erprobe.bash $(BUILD)/erprobe.zsh

Q := @
ifeq ($(V),1)
Q :=
endif

.PHONY: all help clean units sim bench-diagnosis bench-packets bench-history storms soak bench-fleet test-booted test-trace-topologies test-bgp-daemons test-every-byte fuzzers units-asan wire deps deps-all test test-lab-full captures fuzz rules lint demo install uninstall FORCE
all: $(BUILD)/erprobe $(BUILD)/erprobe-packet $(BUILD)/erprobe-export $(PAGES)

$(BUILD)/erprobe: $(call obj,$(ERPROBE_SRC)) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_ERPROBE)

$(BUILD)/erprobe-packet: $(call obj,$(PACKET_SRC)) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_PACKET)

# Its own program, so that nothing else links libpq.
$(BUILD)/erprobe-export: $(call obj,$(EXPORT_SRC)) $(PROBE_LIB) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(call obj,$(EXPORT_SRC)) -Wl,--start-group $(PROBE_LIB) $(ANALYSIS_LIB) -Wl,--end-group -lpq $(LIBS_ERPROBE)

$(BUILD)/made/manual: $(BUILD)/erprobe $(BUILD)/erprobe-export probe/manual/table
	@mkdir -p $(@D)
	@echo "  MADE  $@"
	$(Q)probe/manual/table $(BUILD)/erprobe $(BUILD)/erprobe-export >$@.part && mv $@.part $@
$(BUILD)/erprobe.8 $(BUILD)/erprobe-export.8 $(BUILD)/erprobe.yaml.5: $(BUILD)/%: probe/manual/%.in probe/manual/manual.awk $(BUILD)/made/manual
	@echo "  MADE  $@"
	$(Q)awk -f probe/manual/manual.awk $(BUILD)/made/manual $< >$@.part && mv $@.part $@
$(BUILD)/erprobe.bash $(BUILD)/erprobe.zsh: $(BUILD)/%: probe/manual/%.in probe/manual/completion.awk $(BUILD)/made/manual
	@echo "  MADE  $@"
	$(Q)awk -f probe/manual/completion.awk $(BUILD)/made/manual $< >$@.part && mv $@.part $@

$(ANALYSIS_LIB): $(call obj,$(ANALYSIS_SRC)) $(LIVE).o
	@echo "  AR    $@"
	$(Q)rm -f $@ && ar rcs $@ $^

$(LIVE).c: $(LIVE_SRC) Makefile
	@mkdir -p $(@D)
	$(Q){ echo '#include "analysis/live/live.h"'; \
	echo 'const char live_style[] ='; sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' analysis/live/live.css; echo ';'; \
	echo 'const char live_script[] ='; sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' analysis/live/live.js; echo ';'; } >$@
$(LIVE).o: $(LIVE).c $(BUILD)/flags
	@echo "  CC    $(LIVE_SRC)"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(PROBE_LIB): $(call obj,$(filter-out $(MAINS),$(sort $(PACKET_SRC) $(ERPROBE_SRC))))
	@echo "  AR    $@"
	$(Q)rm -f $@ && ar rcs $@ $^

# Objects know the flags they were made with: other flags make them anew.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@
FORCE:

# The program knows which sources it was made of (probe/host/build.h).
SOURCES := $(shell cat $(LIVE_SRC) $(sort $(wildcard include/erprobe/*.h analysis/*/*.[ch] probe/*/*.[ch])) | sha256sum | cut -c1-12)
$(BUILD)/sources: FORCE
	@mkdir -p $(@D)
	@echo '$(SOURCES)' | cmp -s - $@ || echo '$(SOURCES)' >$@
$(BUILD)/obj/probe/host/build.o: override CPPFLAGS += -DERPROBE_SOURCES='"$(SOURCES)"'
$(BUILD)/obj/probe/host/build.o: $(BUILD)/sources

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

units: $(UNITS)
$(BUILD)/unit/%: tests/unit/%.c $(ANALYSIS_LIB) $(PROBE_LIB)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -MMD -MP -o $@ $< -Wl,--start-group $(PROBE_LIB) $(ANALYSIS_LIB) -Wl,--end-group -lcmocka $(LIBS_ERPROBE) $(LIBS_PACKET)

clean:
	rm -rf $(BUILD)
	$(Q)$(MAKE) -s -C tests/lab clean

# Not those of builds below this one, in which another make may be at work.
-include $(shell find $(BUILD) -mindepth 1 \( -name asan -o -name clang -o -name soak \) -prune -o -name '*.d' -print 2>/dev/null)

# The simulator: the real fold over circuits in memory (tests/sim).
SIM_SRC := $(sort $(filter-out tests/sim/wire.c,$(wildcard tests/sim/*.c)))
sim: $(BUILD)/sim $(BUILD)/sim-wire
$(BUILD)/sim: $(call obj,$(SIM_SRC)) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lm

# The same circuits behind the packet channel, for the real `erprobe check`.
$(BUILD)/sim-wire: $(call obj,tests/sim/wire.c $(filter-out tests/sim/main.c,$(SIM_SRC))) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lm

# The diagnosis measured on simulated circuits: published seeds, all figures.
BENCH_SRC := $(sort $(wildcard tests/bench/diagnosis*.c)) $(filter-out tests/sim/main.c,$(SIM_SRC))
$(BUILD)/bench-diagnosis: $(call obj,$(BENCH_SRC)) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lm
bench-diagnosis: $(BUILD)/bench-diagnosis
	$(Q)$(BUILD)/bench-diagnosis $(BENCH_OPTIONS)

# What packets cost and how true their times are, beside Debian's tools (root, namespaces).
$(BUILD)/bench-packets-raw: tests/bench/packets_raw.c
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $<
$(BUILD)/bench-packets-send: $(call obj,tests/bench/packets_send.c) $(PROBE_LIB) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lnet
bench-packets: all wire $(BUILD)/bench-packets-raw $(BUILD)/bench-packets-send
	$(Q)tests/deps build bench
	$(Q)tests/bench/packets $(BUILD) $(BENCH_OPTIONS)

# A history of years: size, times of its questions, truth of its sums.
bench-history: all
	$(Q)tests/bench/history $(BUILD) $(BENCH_OPTIONS)

# The service in bad weather, all of it: 200 kills, 1,000 circuits of a stand-in (five times as dense
# as every 5 min; STORM_SECONDS=300 is that), 1,000 real checks every 5 min on simulated circuits.
STORM_SECONDS ?= 60
storms: all $(BUILD)/sim-wire
	$(Q)tests/audit/storms $(BUILD) kills 200 load 1000 $(STORM_SECONDS) wire 1000 300
# A day of 50 circuits every 5 min, 14,400 runs, under the sanitizers: one a second each, five
# minutes (factor 288). SOAK_SECONDS=3600 is a fortnight's runs.
SOAK_SECONDS ?= 330
soak:
	+$(Q)$(MAKE) --no-print-directory CFLAGS="-O1 -g" BUILD=$(BUILD)/soak SANITIZE=address,undefined $(BUILD)/soak/erprobe
	$(Q)tests/audit/storms $(BUILD)/soak kills 5 load 20 3 soak $(SOAK_SECONDS)

# The units under a systemd that really boots, in namespaces; says why where that is not possible.
test-booted: all
	$(Q)tests/lab/booted $(BUILD)

# Random networks in one process, for the hops and paths of traces (tests/trace/topologies).
$(BUILD)/topo: tests/trace/topo.c
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $<
test-trace-topologies: all $(BUILD)/topo
	$(Q)tests/deps build bench
	$(Q)tests/trace/topologies $(BUILD) $(TOPOLOGY_OPTIONS)

# A hundred edges and one real PostgreSQL.
bench-fleet: all
	$(Q)tests/fleet/run $(BUILD) $(or $(BENCH_OPTIONS),100)

# Fuzz targets, with clang: `make fuzzers` builds all in a tree of its own, in which
# every object counts its branches and runs under the sanitizers.
FUZZ_SRC := $(sort $(wildcard tests/fuzz/f_*.c))
FUZZ_SANITIZE := address,undefined,fuzzer-no-link
ASAN_MAKE = $(MAKE) --no-print-directory CC=clang CFLAGS="-O1 -g" BUILD=$(BUILD)/asan SANITIZE=$(FUZZ_SANITIZE)
fuzzers:
	+$(Q)$(ASAN_MAKE) $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/asan/fuzz/%)
# The unit tests in the same tree.
units-asan:
	+$(Q)$(ASAN_MAKE) units
$(BUILD)/fuzz/%: tests/fuzz/%.c $(ANALYSIS_LIB) $(PROBE_LIB)
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -MMD -MP -o $@ $< -Wl,--start-group $(PROBE_LIB) $(ANALYSIS_LIB) -Wl,--end-group -lcmocka $(LIBS_ERPROBE) $(LIBS_PACKET)

# The lab's user-space wire.
wire:
	$(Q)$(MAKE) --no-print-directory -s -C tests/lab

# What is missing of Debian's packages, from tests/packages.txt. Needs root only then.
deps:
	$(Q)tests/deps build install
deps-all:
	$(Q)tests/deps build install lab test lint

# Made by root in somebody's folder: the files are handed to whoever called sudo.
own = $(if $(SUDO_UID),chown -R $(SUDO_UID):$(SUDO_GID) $(BUILD) tests/lab/build 2>/dev/null || true,true)

demo:
	$(Q)tests/deps build lab
	@echo 'building'
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all wire >/dev/null
	$(Q)tests/lab/demo $(BUILD); code=$$?; $(own); exit $$code

test:
	$(Q)tests/deps build install lab test
	$(Q)tests/run-all --build $(BUILD) test; code=$$?; $(own); exit $$code

# Longer than `make test`: every fault in every handoff and family, in the lab.
# Live sessions beside erprobe check: a minute for each daemon and kind of session. Long
# enough for hold times to run out: BGP_SECONDS=3600.
BGP_SECONDS ?= 60
test-bgp-daemons: all
	$(Q)tests/deps build lab
	$(Q)tests/bgp/run $(BUILD) --seconds $(BGP_SECONDS)

# Every byte of a bundle, flipped: some minutes.
test-every-byte: all $(PROBE_LIB) $(ANALYSIS_LIB)
	$(Q)tests/evidence/every-byte $(BUILD)

test-lab-full: all wire
	$(Q)tests/deps build lab
	$(Q)tests/run-all --build $(BUILD) lab-full; code=$$?; $(own); exit $$code

# The reference captures anew, from the lab: each verified and replayed as nobody.
captures: all wire
	$(Q)tests/deps build lab
	$(Q)tests/lab/captures --erprobe $(BUILD)/erprobe --into captures; code=$$?; $(own); exit $$code

# Every fuzz target for FUZZ_SECONDS each.
FUZZ_SECONDS ?= 300
fuzz: fuzzers
	$(Q)tests/suites/fuzz $(BUILD)/asan $(FUZZ_SECONDS)

rules: all
	$(Q)tests/suites/rules $(BUILD)
lint:
	$(Q)tests/suites/lint

BINDIR = $(DESTDIR)$(PREFIX)/bin
LIBEXECDIR = $(DESTDIR)$(PREFIX)/libexec/erprobe
SCHEMADIR = $(DESTDIR)$(PREFIX)/share/erprobe/schema
DOCDIR = $(DESTDIR)$(PREFIX)/share/doc/erprobe
MONITORDIR = $(DESTDIR)$(PREFIX)/share/erprobe/monitoring
MANDIR = $(DESTDIR)$(PREFIX)/share/man
COMPLETIONDIR = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSHDIR = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
UNITDIR = $(DESTDIR)$(PREFIX)/lib/systemd/system
UNITS_SHIPPED := $(notdir $(sort $(wildcard probe/units/erprobe-*.service probe/units/erprobe-*.timer)))

install: all
	install -d $(BINDIR) $(LIBEXECDIR) $(SCHEMADIR) $(DOCDIR) $(MONITORDIR)
	install -m 755 $(BUILD)/erprobe $(BUILD)/erprobe-export $(BINDIR)/
	install -m 755 $(BUILD)/erprobe-packet $(LIBEXECDIR)/
	install -m 644 analysis/report/schema/*.json $(SCHEMADIR)/
	install -m 644 probe/monitoring/* $(MONITORDIR)/
	install -m 644 LICENSE probe/manual/*.md $(DOCDIR)/
	@# What the source alone has stays named there, without a link that leads nowhere.
	sed -e 's|](probe/manual/|](|g' -e 's/\[\([^]]*\)\](\(analysis\|captures\|probe\|tests\)[^)]*)/\1/g' README.md >$(DOCDIR)/README.md && chmod 644 $(DOCDIR)/README.md
	install -d $(MANDIR)/man5 $(MANDIR)/man8 $(COMPLETIONDIR) $(ZSHDIR)
	@for page in man8/erprobe.8 man8/erprobe-export.8 man5/erprobe.yaml.5; do \
		sed 's|@PREFIX@|$(PREFIX)|g' $(BUILD)/$${page#*/} >$(MANDIR)/$$page && chmod 644 $(MANDIR)/$$page || exit 1; done
	install -m 644 $(BUILD)/erprobe.bash $(COMPLETIONDIR)/erprobe
	install -m 644 $(BUILD)/erprobe.zsh $(ZSHDIR)/_erprobe
	install -d $(UNITDIR)/erprobe-.service.d $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	@for unit in $(UNITS_SHIPPED); do \
		sed 's|@PREFIX@|$(PREFIX)|g' probe/units/$$unit >$(UNITDIR)/$$unit && chmod 644 $(UNITDIR)/$$unit || exit 1; done
	install -m 644 probe/units/hardening.conf $(UNITDIR)/erprobe-.service.d/
	install -m 644 probe/units/sysusers.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/erprobe.conf
	install -m 644 probe/units/tmpfiles.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/erprobe.conf
	@setcap cap_net_raw+ep $(LIBEXECDIR)/erprobe-packet 2>/dev/null || { \
		echo "make install: warning: $(LIBEXECDIR)/erprobe-packet has no right to open raw sockets;" >&2; \
		echo "  until somebody with the privilege runs" >&2; \
		echo "      setcap cap_net_raw+ep $(PREFIX)/libexec/erprobe/erprobe-packet" >&2; \
		echo "  on the installed file, only root can run \`erprobe check\`." >&2; }
	@[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || probe/units/set-up $(PREFIX)

uninstall:
	rm -f $(BINDIR)/erprobe $(BINDIR)/erprobe-export $(LIBEXECDIR)/erprobe-packet
	rm -f $(MANDIR)/man8/erprobe.8 $(MANDIR)/man8/erprobe-export.8 $(MANDIR)/man5/erprobe.yaml.5 $(COMPLETIONDIR)/erprobe $(ZSHDIR)/_erprobe
	rm -rf $(DESTDIR)$(PREFIX)/share/erprobe $(DOCDIR) $(UNITDIR)/erprobe-.service.d
	rm -f $(UNITS_SHIPPED:%=$(UNITDIR)/%) $(DESTDIR)$(PREFIX)/lib/sysusers.d/erprobe.conf $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/erprobe.conf
	rmdir $(LIBEXECDIR) 2>/dev/null || true

help:
	@echo 'make                 build/erprobe, build/erprobe-packet and build/erprobe-export'
	@echo 'make demo            a healthy circuit and two faults, in network namespaces (root)'
	@echo 'make test            every quick test (root)'
	@echo 'make test-bgp-daemons  live BGP sessions stand untouched beside check (root)'
	@echo 'make test-lab-full   every fault in the lab, long (root)'
	@echo 'make captures        the reference captures anew, one a fault, each verified and replayed as nobody (root)'
	@echo 'make bench-packets   speed, truth and memory of traces beside traceroute, mtr, scamper, fping (root)'
	@echo 'make bench-history   a year of 50 circuits: size of the history, times of its questions'
	@echo 'make test-trace-topologies   hops and paths on 1,000 random networks, beside scamper (root, minutes)'
	@echo 'make storms          the service killed 200 times, its store full or read-only, the clock stepped, 1,000 circuits'
	@echo 'make soak            a day of runs of 50 circuits, compressed, under the sanitizers: no growth, no leak'
	@echo 'make test-booted     the units under a systemd that boots, in namespaces (root)'
	@echo 'make bench-fleet     a hundred edges that export to one PostgreSQL'
	@echo 'make fuzz            every fuzz target for FUZZ_SECONDS (300) each'
	@echo 'make rules | lint    the rules of the source | cppcheck, clang-tidy, shellcheck'
	@echo 'make install         below PREFIX (/usr/local), staged below DESTDIR'
	@echo 'make deps            install what the build needs (root); deps-all: what the tests need too'
	@echo 'Variables: CC, CFLAGS, BUILD (build), WERROR=1, SANITIZE=address,undefined, V=1'
