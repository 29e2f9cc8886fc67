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
	char program[LIBBPF_PROGRAM_MAX]; /* that the last such warning names; "": none */
	char line[LIBBPF_LINE_MAX];	  /* that warning, from the program's name on */
};

/* Takes libbpf's log from now on. verbose: prints it on standard error too. */
void libbpf_log_take(bool verbose);
/* Forgets what was written so far. */
void libbpf_log_clear(void);
const struct libbpf_complaint *libbpf_log_complaint(void);

/* Parses "libbpf: prog 'accept_begin': failed ...". False, c untouched: names no program. */
bool libbpf_log_parse(const char *line, struct libbpf_complaint *c);

#endif
