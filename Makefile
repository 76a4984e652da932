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
# libcurl and libarchive are loaded by their owners when needed (probe/run/library.h).
LIBS_ERPROBE := -levent_core -levent_extra -lcjson -lyaml -lcrypto -lcap-ng -lseccomp -lsqlite3 -lm

ANALYSIS_SRC := $(sort $(wildcard analysis/*/*.c))
PACKET_SRC := $(sort $(wildcard probe/packet/*.c probe/sandbox/*.c))
ERPROBE_SRC := $(sort $(wildcard probe/azure/*.c probe/run/*.c probe/evidence/*.c probe/cli/*.c probe/audit/*.c probe/history/*.c probe/json/*.c probe/sandbox/*.c))
obj = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
ANALYSIS_LIB := $(BUILD)/libanalysis.a
# Everything but the two main() files, for the unit tests to pick from.
PROBE_LIB := $(BUILD)/libprobe.a
MAINS := probe/packet/main.c probe/cli/main.c
UNIT_SRC := $(sort $(wildcard tests/unit/t_*.c))
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))

Q := @
ifeq ($(V),1)
Q :=
endif

.PHONY: all help clean units sim bench-diagnosis bench-packets fuzzers units-asan wire deps deps-all test test-lab-full fuzz rules lint demo install uninstall FORCE
all: $(BUILD)/erprobe $(BUILD)/erprobe-packet

$(BUILD)/erprobe: $(call obj,$(ERPROBE_SRC)) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_ERPROBE)

$(BUILD)/erprobe-packet: $(call obj,$(PACKET_SRC)) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS_PACKET)

$(ANALYSIS_LIB): $(call obj,$(ANALYSIS_SRC))
	@echo "  AR    $@"
	$(Q)rm -f $@ && ar rcs $@ $^

$(PROBE_LIB): $(call obj,$(filter-out $(MAINS),$(sort $(PACKET_SRC) $(ERPROBE_SRC))))
	@echo "  AR    $@"
	$(Q)rm -f $@ && ar rcs $@ $^

# Objects know the flags they were made with: other flags make them anew.
FLAGS := $(CC) $(CPPFLAGS) $(CFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@
FORCE:

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

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# The simulator: the real fold over circuits in memory (tests/sim).
SIM_SRC := $(sort $(wildcard tests/sim/*.c))
sim: $(BUILD)/sim
$(BUILD)/sim: $(call obj,$(SIM_SRC)) $(ANALYSIS_LIB)
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
bench-packets: all wire $(BUILD)/bench-packets-raw
	$(Q)tests/deps build bench
	$(Q)tests/bench/packets $(BUILD) $(BENCH_OPTIONS)

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
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -fsanitize=fuzzer -MMD -MP -o $@ $< -Wl,--start-group $(PROBE_LIB) $(ANALYSIS_LIB) -Wl,--end-group $(LIBS_ERPROBE) $(LIBS_PACKET)

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
test-lab-full:
	$(Q)tests/deps build lab
	$(Q)tests/run-all --build $(BUILD) lab-full; code=$$?; $(own); exit $$code

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

install: all
	install -d $(BINDIR) $(LIBEXECDIR) $(SCHEMADIR) $(DOCDIR)
	install -m 755 $(BUILD)/erprobe $(BINDIR)/
	install -m 755 $(BUILD)/erprobe-packet $(LIBEXECDIR)/
	install -m 644 analysis/report/schema/*.json $(SCHEMADIR)/
	install -m 644 README.md LICENSE $(DOCDIR)/
	@setcap cap_net_raw+ep $(LIBEXECDIR)/erprobe-packet 2>/dev/null || { \
		echo "make install: warning: $(LIBEXECDIR)/erprobe-packet has no right to open raw sockets;" >&2; \
		echo "  until somebody with the privilege runs" >&2; \
		echo "      setcap cap_net_raw+ep $(PREFIX)/libexec/erprobe/erprobe-packet" >&2; \
		echo "  on the installed file, only root can run \`erprobe check\`." >&2; }

uninstall:
	rm -f $(BINDIR)/erprobe $(LIBEXECDIR)/erprobe-packet
	rm -rf $(DESTDIR)$(PREFIX)/share/erprobe $(DOCDIR)
	rmdir $(LIBEXECDIR) 2>/dev/null || true

help:
	@echo 'make                 build/erprobe and build/erprobe-packet'
	@echo 'make demo            a healthy circuit and two faults, in network namespaces (root)'
	@echo 'make test            every quick test (root)'
	@echo 'make test-lab-full   every fault in the lab, long (root)'
	@echo 'make bench-packets   speed, truth and memory of traces beside traceroute, mtr, scamper, fping (root)'
	@echo 'make fuzz            every fuzz target for FUZZ_SECONDS (300) each'
	@echo 'make rules | lint    the rules of the source | cppcheck, clang-tidy, shellcheck'
	@echo 'make install         below PREFIX (/usr/local), staged below DESTDIR'
	@echo 'make deps            install what the build needs (root); deps-all: what the tests need too'
	@echo 'Variables: CC, CFLAGS, BUILD (build), WERROR=1, SANITIZE=address,undefined, V=1'
