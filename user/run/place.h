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

/*
 * A command that watches the stream of a live run or of a replay instead of printing it. Each
 * function may be NULL.
 */
struct kernel_options;
struct live;
struct stream;

struct run_guest {
	/* The view that takes the events; NULL when out of memory. */
	struct view *(*view)(void *ctx, const struct view_options *options);
	/* Before privileges are given up: what else it wants from the kernel. Not in a replay. */
	void (*kernel)(void *ctx, const struct kernel_options *options);
	/*
	 * Facts are flowing, privileges have been given up. live: NULL in a replay. Returns 0, or a
	 * negative errno to stop.
	 */
	int (*begin)(void *ctx, struct stream *stream, struct live *live);
	/* Called several times a second, in a replay after each record. Whether the run is over. */
	bool (*over)(void *ctx);
	/* Each record, before it goes to the stream. */
	void (*record)(void *ctx, const void *bytes, size_t size);
	/* A replay has come to its end; its stream has not. */
	void (*end)(void *ctx);
	/*
	 * A replay has stopped, or ended: whether it is to begin again. view and begin are then
	 * called anew.
	 */
	bool (*again)(void *ctx);
	void *ctx;
	unsigned int needs;   /* enum sandbox_need: what it does while and after the run */
	const char *replaced; /* SANDBOX_REPLACE: the directory; NULL: none */
	/* directories in which it makes files, see setup_confine_writing(); NULL: none */
	const char *const *written;
	const char *name; /* the command, for complaints about its recording; NULL: --replay */
};

/* How much a terminal shows; 0: unlimited, or not known. */
struct run_window {
	int columns, rows;
};

struct run_place {
	struct view_options view; /* the run adds boot_offset_ns */
	const char *const *argv;
	bool (*stopped)(void);	       /* whether a signal asked us to end */
	const struct run_guest *guest; /* NULL: none */
};

/* Descriptors 0 to 2 are open after this. -EBADF, and a complaint, where output was closed. */
int place_check_descriptors(void);
/* As it is now. Where output is no terminal, COLUMNS counts as its width. */
void place_window(struct run_window *window);
/*
 * Tells the view where the terminal has another size than in *last. It is asked for, because a
 * SIGWINCH would interrupt the reading of facts.
 */
void place_follow_terminal(const struct run_place *place, struct run_window *last,
			   struct view *view);
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
/* The view of the guest, else the one that the options name. NULL when out of memory. */
struct view *place_view(const struct run_place *place, const struct trace_options *options,
			const struct view_options *view_options);
void place_guest_kernel(const struct run_place *place, const struct kernel_options *options);
int place_guest_begin(const struct run_place *place, struct stream *stream, struct live *live);
bool place_guest_over(const struct run_place *place);
void place_guest_record(const struct run_place *place, const void *bytes, size_t size);
void place_guest_end(const struct run_place *place);
bool place_guest_again(const struct run_place *place);

/*
 * The listening socket that a socket unit of systemd passes (sd_listen_fds(3)); -ENOENT: there is
 * none, or more than one.
 */
int place_passed_socket(void);

/*
 * What OpenTelemetry's variables say of where OTLP is sent; NULL: unset or empty. OTEL_EXPORTER_
 * OTLP_ENDPOINT, _HEADERS, _CERTIFICATE and OTEL_RESOURCE_ATTRIBUTES.
 */
struct place_otlp {
	const char *endpoint, *headers, *certificate, *attributes;
};
struct place_otlp place_otlp(void);

/* What stdio has printed must have arrived: the code, or what it becomes. */
int place_close_stdout(int code);

#endif
