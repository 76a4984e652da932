/* SPDX-License-Identifier: BSD-2-Clause */
/* A stored result document next to the one that this build computes. */
#ifndef ERPROBE_RESULT_COMPARE_H
#define ERPROBE_RESULT_COMPARE_H

#include "analysis/value/strbuf.h"

#include <stdbool.h>
#include <stddef.h>

/* Says in a few words how the documents differ: the circuits whose verdict is another
 * one (then true), or else the first line that is. */
bool result_difference(const char *stored, size_t stored_len, const char *now, size_t now_len, struct strbuf *out);
/* Exit code that the verdicts of a stored document stand for; -1 with the reason in
 * err when it is no document of ours. */
int result_stored_exit_code(const char *stored, size_t len, char *err, size_t err_size);

#endif
