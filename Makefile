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

# One owner a library: the flags are given to its owner's object alone.
pkg = $(shell pkg-config --cflags $(1) 2>/dev/null)
LIBS_PACKET := -lpcap -lnet -lcap-ng -lseccomp
LIBS_ERPROBE := -levent_core -levent_extra -lcurl -lcjson -lyaml -lcrypto -lcap-ng -lseccomp -lm

ANALYSIS_SRC := $(sort $(wildcard analysis/*/*.c))
PACKET_SRC := $(sort $(wildcard probe/packet/*.c))
ERPROBE_SRC := $(sort $(wildcard probe/azure/*.c probe/run/*.c probe/cli/*.c probe/json/*.c probe/sandbox/*.c))
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

.PHONY: all clean help units
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

$(PROBE_LIB): $(call obj,$(filter-out $(MAINS),$(PACKET_SRC) $(ERPROBE_SRC)))
	@echo "  AR    $@"
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/obj/%.o: %.c
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

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# The simulator: the real fold over circuits in memory (tests/sim).
SIM_SRC := $(sort $(wildcard tests/sim/*.c))
$(BUILD)/sim: $(call obj,$(SIM_SRC)) $(ANALYSIS_LIB)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lm
