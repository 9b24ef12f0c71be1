/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections of the relay: a client outside, a service inside, and bytes that
 * are carried both ways until each side has said that it sends no more.
 */
#ifndef PUMP_H
#define PUMP_H

#include "sys.h"

/* How many connections there can be at once. */
enum { MOST_CONNECTIONS = 4096 };

/* Keys of epoll from here on are not those of connections. */
#define FIRST_FOREIGN_KEY (2ULL * MOST_CONNECTIONS)

/*
 * Reserves the memory for "most" connections, whose sockets "epoll" watches.
 * "address" is the container's own, in network order, or 0.
 */
long pump_open(int epoll, u32 most, u32 address);

/* Whether another connection can be taken. */
int pump_has_room(void);

/* How many connections there are. */
u32 pump_count(void);

/* Takes over "client", to be connected with "port" of the container. */
void pump_add(int client, u16 port);

/* Carries on after "events" for "key", one that is below FIRST_FOREIGN_KEY. */
void pump_event(u64 key, u32 events);

/* Carries on with connections that others were let go before; true if any. */
int pump_queued(void);

/* To be called after each batch of events: what ended can be used again. */
void pump_recycle(void);

#endif
