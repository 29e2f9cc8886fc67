/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * endpoint.h - where to listen, as a person types it: "127.0.0.1:9435", "[::1]:9435" or
 * "unix:/run/sockstate.sock". Pure: no name is looked up.
 */
#ifndef SOCKSTATE_ENDPOINT_H
#define SOCKSTATE_ENDPOINT_H

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

struct endpoint {
	union {
		struct sockaddr any;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
		struct sockaddr_un path;
	} address;
	socklen_t size;
};

/* Returns 0, -EINVAL for what is none, or -ENAMETOOLONG for a path; then *out is untouched. */
int endpoint_read(struct endpoint *out, const char *text);

#endif
