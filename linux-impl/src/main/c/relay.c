/* SPDX-License-Identifier: Apache-2.0 */
#include "roles.h"

int relay_main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 1;
}
