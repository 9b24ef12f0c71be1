/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets are watched edge-triggered and only once: an event sets "readable" or
 * "writable", and only a call that would have blocked clears it. The common
 * answer to a request thus costs a wait, a read and a write.
 */
#include "pump.h"

#include "relay_sys.h"
#include "text.h"

enum {
	CHUNK = 64 << 10,
	/* Chunks carried for one connection before others have their turn. */
	TURN = 16,
};

enum side_name { CLIENT, SERVICE };
enum state { FREE, CONNECTING, OPEN, ENDED };
enum attempt { LOOPBACK, OWN, LOOPBACK6 };

struct side {
	int fd;
	u8 readable;
	u8 writable;
	/* The peer will send no more, or is gone: read until the end shows. */
	u8 hung_up;
};

/* What one side sent: bytes that the other did not take yet, and the end. */
struct flow {
	u32 start;
	u32 length;
	u8 end_seen;
	u8 end_sent;
	/* More than a page of the buffer was written. */
	u8 large;
};

struct connection {
	struct side side[2];
	struct flow flow[2];
	/* In the list of those that are vacant, or that have ended. */
	struct connection *next;
	struct connection *next_queued;
	u16 port;
	u8 state;
	u8 attempt;
	u8 queued;
};

struct address4 {
	u16 family;
	u16 port;
	u32 address;
	u8 zero[8];
};

struct address6 {
	u16 family;
	u16 port;
	u32 flow;
	u8 address[16];
	u32 scope;
};

enum outcome { WAIT, FINISHED, TURN_OVER, BROKEN };

static int epoll;
static u32 own_address;
static struct connection *connections;
static u8 (*buffers)[2][CHUNK];

static u32 count;
static struct connection *vacant;
static struct connection *ended;
static struct connection *queue;
static struct connection **queue_end = &queue;

long pump_open(int watcher, u32 most, u32 address)
{
	u32 i;

	epoll = watcher;
	own_address = address;
	connections = sys_reserve((u64)most * sizeof(*connections));
	/* A kernel that promises no more than it has may refuse so much. */
	while (!(buffers = sys_reserve((u64)most * sizeof(*buffers))) &&
	       most > 1)
		most /= 2;
	if (!connections || !buffers)
		return -ENOMEM;
	for (i = most; i-- > 0;) {
		connections[i].next = vacant;
		vacant = &connections[i];
	}
	return 0;
}

int pump_has_room(void)
{
	return vacant != (void *)0;
}

u32 pump_count(void)
{
	return count;
}

static u8 *buffer_of(const struct connection *c, int from)
{
	return buffers[c - connections][from];
}

static void watch(struct connection *c, int side)
{
	u64 key = 2 * (u64)(c - connections) + (u64)side;

	sys_epoll_add(epoll, c->side[side].fd,
		      EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, key);
}

static void prepare(int fd)
{
	sys_set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	sys_set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

static void close_side(struct side *side, int reset)
{
	const int linger[2] = { 1, 0 };

	if (side->fd < 0)
		return;
	/* Closed while it lingers for no time: the peer sees a reset. */
	if (reset)
		SYS5(NR_setsockopt, side->fd, SOL_SOCKET, SO_LINGER, linger,
		     sizeof(linger));
	sys_close(side->fd);
	side->fd = -1;
}

/*
 * The slot is not used again in this batch of events, which may still hold one
 * for the socket that had it.
 */
static void end(struct connection *c, int reset)
{
	enum { DONTNEED = 4 };

	close_side(&c->side[CLIENT], reset);
	close_side(&c->side[SERVICE], reset);
	if (c->flow[CLIENT].large || c->flow[SERVICE].large)
		SYS3(NR_madvise, buffer_of(c, CLIENT), 2 * CHUNK, DONTNEED);
	c->state = ENDED;
	c->next = ended;
	ended = c;
	count--;
}

void pump_recycle(void)
{
	while (ended) {
		struct connection *c = ended;

		ended = c->next;
		c->state = FREE;
		c->next = vacant;
		vacant = c;
	}
}

static u16 net_order(u16 port)
{
	return (u16)(port << 8 | port >> 8);
}

/* Loopback first, where services that are for one machine only listen. */
static long start_connect(int fd, u8 attempt, u16 port)
{
	const u8 loopback[4] = { 127, 0, 0, 1 };
	struct address4 four = { AF_INET, net_order(port), own_address, { 0 } };
	struct address6 six = { AF_INET6, net_order(port), 0, { 0 }, 0 };

	if (attempt == LOOPBACK)
		memcpy(&four.address, loopback, sizeof(loopback));
	six.address[15] = 1;
	if (attempt == LOOPBACK6)
		return SYS3(NR_connect, fd, &six, sizeof(six));
	return SYS3(NR_connect, fd, &four, sizeof(four));
}

/* Tries the addresses that are left; the client of a dead port is reset. */
static void connect_next(struct connection *c)
{
	const int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

	for (; c->attempt <= LOOPBACK6; c->attempt++) {
		int family = c->attempt == LOOPBACK6 ? AF_INET6 : AF_INET;
		struct side *service = &c->side[SERVICE];
		long r;

		if (c->attempt == OWN && !own_address)
			continue;
		service->fd = (int)SYS3(NR_socket, family, type, 0);
		if (service->fd < 0)
			continue;
		prepare(service->fd);
		r = start_connect(service->fd, c->attempt, c->port);
		if (r == 0 || r == -EINPROGRESS) {
			watch(c, SERVICE);
			return;
		}
		close_side(service, 0);
	}
	end(c, 1);
}

void pump_add(int client, u16 port)
{
	struct connection *c = vacant;

	vacant = c->next;
	memset(c, 0, sizeof(*c));
	c->state = CONNECTING;
	c->port = port;
	c->side[CLIENT].fd = client;
	c->side[SERVICE].fd = -1;
	count++;
	prepare(client);
	watch(c, CLIENT);
	connect_next(c);
}

static enum outcome drain(struct side *out, struct flow *flow, const u8 *buffer)
{
	long n;

	if (!out->writable)
		return WAIT;
	n = SYS6(NR_sendto, out->fd, buffer + flow->start, flow->length,
		 MSG_NOSIGNAL, 0, 0);
	if (n == -EAGAIN) {
		out->writable = 0;
		return WAIT;
	}
	if (n < 0)
		return n == -EINTR ? TURN_OVER : BROKEN;
	flow->start += (u32)n;
	flow->length -= (u32)n;
	return FINISHED;
}

static enum outcome fill(struct side *in, struct flow *flow, u8 *buffer)
{
	long n;

	if (!in->readable)
		return WAIT;
	n = sys_read(in->fd, buffer, CHUNK);
	if (n == -EAGAIN) {
		in->readable = 0;
		return WAIT;
	}
	if (n < 0)
		return n == -EINTR ? TURN_OVER : BROKEN;
	/* A short read has emptied the socket; what comes next is an event. */
	if (n > 0 && n < CHUNK && !in->hung_up)
		in->readable = 0;
	flow->start = 0;
	flow->length = (u32)n;
	flow->end_seen = n == 0;
	flow->large |= n > 4096;
	return FINISHED;
}

/*
 * Nobody takes it any more. The other direction goes on: who stops reading may
 * have sent an answer first, which still has to be carried.
 */
static enum outcome discard(struct flow *flow)
{
	flow->length = 0;
	flow->end_seen = 1;
	flow->end_sent = 1;
	return FINISHED;
}

/* Carries what side "from" sends, and its end once all else was taken. */
static enum outcome carry(struct connection *c, int from)
{
	struct side *in = &c->side[from];
	struct side *out = &c->side[!from];
	struct flow *flow = &c->flow[from];
	u8 *buffer = buffer_of(c, from);
	int steps;

	for (steps = 0; steps < 2 * TURN; steps++) {
		enum outcome r;

		if (flow->length) {
			r = drain(out, flow, buffer);
			if (r == BROKEN)
				r = discard(flow);
		} else if (flow->end_seen) {
			if (!flow->end_sent)
				SYS2(NR_shutdown, out->fd, SHUT_WR);
			flow->end_sent = 1;
			return FINISHED;
		} else {
			r = fill(in, flow, buffer);
		}
		if (r == WAIT || r == BROKEN)
			return r;
	}
	return TURN_OVER;
}

static void enqueue(struct connection *c)
{
	if (c->queued)
		return;
	c->queued = 1;
	c->next_queued = (void *)0;
	*queue_end = c;
	queue_end = &c->next_queued;
}

static void carry_both(struct connection *c)
{
	enum outcome up = carry(c, CLIENT);
	enum outcome down = up == BROKEN ? BROKEN : carry(c, SERVICE);

	if (up == BROKEN || down == BROKEN)
		end(c, 1);
	else if (up == FINISHED && down == FINISHED)
		end(c, 0);
	else if (up == TURN_OVER || down == TURN_OVER)
		enqueue(c);
}

static void connected(struct connection *c)
{
	int error = 0;
	u32 length = sizeof(error);

	SYS5(NR_getsockopt, c->side[SERVICE].fd, SOL_SOCKET, SO_ERROR, &error,
	     &length);
	if (error) {
		close_side(&c->side[SERVICE], 0);
		c->side[SERVICE] = (struct side){ -1, 0, 0, 0 };
		c->attempt++;
		connect_next(c);
		return;
	}
	c->state = OPEN;
	carry_both(c);
}

void pump_event(u64 key, u32 events)
{
	struct connection *c = &connections[key / 2];
	struct side *side = &c->side[key % 2];
	const u32 gone = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

	if (c->state != CONNECTING && c->state != OPEN)
		return;
	if (events & gone)
		side->hung_up = 1;
	if (events & (EPOLLIN | gone))
		side->readable = 1;
	if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
		side->writable = 1;
	if (c->state == OPEN)
		carry_both(c);
	else if (key % 2 == SERVICE)
		connected(c);
}

int pump_queued(void)
{
	struct connection *c = queue;

	queue = (void *)0;
	queue_end = &queue;
	while (c) {
		struct connection *next = c->next_queued;

		c->queued = 0;
		if (c->state == OPEN)
			carry_both(c);
		c = next;
	}
	return queue != (void *)0;
}
