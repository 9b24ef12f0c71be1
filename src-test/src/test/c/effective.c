/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the effective user. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	printf("%u\n", geteuid());
	return 0;
}
