/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sockdiag.h - the kernel's own tables of TCP sockets, read over NETLINK_SOCK_DIAG: what `ss`
 * shows.
 *
 * Owns one netlink socket per network namespace. They are opened while the process may still enter
 * namespaces; reading needs no privilege afterwards. Knows no BPF and no tracker: rows come out as
 * struct fact_existing, without owners.
 *
 *	struct sockdiag *sd;
 *	err = sockdiag_open(&sd);
 *	err = sockdiag_dump(sd, &filter, SOCKDIAG_LISTEN, print, ctx);
 *	sockdiag_free(sd);
 *
 * A dump is not atomic: the tables change while the kernel walks them. A socket that changes
 * meanwhile may come twice (the later row is newer). A socket that moves from one table to another
 * may not come at all. A wanted side effect: the kernel gives every socket that it lists a cookie.
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
#include "fact/diag.h"

struct sockdiag;

/* Masks of states, bits 1 << enum tcp_state. */
#define SOCKDIAG_LISTEN	   (1u << TCP_STATE_LISTEN)
#define SOCKDIAG_SYN_RECV  (1u << TCP_STATE_SYN_RECV)
#define SOCKDIAG_TIME_WAIT (1u << TCP_STATE_TIME_WAIT)
#define SOCKDIAG_ALL	   (((1u << TCP_STATE_NEW_SYN_RECV) - 2) & ~(1u << TCP_STATE_CLOSE))

/* Returns 0, or a negative errno that becomes the result of the dump. */
typedef int (*sockdiag_fn)(void *ctx, const struct sockdiag_row *row);

/*
 * Opens the network namespace of this process. With CAP_SYS_ADMIN it also opens those of all other
 * processes and all that are mounted (`ip netns`, container runtimes), each once. The calling
 * thread is back in its own namespace on return, also on error. A namespace that cannot be entered
 * is counted and is no error. It does not find a namespace that is held only by a thread that
 * differs from its process, by an open file, or by a mount in another mount namespace.
 */
int sockdiag_open(struct sockdiag **out);
void sockdiag_free(struct sockdiag *sd);

/*
 * Hands over every TCP socket of all namespaces that is in one of the states and passes f (NULL:
 * all pass). Returns the number of rows, or a negative errno: -ENOENT if the kernel has no
 * inet_diag,
 * -EAGAIN if the kernel reported repeatedly that its tables had changed during the walk. 50,000
 * sockets take about 70 ms.
 */
int sockdiag_dump(struct sockdiag *sd, const struct filter *f, uint32_t states, sockdiag_fn fn,
		  void *ctx);

/*
 * Sets a function that is called after each batch of rows, which are some hundreds or none. If it
 * returns a negative errno, the dump ends.
 */
void sockdiag_between(struct sockdiag *sd, int (*fn)(void *ctx), void *ctx);

/* The namespaces that are read. */
size_t sockdiag_namespaces(const struct sockdiag *sd);
uint32_t sockdiag_namespace(const struct sockdiag *sd, size_t i); /* inode */
/* Whether sockets of that namespace are listed. */
bool sockdiag_covers(const struct sockdiag *sd, uint32_t netns);
/*
 * How many namespaces were found but could not be entered. *err (err may be NULL): the last reason,
 * a positive errno.
 */
size_t sockdiag_refused(const struct sockdiag *sd, int *err);
/* True without CAP_SYS_ADMIN: other namespaces were not even looked for. */
bool sockdiag_own_only(const struct sockdiag *sd);
/* Closes all namespaces but the own one, so that the kernel can free them after their last use. */
void sockdiag_keep_own(struct sockdiag *sd);

#endif
