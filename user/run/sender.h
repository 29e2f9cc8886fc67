/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sender.h - a process that sends OTLP while sockstate counts. Names, TLS and the answers of
 * strangers are its own business: it is forked before anything else is opened, gives up all rights,
 * may read files of the system and connect, and no more (SANDBOX_SENDS). sockstate hands it
 * requests through a pipe and never waits for it. Where it is killed another one is started, after
 * a second and up to a minute; what it had not told of is counted as left.
 *
 *	rc = sender_start(&s, &options, err, sizeof(err));	before programs are loaded
 *	sender_give(s, OTLP_METRICS, bytes, size, items);
 *	sender_push(s);						several times a second
 *	sender_close(s, &counts);
 */
#ifndef SOCKSTATE_RUN_SENDER_H
#define SOCKSTATE_RUN_SENDER_H

#include "run/post.h"

struct sender;

/* Returns 0, or a negative errno with one line in err. no_sandbox: --no-sandbox */
int sender_start(struct sender **out, const struct post_options *options, bool no_sandbox,
		 char *err, size_t err_size);
/*
 * Copies a complete request; bytes NULL: it could not be made. What finds no room, or no sender any
 * more, is counted as not delivered.
 */
void sender_give(struct sender *s, enum otlp_signal signal, const char *bytes, size_t size,
		 uint64_t items);
void sender_push(struct sender *s);
struct delivery_counts sender_counts(const struct sender *s);
/* How often the process was started again. */
uint64_t sender_restarts(const struct sender *s);
/*
 * Waits for what is under way, SENDER_GRACE_MS at most, and for the end of the process. NULL is
 * fine. counts: what became of all; NULL: it is not asked for.
 */
void sender_close(struct sender *s, struct delivery_counts *counts);

#define SENDER_GRACE_MS 4000

#endif
