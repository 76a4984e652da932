/* SPDX-License-Identifier: BSD-2-Clause */
/* Probe specifications and answers to Ethernet frames. */
#ifndef ERPROBE_SIM_FRAMES_H
#define ERPROBE_SIM_FRAMES_H

#include "tests/sim/world.h"

#include "erprobe/frame.h"

void frame_of_probe(const struct probe_spec *s, struct wall_ns at, struct frame *f);
void frame_of_answer(const struct probe_spec *s, const struct sim_answer *a, struct wall_ns at, struct frame *f);
/* The RST with which our kernel ends what a SYN-ACK opened. */
void frame_of_reset(const struct probe_spec *s, struct wall_ns at, struct frame *f);

#endif
