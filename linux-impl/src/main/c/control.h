/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever follows the process: the engine that started it, by the control
 * socket, and those that connect to a detached process later.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "wire.h"

enum {
	/* The one that started it, and later ones at the same time. */
	MOST_PEERS = 8,
	/* What control_poll fills at most. */
	MOST_CONTROLS = MOST_PEERS + 1,
};

/* What the monitor does when it is told to. */
struct orders {
	void (*go)(void);
	void (*kill)(int signal);
	void (*detach)(void);
	/* The engine that started it has gone. */
	void (*left)(void);
};

/* Nobody but the one that started it, yet; "listener" listens, or is negative. */
void control_open(int listener, const struct orders *orders);

/* To all peers. "fd" goes along unless it is negative. */
void control_report(u32 type, u32 index, s64 value, int fd);

/* The process that runs: what those who connect are told first. */
struct served {
	s32 pid;
	int fd;
	int terminal; /* or negative */
	s64 running;
};

/* From now on others may connect. */
void control_serve(const struct served *process);

/* Tells each peer that asked for it, once, that the log has grown. */
void control_log_grew(void);

/* What to wait for; returns how many. */
int control_poll(struct pollfd *p);

/* Handles what was found for what control_poll gave. */
void control_events(const struct pollfd *p, int count);

#endif
