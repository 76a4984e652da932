/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/run/stopping.h"

enum end_reason why_stop(const struct run_state *s)
{
	if (s->helper_lost)
		return END_HELPER_LOST;
	if (s->interrupted)
		return END_INTERRUPTED;
	if (s->decided)
		return END_DECIDED;
	if (s->sent >= s->budget && s->since_last_ns >= LAST_ANSWERS_NS)
		return END_BUDGET;
	if (s->elapsed_ns >= s->run_ns)
		return END_DEADLINE;
	return 0;
}

int64_t sending_time_ns(double deadline_s)
{
	int64_t deadline = seconds_ns(deadline_s);
	int64_t closing = deadline / 4 < CLOSING_NS ? deadline / 4 : CLOSING_NS;

	return deadline - closing;
}
