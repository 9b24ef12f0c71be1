/* SPDX-License-Identifier: Apache-2.0 */
#include "control.h"
#include "frame.h"
#include "log.h"
#include "sys.h"

static struct peer {
	int fd;
	int armed;
} peers[MOST_PEERS];

static const struct orders *orders;
static int listener;
static struct served served;
static int serving;

void control_open(int listening, const struct orders *to_follow)
{
	int i;

	for (i = 1; i < MOST_PEERS; i++)
		peers[i].fd = -1;
	peers[0].fd = CONTROL_FD;
	listener = listening;
	orders = to_follow;
}

static void drop(struct peer *peer)
{
	sys_close(peer->fd);
	peer->fd = -1;
	peer->armed = 0;
	/* The order to die, unless it is detached. */
	if (peer == peers)
		orders->left();
}

/*
 * Only the engine that started the process is waited for, whose socket has room
 * for all that it is ever sent; one that came later and stands still must not
 * hold up the others.
 */
static void tell(struct peer *peer, const struct report *r, int fd, int flags)
{
	if (peer != peers)
		flags |= MSG_DONTWAIT;
	if (report_send(peer->fd, r, fd, flags) < 0 && peer != peers)
		drop(peer);
}

void control_report(u32 type, u32 index, s64 value, int fd)
{
	const struct report r = { type, index, value };
	int i;

	for (i = 0; i < MOST_PEERS; i++)
		if (peers[i].fd >= 0)
			tell(&peers[i], &r, fd, 0);
}

void control_serve(const struct served *process)
{
	served = *process;
	serving = 1;
}

static void tell_terminal(struct peer *peer)
{
	const struct report r = { REPORT_TERMINAL, 0, 0 };

	if (serving && served.terminal >= 0 && peer->fd >= 0)
		tell(peer, &r, served.terminal, 0);
}

static void introduce(struct peer *peer)
{
	const struct report pid = { REPORT_PID, 0, served.pid };
	const struct report running = { REPORT_RUNNING, 0, served.running };

	tell(peer, &pid, served.fd, 0);
	tell_terminal(peer);
	if (peer->fd >= 0)
		tell(peer, &running, -1, 0);
}

static void welcome(void)
{
	long fd = SYS4(NR_accept4, listener, 0, 0, SOCK_CLOEXEC);
	int i;

	if (fd < 0)
		return;
	for (i = 1; i < MOST_PEERS && peers[i].fd >= 0; i++)
		;
	if (i == MOST_PEERS) {
		sys_close((int)fd);
		return;
	}
	peers[i].fd = (int)fd;
	peers[i].armed = 0;
	introduce(&peers[i]);
}

/* Never waits: a Java process that stands still blocks nobody. */
static void announce(struct peer *peer)
{
	const struct report r = { REPORT_LOG, 0, 0 };

	peer->armed = 0;
	report_send(peer->fd, &r, -1, MSG_DONTWAIT);
}

void control_log_grew(void)
{
	int i;

	for (i = 0; i < MOST_PEERS; i++)
		if (peers[i].armed)
			announce(&peers[i]);
}

/* The log may have grown while Java's question was on its way. */
static void arm(struct peer *peer, u64 seen)
{
	peer->armed = 1;
	if (log_size() > seen)
		announce(peer);
}

static void obey(struct peer *peer)
{
	struct command c;

	if (read_all(peer->fd, &c, sizeof(c)) < 0)
		drop(peer);
	else if (c.letter == COMMAND_GO)
		orders->go();
	else if (c.letter == COMMAND_KILL)
		orders->kill(c.argument);
	else if (c.letter == COMMAND_DETACH)
		orders->detach();
	else if (c.letter == COMMAND_ARM)
		arm(peer, c.position);
	else if (c.letter == COMMAND_TERMINAL)
		tell_terminal(peer);
}

int control_poll(struct pollfd *p)
{
	int i;

	for (i = 0; i < MOST_PEERS; i++) {
		p[i].fd = peers[i].fd;
		p[i].events = POLLIN;
		p[i].revents = 0;
	}
	p[i].fd = serving ? listener : -1;
	p[i].events = POLLIN;
	p[i].revents = 0;
	return MOST_CONTROLS;
}

void control_events(const struct pollfd *p, int count)
{
	int i;

	for (i = 0; i < count - 1; i++)
		if (p[i].revents && peers[i].fd == p[i].fd)
			obey(&peers[i]);
	if (p[i].revents)
		welcome();
}
