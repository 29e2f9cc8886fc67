/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - what a gate found, as a table for people, as JSON and as JUnit XML. Pure.
 */
#ifndef SOCKSTATE_GATE_REPORT_H
#define SOCKSTATE_GATE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/out.h"
#include "gate/gate.h"

struct gate_report {
	const struct gate *gate;
	bool color, utf8;
	int64_t boot_offset_ns; /* wall clock = t + this */
	int32_t utc_offset_s;	/* of the table's clock */
	int exit_code;		/* of sockstate itself */
	int command_status;	/* exit status of the command, -1: there was none */
};

void gate_report_table(struct out *o, const struct gate_report *report);
/* One object on one line. */
void gate_report_json(struct out *o, const struct gate_report *report);
/* A test suite for each listener, a test case for each rule. */
void gate_report_junit(struct out *o, const struct gate_report *report);
/* The progress line for a terminal: "12.0 s · 1234 connections · max-wait p99=50ms: 61.2 ms". */
void gate_report_progress(struct out *o, const struct gate_report *report);

#endif
