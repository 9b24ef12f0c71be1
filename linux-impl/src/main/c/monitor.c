/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor: starts one process, is its parent, keeps its log and reports to
 * Java. It lives until the process has ended, with or without Java.
 */
#include "child.h"
#include "group.h"
#include "link.h"
#include "log.h"
#include "operations.h"
#include "roles.h"
#include "text.h"
#include "wire.h"

enum {
	/* Far more than any container needs: what is beyond is no frame. */
	LONGEST_FRAME = 64 << 20,
	MOST_PASSED = 1 << 16,
	/* Reads that empty any pipe; the largest has a megabyte. */
	MOST_LEFT = 32,
};

static struct frame frame;
static struct operation *operations;

static s32 init_pid;
static int init_fd = -1;
static int child_link = -1;
static int output[2] = { -1, -1 };
static int terminal = -1;
static int terminal_ended;
static int children = -1;
static int control = CONTROL_FD;
static int detached;
static int armed;
static int failed;

static void report_with(int fd, u32 type, u32 index, s64 value, int flags)
{
	const struct report r = { type, index, value };

	if (control >= 0)
		report_send(control, &r, fd, flags);
}

static void report(u32 type, u32 index, s64 value, int flags)
{
	report_with(type == REPORT_PID ? init_fd : -1, type, index, value,
		    flags);
}

static int refuse(u32 step, long error)
{
	report(REPORT_ERROR, step, -error, 0);
	return 1;
}

static long read_all(int fd, void *to, unsigned long length)
{
	u8 *p = to;

	while (length) {
		long n = sys_read(fd, p, length);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n ? n : -EPROTO;
		p += n;
		length -= (unsigned long)n;
	}
	return 0;
}

static int is_passed(s32 index)
{
	return index >= -1 && index < (s32)frame.passed;
}

static int is_frame(void)
{
	return frame.magic == FRAME_MAGIC && frame.version == FRAME_VERSION &&
	       frame.size == sizeof(frame) && frame.length <= LONGEST_FRAME &&
	       frame.passed <= MOST_PASSED && is_passed(frame.cgroup) &&
	       is_passed(frame.log) && is_passed(frame.state);
}

/*
 * Every operation lies within the frame, they are as many as was said and fill
 * it to its end.
 */
static long check_operations(void)
{
	u64 count = (u64)frame.monitor_operations + frame.child_operations;
	char *at = (char *)operations;
	char *end = at + frame.length;

	while (count-- > 0) {
		struct operation *o = (struct operation *)at;
		unsigned long left = (unsigned long)(end - at);

		if (left < sizeof(*o) || o->length < sizeof(*o) ||
		    o->length > left || o->length % 8)
			return -EPROTO;
		at += o->length;
	}
	return at == end ? 0 : -EPROTO;
}

static long read_frame(void)
{
	enum { READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };
	long r = read_all(CONTROL_FD, &frame, sizeof(frame));
	long at;

	if (r < 0)
		return r;
	if (!is_frame())
		return -EPROTO;
	at = SYS6(NR_mmap, 0, frame.length + 8, READ_WRITE, PRIVATE_ANONYMOUS,
		  -1, 0);
	if (at < 0 && at > -4096)
		return at;
	operations = (struct operation *)at;
	r = read_all(CONTROL_FD, operations, frame.length);
	return r < 0 ? r : check_operations();
}

static int passed(s32 index)
{
	return index < 0 ? -1 : FIRST_PASSED_FD + index;
}

/*
 * Nothing that leaked from the Java process stays open, and nothing that it
 * meant to pass reaches the container.
 */
static void guard_descriptors(void)
{
	u32 i;

	SYS3(NR_close_range, FIRST_PASSED_FD + frame.passed, ~0U, 0);
	if (SYS3(NR_close_range, CONTROL_FD, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	/* Linux 5.10 cannot mark a range. */
	for (i = CONTROL_FD; i < FIRST_PASSED_FD + frame.passed; i++)
		SYS3(NR_fcntl, i, F_SETFD, FD_CLOEXEC);
}

/* With a log, the container's output goes through pipes of the monitor's own. */
static long make_pipes(int child_end[2])
{
	int i;

	child_end[0] = child_end[1] = -1;
	if (frame.log < 0)
		return 0;
	log_open(passed(frame.log));
	for (i = 0; i < 2; i++) {
		int ends[2];
		long r = SYS2(NR_pipe2, ends, O_CLOEXEC);

		if (r < 0)
			return r;
		output[i] = ends[0];
		child_end[i] = ends[1];
		SYS3(NR_fcntl, ends[0], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static long clone_child(void)
{
	struct clone_args args;
	long pid;

	memset(&args, 0, sizeof(args));
	args.flags = frame.clone_flags | CLONE_PIDFD;
	args.pidfd = (u64)(unsigned long)&init_fd;
	args.exit_signal = SIGCHLD;
	if (frame.cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (u64)passed(frame.cgroup);
	}
	pid = SYS2(NR_clone3, &args, sizeof(args));
	/* Filters that cannot look into clone3's memory hide it. */
	if (pid == -ENOSYS && frame.cgroup < 0)
		pid = SYS5(NR_clone, args.flags | SIGCHLD, 0, &init_fd, 0, 0);
	return pid;
}

static long start_child(void)
{
	int ends[2], child_end[2];
	long r, pid;
	int i;

	r = make_pipes(child_end);
	if (r >= 0)
		r = SYS4(NR_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
			 0, ends);
	if (r < 0)
		return refuse(STEP_PIPES, r);
	pid = clone_child();
	if (pid < 0)
		return refuse(STEP_CLONE, pid);
	if (pid == 0) {
		struct child c = {
			.frame = &frame,
			.operations = operations,
			.link = ends[1],
			.output = { child_end[0], child_end[1] },
		};

		sys_close(ends[0]);
		child_run(&c);
	}
	init_pid = (s32)pid;
	children = group_watch();
	child_link = ends[0];
	sys_close(ends[1]);
	/* Whoever holds an end of these pipes keeps them from ending. */
	for (i = 0; i < 3; i++)
		sys_close(i);
	for (i = 0; i < 2; i++)
		if (child_end[i] >= 0)
			sys_close(child_end[i]);
	return 0;
}

static void send_signal(int signal)
{
	SYS4(NR_pidfd_send_signal, init_fd, signal, 0, 0);
	/* A task frozen by the v1 freezer dies only once it is thawed. */
	if (signal == SIGKILL)
		freezer_thaw();
}

static void write_text(const char *directory, const char *name,
		       const char *text, long *error)
{
	char path[64];
	char *p = text_copy(path, "/proc/");
	long fd, n;

	if (*error < 0)
		return;
	p = text_copy(p, directory);
	text_copy(p, name);
	fd = sys_openat(AT_FDCWD, path, O_WRONLY, 0);
	if (fd < 0) {
		*error = fd;
		return;
	}
	n = sys_write((int)fd, text, text_length(text));
	if (n < 0)
		*error = n;
	sys_close((int)fd);
}

/* Only a process outside the new user namespace may map more than one id. */
static void map_ids(u32 index)
{
	struct operation *o = operations_at(operations, index);
	const char *uids = o->text;
	const char *gids = text_next(uids);
	char pid[24];
	long error = 0;

	text_number(pid, (u64)init_pid);
	if (!o->a)
		write_text(pid, "/setgroups", "deny", &error);
	write_text(pid, "/uid_map", uids, &error);
	write_text(pid, "/gid_map", gids, &error);
	link_send(child_link, LINK_MAPPED, index, error);
}

/*
 * With a log the terminal is read here, whether or not anybody in Java looks;
 * Java's own descriptor of it is for input and size. Not waiting is a property
 * of the terminal's side, so it holds for both.
 */
static void have_terminal(int fd)
{
	terminal = fd;
	if (frame.log >= 0)
		SYS3(NR_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK);
}

static void report_terminal(void)
{
	if (terminal < 0)
		return;
	report_with(terminal, REPORT_TERMINAL, 0, 0, 0);
	/* Whoever holds it keeps the session from hanging up. */
	if (frame.log < 0) {
		sys_close(terminal);
		terminal = -1;
	}
}

static void link_event(void)
{
	struct link_message m;
	int fd;
	long n = link_receive_fd(child_link, &m, &fd);

	if (n > 0 && m.type == LINK_NEED_MAPS) {
		map_ids(m.index);
		return;
	}
	if (n > 0 && m.type == LINK_CALL) {
		report(REPORT_CALL, m.index, 0, 0);
		return;
	}
	if (n > 0 && m.type == LINK_READY) {
		report(REPORT_READY, m.index, 0, 0);
		sys_exit(0);
	}
	if (n > 0 && m.type == LINK_TERMINAL) {
		have_terminal(fd);
		return;
	}
	if (n > 0 && m.type == LINK_FAILED) {
		failed = 1;
		report(REPORT_ERROR, m.index, m.error, 0);
	} else {
		if (!(frame.flags & FRAME_WAIT_FOR_GO))
			report(REPORT_PID, 0, init_pid, 0);
		report_terminal();
		report(REPORT_RUNNING, 0, (s64)now(), 0);
		/* The process belongs to whoever adopts orphans here. */
		if (frame.flags & FRAME_LEAVE)
			sys_exit(0);
	}
	sys_close(child_link);
	child_link = -1;
}

/* Tells Java once that the log has grown; never waits for a paused Java. */
static void announce_log(void)
{
	if (armed) {
		armed = 0;
		report(REPORT_LOG, 0, 0, MSG_DONTWAIT);
	}
}

/* The log may have grown while Java's question was on its way. */
static void arm(u64 seen)
{
	armed = 1;
	if (log_size() > seen)
		announce_log();
}

static void control_event(void)
{
	struct command c;

	if (read_all(control, &c, sizeof(c)) < 0) {
		sys_close(control);
		control = -1;
		/* The engine is gone, and with it whatever has not started. */
		if (!detached || child_link >= 0)
			send_signal(SIGKILL);
		return;
	}
	if (c.letter == COMMAND_GO && child_link >= 0)
		link_send(child_link, LINK_GO, 0, 0);
	else if (c.letter == COMMAND_KILL)
		send_signal(c.argument);
	else if (c.letter == COMMAND_DETACH)
		detached = 1;
	else if (c.letter == COMMAND_ARM)
		arm(c.position);
	else if (c.letter == COMMAND_TERMINAL)
		report_terminal();
}

static void output_event(int i)
{
	long n = log_take(output[i], (u8)(STREAM_STDOUT + i));

	if (n > 0)
		announce_log();
	else if (n != -EAGAIN) {
		sys_close(output[i]);
		output[i] = -1;
	}
}

/*
 * The terminal's side ends with an error when nobody has the terminal open any
 * more; it stays open, for that alone hangs nobody up.
 */
static void terminal_event(void)
{
	long n = log_take(terminal, STREAM_STDOUT);

	if (n > 0)
		announce_log();
	else if (n != -EAGAIN)
		terminal_ended = 1;
}

/* For whoever opens the engine next: replaced as a whole, never half there. */
static void save_exit(int status, u64 time)
{
	int dir = passed(frame.state);
	char text[64];
	char *p = text_number(text, (u64)(u32)status);
	long fd;

	if (dir < 0)
		return;
	p = text_copy(p, " ");
	p = text_number(p, time);
	p = text_copy(p, "\n");
	fd = sys_openat(dir, "exit.new", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return;
	if (sys_write((int)fd, text, (unsigned long)(p - text)) == p - text)
		SYS4(NR_renameat, dir, "exit.new", dir, "exit");
	sys_close((int)fd);
}

/*
 * When init can be waited for, the kernel has already killed and reaped all
 * else in its pid namespace: what they wrote is in the pipes now. Without such a
 * namespace there may be writers that never stop; a pipe holds no more than this.
 */
static void finish(void)
{
	int status = 0;
	u64 time;
	int i, n;

	SYS4(NR_wait4, init_pid, &status, 0, 0);
	time = now();
	group_end();
	for (i = 0; i < 2; i++)
		for (n = 0; n < MOST_LEFT && output[i] >= 0; n++)
			if (log_take(output[i], (u8)(STREAM_STDOUT + i)) <= 0)
				break;
	for (n = 0; n < MOST_LEFT && terminal >= 0 && frame.log >= 0; n++)
		if (log_take(terminal, STREAM_STDOUT) <= 0)
			break;
	while (child_link >= 0)
		link_event();
	if (failed)
		return;
	save_exit(status, time);
	report(REPORT_EXIT, (u32)status, (s64)time, 0);
}

static void children_event(void)
{
	char signals[1024];

	sys_read(children, signals, sizeof(signals));
	group_reap(init_pid);
}

static void watch(void)
{
	for (;;) {
		int screen = frame.log < 0 || terminal_ended ? -1 : terminal;
		struct pollfd p[] = {
			{ init_fd, POLLIN, 0 },	   { control, POLLIN, 0 },
			{ child_link, POLLIN, 0 }, { output[0], POLLIN, 0 },
			{ output[1], POLLIN, 0 },  { screen, POLLIN, 0 },
			{ children, POLLIN, 0 },
		};

		if (SYS5(NR_ppoll, p, sizeof(p) / sizeof(*p), 0, 0, 0) < 0)
			continue;
		if (p[2].revents)
			link_event();
		if (p[0].revents)
			break;
		if (p[1].revents)
			control_event();
		if (p[3].revents)
			output_event(0);
		if (p[4].revents)
			output_event(1);
		if (p[5].revents)
			terminal_event();
		if (p[6].revents)
			children_event();
	}
	finish();
}

static long prepare(void)
{
	struct operation *o = operations;
	u32 i;

	for (i = 0; i < frame.monitor_operations; i++) {
		long r = operation_run(o, -1, i);

		if (r < 0)
			return refuse(i, r);
		o = operation_next(o);
	}
	return 0;
}

/*
 * A detached monitor has no parent in Java that could reap it whenever it ends:
 * it becomes a child of the machine's init.
 */
static long hand_over(void)
{
	long pid = SYS5(NR_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid > 0)
		sys_exit(0);
	return pid;
}

int monitor_main(void)
{
	long r = read_frame();

	if (r >= 0 && (frame.flags & FRAME_DETACHED))
		r = hand_over();
	if (r < 0)
		return refuse(STEP_FRAME, r);
	guard_descriptors();
	/*
	 * Out of reach of the terminal's Ctrl-C. A session of its own would do
	 * too, but brings a scheduling group of its own (autogroup), which
	 * waits long for its first turn on a busy machine; only who outlives
	 * Java needs it.
	 */
	if (frame.flags & FRAME_DETACHED)
		SYS0(NR_setsid);
	else
		SYS2(NR_setpgid, 0, 0);
	/*
	 * No process of the container may trace this one or its child. With a
	 * user namespace from the start, only after the ids are mapped: the
	 * files below /proc would belong to root.
	 */
	if (!(frame.clone_flags & CLONE_NEWUSER))
		sys_prctl(4 /* PR_SET_DUMPABLE */, 0, 0);
	detached = frame.flags & FRAME_DETACHED;
	if (prepare() || start_child())
		return 1;
	/* Otherwise together with what comes next: Java is woken once. */
	if (frame.flags & FRAME_WAIT_FOR_GO)
		report(REPORT_PID, 0, init_pid, 0);
	watch();
	return 0;
}
