/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/cli/finish.h"

#include "probe/cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int finish_output(int code)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fprintf(stderr, "erprobe: cannot write the result to standard output: %s\n", strerror(errno ? errno : EIO));
	return EXIT_USAGE;
}
