/* SPDX-License-Identifier: BSD-2-Clause */
/* A token from the Azure CLI, for whoever has run `az login`. */
#ifndef ERPROBE_AZURE_CLI_H
#define ERPROBE_AZURE_CLI_H

#include <stdbool.h>
#include <stddef.h>

#define AZURE_CLI_OUTPUT_MAX 65536

/* Runs `az account get-access-token --output json --scope SCOPE`, found by PATH, without a
 * shell, and waits at most so long; then it is killed. Its standard output goes to out (the
 * caller wipes it: it holds a token). False with one line in err: what az said, or why it
 * could not run. */
bool azure_cli_token(const char *scope, int milliseconds, char out[AZURE_CLI_OUTPUT_MAX], char *err, size_t err_size);

#endif
