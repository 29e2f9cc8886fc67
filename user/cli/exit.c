// SPDX-License-Identifier: BSD-2-Clause
#include "cli/exit.h"

const struct exit_text exit_texts[EXIT_CODES] = {
	[EXIT_CLEAN] = {"clean (also after a signal, a closed pipe, --duration, --count)",
			"Clean. Also after SIGINT, SIGTERM or SIGHUP, when the reader of a pipe "
			"has gone, and after --duration or --count."},
	[EXIT_RUNTIME] = {"cannot load, read or write",
			  "Could not load, attach, read or write. With doctor: tracing is not "
			  "possible here."},
	[EXIT_USAGE] = {"wrong usage", "The command line makes no sense."},
	[EXIT_DIFFERENCE] = {"--verify found a difference",
			     "--verify found a difference, and nothing else went wrong."},
};
