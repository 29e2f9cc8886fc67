/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libbpf_log.h - what libbpf writes while it loads. Its return value does not say which program the
 * kernel refused; its log does.
 */
#ifndef SOCKSTATE_LIBBPF_LOG_H
#define SOCKSTATE_LIBBPF_LOG_H

#include <stdbool.h>

#define LIBBPF_PROGRAM_MAX 64
#define LIBBPF_LINE_MAX	   160

struct libbpf_complaint {
	char program[LIBBPF_PROGRAM_MAX]; /* named in the last warning that names one; "" none */
	char line[LIBBPF_LINE_MAX];	  /* that warning, from the program's name on */
};

/* From now on libbpf's log comes here. verbose: to standard error too. */
void libbpf_log_take(bool verbose);
/* Forgets what was written so far. */
void libbpf_log_clear(void);
const struct libbpf_complaint *libbpf_log_complaint(void);

/* "libbpf: prog 'accept_begin': failed ..." to its parts. False and c untouched: names no program. */
bool libbpf_log_parse(const char *line, struct libbpf_complaint *c);

#endif
