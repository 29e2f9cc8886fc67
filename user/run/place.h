/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place.h - the place that the program runs in: its descriptors, its terminal, its environment, and
 * what only the system can say of an option.
 */
#ifndef SOCKSTATE_PLACE_H
#define SOCKSTATE_PLACE_H

#include <stdbool.h>

#include "cli/command.h"
#include "view/view.h"

struct run_place {
	struct view_options view; /* the run adds boot_offset_ns */
	const char *const *argv;
	bool (*stopped)(void); /* whether a signal asked us to end */
};

/* Descriptors 0 to 2 are open after this. -EBADF, and a complaint, where output was closed. */
int place_check_descriptors(void);
/* place->view and place->argv; the environment is read here and nowhere else. */
void place_look_around(struct run_place *place, struct command_line *line, char *const *argv);
/*
 * What the command line says of this system: a network namespace must exist, a hook must be known,
 * a recording must be possible. Fills in the filter's namespace. Returns an exit code; anything but
 * EXIT_CLEAN comes with a complaint.
 */
int place_check_line(struct command_line *line);
/* The port of a TCP service in /etc/services; 0: it is not there. */
uint16_t place_port_by_name(const char *name);
/* What stdio has printed must have arrived: the code, or what it becomes. */
int place_close_stdout(int code);

#endif
