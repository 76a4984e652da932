/* SPDX-License-Identifier: BSD-2-Clause */
/* The exit codes of all programs, which scripts rely on: what a number says depends on the command. */
#ifndef ERPROBE_EXIT_CODE_H
#define ERPROBE_EXIT_CODE_H

enum exit_code {
	/* check: the worst circuit's. state: what Azure reports. replay: as the original check. fleet: the worst circuit's. */
	EXIT_HEALTHY = 0,
	EXIT_DEGRADED = 1,     /* works, but redundancy or quality is lost */
	EXIT_FAULT = 2,
	EXIT_UNDETERMINED = 3, /* of state: nothing could be read */

	/* trace: how many of the destinations were reached. */
	EXIT_ALL_REACHED = 0,
	EXIT_SOME_REACHED = 1,
	EXIT_NONE_REACHED = 2,

	/* evidence verify. */
	EXIT_INTACT = 0,
	EXIT_NOT_INTACT = 3,   /* altered or unreadable */

	/* Every command. */
	EXIT_DONE = 0,         /* did what it was asked for; audit: ended by SIGTERM or SIGINT */
	EXIT_ERROR = 3,        /* usage, configuration, privilege or local error, with one line on standard error */
	EXIT_INTERRUPTED = 130 /* check and trace, by SIGINT, SIGTERM or SIGHUP, with a valid document; 128 + SIGINT, as shells count */
};

#endif
