/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chart.h - the charts of a page as SVG: what happened at a listener over time, and how long things
 * took. Colours come from the style sheet.
 */
#ifndef SOCKSTATE_VIEW_REPORT_CHART_H
#define SOCKSTATE_VIEW_REPORT_CHART_H

#include "base/out.h"
#include "report/report.h"

/* Queue against limit, refusals, verdicts, looks, arrivals and accepts above one axis of time. */
void chart_time(struct out *o, const struct report_listener *l, const struct report_run *run);
/*
 * Bars on a logarithmic axis of time, with the quantiles marked. what: "handshake", for readers who
 * do not see the picture.
 */
void chart_durations(struct out *o, const struct histogram *h, const char *what);

#endif
