/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of erprobe: one file each (cmd_NAME.c, state.c), one row each in main.c.
 * argv[0] is the command's word; each returns the exit code. */
#ifndef ERPROBE_COMMANDS_H
#define ERPROBE_COMMANDS_H

int cmd_check(int argc, char **argv);
int cmd_trace(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_state(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_evidence(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_fleet(int argc, char **argv);
int cmd_config(int argc, char **argv);

#endif
