/* SPDX-License-Identifier: BSD-2-Clause */
/* systemd's readiness protocol: a datagram to the socket that $NOTIFY_SOCKET names.
 * Without it, or when the datagram cannot be sent, nothing happens. */
#ifndef ERPROBE_AUDIT_SD_NOTIFY_H
#define ERPROBE_AUDIT_SD_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", lines of it. */
void sd_notify_send(const char *state);
/* RELOADING=1 with the monotonic time that Type=notify-reload wants beside it. */
void sd_notify_reloading(void);
/* Half of what the watchdog allows ($WATCHDOG_USEC), in nanoseconds; 0 = no watchdog,
 * or one that watches another process ($WATCHDOG_PID). */
int64_t sd_notify_watchdog_ns(void);

#endif
