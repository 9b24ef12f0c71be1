/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ROLES_H
#define ROLES_H

/* "run": starts one process and watches it; speaks on CONTROL_FD. */
int monitor_main(void);

/* "relay", "relay-detached": serves published ports. */
int relay_main(int argc, char **argv, int detached);

/*
 * "keep": holds a user namespace and makes system calls in it; "keep-in": the
 * one that descriptor 1 stands for.
 */
int keeper_main(int joins);

/* "escort": keeps a program running as long as a process. */
int escort_main(int argc, char **argv);

/* "follow": takes the place of who waits for a process in the foreground. */
int follow_main(char **argv, char **envp);

#endif
