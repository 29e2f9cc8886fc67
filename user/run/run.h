/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.h - the runs that main.c chooses from. Each returns an exit code of cli/exit.h, and has said
 * on standard error what went wrong.
 */
#ifndef SOCKSTATE_RUN_H
#define SOCKSTATE_RUN_H

#include <stdbool.h>

#include "cli/command.h"
#include "run/place.h"
#include "view/view.h"

int run_live(const struct trace_options *options, const struct run_place *place);
int run_summary(const struct trace_options *options, const struct run_place *place);
int run_replay(const struct trace_options *options, const struct run_place *place);
int run_doctor(const struct doctor_options *options, const struct run_place *place);
int run_why(const struct why_options *options, const struct run_place *place);
int run_fields(const struct fields_options *options);
int run_list(const struct list_options *options, const struct run_place *place);
int run_export(const struct export_options *options, const struct run_place *place);
/* With what only a trace can tell: --story, --otlp-logs. */
int run_export_tracing(const struct export_options *options, const struct run_place *place);
int run_top(const struct top_options *options, const struct run_place *place);
int run_check(const struct check_options *options, const struct run_place *place);
int run_report(const struct report_options *options, const struct run_place *place);
int run_explain(const struct explain_options *options, const struct run_place *place);
int run_ship(const struct ship_options *options, const struct run_place *place);

/* One line on standard error, with the program's name. */
void run_complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * Writes what the view holds. Returns 0 or a negative errno; complains unless the reader has merely
 * gone.
 */
int run_flush(struct view *view);
/* Does so if the view holds anything and *error, of an earlier write, is 0. */
void run_flush_pending(struct view *view, int *error);
/* Whether nobody reads our output any more. */
bool run_reader_gone(const struct run_place *place);

#endif
