/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/cli/finish.h"

#include "probe/cli/options.h"
#include "probe/host/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void complain(int reason)
{
	fprintf(stderr, "erprobe: cannot write the result to standard output: %s\n", strerror(reason));
}

/* Not by stdio, which forgets why a write failed. */
bool finish_write(const char *text, size_t len)
{
	if (len == 0 || output_write(text, len))
		return true;
	complain(errno);
	return false;
}

int finish_output(int code)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	complain(errno ? errno : EIO);
	return EXIT_ERROR;
}
