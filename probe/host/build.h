/* SPDX-License-Identifier: BSD-2-Clause */
/* Which build this is. Two builds of one version may word a verdict differently, so a
 * bundle names the build that made it. */
#ifndef ERPROBE_BUILD_H
#define ERPROBE_BUILD_H

/* "erprobe 0.1.0+3f9a1c07d2b4": the version, and the first digits of the SHA-256 over
 * the program's sources (semver.org: build metadata). The same sources give the same. */
const char *build_tool(void);

#endif
