// SPDX-License-Identifier: BSD-2-Clause
/*
 * main.c - wiring: signals, the command line, then the run that it asks for.
 */
#include <signal.h>
#include <stdio.h>

#include "cli/command.h"
#include "fact/recording.h"
#include "run/place.h"
#include "run/run.h"

/* A signal handler has no other way to say that it ran. */
static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
	stop_signal = number;
}

static bool stopped(void)
{
	return stop_signal;
}

/*
 * The first signal ends the run cleanly. A second one of the same kind kills, for a run that hangs
 * on a reader that does not read.
 */
static void catch_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
	struct sigaction old;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		/* nohup asks for SIGHUP to be ignored. */
		if (ends[i] == SIGHUP && !sigaction(SIGHUP, NULL, &old) &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(ends[i], &action, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* write() says EFBIG, and we say which file */
}

static int run_trace(const struct trace_options *options, const struct run_place *place)
{
	if (options->summary)
		return run_summary(options, place);
	if (options->replay)
		return run_replay(options, place);
	return run_live(options, place);
}

/* What was printed through stdio is flushed here; a view writes to its own descriptor. */
static int run_command(const struct command_line *line, const struct run_place *place)
{
	switch (line->id) {
	case COMMAND_TRACE:
		return run_trace(&line->options.trace, place);
	case COMMAND_DOCTOR:
		return place_close_stdout(run_doctor(&line->options.doctor, place));
	case COMMAND_FIELDS:
		return place_close_stdout(run_fields(&line->options.fields));
	case COMMAND_CHECK:
		return run_check(&line->options.check, place);
	case COMMAND_WHY:
		return run_why(&line->options.why, place);
	case COMMAND_LIST:
		return run_list(&line->options.list, place);
	case COMMAND_TOP:
		return run_top(&line->options.top, place);
	case COMMAND_EXPORT:
		return line->options.export.story || line->options.export.otlp_logs
			       ? run_export_tracing(&line->options.export, place)
			       : run_export(&line->options.export, place);
	case COMMAND_REPORT:
		return run_report(&line->options.report, place);
	case COMMAND_EXPLAIN:
		return run_explain(&line->options.explain, place);
	case COMMAND_SHIP:
		return run_ship(&line->options.ship, place);
	case COMMAND_COUNT:
		break;
	}
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const struct command_context context = {.port_by_name = place_port_by_name};
	struct run_place place = {.stopped = stopped};
	const struct opt_common *common;
	struct command_line line;
	char err[ERR_MAX];
	int code;

	if (place_check_descriptors())
		return EXIT_RUNTIME;
	if (command_parse(&line, argc, argv, &context, err, sizeof(err))) {
		run_complain("%s", err);
		return EXIT_USAGE;
	}
	catch_signals();
	common = command_group(&line, &group_common);
	if (common->help) {
		command_help(stdout, line.id);
		return place_close_stdout(EXIT_CLEAN);
	}
	if (common->version) {
		puts("sockstate " SOCKSTATE_VERSION);
		return place_close_stdout(EXIT_CLEAN);
	}
	place_look_around(&place, &line, argv);
	code = place_check_line(&line);
	return code == EXIT_CLEAN ? run_command(&line, &place) : code;
}
