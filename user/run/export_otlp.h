/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_otlp.h - `sockstate export --otlp`: when metrics and log records are made, and handed to
 * the process that sends them.
 */
#ifndef SOCKSTATE_RUN_EXPORT_OTLP_H
#define SOCKSTATE_RUN_EXPORT_OTLP_H

#include "cli/command.h"
#include "event/event.h"
#include "export/page.h"
#include "fact/recording.h"
#include "otlp/metrics.h"

struct pusher;

/*
 * Starts that process, so it comes before anything is opened or loaded. *out stays NULL where
 * options do not ask for it. Returns 0, or a negative errno with one line in err.
 */
int pusher_open(struct pusher **out, const struct export_options *options, char *err,
		size_t err_size);
/* Where it sends to. */
const char *pusher_url(const struct pusher *p);
/* An event that may be worth a log record. */
void pusher_event(struct pusher *p, const struct event *e);
/* Sends what is due. Whether metrics are: the caller hands them to pusher_metrics(). now: ns */
bool pusher_due(struct pusher *p, uint64_t now);
void pusher_metrics(struct pusher *p, const struct export_state *state, uint64_t now);
struct delivery_counts pusher_counts(const struct pusher *p);
/* How often the process that sends was started again. */
uint64_t pusher_restarts(const struct pusher *p);
/* Sends the rest, and says what was not delivered. Accepts NULL. */
void pusher_close(struct pusher *p);

#endif
