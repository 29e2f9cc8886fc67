/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sockdiag.h - the kernel's own tables of TCP sockets, read over NETLINK_SOCK_DIAG: what `ss`
 * shows.
 *
 * Owns one netlink socket per network namespace, opened while we still may enter namespaces;
 * reading needs no privilege afterwards. Knows no BPF and no tracker: rows come out as struct
 * fact_existing, without owners.
 *
 *	struct sockdiag *sd;
 *	err = sockdiag_open(&sd);
 *	err = sockdiag_dump(sd, &filter, SOCKDIAG_LISTEN, print, ctx);
 *	sockdiag_free(sd);
 *
 * A dump is no snapshot: the kernel walks living tables, so a socket that changes meanwhile may
 * come twice (the later row is the newer) or, while it moves from one table to the other, not at
 * all. Side effect, wanted: the kernel gives every socket that it lists a cookie.
 *
 * An open netlink socket keeps its network namespace alive after the last process has left it; see
 * sockdiag_keep_own().
 */
#ifndef SOCKSTATE_SOCKDIAG_H
#define SOCKSTATE_SOCKDIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/filter.h"
#include "event/tcp.h"
#include "fact.h"
#include "listing/figures.h"

struct sockdiag;

/* Masks of states, bits 1 << enum tcp_state. */
#define SOCKDIAG_LISTEN	   (1u << TCP_STATE_LISTEN)
#define SOCKDIAG_SYN_RECV  (1u << TCP_STATE_SYN_RECV)
#define SOCKDIAG_TIME_WAIT (1u << TCP_STATE_TIME_WAIT)
#define SOCKDIAG_ALL	   (((1u << TCP_STATE_NEW_SYN_RECV) - 2) & ~(1u << TCP_STATE_CLOSE))

/*
 * One socket. e.task is empty, e.fd -1, e.s.sk and e.listener_cookie 0: netlink does not tell them.
 */
struct sockdiag_row {
	struct fact_existing e;
	/* the device it is bound to (SO_BINDTODEVICE) or that a request came by; 0 none */
	uint32_t ifindex;
	bool request;	  /* a request_sock: half open, no socket yet */
	bool timewait;	  /* a timewait sock; its state may still be FIN_WAIT2 */
	uint32_t ends_ms; /* timewait: how long it had to live yet when the kernel looked, */
	/*
	 * which was not before this, ns; e.h.t may be much later if the reader of the rows was held
	 * up
	 */
	uint64_t looked;
	bool v6only; /* listeners: IPV6_V6ONLY */
	bool queued; /* in an accept queue, as kernel/snapshot.c finds; a dump leaves it false */
	struct listing_figures figures;
};

/* Returns 0, or a negative errno that becomes the result of the dump. */
typedef int (*sockdiag_fn)(void *ctx, const struct sockdiag_row *row);

/*
 * Opens our own namespace, then with CAP_SYS_ADMIN that of every process and every one that is
 * mounted (`ip netns`, container runtimes), each once. The calling thread is back in its own
 * namespace on return, also on error. A namespace that cannot be entered is counted, not an error.
 * Not found: namespaces that are held only by a thread that differs from its process, by an open
 * file or by a mount that our mount namespace does not show.
 */
int sockdiag_open(struct sockdiag **out);
void sockdiag_free(struct sockdiag *sd);

/*
 * Hands over every TCP socket of all namespaces that is in one of the states and passes f (NULL:
 * everything). Returns the number of rows, or a negative errno: -ENOENT where the kernel has no
 * inet_diag, -EAGAIN where the kernel said again and again that its tables had changed under the
 * walk. 50,000 sockets take about 70 ms.
 */
int sockdiag_dump(struct sockdiag *sd, const struct filter *f, uint32_t states, sockdiag_fn fn,
		  void *ctx);

/*
 * From now on fn is called whenever rows have been read, some hundreds or none; the negative errno
 * that it returns ends the dump.
 */
void sockdiag_between(struct sockdiag *sd, int (*fn)(void *ctx), void *ctx);

/* The namespaces that are read. */
size_t sockdiag_namespaces(const struct sockdiag *sd);
uint32_t sockdiag_namespace(const struct sockdiag *sd, size_t i); /* inode */
/* Whether sockets of that namespace are listed. */
bool sockdiag_covers(const struct sockdiag *sd, uint32_t netns);
/*
 * How many were seen but could not be entered; *err (may be NULL) is the last reason, a positive
 * errno.
 */
size_t sockdiag_refused(const struct sockdiag *sd, int *err);
/* True without CAP_SYS_ADMIN: other namespaces were not even looked for. */
bool sockdiag_own_only(const struct sockdiag *sd);
/* Closes all namespaces but our own, so that they can go when their processes have gone. */
void sockdiag_keep_own(struct sockdiag *sd);

#endif
