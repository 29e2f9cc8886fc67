/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.h - the options of `sockstate list`: what is open now.
 */
#ifndef SOCKSTATE_CLI_LIST_H
#define SOCKSTATE_CLI_LIST_H

#include "cli/groups.h"
#include "listing/listing.h"

#define LIST_ROWS_FIT UINT64_MAX

struct list_options {
	struct opt_sockets sockets;
	struct opt_owner owner;
	struct opt_color color;
	struct opt_table table;
	struct opt_duration duration;
	struct opt_common common;
	struct listing_wants wants;
	uint64_t watch_ns; /* 0: once */
	uint64_t rows;	   /* 0: all; LIST_ROWS_FIT: as many as the terminal holds */
	bool json;
};

#endif
