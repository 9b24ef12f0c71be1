/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the number of the session keyring that this process has. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	long ring = syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */,
			    -3 /* KEY_SPEC_SESSION_KEYRING */, 0);

	if (ring < 0) {
		perror("keyctl");
		return 1;
	}
	printf("%lx\n", ring);
	return 0;
}
