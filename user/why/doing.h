/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doing.h - what a thread does, from what two looks read of it. Pure.
 *
 * Says what is seen and no more: that a thread slept all the time between two looks is claimed only
 * where the number of its context switches is the same in both.
 */
#ifndef SOCKSTATE_WHY_DOING_H
#define SOCKSTATE_WHY_DOING_H

#include "event/why_report.h"
#include "why/calls.h"
#include "why/look.h"

/*
 * task_struct.__state (include/linux/sched.h); these bits are the same in all kernels since 4.14.
 */
enum {
	STATE_INTERRUPTIBLE = 0x1,
	STATE_UNINTERRUPTIBLE = 0x2,
	STATE_STOPPED = 0x4,
	STATE_TRACED = 0x8,
	STATE_EXIT = 0x10 | 0x20 | 0x80, /* EXIT_DEAD, EXIT_ZOMBIE, TASK_DEAD */
	STATE_NOLOAD = 0x400,
	STATE_FROZEN = 0x8000,
};

/* From the least to the most telling for a queue that stands still: see doing_weight(). */
enum doing_what {
	DOING_UNKNOWN,
	DOING_DEAD,    /* has exited */
	DOING_KERNEL,  /* a thread of the kernel that works for the process */
	DOING_SIGNALS, /* waits for a signal */
	DOING_EVENTS,  /* in epoll_wait(), poll() or the like */
	DOING_LOCK,
	DOING_SLEEP,
	DOING_READY, /* could run, and has no CPU */
	DOING_RUN,
	DOING_CHILD,
	DOING_PEER,
	DOING_FILE,
	DOING_DEEP,	 /* uninterruptible, with no file of its own that it waits for */
	DOING_HELD_BACK, /* by memory.high */
	DOING_ACCEPT,	 /* asleep in accept() */
	DOING_FROZEN,
	DOING_TRACED,
	DOING_STOPPED,
};

struct doing {
	const struct why_thread *now, *before; /* before: NULL where only the last look has it */
	const struct call *call;	       /* NULL: none, or not one of those that wait */
	enum doing_what what;
	bool same;	       /* asleep all the time between the looks */
	bool watches;	       /* the listener's wait queues name it */
	bool did_watch;	       /* those of the first look did */
	bool accepted;	       /* an accept() of it was seen while tracing */
	uint64_t between_ns;   /* 0: there is no first look */
	uint64_t ran_ns;       /* between the looks, as the two that follow */
	uint64_t waited_ns;    /* ready to run, without a CPU */
	uint64_t throttled_ns; /* its cgroup, or one above it, summed over CPUs */
	uint64_t since_ns;     /* with same: how long it sleeps already */
};

/* look: of now, for what it waits for and its clock. watches: it waits for the listener. */
void doing_fill(struct doing *d, const struct look *look, const struct why_thread *now,
		const struct why_thread *before, bool watches);
/* How likely a thread is the one that should accept: an order among threads, no measure. */
int doing_weight(const struct doing *d);
/* That it does something by its own will that keeps it from accept(), or is kept from running. */
bool doing_keeps_from_accept(enum doing_what what);
/* Percent of a CPU, of the time between the looks. */
unsigned int doing_percent(uint64_t part_ns, uint64_t between_ns);

/* What a thread in poll() or select() waits for, where one of its files told; else NULL. */
const struct why_other *doing_polled(const struct doing *d, const struct look *look);

/* ---- as it is told: doing_told.c ---- */

/* The name of the cgroup that holds it back, or else of its own; WHY_GROUP_NAME bytes. */
const char *doing_cgroup(const struct doing *d);
/* What people and machines read of it. */
void doing_report(const struct doing *d, const struct look *look, struct why_thread_report *out);
/*
 * "blocked in recvfrom() on 10.0.0.5:5432 (ESTABLISHED)": a part of a sentence, without a subject.
 * Writes at most size bytes.
 */
void doing_words(const struct doing *d, const struct why_thread_report *r, char *out, size_t size);

#endif
