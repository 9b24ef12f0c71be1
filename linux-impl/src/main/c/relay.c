/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The relay: one process per container that publishes ports. It inherits
 * sockets that listen on the host, lives in the container's network namespace,
 * where the sockets that it makes belong, and joins the two.
 *
 * relay [/FILE...] ADDRESS PORT... : files of control groups that it joins, the
 * container's own IPv4 address, or "-", and for each listening socket, in their
 * order, the container's port. It answers on the control socket once.
 *
 * relay-detached: the same for a container that outlives whoever started the
 * relay. It belongs to the machine's init, and ends with the container alone.
 */
#include "pump.h"
#include "relay_sys.h"
#include "roles.h"
#include "text.h"

enum {
	/* Its end is the end: whoever started the relay is gone. */
	CONTROL = 0,
	/* The container's network namespace. */
	NAMESPACE = 1,
	/* The container's first process, or anything that is never ready. */
	INIT = 2,
	/* The user namespace that owns the network; for root, anything else. */
	USERS = 3,
	FIRST_LISTENER = 4,
	MOST_LISTENERS = 256,
};

enum {
	EVENTS = 256,
	ACCEPTS = 64,
	FIRST_ARGUMENT = 3,
	/* Descriptors that are neither a client's nor a service's. */
	SPARE_DESCRIPTORS = 32,
	/* Milliseconds for what the container sent before it ended. */
	LAST_WORDS = 500,
	/* Milliseconds until accepting is tried again when it was paused. */
	PAUSE = 50,
	NOBODY = 65534,
};

#define CONTROL_KEY (FIRST_FOREIGN_KEY + 0)
#define INIT_KEY (FIRST_FOREIGN_KEY + 1)
#define LISTENER_KEY (FIRST_FOREIGN_KEY + 2)

/*
 * The answer on the control socket: a step that failed, with its error, or that
 * it is running, with its process id.
 */
struct answer {
	u32 step;
	s32 value;
};

enum step { RUNNING, ARGUMENTS, ENTER, MEMORY, PRIVILEGES, GROUPS };

static int epoll;
static u32 listeners;
static u16 ports[MOST_LISTENERS];
static int paused = 1;
static int init_ended;
static s64 last_words_end;

static int answer(enum step step, long value)
{
	const struct answer a = { step, (s32)value };

	SYS6(NR_sendto, CONTROL, &a, sizeof(a), MSG_NOSIGNAL, 0, 0);
	return step != RUNNING;
}

static s64 now_millis(void)
{
	enum { MONOTONIC = 1 };
	struct timespec now;

	SYS2(NR_clock_gettime, MONOTONIC, &now);
	return now.sec * 1000 + now.nsec / 1000000;
}

/* Reads a decimal number up to "most"; returns what follows it, or 0. */
static const char *number(const char *text, u32 most, u32 *to)
{
	u32 n = 0;

	if (*text < '0' || *text > '9')
		return (void *)0;
	for (; *text >= '0' && *text <= '9'; text++) {
		n = 10 * n + (u32)(*text - '0');
		if (n > most)
			return (void *)0;
	}
	*to = n;
	return text;
}

/* "-" is address 0. */
static int parse_address(const char *text, u32 *address)
{
	u8 bytes[4] = { 0 };
	int i;

	*address = 0;
	if (text_equal(text, "-"))
		return 1;
	for (i = 0; i < 4; i++) {
		u32 n;

		text = number(text, 255, &n);
		if (!text || *text != (i < 3 ? '.' : 0))
			return 0;
		text++;
		bytes[i] = (u8)n;
	}
	memcpy(address, bytes, sizeof(bytes));
	return 1;
}

static int parse_ports(int argc, char **argv)
{
	int i;

	if (argc <= FIRST_ARGUMENT || argc - FIRST_ARGUMENT > MOST_LISTENERS)
		return 0;
	for (i = FIRST_ARGUMENT; i < argc; i++) {
		const char *rest;
		u32 port;

		rest = number(argv[i], 65535, &port);
		if (!rest || *rest)
			return 0;
		ports[listeners++] = (u16)port;
	}
	return 1;
}

/* As many connections as there can be descriptors for, two each. */
static u32 most_connections(void)
{
	enum { NOFILE = 7 };
	u64 limit[2] = { 1024, 1024 };
	u64 most;

	SYS4(NR_prlimit64, 0, NOFILE, 0, limit);
	limit[0] = limit[1];
	SYS4(NR_prlimit64, 0, NOFILE, limit, 0);
	SYS4(NR_prlimit64, 0, NOFILE, 0, limit);
	most = SPARE_DESCRIPTORS + listeners;
	most = limit[0] > most + 2 ? (limit[0] - most) / 2 : 1;
	return most < MOST_CONNECTIONS ? (u32)most : MOST_CONNECTIONS;
}

/*
 * Ends as nobody with no capability. The bounding set goes first, for that
 * needs one; ids before the last capabilities, which setting them needs; and
 * "dumpable" after the ids, whose change resets it.
 */
static long drop_privileges(void)
{
	enum {
		SET_DUMPABLE = 4,
		SET_NAME = 15,
		DROP_BOUNDING = 24,
		SET_NO_NEW_PRIVS = 38,
		LAST_CAPABILITY = 63,
		VERSION_3 = 0x20080522,
	};
	const struct {
		u32 version;
		s32 pid;
	} header = { VERSION_3, 0 };
	const u32 none[6] = { 0 };
	long r;
	u64 i;

	for (i = 0; i <= LAST_CAPABILITY; i++)
		sys_prctl(DROP_BOUNDING, i, 0);
	/* These fail where the relay's user has no such rights to give up. */
	SYS2(NR_setgroups, 0, 0);
	SYS3(NR_setresgid, NOBODY, NOBODY, NOBODY);
	SYS3(NR_setresuid, NOBODY, NOBODY, NOBODY);
	r = SYS2(NR_capset, &header, none);
	if (r == 0)
		r = sys_prctl(SET_NO_NEW_PRIVS, 1, 0);
	if (r == 0)
		r = sys_prctl(SET_DUMPABLE, 0, 0);
	sys_prctl(SET_NAME, (u64)"jollyboat-relay", 0);
	return r;
}

static void pause_accepting(void)
{
	struct epoll_event none = { 0, 0 };
	u32 i;

	for (i = 0; i < listeners && !paused; i++)
		SYS4(NR_epoll_ctl, epoll, EPOLL_CTL_DEL, FIRST_LISTENER + i,
		     &none);
	paused = 1;
}

static void resume_accepting(void)
{
	u32 i;

	if (!paused || init_ended || !pump_has_room())
		return;
	paused = 0;
	for (i = 0; i < listeners; i++)
		sys_epoll_add(epoll, FIRST_LISTENER + (int)i, EPOLLIN,
			      LISTENER_KEY + i);
}

static void accept_some(u32 listener)
{
	const int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	int i;

	for (i = 0; i < ACCEPTS; i++) {
		long fd;

		if (!pump_has_room()) {
			pause_accepting();
			return;
		}
		fd = SYS4(NR_accept4, FIRST_LISTENER + listener, 0, 0, flags);
		if (fd >= 0) {
			pump_add((int)fd, ports[listener]);
		} else if (fd == -EAGAIN) {
			return;
		} else if (fd == -EMFILE || fd == -ENFILE || fd == -ENOBUFS ||
			   fd == -ENOMEM) {
			pause_accepting();
			return;
		}
	}
}

/* No new connections; what the container has sent may still arrive. */
static void end_of_init(void)
{
	struct epoll_event none = { 0, 0 };
	u32 i;

	pause_accepting();
	for (i = 0; i < listeners; i++)
		sys_close(FIRST_LISTENER + (int)i);
	SYS4(NR_epoll_ctl, epoll, EPOLL_CTL_DEL, INIT, &none);
	init_ended = 1;
	last_words_end = now_millis() + LAST_WORDS;
}

/* Whether the control socket has come to its end; what it says is ignored. */
static int control_ended(void)
{
	u8 ignored[64];
	long n = SYS6(NR_recvfrom, CONTROL, ignored, sizeof(ignored),
		      MSG_DONTWAIT, 0, 0);

	return n <= 0 && n != -EAGAIN && n != -EINTR;
}

static void serve(void)
{
	static struct epoll_event events[EVENTS];
	int more = 0;

	for (;;) {
		int wait = more ? 0 : paused ? PAUSE : -1;
		long n = SYS6(NR_epoll_pwait, epoll, events, EVENTS, wait, 0, 8);
		long i;

		for (i = 0; i < n; i++) {
			u64 key = events[i].key;

			if (key < FIRST_FOREIGN_KEY)
				pump_event(key, events[i].events);
			else if (key >= LISTENER_KEY)
				accept_some((u32)(key - LISTENER_KEY));
			else if (key == INIT_KEY)
				end_of_init();
			else if (control_ended())
				return;
		}
		more = pump_queued();
		pump_recycle();
		resume_accepting();
		if (init_ended &&
		    (pump_count() == 0 || now_millis() > last_words_end))
			return;
	}
}

/* Of a process that ends at once, so that nobody has to reap the relay. */
static void hand_over(void)
{
	long pid = SYS5(NR_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid > 0)
		sys_exit(0);
}

static void let_go_of_control(void)
{
	struct epoll_event none = { 0, 0 };

	SYS4(NR_epoll_ctl, epoll, EPOLL_CTL_DEL, CONTROL, &none);
	sys_close(CONTROL);
}

/* While their files can be seen; the rest of the arguments follows. */
static long join_groups(int *argc, char ***argv)
{
	long r = 1;

	while (r >= 0 && *argc >= FIRST_ARGUMENT &&
	       (*argv)[FIRST_ARGUMENT - 1][0] == '/') {
		long fd = SYS4(NR_openat, AT_FDCWD, (*argv)[FIRST_ARGUMENT - 1],
			       O_WRONLY, 0);

		r = fd < 0 ? fd : sys_write((int)fd, "0", 1);
		if (fd >= 0)
			sys_close((int)fd);
		(*argc)--;
		(*argv)++;
	}
	return r;
}

int relay_main(int argc, char **argv, int detached)
{
	enum { NEWNET = 0x40000000 };
	u32 address;
	long r;

	if (detached)
		hand_over();
	r = join_groups(&argc, &argv);
	if (r < 0)
		return answer(GROUPS, -r);
	if (argc < FIRST_ARGUMENT ||
	    !parse_address(argv[FIRST_ARGUMENT - 1], &address) ||
	    !parse_ports(argc, argv))
		return answer(ARGUMENTS, EINVAL);
	/* Nothing that leaked from the Java process stays open. */
	SYS3(NR_close_range, FIRST_LISTENER + listeners, ~0u, 0);
	/* A terminal's Ctrl-C is not for it, and it is in nobody's way. */
	SYS0(NR_setsid);
	SYS1(NR_chdir, "/");

	/* First: only who is root there may enter the network. */
	r = SYS2(NR_setns, USERS, CLONE_NEWUSER);
	if (r < 0 && r != -EINVAL)
		return answer(ENTER, -r);
	sys_close(USERS);
	r = SYS2(NR_setns, NAMESPACE, NEWNET);
	if (r < 0)
		return answer(ENTER, -r);
	sys_close(NAMESPACE);
	epoll = (int)SYS1(NR_epoll_create1, O_CLOEXEC);
	r = epoll < 0 ? epoll : pump_open(epoll, most_connections(), address);
	if (r < 0)
		return answer(MEMORY, -r);
	r = drop_privileges();
	if (r < 0)
		return answer(PRIVILEGES, -r);

	sys_epoll_add(epoll, CONTROL, EPOLLIN | EPOLLRDHUP, CONTROL_KEY);
	/* Refused for a stand-in such as /dev/null, which is never ready. */
	sys_epoll_add(epoll, INIT, EPOLLIN, INIT_KEY);
	resume_accepting();
	answer(RUNNING, SYS0(NR_getpid));
	if (detached)
		let_go_of_control();
	serve();
	return 0;
}
