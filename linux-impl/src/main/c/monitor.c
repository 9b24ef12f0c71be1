/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor: starts one process, is its parent, keeps its log and reports to
 * Java. It lives until the process has ended, with or without Java.
 */
#include "child.h"
#include "control.h"
#include "ending.h"
#include "frame.h"
#include "group.h"
#include "ids.h"
#include "link.h"
#include "log.h"
#include "operations.h"
#include "roles.h"
#include "text.h"
#include "wire.h"

enum {
	/* What the largest pipe holds. */
	LARGEST_PIPE = 1 << 20,
};

static s32 init_pid;
static int init_fd = -1;
static int child_link = -1;
static int output[2] = { -1, -1 };
static int terminal = -1;
static int terminal_ended;
static int mounts = -1;
static int children = -1;
static int detached;
static int failed;
static int born;
static u64 running;

static void report(u32 type, u32 index, s64 value)
{
	control_report(type, index, value, type == REPORT_PID ? init_fd : -1);
}

static int refuse(u32 step, long error)
{
	report(REPORT_ERROR, step, -error);
	return 1;
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
	log_open(&frame, frame_passed(frame.log), frame_passed(frame.state));
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
		args.cgroup = (u64)frame_passed(frame.cgroup);
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
	/*
	 * Where Java is not root it may open the waiting child's namespaces
	 * only while that is "dumpable", as the monitor is when it is made.
	 */
	if (frame.flags & FRAME_VISIBLE)
		sys_prctl(4 /* PR_SET_DUMPABLE */, 1, 0);
	pid = clone_child();
	if (pid != 0 && frame.flags & FRAME_VISIBLE)
		sys_prctl(4 /* PR_SET_DUMPABLE */, 0, 0);
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
	/*
	 * Whoever holds an end of these pipes keeps them from ending, which is
	 * wanted where Java waits for nothing but the exit: it is woken once.
	 */
	for (i = 0; i < (frame.flags & FRAME_QUIET ? 1 : 3); i++)
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

/* Only a process outside the new user namespace may map more than one id. */
static void map_ids(u32 index)
{
	struct operation *o = operations_at(operations, index);
	char pid[24];
	long r;

	text_number(pid, (u64)init_pid);
	r = ids_map(pid, o->a != 0, o->text, text_next(o->text));
	link_send(child_link, LINK_MAPPED, index, r);
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
	control_report(REPORT_TERMINAL, 0, 0, terminal);
	/* Whoever holds it keeps the session from hanging up. */
	if (frame.log < 0) {
		sys_close(terminal);
		terminal = -1;
	}
}

/* The child has left its place to another one, which is this one's child too. */
static void take_over(s32 pid, int fd)
{
	SYS4(NR_wait4, init_pid, 0, 0, 0);
	sys_close(init_fd);
	init_pid = pid;
	init_fd = fd;
	born = 1;
}

static void link_event(void)
{
	struct link_message m;
	int fd;
	long n = link_receive_fd(child_link, &m, &fd);

	/* Who may trace the process inside may send in its name. */
	if (n > 0 && born && m.type != LINK_FAILED) {
		sys_close(fd);
		return;
	}
	if (n > 0 && m.type == LINK_BORN) {
		take_over((s32)m.index, fd);
		return;
	}
	if (n > 0 && m.type == LINK_NEED_MAPS) {
		map_ids(m.index);
		return;
	}
	if (n > 0 && m.type == LINK_CALL) {
		report(REPORT_CALL, m.index, 0);
		return;
	}
	if (n > 0 && m.type == LINK_READY) {
		report_terminal();
		report(REPORT_READY, m.index, 0);
		if (frame.flags & FRAME_LEAVE)
			sys_exit(0);
		return;
	}
	if (n > 0 && m.type == LINK_TERMINAL) {
		have_terminal(fd);
		return;
	}
	if (n > 0 && m.type == LINK_MOUNTS) {
		mounts = fd;
		return;
	}
	if (n > 0 && m.type == LINK_FAILED) {
		u32 all = frame.monitor_operations + frame.child_operations;

		failed = 1;
		report(REPORT_ERROR, m.index < all ? m.index : STEP_CLONE,
		       m.error);
	} else if (!(frame.flags & FRAME_QUIET)) {
		if (!(frame.flags & FRAME_WAIT_FOR_GO))
			report(REPORT_PID, 0, init_pid);
		report_terminal();
		running = now();
		report(REPORT_RUNNING, 0, (s64)running);
		/* The process belongs to whoever adopts orphans here. */
		if (frame.flags & FRAME_LEAVE)
			sys_exit(0);
		control_serve(&(struct served){ init_pid, init_fd, terminal,
						(s64)running });
	}
	sys_close(child_link);
	child_link = -1;
}

static void go(void)
{
	if (child_link >= 0)
		link_send(child_link, LINK_GO, 0, 0);
}

static void detach(void)
{
	detached = 1;
}

/* The engine is gone, and with it whatever has not started. */
static void left(void)
{
	if (!detached || child_link >= 0)
		send_signal(SIGKILL);
}

static const struct orders orders = { go, send_signal, detach, left };

static void output_event(int i)
{
	long n = log_take(output[i], (u8)(STREAM_STDOUT + i));

	if (n > 0) {
		control_log_grew();
	} else if (n != -EAGAIN) {
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
	long n = log_copy(terminal, STREAM_STDOUT);

	if (n > 0)
		control_log_grew();
	else if (n != -EAGAIN)
		terminal_ended = 1;
}

/*
 * When init can be waited for, the kernel has already killed and reaped all
 * else in its pid namespace: what they wrote is in the pipes now. Without such a
 * namespace there may be writers that never stop; a pipe holds no more than this.
 */
static void empty(int pipe, u8 stream)
{
	long left = LARGEST_PIPE;

	while (left > 0 && pipe >= 0) {
		long n = log_take(pipe, stream);

		if (n <= 0)
			return;
		left -= n;
	}
}

static void empty_terminal(void)
{
	long left = LARGEST_PIPE;

	while (left > 0 && terminal >= 0) {
		long n = log_copy(terminal, STREAM_STDOUT);

		if (n <= 0)
			return;
		left -= n;
	}
}

static void finish(void)
{
	int status = 0;
	u64 time;

	SYS4(NR_wait4, init_pid, &status, 0, 0);
	time = now();
	group_end();
	empty(output[0], STREAM_STDOUT);
	empty(output[1], STREAM_STDERR);
	if (frame.log >= 0)
		empty_terminal();
	while (child_link >= 0)
		link_event();
	if (failed)
		return;
	ending_save(frame_passed(frame.state), status, time, running);
	report(REPORT_EXIT, (u32)status, (s64)time);
	/* While Java still has the connection: its end says that all is gone. */
	if (mounts >= 0)
		sys_close(mounts);
}

static void children_event(void)
{
	char signals[1024];

	sys_read(children, signals, sizeof(signals));
	group_reap(init_pid);
}

/* One that has left its place to another has said so before it ended. */
static int has_ended(void)
{
	struct link_message m;
	const int fd = init_fd;

	while (child_link >= 0 && fd == init_fd &&
	       SYS6(NR_recvfrom, child_link, &m, sizeof(m),
		    MSG_PEEK | MSG_DONTWAIT, 0, 0) > 0)
		link_event();
	return fd == init_fd;
}

static void watch(void)
{
	enum { OWN = 6 };
	struct pollfd p[OWN + MOST_CONTROLS];

	for (;;) {
		const int screen =
			frame.log < 0 || terminal_ended ? -1 : terminal;
		const s32 fds[OWN] = { init_fd,	  child_link, output[0],
				       output[1], screen,     children };
		int controls = control_poll(p + OWN);
		int i;

		for (i = 0; i < OWN; i++)
			p[i] = (struct pollfd){ fds[i], POLLIN, 0 };
		if (SYS5(NR_ppoll, p, OWN + controls, 0, 0, 0) < 0)
			continue;
		if (p[1].revents)
			link_event();
		/* Not of one whose place another has just taken. */
		if (p[0].revents && p[0].fd == init_fd && has_ended())
			break;
		control_events(p + OWN, controls);
		if (p[2].revents)
			output_event(0);
		if (p[3].revents)
			output_event(1);
		if (p[4].revents)
			terminal_event();
		if (p[5].revents)
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
	long r;

	control_open(-1, &orders);
	r = frame_read();

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
	control_open(frame_passed(frame.listener), &orders);
	if (prepare() || start_child())
		return 1;
	/* Otherwise together with what comes next: Java is woken once. */
	if (frame.flags & FRAME_WAIT_FOR_GO)
		report(REPORT_PID, 0, init_pid);
	watch();
	return 0;
}
