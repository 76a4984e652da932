/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what Azure says, in a child process that holds the token and never sees a
 * packet. Snapshots come back as JSON records over a socket (record.h), redacted by
 * allow-list. */
#ifndef ERPROBE_AZURE_READER_H
#define ERPROBE_AZURE_READER_H

#include "erprobe/snapshot.h"
#include "probe/config/config.h"

#include <stdbool.h>
#include <sys/types.h>

struct azure_reader {
	pid_t pid;
	int fd;          /* non-blocking: records of azure_reader_take() come in, azure_reader_again() goes out */
	char *buffer;    /* bytes of an unfinished record; owned */
	size_t have, size;
	size_t circuits; /* a record of any other circuit is rubbish */
	bool over;       /* END or ERROR was answered: nothing more will come */
};

/* What the child does once all was read: it ends, or stays until the deadline to read some of it again. */
enum azure_stay { AZURE_ENDS, AZURE_STAYS };

/* Starts the child for these circuits. deadline_s bounds all of Azure's part. It
 * sends a snapshot for a circuit each time a part of it was read, and a last one
 * with `finished` set. False with one line in err when it could not start. */
bool azure_reader_start(struct azure_reader *r, const struct azure_settings *s,
                        const struct plan_circuit *circuits, size_t count, double deadline_s, enum azure_stay stay,
                        char *err, size_t err_size);
/* Of a child that stays: has what can change with a fault read once more for this circuit, of which all was read before.
 * Snapshots come as before, with the first answers where there is no later one. False when it cannot be asked. */
bool azure_reader_again(struct azure_reader *r, size_t circuit);

enum azure_take { AZURE_TAKE_NONE, AZURE_TAKE_SNAPSHOT, AZURE_TAKE_END, AZURE_TAKE_ERROR };
/* Call when fd is readable, until it answers NONE. A snapshot is the caller's to free.
 * END: the child is done (all was sent). ERROR: it died or sent rubbish; err says so.
 * After END and ERROR it answers NONE and fd stays readable: stop watching it. */
enum azure_take azure_reader_take(struct azure_reader *r, size_t *circuit, struct az_snapshot *out,
                                  char *err, size_t err_size);
/* Ends the child (SIGKILL after a moment), reaps it, closes fd. Safe on a zeroed reader. */
void azure_reader_stop(struct azure_reader *r);

#endif
