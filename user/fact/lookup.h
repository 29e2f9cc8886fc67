/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lookup.h - which listener the kernel gives a segment to: the rule of inet_lookup_listener() and
 * inet6_lookup_listener(), for everybody who has to find the listener of a connection. Pure.
 *
 * The kernel searches twice: first among the listeners bound to the destination address, then among
 * those bound to the wildcard. Among the latter an IPv4 segment prefers 0.0.0.0 to ::, which serves
 * IPv4 too unless IPV6_V6ONLY is set. Where several are equal (SO_REUSEPORT) the kernel chooses by
 * a hash or by the CPU, and nobody can tell which afterwards.
 *
 *	struct lookup lookup = {0};
 *
 *	for each listener
 *		lookup_offer(&lookup, &listener, s, pointer);
 *	chosen = lookup_only(&lookup);
 */
#ifndef SOCKSTATE_LOOKUP_H
#define SOCKSTATE_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "fact.h"

/* What is known of a listening socket. */
struct lookup_listener {
	uint32_t netns; /* inode */
	uint16_t port;	/* host order */
	uint16_t family;
	const uint8_t *addr; /* 16 bytes, as in struct fact_sock; NULL: not known */
	bool v6only;	     /* IPV6_V6ONLY; false also where that is not known */
	bool device;	     /* bound to a device (SO_BINDTODEVICE) */
};

/* How well a listener suits a socket, in the order in which the kernel prefers them. */
enum lookup_fit {
	LOOKUP_NONE,
	LOOKUP_DUAL,  /* :: for a socket that talks IPv4 */
	LOOKUP_ANY,   /* the wildcard of its family, or a listener whose address is not known */
	LOOKUP_EXACT, /* its local address */
};

/* s: the server's end of a connection or a request. */
enum lookup_fit lookup_fit(const struct lookup_listener *l, const struct fact_sock *s);

/* A search; begins as zeros. */
struct lookup {
	enum lookup_fit best;
	unsigned int count; /* listeners that suit best */
	bool device;	    /* one of those that suit is bound to a device */
	void *first;	    /* the first of those that suit best */
};
void lookup_offer(struct lookup *lookup, const struct lookup_listener *l, const struct fact_sock *s,
		  void *listener);
/*
 * The only listener that the kernel can have chosen. NULL if there is none, if several are equal,
 * or if a device decides: by which device the segment came is not known.
 */
void *lookup_only(const struct lookup *lookup);

#endif
