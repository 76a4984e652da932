/* SPDX-License-Identifier: BSD-2-Clause */
/* The live view as text: one circuit on one screen, links as rows, domains as columns,
 * the runs so far as a strip of marks. Pure: what is shown is a function of the view. */
#ifndef ERPROBE_LIVE_WATCH_SCREEN_H
#define ERPROBE_LIVE_WATCH_SCREEN_H

#include "analysis/audit/record.h"
#include "analysis/render/page.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_STRIP_MAX 120   /* runs that a circuit remembers */
#define WATCH_REASONS_MAX 6

/* Why a verdict is what it is, in the document's own sentences. */
struct watch_reasons {
	char pro[WATCH_REASONS_MAX][SENTENCE_MAX], contra[WATCH_REASONS_MAX][SENTENCE_MAX], steps[WATCH_REASONS_MAX][SENTENCE_MAX];
	size_t pro_count, contra_count, step_count;
};

/* One run in the strip. */
struct watch_mark {
	bool failed;              /* no document came */
	uint8_t status;           /* enum status of the circuit */
	uint8_t links[LINKS];     /* likewise of each link */
};

struct watch_circuit {
	char name[NAME_MAX_LEN];
	bool known;               /* now is filled */
	bool interim;             /* it is of a run that goes on */
	struct run_record now;    /* the figures */
	bool decided;             /* verdict is of a run that ended; before that, of the first one so far */
	struct run_record verdict;
	struct watch_reasons reasons; /* for and against that verdict */
	char trouble[SENTENCE_MAX]; /* why the last run gave nothing; "" = it did */
	struct watch_mark strip[WATCH_STRIP_MAX]; /* oldest first */
	size_t strip_count;
	struct wall_ns since;     /* since when the finished verdicts are of this status */
	bool running;
	int64_t running_ns;       /* how long this run has gone on */
	int64_t next_ns;          /* until the next one begins */
};

enum watch_page { WATCH_LINKS = 0, WATCH_HOPS, WATCH_WHY, WATCH_HELP, WATCH_PAGES };

struct watch_view {
	const struct watch_circuit *circuits;
	size_t count, chosen;
	enum watch_page page;
	bool paused;
	struct wall_ns now;
};

/* Appends the screen, at most `height` lines of at most `width` columns (40 to 200). */
void watch_screen(const struct watch_view *v, bool color, int width, int height, struct strbuf *out);
/* Takes a document: the figures of any, the verdict of a finished run (or the first one so
 * far, until there is one). A finished run is added to the strip. */
void watch_take(struct watch_circuit *c, const struct run_record *r, const struct watch_reasons *reasons, bool interim);
/* Adds a run without a document. */
void watch_note_failed(struct watch_circuit *c);

#endif
