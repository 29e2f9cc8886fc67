/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor.h - `sockstate doctor` for people: what this kernel lets us see, by which hook, at what
 * cost, and what would bring the rest. Decides nothing: the facts were found by trying, see
 * hooks.h.
 */
#ifndef SOCKSTATE_DOCTOR_H
#define SOCKSTATE_DOCTOR_H

#include <stdbool.h>
#include <stdio.h>

#include "event/coverage.h"

struct doctor_place {
	const char *kernel; /* release */
	const char *btf;    /* the file, NULL: none */
	const char *rights; /* names of the capabilities that matter and are held */
};

/* The report from what it is given alone. 0, or a negative errno of out. */
int doctor_report(FILE *out, const struct doctor_place *place, const struct fact_list *facts,
		  bool color);
/* Finds out about this place, then the same. */
int doctor_print(FILE *out, const struct fact_list *facts, bool color);

#endif
