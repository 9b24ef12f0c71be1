/* SPDX-License-Identifier: Apache-2.0 */
#include "mounts.h"
#include "operations.h"
#include "paths.h"
#include "text.h"

#define TIOCSCTTY 0x540e
#define TIOCSWINSZ 0x5414
#define TIOCGPTPEER 0x5441
#define TIOCSPTLCK 0x40045431

/* The descriptor, never a path below /dev/pts, is bound on /dev/console. */
static long bind_console(int terminal)
{
	const char *name;
	long parent = open_parent("/dev/console", 0, &name);
	long at, r;

	if (parent < 0)
		return parent;
	at = sys_openat((int)parent, name, O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	sys_close((int)parent);
	if (at < 0)
		return at;
	r = mount_copy(terminal, (int)at, 0, 0);
	sys_close((int)at);
	return r;
}

/* a: rows, b: columns, c: uid. */
long op_terminal(struct operation *o)
{
	const struct report report = { REPORT_TERMINAL, 0, 0 };
	u16 size[4] = { (u16)o->a, (u16)o->b, 0, 0 };
	int unlock = 0;
	long master = open_in_root("/dev/pts/ptmx", O_RDWR | O_NOCTTY, 0);
	long terminal, r;
	int i;

	if (master < 0)
		return master;
	r = own_session();
	if (r >= 0)
		r = SYS3(NR_ioctl, master, TIOCSPTLCK, &unlock);
	if (r < 0)
		return r;
	/* The other side of this very master, whatever its name leads to. */
	terminal = SYS3(NR_ioctl, master, TIOCGPTPEER,
			O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		return terminal;
	SYS3(NR_ioctl, master, TIOCSWINSZ, size);
	r = SYS3(NR_fchown, terminal, o->c, -1);
	if (r >= 0)
		r = bind_console((int)terminal);
	if (r >= 0)
		r = report_send(CONTROL_FD, &report, (int)master, 0);
	sys_close((int)master);
	if (r >= 0)
		r = SYS3(NR_ioctl, terminal, TIOCSCTTY, 0);
	for (i = 0; r >= 0 && i < 3; i++)
		r = sys_dup3((int)terminal, i, 0);
	sys_close((int)terminal);
	return r < 0 ? r : 0;
}
