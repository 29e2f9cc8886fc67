/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arg_store.h - one value of the command line, checked and stored in its member. For arg.c alone.
 */
#ifndef SOCKSTATE_CLI_ARG_STORE_H
#define SOCKSTATE_CLI_ARG_STORE_H

#include "cli/arg.h"

#define ARG_NAME_MAX 24 /* longer than the name of every option */

/* Where an error goes, and how it names the option: "--port" or, of an operand, "PORT". */
struct arg_fault {
	char *text;
	size_t size;
	char name[ARG_NAME_MAX + 3];
};

/* Writes "NAME: what is wrong" and returns -EINVAL. */
int arg_fault(const struct arg_fault *fault, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* value: NULL where the option takes none, or where it may be left out and is. */
int arg_store(const struct arg *arg, void *group, const char *value, const void *context,
	      const struct arg_fault *fault);
/* The value is one of the choices: its index, else -1. */
int arg_choice(const struct arg *arg, const char *value);

#endif
