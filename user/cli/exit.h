/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exit.h - the exit codes, and what --help and the manual say of each.
 */
#ifndef SOCKSTATE_CLI_EXIT_H
#define SOCKSTATE_CLI_EXIT_H

enum exit_code {
	EXIT_CLEAN,
	EXIT_RUNTIME,
	EXIT_USAGE,
	EXIT_DIFFERENCE,
	EXIT_BROKEN,
	EXIT_TOO_LITTLE,
	EXIT_UNKNOWN,
	EXIT_LOST,
	EXIT_CODES, /* how many there are */
};

struct exit_text {
	const char *help; /* a few words */
	const char *more; /* sentences for the manual */
};

extern const struct exit_text exit_texts[EXIT_CODES];

#endif
