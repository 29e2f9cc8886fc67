/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * figures.h - what one look at a socket tells that no fact carries: bytes that wait, and how long
 * ago data and acknowledgements passed.
 */
#ifndef SOCKSTATE_LISTING_FIGURES_H
#define SOCKSTATE_LISTING_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

/* The times are ms before the look; the kernel counts them in jiffies, of 1 to 10 ms. */
struct listing_figures {
	/*
	 * has_bytes: idiag_rqueue and idiag_wqueue of a connection. unread: received, not read by
	 * the program. unsent: written by the program, not yet acknowledged by the peer.
	 */
	uint32_t unread, unsent;
	/* has_times: tcp_info of a socket that has been ESTABLISHED */
	uint32_t data_in_ms;  /* tcpi_last_data_recv */
	uint32_t data_out_ms; /* tcpi_last_data_sent */
	uint32_t ack_in_ms;   /* tcpi_last_ack_recv */
	/* has_timer: until the timer of a request or of a timewait socket expires */
	uint32_t timer_ms;
	bool has_bytes, has_times, has_timer;
};

#endif
