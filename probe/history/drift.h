/* SPDX-License-Identifier: BSD-2-Clause */
/* Incidents of a drift lie beside those of verdicts: they may open in a healthy run, and in the
 * run that opens one of a verdict. The end of their key tells them apart. */
#ifndef ERPROBE_HISTORY_DRIFT_H
#define ERPROBE_HISTORY_DRIFT_H

#define DRIFT_KEY_END ".drift"
/* 1 where the row of the table of that name is of a drift, else 0. */
#define SQL_IS_DRIFT(incident) "ifnull(" incident ".key GLOB '*" DRIFT_KEY_END "',0)"

#endif
