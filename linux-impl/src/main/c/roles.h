/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ROLES_H
#define ROLES_H

/* "run": starts one process and watches it; speaks on CONTROL_FD. */
int monitor_main(void);

/* "relay", "relay-detached": serves published ports. */
int relay_main(int argc, char **argv, int detached);

/* "keep": holds a user namespace and makes system calls in it. */
int keeper_main(void);

#endif
