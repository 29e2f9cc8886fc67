/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * answer.h - what a receiver says of a request (ExportMetricsServiceResponse,
 * ExportLogsServiceResponse in JSON): how many items it did not take, and why. The text is a
 * stranger's. Pure.
 */
#ifndef SOCKSTATE_OTLP_ANSWER_H
#define SOCKSTATE_OTLP_ANSWER_H

#include <stddef.h>
#include <stdint.h>

#define OTLP_MESSAGE_MAX 200

struct otlp_answer {
	uint64_t rejected;		/* data points or log records; 0: none */
	char message[OTLP_MESSAGE_MAX]; /* "" : none; cleaned for a terminal */
};

/*
 * bytes need not end with NUL. What is no JSON, or has no such members, says nothing. Of an error
 * (message Status) the member `message` is read.
 */
void otlp_answer_read(struct otlp_answer *a, const char *bytes, size_t size);

#endif
