/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * doctor.h - the report of `sockstate doctor`: what this kernel allows sockstate to see, by which
 * hook, at what cost, and how to see the rest. It decides nothing: the facts come from trying the
 * hooks, see hooks.h.
 */
#ifndef SOCKSTATE_DOCTOR_H
#define SOCKSTATE_DOCTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "event/coverage.h"

struct doctor_place {
	const char *kernel;  /* release */
	const char *btf;     /* the file, NULL: none */
	const char *rights;  /* names of the capabilities that matter and are held */
	const char *sandbox; /* what it forbids here */
	/* "none", "integrity" or "confidentiality"; NULL: not known */
	const char *lockdown;
};

/* A look at what programs do, which was taken. */
struct doctor_looks {
	const char *error;	 /* why they are not possible; NULL: they are */
	uint64_t files, threads; /* that it came across */
	unsigned int count;	 /* of the walks */
	struct doctor_walk {
		const char *hook, *meaning;
		uint64_t cpu_ns;
	} walks[4];
};

/* What a run of the doctor found out. */
struct doctor_result {
	const struct fact_list *facts;	  /* NULL: tracing is not possible */
	const char *error;		  /* why not, and the remedy; NULL: it is */
	const struct doctor_looks *looks; /* where tracing is possible */
};

/* Writes the report from its arguments alone. Returns 0, or a negative errno of out. */
int doctor_report(FILE *out, const struct doctor_place *place, const struct doctor_result *result,
		  bool color);
/* The same as one JSON object on a line. */
int doctor_json(FILE *out, const struct doctor_place *place, const struct doctor_result *result);

#endif
