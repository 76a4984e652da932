/* SPDX-License-Identifier: BSD-2-Clause */
/* The program `erprobe` itself: runs `trace`, and hands every other command to
 * erprobe-circuit, which links what talks to Azure and reads archives. Loading those
 * forty libraries takes longer than tracing a path. */
#include "probe/cli/commands.h"
#include "probe/cli/finish.h"
#include "probe/cli/options.h"
#include "probe/run/program.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "erprobe-circuit"

/* Only returns when it could not. */
static int run_elsewhere(char **argv)
{
	char path[PROGRAM_PATH_ROOM], why[PROGRAM_ERROR_ROOM];

	if (!program_find(PROGRAM, path, why, sizeof(why))) {
		fprintf(stderr, "erprobe: %s: install all programs of one build together\n", why);
		return EXIT_USAGE;
	}
	execv(path, argv);
	fprintf(stderr, "erprobe: cannot run %s: %s\n", path, strerror(errno));
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "trace") != 0)
		return run_elsewhere(argv);
	/* Only character classes: numbers are written and read the same everywhere. */
	setlocale(LC_CTYPE, "");
	return finish_output(cmd_trace(argc - 1, argv + 1));
}
