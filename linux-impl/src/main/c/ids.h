/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IDS_H
#define IDS_H

/* Writes the maps of the user namespace that "pid" is in, as user_namespaces(7) has them. */
long ids_map(const char *pid, int set_groups, const char *uids,
	     const char *gids);

#endif
