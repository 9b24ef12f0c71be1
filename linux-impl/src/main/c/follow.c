/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits for a process in place of the Java process that has started it, which
 * becomes this program when there is nothing left for it to do: every signal
 * goes on to the process, its terminal is joined to the caller's, and its end
 * is this one's. A Java process could neither catch all signals nor be small.
 */
#include "roles.h"
#include "text.h"
#include "wire.h"

enum {
	/* Where the descriptors go that were given by number. */
	MONITOR = 3,
	TERMINAL,
	FIRST_UNUSED,
	/* What a pipe that can be written to takes without waiting. */
	CHUNK = 4096,
};

#define TCGETS 0x5401
#define TCSETS 0x5402
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414

#define SIGWINCH 28
#define MOST_SIGNALS 64

struct termios {
	u32 input, output, control, local;
	u8 line;
	u8 characters[19];
};

/* Bytes on their way from one descriptor to another. */
struct flow {
	int from, to;
	u32 start, end;
	char bytes[CHUNK];
};

static struct flow in, out;
static struct termios before;
/* Which of 0 to 2 is a terminal of the caller's, or -1. */
static int screen = -1;

static int number(const char *text)
{
	int n = 0;

	if (*text == '-')
		return -1;
	while (*text >= '0' && *text <= '9')
		n = n * 10 + (*text++ - '0');
	return n;
}

static void place(const char *from, int to)
{
	int fd = number(from);

	if (fd < 0)
		sys_close(to);
	else
		sys_dup3(fd, to, O_CLOEXEC);
}

/* All are caught, those too that whoever started this one ignores. */
static long take_signals(void)
{
	struct {
		u64 handler, flags, restorer, mask;
	} standard = { 0, 0, 0, 0 };
	u64 all = ~0ULL;
	int i;

	SYS4(NR_rt_sigprocmask, SIG_SETMASK, &all, 0, SIGNAL_SET);
	for (i = 1; i <= MOST_SIGNALS; i++)
		SYS4(NR_rt_sigaction, i, &standard, 0, SIGNAL_SET);
	return SYS4(NR_signalfd4, -1, &all, SIGNAL_SET, O_CLOEXEC);
}

static void fit(void)
{
	u16 size[4];

	if (screen >= 0 && SYS3(NR_ioctl, screen, TIOCGWINSZ, size) >= 0)
		SYS3(NR_ioctl, TERMINAL, TIOCSWINSZ, size);
}

/* What is typed is for the other terminal to make sense of. */
static void open_screen(void)
{
	struct termios raw;

	for (screen = 2; screen >= 0; screen--)
		if (SYS3(NR_ioctl, screen, TCGETS, &before) >= 0)
			break;
	SYS3(NR_fcntl, TERMINAL, F_SETFL, O_RDWR | O_NONBLOCK);
	if (screen < 0)
		return;
	raw = before;
	raw.input &= ~02753U;
	raw.output &= ~01U;
	raw.local &= ~0100113U;
	raw.control = (raw.control & ~0460U) | 060;
	raw.characters[5] = 0;
	raw.characters[6] = 1;
	SYS3(NR_ioctl, screen, TCSETS, &raw);
	fit();
}

/* 0 when nothing will come any more. */
static int fill(struct flow *f)
{
	long n = sys_read(f->from, f->bytes, CHUNK);

	f->start = 0;
	f->end = n > 0 ? (u32)n : 0;
	return n > 0 || n == -EAGAIN || n == -EINTR;
}

static void drain(struct flow *f)
{
	long n = sys_write(f->to, f->bytes + f->start, f->end - f->start);

	if (n > 0)
		f->start += (u32)n;
	else if (n != -EAGAIN && n != -EINTR)
		f->start = f->end;
}

/* One direction at a time: what was read waits until it can be written. */
static struct pollfd interest(const struct flow *f)
{
	enum { POLLOUT = 4 };

	if (f->from < 0)
		return (struct pollfd){ -1, 0, 0 };
	if (f->start < f->end)
		return (struct pollfd){ f->to, POLLOUT, 0 };
	return (struct pollfd){ f->from, POLLIN, 0 };
}

static void advance(struct flow *f)
{
	if (f->start < f->end)
		drain(f);
	else if (!fill(f))
		f->from = -1;
}

static void hand_on(int signals)
{
	u32 info[32];
	struct command c = { .letter = COMMAND_KILL };

	if (sys_read(signals, info, sizeof(info)) != sizeof(info) ||
	    info[0] == SIGCHLD)
		return;
	if (info[0] == SIGWINCH && screen >= 0) {
		fit();
		return;
	}
	c.argument = (u8)info[0];
	SYS6(NR_sendto, MONITOR, &c, sizeof(c), MSG_NOSIGNAL, 0, 0);
}

/* The exit status, or -1 while there is none. */
static int status_of(void)
{
	struct report r;
	char *at = (char *)&r;
	unsigned long have = 0;

	while (have < sizeof(r)) {
		long n = sys_read(MONITOR, at + have, sizeof(r) - have);

		if (n <= 0)
			return 255;
		have += (unsigned long)n;
	}
	if (r.type == REPORT_ERROR)
		return 255;
	if (r.type != REPORT_EXIT)
		return -1;
	return r.index & 0x7f ? 128 + (int)(r.index & 0x7f) :
				(int)(r.index >> 8 & 0xff);
}

static int wait_for_end(int signals)
{
	for (;;) {
		struct pollfd p[4] = { { MONITOR, POLLIN, 0 },
				       { signals, POLLIN, 0 },
				       interest(&in),
				       interest(&out) };
		int status;

		if (SYS5(NR_ppoll, p, 4, 0, 0, 0) < 0)
			continue;
		if (p[1].revents)
			hand_on(signals);
		if (p[2].revents)
			advance(&in);
		if (p[3].revents)
			advance(&out);
		status = p[0].revents ? status_of() : -1;
		if (status >= 0)
			return status;
	}
}

/* What the process has written before it ended. */
static void close_screen(void)
{
	while (out.from >= 0 && (out.start < out.end || fill(&out)) &&
	       out.start < out.end)
		drain(&out);
	if (screen >= 0)
		SYS3(NR_ioctl, screen, TCSETS, &before);
}

static void call(char **argv, char **envp)
{
	long pid = SYS5(NR_clone, SIGCHLD, 0, 0, 0, 0);
	u64 none = 0;

	if (pid == 0) {
		SYS4(NR_rt_sigprocmask, SIG_SETMASK, &none, 0, SIGNAL_SET);
		SYS3(NR_execve, argv[0], argv, envp);
		sys_exit(127);
	}
	if (pid > 0)
		SYS4(NR_wait4, pid, 0, 0, 0);
}

/*
 * argv: the numbers of the monitor's control socket and the process's terminal,
 * -1 for none; then what is called at the end, if anything is.
 */
int follow_main(char **argv, char **envp)
{
	long signals;
	int status;

	place(argv[2], MONITOR);
	place(argv[3], TERMINAL);
	SYS3(NR_close_range, FIRST_UNUSED, ~0U, 0);
	signals = take_signals();
	in.from = out.from = -1;
	if (number(argv[3]) >= 0) {
		in.from = 0;
		in.to = out.from = TERMINAL;
		out.to = 1;
		open_screen();
	}
	status = wait_for_end((int)signals);
	close_screen();
	/* The monitor, which this process has inherited. */
	while (SYS4(NR_wait4, -1, 0, 0, 0) > 0)
		;
	if (argv[4])
		call(argv + 4, envp);
	return status;
}
