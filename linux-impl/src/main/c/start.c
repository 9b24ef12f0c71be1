/* SPDX-License-Identifier: Apache-2.0 */
/* The entry point, and which of the program's roles is asked for. */
#include "roles.h"
#include "text.h"

ENTRY;

__attribute__((used, noreturn)) void start(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);

	if (argc > 1 && text_equal(argv[1], "run"))
		sys_exit(monitor_main());
	if (argc > 1 && text_equal(argv[1], "relay"))
		sys_exit(relay_main(argc, argv, 0));
	if (argc > 1 && text_equal(argv[1], "relay-detached"))
		sys_exit(relay_main(argc, argv, 1));
	if (argc > 1 && text_equal(argv[1], "keep"))
		sys_exit(keeper_main(0));
	if (argc > 1 && text_equal(argv[1], "keep-in"))
		sys_exit(keeper_main(1));
	if (argc > 1 && text_equal(argv[1], "escort"))
		sys_exit(escort_main(argc, argv));
	if (argc > 3 && text_equal(argv[1], "follow"))
		sys_exit(follow_main(argv, argv + argc + 1));
	sys_exit(2);
}
