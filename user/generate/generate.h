/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * generate.h - what is made from the tables of options and kept in the repository: completions, and
 * sections of the manuals. `make generate` refreshes them; tests/cli/generated.t fails when they
 * are out of date. The program is part of the build and is not installed.
 */
#ifndef SOCKSTATE_GENERATE_H
#define SOCKSTATE_GENERATE_H

#include <stdio.h>

#include "cli/arg.h"
#include "cli/exit.h"

struct generate_program {
	const char *name;   /* "sockstate" */
	const char *prefix; /* the same as part of the name of a shell function */
	const struct command *const *commands; /* the one without a name, if any, is the first */
	size_t nr;
	const char *const *hooks; /* what ARG_COMPLETE_HOOKS offers; ends with NULL */
	const struct exit_text *exits;
	size_t nr_exits;
	/* The section of steps: what step i does, its name in head; NULL behind the last. */
	const char *(*step)(size_t i, char *head, size_t size);
};

void generate_bash(FILE *out, const struct generate_program *program);
void generate_zsh(FILE *out, const struct generate_program *program);
void generate_fish(FILE *out, const struct generate_program *program);
/*
 * The manual that in holds, with each part between `.\" generated: NAME` and `.\" end` made anew.
 * Returns 0, or -EINVAL for a part of another name or without an end.
 */
int generate_manual(FILE *out, FILE *in, const struct generate_program *program);

/* ---- program.c, for them ---- */

/* The command's name, or "" for the one without. */
const char *generate_name(const struct command *command);
/* Whether an earlier use, in this command or one before it, has the same group. */
bool generate_group_seen(const struct generate_program *program, size_t command, size_t use);
bool generate_has_group(const struct command *command, const struct arg_group *group);
/* Prints text with escape before each character that stands in special. */
void generate_escaped(FILE *out, const char *text, const char *special, const char *escape);
/* Whether an option of the program is completed in that way. */
bool generate_offers(const struct generate_program *program, enum arg_complete complete);
/* Whether the value of an option is a list of what is offered. */
bool generate_has_lists(const struct generate_program *program);
/* What ARG_COMPLETE_HOOKS and ARG_COMPLETE_WORDS offer, with blanks between the words. */
void generate_words(FILE *out, const struct generate_program *program, const struct arg *arg);

#endif
