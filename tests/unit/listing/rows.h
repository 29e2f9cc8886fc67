/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.h - a few sockets for the tests of listings. */
#ifndef SOCKSTATE_TEST_LISTING_ROWS_H
#define SOCKSTATE_TEST_LISTING_ROWS_H

#include <string.h>
#include <sys/socket.h>

#include "event/tcp.h"
#include "listing/listing.h"

#define ROWS_NETNS 4026531840u

/* The last part of both addresses and the ports tell the rows apart. */
static inline struct fact_existing row_socket(unsigned int state, uint64_t cookie, uint16_t lport,
					      uint16_t rport)
{
	struct fact_existing e = {
		.h = {.t = 1000, .size = sizeof(e), .kind = FACT_EXISTING},
		.s = {.cookie = cookie,
		      .netns = ROWS_NETNS,
		      .lport = lport,
		      .rport = rport,
		      .family = AF_INET,
		      .state = (uint16_t)state,
		      .laddr = {10, 0, 0, 1},
		      .raddr = {10, 0, 0, 9}},
		.fd = -1,
	};

	return e;
}

static inline void row_owner(struct fact_existing *e, uint32_t pid, const char *comm, int fd)
{
	e->task.pid = pid;
	memcpy(e->task.comm, comm, strlen(comm));
	e->fd = fd;
}

static inline struct listing_figures row_figures(uint32_t in, uint32_t out, uint32_t ack,
						 uint32_t unread)
{
	return (struct listing_figures){.has_times = true,
					.data_in_ms = in,
					.data_out_ms = out,
					.ack_in_ms = ack,
					.has_bytes = true,
					.unread = unread};
}

#endif
