/* SPDX-License-Identifier: Apache-2.0 */
#include "ending.h"
#include "text.h"

void ending_save(int dir, int status, u64 time, u64 running)
{
	char text[80];
	char *p = text_number(text, (u64)(u32)status);
	long fd;

	if (dir < 0)
		return;
	p = text_copy(p, " ");
	p = text_number(p, time);
	p = text_copy(p, " ");
	p = text_number(p, running);
	p = text_copy(p, "\n");
	fd = sys_openat(dir, "exit.new", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return;
	if (sys_write((int)fd, text, (unsigned long)(p - text)) == p - text)
		SYS4(NR_renameat, dir, "exit.new", dir, "exit");
	sys_close((int)fd);
}
