/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.h - draws the rows of a listing as a table that fits the width it is given.
 *
 *	STATE       FOR         IDLE UNREAD QUEUE  LOCAL          PEER            OWNER
 *	QUEUED      2.34 s    2.34 s   18 B 3/128  127.0.0.1:9502 127.0.0.1:33818 python3[4711]
 *	CLOSE_WAIT  >= 8.00 s 8.00 s      0        10.0.0.1:8080  10.0.0.9:51324  java[812]
 *
 * All rows are known, so a column is as wide as its widest cell. What does not fit gives way in a
 * fixed order; see steps[] in list.c.
 */
#ifndef SOCKSTATE_VIEW_LIST_H
#define SOCKSTATE_VIEW_LIST_H

#include "base/out.h"
#include "listing/listing.h"
#include "view/view.h"

struct list_view_options {
	bool color, utf8, header;
	bool redraw;		    /* over what is on the screen: rows end with \033[K */
	bool steady;		    /* drawn many times a second: columns do not move, no totals */
	int columns;		    /* 0: unlimited */
	size_t rows;		    /* at most so many sockets; 0: all */
	bool time_wait_left_out;    /* the last line says how many there are */
	uint64_t slow_ns, stuck_ns; /* waits from here on are yellow, red */
};

void list_draw(struct out *o, const struct listing *l, const struct list_view_options *options);

#endif
