/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * story.h - the tracker's test cases as stories: facts written as text (fact_text.h), and below
 * each the lines that come of it.
 *
 *	tier tracepoint
 *	10.000 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
 *	    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 ...
 *
 * A line that comes of a fact is indented: its type, who (role#cookie@listener, ends, [pid/comm]),
 * then every field in the order of the catalogue. Times are in milliseconds, to the nanosecond.
 * Lines before the first fact configure the tracker, see configure() in story.c. "end" in place of a
 * kind of fact ends the stream.
 *
 *	repeat 258
 *	1 closed #{1} 10.0.0.1:9502<10.0.0.2:{4001} ESTABLISHED>CLOSE
 *	    258 times state ESTABLISHED->CLOSE ?#{1} 10.0.0.1:9502<10.0.0.2:{4001}
 *
 * The fact after `repeat` comes so many times; its numbers in braces count on. From there on three
 * lines or more that count on in the same way stand as one.
 */
#ifndef SOCKSTATE_TRACKER_STORY_H
#define SOCKSTATE_TRACKER_STORY_H

#include <stdbool.h>

#include "event/coverage.h"

/*
 * The story as the tracker makes it now: its facts and comments as they stand, its lines as they
 * come. The caller frees it.
 */
char *retell(const char *story);

/* What a kernel with all hooks knows, or one that refuses fentry. */
void know_tier(struct fact_list *facts, bool full);

#endif
